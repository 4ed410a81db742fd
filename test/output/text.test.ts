import fc from 'fast-check'
import { expect, test } from 'vitest'
import { html, visible } from '../../src/output/format.ts'
import { renderText } from '../../src/output/text.ts'
import {
  makeCause,
  makeChannel,
  makeDifference,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
  makeVariableFinding,
} from '../support/make-report.ts'

const ofSet = (set: Parameters<typeof makeSet>[0]) => renderText(makeReport(makeSet(set)))

test('a healthy set is its servers and one line', () => {
  expect(renderText(makeReport())).toMatchInlineSnapshot(`
    "replication set shop: same

      servers
        name  role     version           state  channel  io       sql      lag  missing  errant
        db1   source   mariadb 10.11.19  up     -        -        -        -    -        -
        db2   replica  mariadb 10.11.19  up     <- db1   running  running  0s   0        0

    1 table on 2 servers, each replica against its source: 1 same
    exit code 0, OK: everything that was compared is the same
    "
  `)
})

test('a set in trouble shows the differences only', () => {
  const sql = { sql: 'stopped', sqlErrorNumber: 1062, lagSeconds: null } as const
  const fewer = { source: 1000n, replica: 999n }
  const unknown = { verdict: 'unknown', reason: 'no_key' } as const
  const text = ofSet({
    servers: [
      makeSource(),
      makeServer({ channels: [makeChannel(sql)] }),
      makeServer({ name: 'db3', up: false, outReason: 'connection refused' }),
    ],
    tables: [
      makeTable({
        checksum: {
          verdict: 'drifted',
          chunksDrifted: 1,
          rowsDrifted: { missing: 1n, extra: 0n, changed: 3n },
        },
        rowCount: { verdict: 'drifted', rows: fewer },
      }),
      makeTable({ server: 'db3' }),
      makeTable({ table: 'items', checksum: { verdict: 'missing', reason: 'missing_on_replica' } }),
      makeTable({ table: 'a', checksum: unknown }),
      makeTable({ table: 'b', checksum: unknown }),
      makeTable({ table: 'c', checksum: { verdict: 'suspect' } }),
    ],
    schemaDifferences: [makeDifference()],
    variableFindings: [
      makeVariableFinding({
        name: 'sql_mode',
        value: '',
        source: { server: 'db1', value: 'ANSI' },
      }),
      makeVariableFinding(),
    ],
  })
  expect(text).toMatchInlineSnapshot(`
    "replication set shop: drifted

      servers
        name  role     version           state  channel  io       sql             lag      missing  errant
        db1   source   mariadb 10.11.19  up     -        -        -               -        -        -
        db2   replica  mariadb 10.11.19  up     <- db1   running  stopped (1062)  unknown  0        0
        db3   replica  mariadb 10.11.19  OUT

      drifted
        shop.orders  db1 -> db2  1 missing, 0 extra, 3 changed in 1 of 4 chunks  since 2026-11-20T11:01:00Z (60m)

      missing
        shop.items  db1 -> db2  not on db2  since 2026-11-20T11:01:00Z (60m)

      unknown
        db2  no_key  2 tables  for 60m  shop.a, shop.b

      suspect
        shop.c  db1 -> db2  differed, not confirmed, for 60m

      row counts that differ
        table        link        source  replica  difference
        shop.orders  db1 -> db2  1000    999      -1

      schema differences
        critical  db2  column  shop.orders.note  missing  varchar(20)

      settings
        db2  dangerous   sync_binlog  0                a power failure loses transactions
        db2  difference  sql_mode     '', on db1 ANSI  a power failure loses transactions

    critical: 1 table drifted on db2 (shop.orders)
    critical: 1 table missing on db2 (shop.items)
    critical: db2: sql thread is stopped (error 1062)
    critical: 1 critical schema difference on db2 (column shop.orders.note missing)
    unknown: 2 tables unknown on db2: no_key (shop.a, shop.b)
    unknown: db3 is OUT: connection refused
    warning: 1 table suspect on db2 (shop.c)
    warning: 1 setting on db2: not as on db1 (sql_mode)
    warning: 1 setting on db2: dangerous (sync_binlog 0)

    5 tables on 3 servers, each replica against its source: 1 drifted, 1 missing, 2 unknown, 1 suspect, 1 same; 1 server OUT
    exit code 2, CRITICAL: data differs or replication is broken
    "
  `)
})

test('what keeps a table from being compared is listed with both ends, also of a drifted one', () => {
  const causes = [
    makeCause({ name: 'orders.j', differs: ['version'], source: 'json', replica: 'json' }),
    makeCause({ object: 'index', name: 'orders.PRIMARY', source: '(id)', replica: null }),
  ]
  const text = ofSet({
    tables: [
      makeTable({ checksum: { verdict: 'unknown', reason: 'cross_version', causes } }),
      makeTable({ table: 'items', checksum: { verdict: 'drifted', causes: [makeCause()] } }),
    ],
  })
  expect(text).toContain(`
  kept from being compared by
    shop.orders  db1 -> db2  column orders.j: json, which each end prints in its own way
    shop.orders  db1 -> db2  index orders.PRIMARY: (id) -> no key to walk by
    shop.items   db1 -> db2  column orders.note: varchar(20) -> varchar(10)
`)
})

test('a list that is cut says how much is left out', () => {
  const rows = { source: 1000n, replica: 999n }
  const rowCount = { verdict: 'drifted', rows } as const
  const tables = Array.from({ length: 103 }, (_, index) =>
    makeTable({ table: `t${index}`, checksum: { verdict: 'drifted' }, rowCount }),
  )
  expect(ofSet({ tables }).match(/and 3 more/g)).toHaveLength(2)
})

test('no name can break a line or command the terminal', () => {
  const text = ofSet({
    tables: [makeTable({ table: 'a\n\u001b[31mb', checksum: { verdict: 'drifted' } })],
  })
  expect(text).toContain('shop.a\\n\\x1b[31mb')
  expect(text).not.toContain('\u001b')
})

test('whatever a name holds, it is one visible line', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(visible(name)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/u)
    }),
  )
})

test('names that differ stay different', () => {
  expect(new Set(['\n', '\\n', '\\\\n', '\u202e', '\\u202e'].map(visible)).size).toBe(5)
})

test('whatever a name holds, it is no markup', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (name) => {
      expect(html(name)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
    }),
  )
})

test('several sets are told apart', () => {
  const bad = makeSet({ name: 'crm', tables: [makeTable({ checksum: { verdict: 'drifted' } })] })
  const text = renderText(makeReport(makeSet(), bad))
  expect(text).toContain('critical: crm: 1 table drifted on db2 (shop.orders)')
  expect(text).toContain('replication set shop: same')
})
