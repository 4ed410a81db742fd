import { describe, expect, it, test } from 'vitest'
import type { CheckName } from '../../src/domain.ts'
import { exitCode, findingsOf, JUDGE_ALL } from '../../src/output/findings.ts'
import type { SetReport } from '../../src/report.ts'
import {
  makeCause,
  makeChannel,
  makeCheck,
  makeDifference,
  makeErrant,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
  makeVariableFinding,
} from '../support/make-report.ts'

const judge = (
  set: Partial<SetReport>,
  acceptUnknown: string[] = [],
  requestedChecks: CheckName[] | null = null,
) => exitCode(makeReport(makeSet(set)), { acceptUnknown, requestedChecks })

const withServer = (server: Parameters<typeof makeServer>[0]) => ({
  servers: [makeSource(), makeServer(server)],
})
const withChannel = (channel: Parameters<typeof makeChannel>[0]) =>
  withServer({ channels: [makeChannel(channel)] })
const withTable = (checksum: NonNullable<Parameters<typeof makeTable>[0]>['checksum']) => ({
  tables: [makeTable({ table: 'other' }), makeTable({ checksum: checksum ?? {} })],
})

describe('the exit code', () => {
  it.for<[string, Partial<SetReport>, number]>([
    ['a healthy set', {}, 0],
    ['a drifted table', withTable({ verdict: 'drifted' }), 2],
    ['a missing table', withTable({ verdict: 'missing' }), 2],
    ['an unknown table', withTable({ verdict: 'unknown', reason: 'hot' }), 3],
    ['a suspect table', withTable({ verdict: 'suspect' }), 1],
    ['a skipped table', withTable({ verdict: 'skipped', reason: 'view' }), 0],
    ['no tables at all', { tables: [] }, 3],
    [
      'nothing but skipped tables',
      { tables: withTable({ verdict: 'skipped' }).tables.slice(1) },
      3,
    ],
    [
      'errant transactions',
      withServer({ gtid: makeErrant({ errant: 1n, errantSet: null, errantExact: false }) }),
      2,
    ],
    ['unrecoverable transactions', withChannel({ unrecoverable: 3n }), 2],
    ['missing transactions', withChannel({ missing: 3n }), 0],
    ['a stopped thread', withChannel({ sql: 'stopped' }), 2],
    ['a thread that is connecting', withChannel({ io: 'connecting' }), 0],
    ['a thread that can not connect', withChannel({ io: 'connecting', ioErrorNumber: 2003 }), 2],
    ['replication removed', withServer({ role: 'detached', channels: [] }), 2],
    ['a server that is OUT', withServer({ up: false, outReason: 'connection refused' }), 3],
    ['lag at the limit', withChannel({ lagSeconds: 30 }), 0],
    ['lag above the limit', withChannel({ lagSeconds: 31 }), 1],
    ['lag that is the configured delay', withChannel({ lagSeconds: 3600, delaySeconds: 3600 }), 0],
    ['lag beyond it', withChannel({ lagSeconds: 3631, delaySeconds: 3600 }), 1],
    ['unknown lag', withChannel({ lagSeconds: null }), 0],
    ['a critical schema difference', { schemaDifferences: [makeDifference()] }, 2],
    [
      'a lesser schema difference',
      { schemaDifferences: [makeDifference({ severity: 'warning' })] },
      1,
    ],
    ['a trifle in the schema', { schemaDifferences: [makeDifference({ severity: 'info' })] }, 0],
    ['a dangerous setting', { variableFindings: [makeVariableFinding()] }, 1],
    ['a replica that can be written', withServer({ readOnly: false }), 1],
    ['two sources', { sources: 2 }, 1],
    [
      'excess privileges',
      withServer({ privileges: { excess: ['LOCK TABLES'], missing: [], refused: [] } }),
      1,
    ],
    [
      'missing privileges',
      withServer({ privileges: { excess: [], missing: ['GRANT PROCESS ...'], refused: [] } }),
      1,
    ],
    [
      'refused privileges',
      withServer({ privileges: { excess: [], missing: [], refused: ['INSERT'] } }),
      3,
    ],
    [
      'one server_uuid twice',
      { sharedIdentities: [{ what: 'server_uuid', id: 'a', servers: ['db1', 'db2'] }] },
      1,
    ],
    [
      'a check that could not look',
      withServer({ checks: { schema: makeCheck({ success: false }) } }),
      3,
    ],
    [
      'a check that has not run',
      withServer({ checks: { schema: makeCheck({ success: false, lastRun: null }) } }),
      0,
    ],
  ])('of %s', ([, set, expected]) => {
    expect(judge(set)).toBe(expected)
  })

  test('is 3, not 2, when a replica can not connect to a source that is OUT', () => {
    const set = {
      servers: [
        makeSource({ up: false }),
        makeServer({ channels: [makeChannel({ io: 'connecting', ioErrorNumber: 2003 })] }),
      ],
    }
    expect(judge(set)).toBe(3)
  })

  test('takes nothing of a server that is OUT for its present state', () => {
    const set = withServer({ up: false, channels: [makeChannel({ sql: 'stopped' })] })
    expect(judge(set)).toBe(3)
  })

  test('forgives a check that the account’s missing privileges explain', () => {
    const privileges = { excess: [], missing: ['GRANT ...'], refused: [] }
    const checks = { threads: makeCheck({ success: false }) }
    expect(judge(withServer({ privileges, checks }))).toBe(1)
  })

  test('of drift outranks what is unknown', () => {
    const tables = [
      makeTable({ checksum: { verdict: 'unknown', reason: 'lag' } }),
      makeTable({ table: 'items', checksum: { verdict: 'drifted' } }),
    ]
    expect(judge({ tables })).toBe(2)
  })

  test('leaves accepted reasons out, and only those', () => {
    const set = withTable({ verdict: 'unknown', reason: 'no_key' })
    expect(judge(set, ['no_key'])).toBe(0)
    expect(judge(set, ['hot'])).toBe(3)
  })

  test('is 3 when all that is left is accepted as unknown: nothing was compared', () => {
    const tables = [
      makeTable({ checksum: { verdict: 'unknown', reason: 'no_key' }, rowCount: null }),
    ]
    expect(judge({ tables }, ['no_key'])).toBe(3)
  })

  test('accepts equal counts where checksum is disabled, if told to', () => {
    const tables = [makeTable({ checksum: null })]
    expect(judge({ tables })).toBe(3)
    expect(judge({ tables }, ['not_compared'])).toBe(0)
  })

  test('asks for no tables when only other checks were asked for', () => {
    expect(judge({ tables: [] }, [], ['threads', 'gtid'])).toBe(0)
  })

  test('names servers that share what they should not', () => {
    const servers = ['db1', 'db2']
    const texts = (['server', 'server_uuid', 'server_id'] as const).map((what) => {
      const [finding] = findingsOf(
        makeReport(makeSet({ sharedIdentities: [{ what, id: '7', servers }] })),
        JUDGE_ALL,
      )
      return finding?.text
    })

    expect(texts).toEqual([
      'db1 and db2 are one server, 7, which is compared once',
      'db1 and db2 have one server_uuid: 7',
      'db1 and db2 have one server_id: 7',
    ])
  })

  test('does not blame the servers of a two-way pair for being writable', () => {
    const pair = ['a', 'b'].map((name, index) =>
      makeServer({
        name,
        role: 'intermediate',
        readOnly: false,
        channels: [makeChannel({ source: index === 0 ? 'b' : 'a' })],
      }),
    )
    expect(judge({ servers: pair })).toBe(1)
    expect(judge({ servers: pair, loops: [['a', 'b']] })).toBe(0)
  })
})

test('errant transactions are named with the tables that they touched', () => {
  const servers = [makeSource(), makeServer({ gtid: makeErrant({ errantExact: false }) })]
  const [first] = findingsOf(makeReport(makeSet({ servers })), JUDGE_ALL)
  expect(first?.text).toBe('db2 has at least 2 errant transactions (0-2-7..8) in shop.orders')
})

test('findings come worst first, in one sentence per server and kind', () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g']
  const set = makeSet({
    servers: [makeSource(), makeServer({ channels: [makeChannel({ lagSeconds: 95 })] })],
    tables: [
      ...names.map((table) =>
        makeTable({ table, checksum: { verdict: 'unknown', reason: 'no_key' } }),
      ),
      makeTable({ checksum: { verdict: 'drifted' } }),
    ],
  })
  const findings = findingsOf(makeReport(set), { acceptUnknown: [], requestedChecks: null })
  expect(findings.map(({ grade, text }) => `${grade}: ${text}`)).toEqual([
    'critical: 1 table drifted on db2 (shop.orders)',
    'unknown: 7 tables unknown on db2: no_key (shop.a, shop.b, shop.c, shop.d, shop.e and 2 more)',
    'warning: db2 lags 95s (limit 30s)',
  ])
})

test('a table that is unknown by its definition names what differs in it, and a drifted one its rows', () => {
  const causes = ['a', 'b', 'c'].map((name) => makeCause({ name: `orders.${name}` }))
  const tables = [
    makeTable({ checksum: { verdict: 'unknown', reason: 'definition_differs', causes } }),
    makeTable({ table: 'items', checksum: { verdict: 'drifted', causes } }),
  ]
  const findings = findingsOf(makeReport(makeSet({ tables })), JUDGE_ALL)
  expect(findings.map(({ text }) => text)).toEqual([
    '1 table drifted on db2 (shop.items)',
    '1 table unknown on db2: definition_differs (shop.orders: column orders.a, column orders.b and 1 more)',
  ])
})

test('settings are one sentence per server and kind', () => {
  const source = (server: string) => ({ server, value: 'ANSI' })
  const variableFindings = [
    makeVariableFinding(),
    makeVariableFinding({ name: 'slave_exec_mode', value: 'IDEMPOTENT' }),
    makeVariableFinding({ name: 'sql_mode', source: source('db1') }),
    makeVariableFinding({ name: 'time_zone', source: source('db1') }),
    makeVariableFinding({ name: 'sql_mode', source: source('db3') }),
    makeVariableFinding({ server: 'db1' }),
  ]
  const findings = findingsOf(makeReport(makeSet({ variableFindings })), JUDGE_ALL)
  expect(findings.map(({ grade, text }) => `${grade}: ${text}`)).toEqual([
    'warning: 2 settings on db2: dangerous (sync_binlog 0, slave_exec_mode IDEMPOTENT)',
    'warning: 2 settings on db2: not as on db1 (sql_mode, time_zone)',
    'warning: 1 setting on db2: not as on db3 (sql_mode)',
    'warning: 1 setting on db1: dangerous (sync_binlog 0)',
  ])
})
