/**
 * Every metric of ours, in the order of the exposition. One declaration drives the output, the types of
 * the series functions, the README's table and the tests; design section 8 is the contract.
 * All values are of the last check, not of the scrape: no scrape ever queries a database.
 */

const SET = ['replication_set'] as const
const SERVER = [...SET, 'server'] as const
const CHANNEL = [...SERVER, 'channel'] as const
const THREAD = [...CHANNEL, 'thread'] as const
const CHECK = [...SERVER, 'check'] as const
const TABLE = [...SERVER, 'schema', 'table'] as const

export interface Family {
  readonly type: 'gauge' | 'counter'
  readonly labels: readonly string[]
  readonly help: string
}

export const PREFIX = 'mysql_drift_'

function gauge<const Labels extends readonly string[]>(labels: Labels, help: string) {
  return { type: 'gauge', labels, help } as const
}

function counter<const Labels extends readonly string[]>(labels: Labels, help: string) {
  return { type: 'counter', labels, help } as const
}

// biome-ignore format: a table, one metric per line
/** By name without the prefix. */
export const FAMILIES = {
  up: gauge(SERVER, '1 = the server answered a query within the last two intervals of the threads check.'),
  server_info: gauge([...SERVER, 'role', 'flavor', 'version', 'server_uuid'], 'What the server is, as last seen; always 1.'),
  server_read_only: gauge(SERVER, '1 = read_only or super_read_only is on. Absent while the server is not up, or may not be asked.'),
  sources: gauge(SET, 'Connected parts of the set that hold a server which can be written. Absent while a server is unreadable.'),
  server_identity_duplicates: gauge(SET, 'Servers that share a server_id or server_uuid with another, or are one server under several names. Absent before any was read.'),
  replicas_unwatched: gauge(SET, 'Replicas that a server of the set tells of (SHOW REPLICAS, SHOW SLAVE HOSTS, or connections that read its binary log) and that are not configured. Absent where the account may not know.'),

  replication_channels: gauge(SERVER, 'Channels in SHOW REPLICA STATUS or SHOW ALL SLAVES STATUS. Absent while the server is not up, or may not be asked.'),
  replication_source_in_set: gauge(CHANNEL, '1 = the source of the channel is a server of the set.'),
  replication_thread_running: gauge(THREAD, '1 = the replication thread runs, 0 = stopped or connecting.'),
  replication_last_error_number: gauge(THREAD, 'Last error number of the replication thread, 0 = none.'),
  replication_workers_failed: gauge(CHANNEL, 'Parallel appliers that stopped on an error. Absent where the server does not tell: MariaDB before 10.6, without performance_schema, without parallel appliers.'),
  replication_lag_known: gauge(CHANNEL, '1 = it is known how far the channel is behind.'),
  replication_lag_seconds: gauge(CHANNEL, 'Age of the oldest transaction that is received and not applied, 0 when there is none: by commit timestamps on MySQL 8.0 and later, else Seconds_Behind_Master. The configured delay is part of it. Absent when unknown.'),
  replication_configured_delay_seconds: gauge(CHANNEL, 'SOURCE_DELAY or MASTER_DELAY.'),
  replication_receive_gap_transactions: gauge(CHANNEL, 'Transactions that the source had at the look before the last and that the replica has not even received. Absent where it does not tell.'),

  replication_heartbeat_timestamp_seconds: gauge(SERVER, 'When the newest row of the heartbeat table was written that has come from a source of the server; of several sources, the oldest. Only where a table is configured.'),

  gtid_enabled: gauge(SERVER, '1 = the server replicates by GTID.'),
  gtid_errant_transactions: gauge(SERVER, 'Transactions of the server that its sources do not have; on MariaDB a lower bound until its binary log was searched for them. Absent when unknown.'),
  gtid_missing_transactions: gauge(CHANNEL, 'Transactions that the source had at the look before the last and that are still not here.'),
  gtid_unrecoverable_transactions: gauge(CHANNEL, 'Missing transactions that the source has purged: the replica can not catch up.'),

  tables: gauge([...CHECK, 'state'], 'Tables by the last verdict of the check.'),
  tables_unknown: gauge([...CHECK, 'reason'], 'Tables that the check could not judge, by reason.'),
  oldest_unknown_since_timestamp_seconds: gauge([...CHECK, 'reason'], 'Since when the table that is unknown for the longest time is unknown. Absent when none is.'),
  tables_skipped: gauge([...CHECK, 'reason'], 'Tables that are not compared on purpose, by reason.'),
  tables_omitted: gauge([...SERVER, 'reason'], 'Tables without series of their own: detail = metrics.table_detail, limit = metrics.max_tables_per_set.'),
  oldest_verified_timestamp_seconds: gauge(SERVER, 'When the table whose checksum was verified the longest ago was verified, or first seen if it never was.'),
  checksum_pass_progress_ratio: gauge(SET, 'Share of the current checksum pass that is done.'),
  schema_differences: gauge([...SERVER, 'object', 'kind', 'severity'], 'Confirmed differences between the definitions on this server and on its source.'),

  variable_differences: gauge([...SERVER, 'variable'], 'Sources of the server that have the setting otherwise, where it matters. Absent where it cannot be compared; while the server is not up, 0 is absent too.'),
  dangerous_variables: gauge([...SERVER, 'variable'], '1 = the setting is dangerous to the data of the set as it is. Absent where it cannot be judged; while the server is not up, 0 is absent too.'),

  excess_privileges: gauge(SERVER, 'Privileges that the account holds and does not need, as last read.'),
  missing_privileges: gauge(SERVER, 'Privileges that the account needs and does not hold, as last read.'),

  check_success: gauge(CHECK, '1 = the last run of the check could look; not that it found nothing.'),
  check_interval_seconds: gauge(CHECK, 'Configured time between two runs of the check.'),
  check_due_since_timestamp_seconds: gauge(CHECK, 'Since when the check is run there: start of the exporter, a reload, or the moment when the server became a replica.'),
  check_last_run_timestamp_seconds: gauge(CHECK, 'When the last run of the check began, 0 = never.'),
  check_last_success_timestamp_seconds: gauge(CHECK, 'When the last run of the check began that could look, 0 = never.'),
  check_last_duration_seconds: gauge(CHECK, 'How long the last run of the check took.'),
  check_runs_total: counter(CHECK, 'Runs of the check since start.'),
  check_failures_total: counter([...CHECK, 'reason'], 'Runs of the check that could not look, since start.'),

  chunks_checked_total: counter(SERVER, 'Chunks that were compared, since start.'),
  chunk_mismatches_total: counter(SERVER, 'Chunks whose first, unfenced readings differed, since start; under write load most are no drift.'),
  chunk_rechecks_total: counter([...SERVER, 'result'], 'Fenced readings of chunks that differed, by how they ended, since start.'),
  rows_checked_total: counter(SERVER, 'Rows that were read to be compared, since start.'),
  queries_total: counter(SERVER, 'Statements sent to the server, since start.'),
  query_seconds_total: counter(SERVER, 'Time that statements took, waiting included, since start.'),
  queries_killed_total: counter(SERVER, 'Statements of ours that were killed because they took too long or were in the way, since start.'),

  throttled: gauge([...SERVER, 'reason'], '1 = no table is read on the server for this reason, or would not be.'),
  throttled_seconds_total: counter([...SERVER, 'reason'], 'Time for which readings of tables on the server were held back, since start.'),

  table_rows: gauge(TABLE, 'Rows of the table, counted by the last check that came through it.'),
  table_rows_difference: gauge(TABLE, 'Rows on this server minus rows on its source, never of two counts at different positions.'),
  table_drifted: gauge(TABLE, '1 = it is confirmed that the table holds other data than on its source.'),
  table_drifted_since_timestamp_seconds: gauge(TABLE, 'When the drift of the table was confirmed. Only while it is drifted.'),
  table_last_verified_timestamp_seconds: gauge(TABLE, 'When the oldest reading began that the checksum of the table rests on.'),
  table_chunks: gauge(TABLE, 'Chunks of the table. Only for tables that are not the same.'),
  table_chunks_drifted: gauge(TABLE, 'Chunks of the table that are drifted. Only for tables that are not the same.'),
  table_rows_drifted: gauge([...TABLE, 'kind'], 'Rows that differ, by kind; a lower bound where there are very many. Only for tables that are not the same.'),
  table_schema_differences: gauge(TABLE, 'Confirmed differences in the definition of the table. Only where there are any.'),

  exporter_build_info: gauge(['version', 'nodeversion'], 'What this exporter is; always 1.'),
  exporter_config_last_reload_successful: gauge([], '1 = the configuration file was good when it was last read.'),
  exporter_replication_sets_configured: gauge([], 'Replication sets in the configuration.'),
} as const satisfies Record<string, Family>

export type FamilyName = keyof typeof FAMILIES
export type LabelsOf<Name extends FamilyName> = (typeof FAMILIES)[Name]['labels'][number]

export const FAMILY_NAMES = Object.keys(FAMILIES) as readonly FamilyName[]

/** Which half of the exposition a family belongs to: `tables` has every series with a `table` label. */
export function partOf(name: FamilyName): 'state' | 'tables' {
  const labels: readonly string[] = FAMILIES[name].labels
  return labels.includes('table') ? 'tables' : 'state'
}
