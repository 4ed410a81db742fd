import { stringify } from 'yaml'
import { CHECK_NAMES } from '../domain.ts'
import type { Config, HeartbeatConfig, SetConfig } from './config.ts'
import { formatDuration } from './durations.ts'
import { escapeReferences } from './environment.ts'

const REDACTED = '<redacted>'

/** The resolved configuration as YAML that loads again; every set with all that applies to it, secrets hidden. */
export function printConfig(config: Config): string {
  return stringify({ replication_sets: config.sets.map(printableSet) }, escaped, { lineWidth: 0 })
}

/** Keys are not substituted when they are read, so only values are escaped. */
const escaped = (_key: unknown, value: unknown) =>
  typeof value === 'string' ? escapeReferences(value) : value

function printableSet(set: SetConfig) {
  const { checksum, throttle, tables } = set
  const more = {
    checksum: {
      chunk_time: formatDuration(checksum.chunkTimeMs),
      confirmations: checksum.confirmations,
      confirm_delay: formatDuration(checksum.confirmDelayMs),
      fence_timeout: formatDuration(checksum.fenceTimeoutMs),
      max_unkeyed_rows: checksum.maxUnkeyedRows,
      priority_interval: formatDuration(checksum.priorityIntervalMs),
    },
    schema: { ignore: set.schemaIgnore },
    variables: { ignore: set.variablesIgnore },
  }
  return {
    name: set.name,
    username: set.credentials.username,
    password: REDACTED,
    tls: { mode: set.tls.mode, ...(set.tls.caFile === null ? {} : { ca_file: set.tls.caFile }) },
    allow_write_privileges: set.allowWritePrivileges,
    servers: set.servers.map(({ name, address, role }) => ({
      name,
      address,
      ...(role === null ? {} : { role }),
    })),
    links: set.links.map(({ source, replica, kind }) => ({ source, replica, kind })),
    tables: {
      include: tables.include,
      exclude: tables.exclude,
      priority: tables.priority,
      ignore_columns: Object.fromEntries(tables.ignoreColumns),
      where: Object.fromEntries(tables.where),
    },
    ...(set.heartbeat === null ? {} : { heartbeat: printableHeartbeat(set.heartbeat) }),
    checks: Object.fromEntries(
      CHECK_NAMES.map((name) => {
        const interval = set.intervals[name]
        const when =
          interval === undefined ? { enabled: false } : { interval: formatDuration(interval) }
        return [name, { ...when, ...(name in more ? more[name as keyof typeof more] : {}) }]
      }),
    ),
    throttle: {
      max_lag: formatDuration(throttle.maxLagMs),
      max_threads_running: throttle.maxThreadsRunning,
      max_history_list: throttle.maxHistoryList,
      query_timeout: formatDuration(throttle.queryTimeoutMs),
      ...(throttle.maxQueries === null ? {} : { max_queries: throttle.maxQueries }),
      ...(throttle.maxDuty === null ? {} : { max_duty: throttle.maxDuty }),
      windows: throttle.windows.map(({ text }) => text),
    },
    metrics: { table_detail: set.tableDetail, max_tables_per_set: set.maxTablesPerSet },
  }
}

function printableHeartbeat({ schema, table, timeZone }: HeartbeatConfig) {
  return { table: `${schema}.${table}`, time_zone: timeZone }
}
