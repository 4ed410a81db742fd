/** Reports for tests: healthy by default, so that a test writes down only what it is about. */

import { FAILURE_REASONS, RECHECK_RESULTS, THROTTLE_REASONS } from '../../src/domain.ts'
import type {
  Cause,
  ChannelReport,
  CheckStatus,
  GtidReport,
  LoadCounters,
  Report,
  SchemaDifference,
  ServerReport,
  SetReport,
  TableReport,
  TableStanding,
  ThrottleReport,
  VariableFinding,
} from '../../src/report.ts'

/** When every report is made. */
export const NOW = new Date('2026-11-20T12:01:00Z')

/** A moment before `NOW`. */
export function ago(seconds: number): Date {
  return new Date(NOW.getTime() - seconds * 1000)
}

export function makeStanding(overrides: Partial<TableStanding> = {}): TableStanding {
  return {
    verdict: 'same',
    reason: null,
    since: ago(3600),
    verifiedAt: ago(60),
    rows: { source: 1000n, replica: 1000n },
    chunks: 4,
    chunksDrifted: 0,
    rowsDrifted: null,
    counted: true,
    causes: [],
    ...overrides,
  }
}

/** The type of `shop.orders.note` is not the same. */
export function makeCause(overrides: Partial<Cause> = {}): Cause {
  return {
    object: 'column',
    name: 'orders.note',
    differs: ['type'],
    source: 'varchar(20)',
    replica: 'varchar(10)',
    ...overrides,
  }
}

/** `checksum` and `rowCount` override fields of the standing; null = that check is disabled. */
export function makeTable({
  checksum = {},
  rowCount = {},
  ...overrides
}: Partial<TableReport> & {
  checksum?: Partial<TableStanding> | null
  rowCount?: Partial<TableStanding> | null
} = {}): TableReport {
  return {
    schema: 'shop',
    table: 'orders',
    server: 'db2',
    source: 'db1',
    channel: '',
    firstSeen: ago(7200),
    standings: {
      ...(checksum && { checksum: makeStanding(checksum) }),
      ...(rowCount && { row_count: makeStanding(rowCount) }),
    },
    ...overrides,
  }
}

export function makeCheck(overrides: Partial<CheckStatus> = {}): CheckStatus {
  return {
    success: true,
    intervalSeconds: 15,
    dueSince: ago(7200),
    lastRun: ago(10),
    lastSuccess: ago(10),
    lastDurationSeconds: 0.02,
    runs: 5,
    failures: zeros(FAILURE_REASONS),
    ...overrides,
  }
}

export function makeLoad(overrides: Partial<LoadCounters> = {}): LoadCounters {
  return {
    queries: 100,
    querySeconds: 1.5,
    queriesKilled: 0,
    chunksChecked: 40,
    chunkMismatches: 0,
    rowsChecked: 4000n,
    rechecks: zeros(RECHECK_RESULTS),
    ...overrides,
  }
}

export function makeThrottle(overrides: Partial<ThrottleReport> = {}): ThrottleReport {
  const free = THROTTLE_REASONS.map((reason) => [reason, { held: false, seconds: 0 }])
  return { ...(Object.fromEntries(free) as ThrottleReport), ...overrides }
}

export function makeChannel(overrides: Partial<ChannelReport> = {}): ChannelReport {
  return {
    name: '',
    source: 'db1',
    io: 'running',
    sql: 'running',
    ioErrorNumber: 0,
    sqlErrorNumber: 0,
    lagSeconds: 0,
    workersFailed: 0,
    delaySeconds: 0,
    missing: 0n,
    receiveGap: 0n,
    unrecoverable: 0n,
    ...overrides,
  }
}

/** Two in `shop.orders`, of which one was found. */
export function makeErrant(overrides: Partial<GtidReport> = {}): GtidReport {
  return {
    enabled: true,
    errant: 2n,
    errantSet: '0-2-7..8',
    errantExact: true,
    errantTransactions: [
      {
        gtid: '0-2-7',
        tables: ['shop.orders'],
        statements: [],
        place: { file: 'binlog.000003', offset: 1602n },
        writtenAfter: ago(75),
        writtenBefore: ago(60),
      },
    ],
    ...overrides,
  }
}

/** A replica of `db1`. */
export function makeServer(overrides: Partial<ServerReport> = {}): ServerReport {
  return {
    name: 'db2',
    address: 'db2:3306',
    up: true,
    outReason: null,
    role: 'replica',
    flavor: 'mariadb',
    version: '10.11.19',
    serverUuid: null,
    readOnly: true,
    gtid: {
      enabled: true,
      errant: 0n,
      errantSet: '',
      errantExact: true,
      errantTransactions: [],
    },
    heartbeat: null,
    isStatusKnown: true,
    channels: [makeChannel()],
    privileges: { excess: [], missing: [], refused: [] },
    settings: { judged: ['sync_binlog'], compared: ['sql_mode'] },
    checks: {
      threads: makeCheck(),
      gtid: makeCheck(),
      row_count: makeCheck({ intervalSeconds: 600 }),
      checksum: makeCheck({ intervalSeconds: 86_400 }),
      schema: makeCheck({ intervalSeconds: 900 }),
      variables: makeCheck({ intervalSeconds: 900 }),
      grants: makeCheck({ intervalSeconds: 3600 }),
    },
    load: makeLoad(),
    throttle: makeThrottle(),
    ...overrides,
  }
}

export function makeSource(overrides: Partial<ServerReport> = {}): ServerReport {
  return makeServer({
    name: 'db1',
    address: 'db1:3306',
    role: 'source',
    readOnly: false,
    gtid: null,
    channels: [],
    settings: { judged: ['sync_binlog'], compared: [] },
    checks: {
      variables: makeCheck({ intervalSeconds: 900 }),
      grants: makeCheck({ intervalSeconds: 3600 }),
    },
    ...overrides,
  })
}

export function makeDifference(overrides: Partial<SchemaDifference> = {}): SchemaDifference {
  return {
    server: 'db2',
    schema: 'shop',
    object: 'column',
    name: 'orders.note',
    table: 'orders',
    kind: 'missing',
    severity: 'critical',
    source: 'varchar(20)',
    replica: null,
    ...overrides,
  }
}

/** Dangerous by itself; with a `source`, a difference. */
export function makeVariableFinding(overrides: Partial<VariableFinding> = {}): VariableFinding {
  return {
    server: 'db2',
    variable: 'sync_binlog',
    name: 'sync_binlog',
    kind: overrides.source ? 'difference' : 'dangerous',
    value: '0',
    source: null,
    why: 'a power failure loses transactions',
    ...overrides,
  }
}

/** A source `db1`, its replica `db2` and the table `shop.orders`, which is the same on both. */
export function makeSet(overrides: Partial<SetReport> = {}): SetReport {
  return {
    name: 'shop',
    servers: [makeSource(), makeServer()],
    tables: [makeTable()],
    schemaDifferences: [],
    schemaUnknown: [],
    schemaRead: ['db2'],
    variableFindings: [],
    sources: 1,
    loops: [],
    sharedIdentities: [],
    replicasUnwatched: [],
    passProgress: 1,
    maxLagSeconds: 30,
    tableDetail: 'all',
    maxTablesPerSet: 1000,
    ...overrides,
  }
}

export function makeReport(...sets: readonly SetReport[]): Report {
  return { generatedAt: NOW, sets: sets.length === 0 ? [makeSet()] : sets }
}

function zeros<Name extends string>(names: readonly Name[]): Record<Name, number> {
  return Object.fromEntries(names.map((name) => [name, 0])) as Record<Name, number>
}
