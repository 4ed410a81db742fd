import { describe, expect, it } from 'vitest'
import { renderMetrics } from '../../src/output/metrics.ts'
import type { SetReport } from '../../src/report.ts'
import {
  ago,
  makeChannel,
  makeCheck,
  makeDifference,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
  makeVariableFinding,
} from '../support/make-report.ts'

/** Series as they are written, by name without the prefix and labels without the set's. */
function seriesOf(set: Partial<SetReport>): Map<string, string> {
  const text = renderMetrics(makeReport(makeSet(set)))
  const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  const pairs = samples.map((line) => {
    const end = line.lastIndexOf(' ')
    const series = line.slice(0, end).replace('mysql_drift_', '')
    return [series.replace(/replication_set="[^"]*",?/, ''), line.slice(end + 1)] as const
  })
  const series = new Map(pairs)
  expect(series.size, 'no series is written twice').toBe(pairs.length)
  return series
}

/** Those whose name is `name` and whose labels hold `part`. */
function select(series: Map<string, string>, name: string, part = ''): string[] {
  return [...series.keys()].filter((key) => key.startsWith(`${name}{`) && key.includes(part))
}

const servers = (...replicas: Parameters<typeof makeServer>[0][]) => ({
  servers: [makeSource(), ...replicas.map(makeServer)],
})

describe('a server that is not up', () => {
  const series = seriesOf({
    ...servers({ up: false }),
    schemaDifferences: [makeDifference()],
    tables: [makeTable({ checksum: { verdict: 'drifted' } })],
  })

  it('is 0 and keeps what it was', () => {
    expect(series.get('up{server="db2"}')).toBe('0')
    expect(select(series, 'server_info', 'server="db2",role="replica"')).toHaveLength(1)
  })

  it.for(['server_read_only', 'replication_channels', 'gtid_enabled', 'gtid_errant_transactions'])(
    'has no %s',
    (name) => {
      expect(select(series, name, 'server="db2"')).toEqual([])
    },
  )

  it('has no channels', () => {
    expect([...series.keys()].filter((key) => key.includes('channel='))).toEqual([])
  })

  it('keeps its drift', () => {
    expect(series.get('table_drifted{server="db2",schema="shop",table="orders"}')).toBe('1')
    expect(series.get('tables{server="db2",check="checksum",state="drifted"}')).toBe('1')
    expect(select(series, 'schema_differences', 'db2')).not.toEqual([])
  })
})

describe('what was not observed has no series:', () => {
  it.for<[string, Partial<SetReport>]>([
    ['sources', { sources: null }],
    ['checksum_pass_progress_ratio', { passProgress: null }],
    ['oldest_verified_timestamp_seconds', { tables: [] }],
    ['replication_lag_seconds', servers({ channels: [makeChannel({ lagSeconds: null })] })],
    ['gtid_missing_transactions', servers({ channels: [makeChannel({ missing: null })] })],
    [
      'replication_receive_gap_transactions',
      servers({ channels: [makeChannel({ receiveGap: null })] }),
    ],
    ['replication_workers_failed', servers({ channels: [makeChannel({ workersFailed: null })] })],
    ['replication_heartbeat_timestamp_seconds', servers({ heartbeat: null })],
    ['gtid_enabled', servers({ gtid: null })],
    ['excess_privileges', { servers: [makeServer({ privileges: null })] }],
    [
      'check_success',
      { servers: [makeServer({ checks: { gtid: makeCheck({ lastRun: null }) } })] },
    ],
    ['replication_channels', { servers: [makeServer({ isStatusKnown: false })] }],
    ['schema_differences', { schemaRead: [] }],
    ['variable_differences', servers({ settings: null })],
    ['dangerous_variables', { servers: [makeServer({ settings: null })] }],
    ['oldest_unknown_since_timestamp_seconds', {}],
    ['table_drifted_since_timestamp_seconds', {}],
    ['table_chunks', {}],
    ['table_schema_differences', {}],
    ['table_rows', { tables: [makeTable({ checksum: { rows: null }, rowCount: { rows: null } })] }],
    [
      'table_drifted',
      {
        tables: [
          makeTable({ checksum: { verdict: 'unknown', reason: 'not_yet', verifiedAt: null } }),
        ],
      },
    ],
  ])('%s', ([name, set]) => {
    expect(select(seriesOf(set), name)).toEqual([])
  })
})

describe('what is known from the start is 0-filled:', () => {
  const series = seriesOf({ tables: [] })

  it.for<[string, string, number]>([
    ['tables', 'check="checksum"', 6],
    ['tables', 'check="row_count"', 6],
    ['tables_unknown', 'check="checksum"', 22],
    ['tables_skipped', 'check="checksum"', 5],
    ['tables_omitted', '', 2],
    ['check_failures_total', 'check="threads"', 7],
    ['chunk_rechecks_total', '', 6],
  ])('%s %s', ([name, part, count]) => {
    const keys = select(series, name, part).filter((key) => key.includes('"db2"'))
    expect(keys).toHaveLength(count)
  })

  it('but a source, which is no examined end, has no tables', () => {
    expect(select(series, 'tables', 'server="db1"')).toEqual([])
  })

  it('schema differences in all combinations once they were read', () => {
    expect(select(series, 'schema_differences', 'server="db2"')).toHaveLength(13 * 3 * 3)
  })

  it('the timestamps of checks that never ran', () => {
    const checks = { gtid: makeCheck({ lastRun: null, lastSuccess: null }) }
    const never = seriesOf({ servers: [makeServer({ checks })] })
    expect(never.get('check_last_run_timestamp_seconds{server="db2",check="gtid"}')).toBe('0')
    expect(never.get('check_last_success_timestamp_seconds{server="db2",check="gtid"}')).toBe('0')
    expect(never.get('check_due_since_timestamp_seconds{server="db2",check="gtid"}')).not.toBe('0')
  })
})

describe('settings', () => {
  const findings = [
    makeVariableFinding(),
    makeVariableFinding({ variable: 'sql_mode', source: { server: 'db1', value: 'ANSI' } }),
    makeVariableFinding({ variable: 'sql_mode', source: { server: 'db3', value: 'ANSI' } }),
  ]
  const settings = {
    judged: ['sync_binlog', 'server_id'],
    compared: ['sql_mode', 'time_zone'],
  } as const

  it('that were looked at and are in order are 0', () => {
    const series = seriesOf({ ...servers({ settings }), variableFindings: findings })
    expect(Object.fromEntries(series)).toMatchObject({
      'dangerous_variables{server="db2",variable="sync_binlog"}': '1',
      'dangerous_variables{server="db2",variable="server_id"}': '0',
      'variable_differences{server="db2",variable="sql_mode"}': '2',
      'variable_differences{server="db2",variable="time_zone"}': '0',
    })
    expect(select(series, 'dangerous_variables', 'db2')).toHaveLength(2)
    expect(select(series, 'variable_differences', 'db2')).toHaveLength(2)
  })

  it('of a server that is not up are only those that were found', () => {
    const series = seriesOf({ ...servers({ settings, up: false }), variableFindings: findings })
    expect(select(series, 'dangerous_variables', 'db2')).toEqual([
      'dangerous_variables{server="db2",variable="sync_binlog"}',
    ])
    expect(select(series, 'variable_differences', 'db2')).toEqual([
      'variable_differences{server="db2",variable="sql_mode"}',
    ])
  })
})

describe('tables', () => {
  it('that are missing are so in both checks', () => {
    const missing = { verdict: 'missing', reason: 'missing_on_replica' } as const
    const series = seriesOf({ tables: [makeTable({ checksum: missing })] })
    expect(series.get('tables{server="db2",check="row_count",state="missing"}')).toBe('1')
    expect(series.get('tables{server="db2",check="checksum",state="missing"}')).toBe('1')
  })

  it('that are unknown say why and for how long', () => {
    const lag = { verdict: 'unknown', reason: 'lag' } as const
    const series = seriesOf({
      tables: [
        makeTable({ table: 'a', checksum: { ...lag, since: ago(100) } }),
        makeTable({ table: 'b', checksum: { ...lag, since: ago(900) } }),
      ],
    })
    const at = '{server="db2",check="checksum",reason="lag"}'
    expect(series.get(`tables_unknown${at}`)).toBe('2')
    expect(series.get(`oldest_unknown_since_timestamp_seconds${at}`)).toBe(
      String(ago(900).getTime() / 1000),
    )
  })

  it('that were never verified count from when they were first seen', () => {
    const never = { verdict: 'unknown', reason: 'no_key', verifiedAt: null } as const
    const series = seriesOf({ tables: [makeTable({ firstSeen: ago(5000), checksum: never })] })
    expect(series.get('oldest_verified_timestamp_seconds{server="db2"}')).toBe(
      String(ago(5000).getTime() / 1000),
    )
  })

  it('that one end lacks do not make the verification look old: there is nothing to verify', () => {
    const gone = {
      verdict: 'missing',
      reason: 'missing_on_replica',
      verifiedAt: ago(9000),
    } as const
    const there = makeTable({ table: 'customers', checksum: { verifiedAt: ago(60) } })
    const series = seriesOf({ tables: [makeTable({ checksum: gone }), there] })
    expect(series.get('oldest_verified_timestamp_seconds{server="db2"}')).toBe(
      String(ago(60).getTime() / 1000),
    )
  })

  it('have their rows counted once on the source, by the latest reading', () => {
    const counted = (server: string, source: bigint, seconds: number) =>
      makeTable({ server, rowCount: { rows: { source, replica: 7n }, verifiedAt: ago(seconds) } })
    const series = seriesOf({
      ...servers({}, { name: 'db3' }),
      tables: [counted('db2', 10n, 500), counted('db3', 12n, 5)],
    })
    expect(series.get('table_rows{server="db1",schema="shop",table="orders"}')).toBe('12')
    expect(series.get('table_rows{server="db2",schema="shop",table="orders"}')).toBe('7')
    expect(series.get('table_rows_difference{server="db2",schema="shop",table="orders"}')).toBe(
      '-3',
    )
  })

  it('that several channels carry have one set of series, of the worst', () => {
    const series = seriesOf({
      tables: [
        makeTable({ channel: 'a' }),
        makeTable({ channel: 'b', checksum: { verdict: 'unknown', reason: 'multi_source' } }),
      ],
    })
    expect(select(series, 'table_chunks', 'orders')).toHaveLength(1)
    expect(series.get('tables{server="db2",check="checksum",state="same"}')).toBe('1')
  })

  it('that are drifted by rows say how many of each kind', () => {
    const rowsDrifted = { missing: 1n, extra: 0n, changed: 3n }
    const series = seriesOf({
      tables: [makeTable({ checksum: { verdict: 'drifted', rowsDrifted } })],
    })
    const at = 'server="db2",schema="shop",table="orders"'
    expect(series.get(`table_rows_drifted{${at},kind="changed"}`)).toBe('3')
    expect(series.get(`table_rows_drifted{${at},kind="extra"}`)).toBe('0')
  })
})

describe('the detail of tables', () => {
  const drifted = { verdict: 'drifted' } as const
  const tables = ['a', 'b', 'c', 'z'].map((table) =>
    makeTable({ table, checksum: table === 'z' ? drifted : {} }),
  )
  const shown = (set: Partial<SetReport>) => {
    const series = seriesOf({ tables, ...set })
    const named = select(series, 'table_drifted').map((key) => /table="(\w+)"/.exec(key)?.[1])
    const omitted = (reason: string) =>
      series.get(`tables_omitted{server="db2",reason="${reason}"}`)
    return { named, detail: omitted('detail'), limit: omitted('limit') }
  }

  it.for<[string, Partial<SetReport>, ReturnType<typeof shown>]>([
    ['all', {}, { named: ['a', 'b', 'c', 'z'], detail: '0', limit: '0' }],
    ['drifted ones', { tableDetail: 'drifted' }, { named: ['z'], detail: '3', limit: '0' }],
    ['none', { tableDetail: 'none' }, { named: [], detail: '4', limit: '0' }],
    [
      'within the limit, drifted first',
      { maxTablesPerSet: 2 },
      { named: ['a', 'z'], detail: '0', limit: '2' },
    ],
    [
      'of two replicas, counted as one table each',
      {
        maxTablesPerSet: 1,
        ...servers({}, { name: 'db3' }),
        tables: [...tables, makeTable({ table: 'z', server: 'db3' })],
      },
      { named: ['z', 'z'], detail: '0', limit: '3' },
    ],
  ])('%s', ([, set, expected]) => {
    expect(shown(set)).toEqual(expected)
  })

  it('skipped tables have no series and are not omitted', () => {
    const skipped = { verdict: 'skipped', reason: 'view' } as const
    const only = [makeTable({ checksum: skipped, rowCount: skipped })]
    expect(shown({ tables: only })).toEqual({ named: [], detail: '0', limit: '0' })
  })

  it('a table with another definition is in it, even if no check compares its rows', () => {
    const series = seriesOf({
      tables: [],
      tableDetail: 'drifted',
      schemaDifferences: [makeDifference(), makeDifference({ name: 'orders.extra' })],
    })
    const at = '{server="db2",schema="shop",table="orders"}'
    expect(series.get(`table_schema_differences${at}`)).toBe('2')
  })
})
