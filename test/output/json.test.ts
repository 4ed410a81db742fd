import { expect, test } from 'vitest'
import { checkObject, renderJson, tablesObject } from '../../src/output/json.ts'
import {
  ago,
  makeCause,
  makeChannel,
  makeDifference,
  makeErrant,
  makeReport,
  makeServer,
  makeSet,
  makeTable,
  makeVariableFinding,
} from '../support/make-report.ts'

test('the check object has the form that the contract shows', () => {
  const set = makeSet({
    servers: [makeServer({ gtid: makeErrant() })],
    tables: [
      makeTable({
        checksum: {
          verdict: 'drifted',
          rows: { source: 1000n, replica: 999n },
          chunksDrifted: 1,
          rowsDrifted: { missing: 1n, extra: 0n, changed: 3n },
          since: ago(60),
          verifiedAt: ago(0),
        },
        rowCount: null,
      }),
    ],
    schemaDifferences: [makeDifference()],
    schemaUnknown: [
      {
        server: 'db2',
        schema: 'shop',
        objects: ['trigger', 'event'],
        name: null,
        reason: 'no_privilege',
      },
    ],
    variableFindings: [
      makeVariableFinding({
        variable: 'replica_exec_mode',
        name: 'slave_exec_mode',
        value: 'IDEMPOTENT',
        why: 'a',
      }),
      makeVariableFinding({
        variable: 'sql_mode',
        name: 'sql_mode',
        value: '',
        source: { server: 'db1', value: 'ANSI' },
        why: 'b',
      }),
    ],
  })
  expect(checkObject(makeReport(set))).toEqual({
    format: 1,
    generated_at: '2026-11-20T12:01:00Z',
    replication_sets: [
      {
        name: 'shop',
        verdict: 'drifted',
        servers: [
          {
            name: 'db2',
            up: true,
            role: 'replica',
            flavor: 'mariadb',
            version: '10.11.19',
            read_only: true,
            gtid: {
              missing: '0',
              errant: '2',
              errant_set: '0-2-7..8',
              errant_exact: true,
              errant_transactions: [
                {
                  gtid: '0-2-7',
                  tables: ['shop.orders'],
                  statements: [],
                  at: { after: '2026-11-20T11:59:45Z', before: '2026-11-20T12:00:00Z' },
                  binlog: { file: 'binlog.000003', position: '1602' },
                },
              ],
              unrecoverable: '0',
            },
            heartbeat: null,
            channels: [
              {
                name: '',
                source: 'db1',
                io: 'running',
                sql: 'running',
                error: 0,
                workers_failed: 0,
                lag_seconds: 0,
                delay_seconds: 0,
                missing: '0',
                receive_gap: '0',
              },
            ],
          },
        ],
        tables: [
          {
            schema: 'shop',
            table: 'orders',
            server: 'db2',
            source: 'db1',
            channel: '',
            verdict: 'drifted',
            reason: null,
            rows: { source: '1000', replica: '999' },
            chunks: 4,
            chunks_drifted: 1,
            rows_drifted: { missing: '1', extra: '0', changed: '3' },
            counted: true,
            causes: [],
            since: '2026-11-20T12:00:00Z',
            verified_at: '2026-11-20T12:01:00Z',
          },
        ],
        schema_differences: [
          {
            server: 'db2',
            schema: 'shop',
            object: 'column',
            name: 'orders.note',
            kind: 'missing',
            severity: 'critical',
            source: 'varchar(20)',
            replica: null,
          },
        ],
        schema_unknown: [
          {
            server: 'db2',
            schema: 'shop',
            objects: ['trigger', 'event'],
            name: null,
            reason: 'no_privilege',
          },
        ],
        variables: [
          {
            server: 'db2',
            variable: 'replica_exec_mode',
            name: 'slave_exec_mode',
            kind: 'dangerous',
            value: 'IDEMPOTENT',
            source: null,
            source_server: null,
            why: 'a',
          },
          {
            server: 'db2',
            variable: 'sql_mode',
            name: 'sql_mode',
            kind: 'difference',
            value: '',
            source: 'ANSI',
            source_server: 'db1',
            why: 'b',
          },
        ],
        privileges: [],
        conflicts: [],
        consumers: [],
      },
    ],
  })
})

const firstSet = (set: Parameters<typeof makeSet>[0]) =>
  checkObject(makeReport(makeSet(set))).replication_sets[0]

test('a server that is OUT has no present state', () => {
  const server = firstSet({ servers: [makeServer({ up: false })] })?.servers[0]
  expect(server).toMatchObject({ up: false, role: 'replica', read_only: null, channels: [] })
  expect(server?.gtid.errant).toBeNull()
})

test('missing transactions are unknown as soon as one channel’s are', () => {
  const channels = [makeChannel({ missing: 3n }), makeChannel({ name: 'b', missing: null })]
  expect(firstSet({ servers: [makeServer({ channels })] })?.servers[0]?.gtid.missing).toBeNull()
})

test('what is not known of a table is null, never 0', () => {
  const checksum = {
    verdict: 'unknown',
    reason: 'not_yet',
    rows: null,
    verifiedAt: null,
  } as const
  const table = firstSet({ tables: [makeTable({ checksum, rowCount: null })] })?.tables[0]
  expect(table).toMatchObject({
    reason: 'not_yet',
    rows: { source: null, replica: null },
    rows_drifted: { missing: null, extra: null, changed: null },
    verified_at: null,
  })
})

test('what of its definition keeps a table from being compared is told with both ends', () => {
  const causes = [
    makeCause(),
    makeCause({ name: 'orders.gone', differs: ['missing'], replica: null }),
  ]
  const differs = { verdict: 'unknown', reason: 'definition_differs', causes } as const
  const table = makeTable({ checksum: differs })
  expect(tablesObject(makeReport(), makeSet({ tables: [table] })).tables[0]).toMatchObject({
    reason: 'definition_differs',
    causes: [
      {
        object: 'column',
        name: 'orders.note',
        differs: ['type'],
        source: 'varchar(20)',
        replica: 'varchar(10)',
      },
      { name: 'orders.gone', differs: ['missing'], source: 'varchar(20)', replica: null },
    ],
  })
})

test('counts beyond 2^53 keep their last digit', () => {
  const rows = { source: 9007199254740993n, replica: 9007199254740993n }
  const table = makeTable({ checksum: { rows }, rowCount: { rows } })
  expect(renderJson(makeReport(makeSet({ tables: [table] })))).toContain('"9007199254740993"')
})

test('privileges are listed for servers where some are wrong', () => {
  const privileges = { excess: ['LOCK TABLES'], missing: ['GRANT PROCESS'], refused: ['INSERT'] }
  const servers = [makeServer(), makeServer({ name: 'db3', privileges })]
  expect(firstSet({ servers })?.privileges).toEqual([
    { server: 'db3', excess: ['INSERT', 'LOCK TABLES'], missing: ['GRANT PROCESS'] },
  ])
})
