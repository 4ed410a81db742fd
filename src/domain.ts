/**
 * The nouns of the product and its closed vocabularies. Types and constants only: no I/O, no imports.
 * Times are `Date`s, counts of rows and transactions are `bigint`s (a MySQL sequence number goes to 2^63).
 */

/** Worst first among those that a set's verdict is made of; `skipped` never raises it. */
export const VERDICTS = ['drifted', 'missing', 'unknown', 'suspect', 'same', 'skipped'] as const
export type Verdict = (typeof VERDICTS)[number]

/** Why a table could not be judged. A metric label: bounded, never free text. */
export const UNKNOWN_REASONS = [
  'lag',
  'ahead',
  'delayed',
  'hot',
  'no_key',
  'key_differs',
  'definition_differs',
  'definition_changed',
  'engine',
  'multi_source',
  'cross_version',
  'no_fence',
  'no_privilege',
  'not_reached',
  'row_too_large',
  'timeout',
  'identity_changed',
  'throttled',
  'not_yet',
  'not_compared',
  'unreachable',
  'write_privileges',
] as const
export type UnknownReason = (typeof UNKNOWN_REASONS)[number]

/** Why no table is read on a server for a while. */
export const THROTTLE_REASONS = [
  'threads_running',
  'lag',
  'history_list',
  'metadata_lock',
  'window',
  'duty',
  'no_load_reading',
  'paused',
] as const
export type ThrottleReason = (typeof THROTTLE_REASONS)[number]

export const SKIPPED_REASONS = ['excluded', 'filtered', 'system', 'view', 'shared_storage'] as const
export type SkippedReason = (typeof SKIPPED_REASONS)[number]

export const MISSING_REASONS = ['missing_on_replica', 'extra_on_replica'] as const
export type MissingReason = (typeof MISSING_REASONS)[number]

export type Reason = UnknownReason | SkippedReason | MissingReason

/** Why a check could not look. `internal` is our own bug. */
export const FAILURE_REASONS = [
  'connect',
  'auth',
  'privilege',
  'timeout',
  'query',
  'write_privileges',
  'internal',
] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

export const CHECK_NAMES = [
  'threads',
  'gtid',
  'row_count',
  'checksum',
  'schema',
  'variables',
  'grants',
] as const
export type CheckName = (typeof CHECK_NAMES)[number]

/** The checks that compare the data of tables. */
export const TABLE_CHECKS = ['row_count', 'checksum'] as const satisfies readonly CheckName[]
export type TableCheck = (typeof TABLE_CHECKS)[number]

export const ROLES = ['source', 'replica', 'intermediate', 'member', 'detached', 'unknown'] as const
export type Role = (typeof ROLES)[number]

export const THREAD_STATES = ['running', 'connecting', 'stopped'] as const
export type ThreadState = (typeof THREAD_STATES)[number]

export const SCHEMA_OBJECTS = [
  'schema',
  'table',
  'column',
  'index',
  'foreign_key',
  'check',
  'partition',
  'view',
  'trigger',
  'procedure',
  'function',
  'event',
  'sequence',
] as const
export type SchemaObject = (typeof SCHEMA_OBJECTS)[number]

export const DIFFERENCE_KINDS = ['missing', 'extra', 'changed'] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

export const SEVERITIES = ['critical', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Settings that are compared or judged: one name for all vendors and versions. A metric label. */
export const VARIABLE_NAMES = [
  'log_bin',
  'binlog_format',
  'binlog_row_image',
  'binlog_row_metadata',
  'binlog_expire_logs_seconds',
  'binlog_gtid_index',
  'gtid_mode',
  'enforce_gtid_consistency',
  'gtid_strict_mode',
  'server_id',
  'sql_mode',
  'time_zone',
  'character_set_server',
  'collation_server',
  'lower_case_table_names',
  'explicit_defaults_for_timestamp',
  'log_replica_updates',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'replica_skip_errors',
  'replica_exec_mode',
  'binlog_filters',
  'replication_filters',
] as const
export type VariableName = (typeof VARIABLE_NAMES)[number]

export const VARIABLE_FINDING_KINDS = ['dangerous', 'difference'] as const
export type VariableFindingKind = (typeof VARIABLE_FINDING_KINDS)[number]

/** How a fenced look at one range ended; label of `chunk_rechecks_total`. */
export const RECHECK_RESULTS = ['same', 'moving', 'disagree', 'lag', 'ahead', 'invalid'] as const
export type RecheckResult = (typeof RECHECK_RESULTS)[number]

/** One replication connection of a server, as last seen. */
export interface ChannelReport {
  /** '' is the default channel (MySQL) or connection (MariaDB). */
  readonly name: string
  /** Configured name of its source, or null when the source is not in the set. */
  readonly source: string | null
  readonly io: ThreadState
  readonly sql: ThreadState
  readonly ioErrorNumber: number
  readonly sqlErrorNumber: number
  /** Apply delay in seconds, or null when the server does not know: never 0 for unknown. */
  readonly lagSeconds: number | null
  /** Parallel appliers that stopped on an error; null where the server does not tell. */
  readonly workersFailed: number | null
  readonly delaySeconds: number
  /** In the source at the previous look and still not here; null before the second look. */
  readonly missing: bigint | null
  /** In the source at the previous look and not even received; null where the server does not tell. */
  readonly receiveGap: bigint | null
  /** Missing, and already purged at the source: this replica cannot catch up any more. */
  readonly unrecoverable: bigint | null
}

/** What a replica has executed and its sources have not. */
export interface GtidReport {
  readonly enabled: boolean
  readonly errant: bigint | null
  /** In the flavor's own notation, '' when there are none. */
  readonly errantSet: string | null
  /** false: `errant` is a lower bound (MariaDB while its log is not read to the end, or cannot be). */
  readonly errantExact: boolean
  /** The first ones that were found in the server's binary log so far; null where that cannot be read. */
  readonly errantTransactions: readonly ErrantTransaction[] | null
}

/** One of them, as the binary log of the server shows it: no times, no values, no text of statements. */
export interface ErrantTransaction {
  readonly gtid: string
  /** `schema.table` as the server gives it; the first ones. */
  readonly tables: readonly string[]
  /** `CREATE TABLE` and the like; row events have none. */
  readonly statements: readonly string[]
  readonly place: { readonly file: string; readonly offset: bigint }
  /** Start of the last look at which the server did not have it; null when it had it at our first. */
  readonly writtenAfter: Date | null
  /** End of the first look at which it had it; null when it became errant otherwise than by being written. */
  readonly writtenBefore: Date | null
}

/** How one check fared on one server. `success` says that it could look, not that nothing differs. */
export interface CheckStatus {
  readonly success: boolean
  readonly intervalSeconds: number
  readonly lastRun: Date | null
  readonly lastSuccess: Date | null
  readonly lastDurationSeconds: number | null
  readonly runs: number
  readonly failures: Readonly<Record<FailureReason, number>>
}

/** The load that we cause on one server, counted since start. */
export interface LoadCounters {
  readonly queries: number
  readonly querySeconds: number
  readonly queriesKilled: number
  readonly chunksChecked: number
  readonly chunkMismatches: number
  readonly rowsChecked: bigint
  readonly rechecks: Readonly<Record<RecheckResult, number>>
}

/** Whether readings on a server are held back now, and for how long they were since start. */
export type ThrottleReport = Readonly<
  Record<ThrottleReason, { readonly held: boolean; readonly seconds: number }>
>

export interface PrivilegeReport {
  /** Held and not needed, e.g. `INSERT`. */
  readonly excess: readonly string[]
  /** Needed and not held: each the complete GRANT statement that gives it. */
  readonly missing: readonly string[]
  /** Held and such that this server is not compared (section 5, "Refused"). */
  readonly refused: readonly string[]
}

export interface ServerReport {
  readonly name: string
  readonly address: string
  /** It answered a query within the last two `threads` intervals. */
  readonly up: boolean
  /** Why it is not up, in words for people; null while up or before the first try. */
  readonly outReason: string | null
  readonly role: Role
  readonly flavor: string | null
  readonly version: string | null
  readonly serverUuid: string | null
  readonly readOnly: boolean | null
  readonly gtid: GtidReport | null
  /** When the newest heartbeat row was written that has come from its source; null where there is none. */
  readonly heartbeat: Date | null
  readonly channels: readonly ChannelReport[]
  /** false = read-only, heartbeat and channels are what was seen last, and may be otherwise by now. */
  readonly isStatusKnown: boolean
  /** null before they were read. */
  readonly privileges: PrivilegeReport | null
  /** null before they were read. */
  readonly settings: SettingsReport | null
  /** Only the checks that apply to this server. */
  readonly checks: Readonly<Partial<Record<CheckName, CheckStatus>>>
  readonly load: LoadCounters
  readonly throttle: ThrottleReport
}

/** What one check knows of one table on one link. */
export interface TableStanding {
  readonly verdict: Verdict
  /** Set for `unknown`, `skipped` and `missing`; null otherwise. */
  readonly reason: Reason | null
  /** When this verdict (for `unknown`: with any reason) began. */
  readonly since: Date
  /** Start of the oldest reading that the verdict rests on; null = never verified. */
  readonly verifiedAt: Date | null
  /** Sums over each chunk's last decided reading; null until every chunk was decided once. */
  readonly rows: { readonly source: bigint; readonly replica: bigint } | null
  readonly chunks: number
  readonly chunksDrifted: number
  /** Rows by kind in the drifted ranges; null until they were localised. */
  readonly rowsDrifted: Readonly<Record<DifferenceKind, bigint>> | null
  /** false: `rowsDrifted` is a lower bound. */
  readonly counted: boolean
  /** Why it could not be compared as a whole, as far as its definition is why. */
  readonly causes: readonly Cause[]
}

/** In what one object of a table's definition is not the same on both ends. */
export const CAUSE_ASPECTS = [
  'missing',
  'extra',
  'type',
  'charset',
  'order',
  'columns',
  'collation',
  'version',
] as const
export type CauseAspect = (typeof CAUSE_ASPECTS)[number]

export const CAUSE_OBJECTS = ['column', 'index'] as const

/** An object of a table's definition because of which the table is not compared, or not all of it. */
export interface Cause {
  readonly object: (typeof CAUSE_OBJECTS)[number]
  /** `table.part`, as in `SchemaDifference`. */
  readonly name: string
  /** `version`: alike on both ends, and printed by each server in its own way. */
  readonly differs: readonly CauseAspect[]
  /** As far as it matters here: `varchar(20) latin1`, `(a, b)`. null = that end has no such column, or no key to walk by. */
  readonly source: string | null
  readonly replica: string | null
}

/** One table on one link: `server` is the examined end. */
export interface TableReport {
  readonly schema: string
  readonly table: string
  readonly server: string
  /** null: the server has no source in this set. */
  readonly source: string | null
  readonly channel: string
  readonly firstSeen: Date
  /** Only the checks that are enabled. */
  readonly standings: Readonly<Partial<Record<TableCheck, TableStanding>>>
}

/** One confirmed difference between the definitions on the two ends of a link. */
export interface SchemaDifference {
  readonly server: string
  readonly schema: string
  readonly object: SchemaObject
  /** `table`, `table.part` (column, index, foreign_key, check, partition, trigger), else the object's own name. */
  readonly name: string
  /** The table it belongs to; null for objects that are no part of a table. */
  readonly table: string | null
  readonly kind: DifferenceKind
  readonly severity: Severity
  readonly source: string | null
  readonly replica: string | null
}

/** A setting that is dangerous by itself, or that the source has otherwise. */
export interface VariableFinding {
  readonly server: string
  readonly variable: VariableName
  /** What that server calls it: `slave_exec_mode` for `replica_exec_mode`. */
  readonly name: string
  readonly kind: VariableFindingKind
  readonly value: string
  /** Of a difference: who has it otherwise, and how. */
  readonly source: { readonly server: string; readonly value: string } | null
  /** What it leads to, in words for people. */
  readonly why: string
}

/** What could be judged of a server's settings: of these, what is no finding is in order. */
export interface SettingsReport {
  readonly judged: readonly VariableName[]
  /** With those of its sources. */
  readonly compared: readonly VariableName[]
}

/** `server`: the same server, configured under several names. */
export interface SharedIdentity {
  readonly what: 'server' | 'server_uuid' | 'server_id'
  readonly id: string
  readonly servers: readonly string[]
}

/** Definitions of which it cannot be said whether they differ. */
export interface SchemaUnknown {
  /** The replica that they are compared on. */
  readonly server: string
  /** null = in all schemas. */
  readonly schema: string | null
  readonly objects: readonly SchemaObject[]
  /** As in `SchemaDifference`; null = all objects of these kinds. */
  readonly name: string | null
  readonly reason: UnknownReason
}

export interface SetReport {
  readonly name: string
  readonly servers: readonly ServerReport[]
  readonly tables: readonly TableReport[]
  readonly schemaDifferences: readonly SchemaDifference[]
  readonly schemaUnknown: readonly SchemaUnknown[]
  /** Servers whose schema check has completed at least once: their counts may be 0-filled. */
  readonly schemaRead: readonly string[]
  readonly variableFindings: readonly VariableFinding[]
  /** Connected parts of the set that hold a source; null while a server is unreadable. */
  readonly sources: number | null
  /** Servers that replicate in a circle; each circle is compared once, from its first server on. */
  readonly loops: readonly (readonly string[])[]
  /** null before any server was read. */
  readonly sharedIdentities: readonly SharedIdentity[] | null
  /** Replicas seen on a server and not configured, for people; null where it is not told. */
  readonly replicasUnwatched: readonly string[] | null
  /** 0 to 1, null before the first checksum pass. */
  readonly passProgress: number | null
  /** Seconds of lag above which `check` warns (`throttle.max_lag`). */
  readonly maxLagSeconds: number
  readonly tableDetail: 'all' | 'drifted' | 'none'
  /** Tables with series of their own at most; drifted ones first. */
  readonly maxTablesPerSet: number
}

/** All that is known at one moment; immutable. Every output is a function of it. */
export interface Report {
  readonly generatedAt: Date
  readonly sets: readonly SetReport[]
}

/** One row that is confirmed to differ. */
export interface RowDifference {
  readonly kind: DifferenceKind
  /** For people, by key column; empty when no key tells the row apart. */
  readonly key: Readonly<Record<string, string>>
  /** How often it is missing or extra: more than 1n only without a key. */
  readonly copies: bigint
  /** Columns that differ in a changed row; empty too when it changed again before it could be read. */
  readonly columns: readonly string[]
  /** By column, of each end that has the row; null = not asked for. Bytes as `0x...`. */
  readonly values: { readonly source: RowValues | null; readonly replica: RowValues | null } | null
}

export type RowValues = Readonly<Record<string, string | null>>

/** What `diff` tells of one table on one link. */
export interface TableDiff {
  readonly schema: string
  readonly table: string
  /** The examined end. */
  readonly server: string
  readonly source: string | null
  readonly verdict: 'same' | 'drifted' | 'missing' | 'unknown'
  readonly reason: UnknownReason | MissingReason | null
  /** The first ones. */
  readonly rows: readonly RowDifference[]
  /** How many there are, a lower bound unless `counted`; null = not even that. */
  readonly count: bigint | null
  readonly counted: boolean
  readonly causes: readonly Cause[]
}

/** What a pass over the tables of one source and its replicas would take. */
export interface PassEstimate {
  readonly source: string
  readonly replicas: readonly string[]
  readonly tables: number
  /** As the source estimates them. */
  readonly rows: number
  readonly bytes: number
  /** Tables without a unique key. */
  readonly withoutKey: number
  /** Of the largest table with a key, read as a pass reads it; null = there was nothing to read. */
  readonly sample: {
    readonly schema: string
    readonly table: string
    readonly rows: number
    readonly bytesPerSecond: number
  } | null
  /** Of the time, in which tables may be read: `max_duty`. */
  readonly share: number
  /** At that share; null without a sample. */
  readonly passSeconds: number | null
}
