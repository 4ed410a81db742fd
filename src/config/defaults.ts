import type { CheckName } from '../domain.ts'
import type { ChecksumConfig, SetConfig } from './config.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE

/** `design.md` section 5; `docs/config-example.yml` shows the same values and is tested against them. */
export const DEFAULTS = {
  intervals: {
    threads: 15 * SECOND,
    gtid: 15 * SECOND,
    row_count: 10 * MINUTE,
    checksum: 24 * HOUR,
    schema: 15 * MINUTE,
    variables: 15 * MINUTE,
    grants: HOUR,
  } satisfies Record<CheckName, number>,
  checksum: {
    chunkTimeMs: 250,
    confirmations: 3,
    confirmDelayMs: 5 * SECOND,
    fenceTimeoutMs: 30 * SECOND,
    maxUnkeyedRows: 1_000_000,
    priorityIntervalMs: HOUR,
  } satisfies ChecksumConfig,
  throttle: {
    maxLagMs: 30 * SECOND,
    maxThreadsRunning: 25,
    maxHistoryList: 100_000,
    queryTimeoutMs: SECOND,
    maxQueries: null,
    maxDuty: null,
    windows: [],
  },
  tls: { mode: 'off', caFile: null },
  allowWritePrivileges: false,
  links: [],
  tables: { include: [], exclude: [], priority: [], ignoreColumns: new Map(), where: new Map() },
  heartbeat: null,
  schemaIgnore: [],
  variablesIgnore: [],
  tableDetail: 'all',
  maxTablesPerSet: 1000,
} as const satisfies Omit<SetConfig, 'name' | 'credentials' | 'servers'>
