/** `serve` on real servers: each fault moves the series of design section 8, and its repair moves them back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { resyncTable } from '../../src/lab/resync.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { type Exporter, startExporter } from '../support/exporter.ts'
import { promtoolComplaints } from '../support/exporter-samples.ts'
import { type Expected, untilMetrics, untilReport, untilSame } from '../support/exporter-waits.ts'
import { notTheSame, setIn } from '../support/report.ts'

interface Case {
  readonly name: string
  apply(lab: Lab): Promise<() => Promise<unknown>>
  readonly broken: readonly Expected[]
  readonly repaired: readonly Expected[]
  /** Tables that are not the same meanwhile, as `/api/v1/sets` has them. */
  readonly notTheSame: readonly string[]
  readonly verdict: string
}

const fault = (name: string, server: string, table?: string) => async (lab: Lab) => {
  const of = table === undefined ? {} : { table: { schema: 'shop', name: table } }
  const broken = await breakServer(lab, { fault: name, server, ...of })
  return () => broken.undo()
}

const shop = (table: string) => ({ server: 'db2', schema: 'shop', table })
const states = (check: string, state: string) => ({ server: 'db2', check, state })
const onDb2 = { server: 'db2', channel: '' }

const CASES: readonly Case[] = [
  {
    name: 'a missing row',
    apply: fault('delete-row', 'db2', 'orders'),
    broken: [
      ['table_drifted', shop('orders'), 1],
      ['table_drifted', { ...shop('orders'), server: 'db3' }, 0],
      ['table_rows_difference', shop('orders'), -1],
      ['table_rows', shop('orders'), 199],
      ['table_rows', { ...shop('orders'), server: 'db1' }, 200],
      ['table_chunks', shop('orders'), 1],
      ['table_chunks_drifted', shop('orders'), 1],
      ['tables', states('checksum', 'drifted'), 1],
      ['tables', states('row_count', 'drifted'), 1],
      ['tables', states('checksum', 'same'), 4],
      ['check_success', { server: 'db2', check: 'checksum' }, 1],
    ],
    repaired: [
      ['table_drifted', shop('orders'), 0],
      ['table_drifted_since_timestamp_seconds', shop('orders'), null],
      ['table_rows_difference', shop('orders'), 0],
      ['table_rows', shop('orders'), 200],
      ['table_chunks', shop('orders'), null],
      ['table_chunks_drifted', shop('orders'), null],
      ['tables', states('checksum', 'drifted'), 0],
      ['tables', states('row_count', 'drifted'), 0],
    ],
    notTheSame: ['db2 shop.orders: drifted'],
    verdict: 'drifted',
  },
  {
    name: 'a changed row',
    apply: fault('change-row', 'db2', 'payments'),
    broken: [
      ['table_drifted', shop('payments'), 1],
      ['table_rows_difference', shop('payments'), 0],
      ['tables', states('checksum', 'drifted'), 1],
      ['tables', states('row_count', 'drifted'), 0],
      ['tables', { server: 'db3', check: 'checksum', state: 'same' }, 5],
    ],
    repaired: [
      ['table_drifted', shop('payments'), 0],
      ['tables', states('checksum', 'same'), 5],
    ],
    notTheSame: ['db2 shop.payments: drifted'],
    verdict: 'drifted',
  },
  ...(['io', 'sql'] as const).map(
    (thread): Case => ({
      name: `a stopped ${thread} thread`,
      apply: fault(`stop-${thread}-thread`, 'db2'),
      broken: [
        ['replication_thread_running', { ...onDb2, thread }, 0],
        ['replication_thread_running', { ...onDb2, thread: thread === 'io' ? 'sql' : 'io' }, 1],
        ['replication_lag_known', onDb2, 0],
        ['replication_lag_seconds', onDb2, null],
        ['up', { server: 'db2' }, 1],
      ],
      repaired: [
        ['replication_thread_running', { ...onDb2, thread }, 1],
        ['replication_lag_known', onDb2, 1],
        ['replication_lag_seconds', onDb2, 0],
      ],
      notTheSame: [],
      verdict: 'same',
    }),
  ),
  {
    name: 'an errant transaction',
    apply: fault('errant-transaction', 'db2'),
    broken: [
      ['gtid_errant_transactions', { server: 'db2' }, 1],
      ['gtid_errant_transactions', { server: 'db3' }, 0],
    ],
    repaired: [['gtid_errant_transactions', { server: 'db2' }, 0]],
    notTheSame: [],
    verdict: 'same',
  },
  {
    name: 'a dropped column',
    apply: fault('drop-column', 'db2', 'orders'),
    broken: [
      [
        'schema_differences',
        { server: 'db2', object: 'column', kind: 'missing', severity: 'critical' },
        1,
      ],
      ['table_schema_differences', shop('orders'), 1],
      ['tables', states('checksum', 'unknown'), 1],
      ['tables_unknown', { server: 'db2', check: 'checksum', reason: 'definition_differs' }, 1],
    ],
    repaired: [
      [
        'schema_differences',
        { server: 'db2', object: 'column', kind: 'missing', severity: 'critical' },
        0,
      ],
      ['table_schema_differences', shop('orders'), null],
      ['tables', states('checksum', 'unknown'), 0],
    ],
    notTheSame: ['db2 shop.orders: unknown definition_differs'],
    verdict: 'unknown',
  },
  {
    name: 'a table that is missing on the replica',
    apply: async (lab) => {
      await lab.server('db2').unlogged('DROP TABLE shop.products')
      return () => resyncTable(lab, lab.server('db2'), { schema: 'shop', name: 'products' })
    },
    broken: [
      ['tables', states('checksum', 'missing'), 1],
      ['tables', states('row_count', 'missing'), 1],
      [
        'schema_differences',
        { server: 'db2', object: 'table', kind: 'missing', severity: 'critical' },
        1,
      ],
      ['table_drifted_since_timestamp_seconds', shop('products'), null],
    ],
    repaired: [
      ['tables', states('checksum', 'missing'), 0],
      ['tables', states('row_count', 'missing'), 0],
      ['table_drifted', shop('products'), 0],
      ['table_rows_difference', shop('products'), 0],
    ],
    notTheSame: ['db2 shop.products: missing missing_on_replica'],
    verdict: 'missing',
  },
  {
    name: 'a table that only the replica has',
    apply: async (lab) => {
      const db2 = lab.server('db2')
      await db2.unlogged('CREATE TABLE shop.extra (id INT PRIMARY KEY)')
      return () => db2.unlogged('DROP TABLE shop.extra')
    },
    broken: [
      ['tables', states('checksum', 'missing'), 1],
      [
        'schema_differences',
        { server: 'db2', object: 'table', kind: 'extra', severity: 'warning' },
        1,
      ],
    ],
    repaired: [
      ['tables', states('checksum', 'missing'), 0],
      ['tables', states('checksum', 'same'), 5],
      ['table_drifted', shop('extra'), null],
      ['table_schema_differences', shop('extra'), null],
    ],
    notTheSame: ['db2 shop.extra: missing extra_on_replica'],
    verdict: 'missing',
  },
]

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)
  let exporter: Exporter

  beforeAll(async () => {
    const lab = cluster()
    await createShop(lab.server('db1'))
    await lab.caughtUp()
    exporter = await startExporter(lab)
  }, 120_000)
  afterAll(async () => exporter?.stop())

  test('a healthy set has every series of its state, and none of a finding', async () => {
    await untilSame(exporter)
    const samples = await untilMetrics(exporter, [
      ['up', { server: 'db1' }, 1],
      ['up', { server: 'db2' }, 1],
      ['server_info', { server: 'db1', role: 'source', flavor }, 1],
      ['server_info', { server: 'db3', role: 'replica', flavor }, 1],
      ['server_read_only', { server: 'db1' }, 0],
      ['server_read_only', { server: 'db2' }, 1],
      ['sources', {}, 1],
      ['replication_channels', { server: 'db1' }, 0],
      ['replication_channels', { server: 'db2' }, 1],
      ['replication_source_in_set', onDb2, 1],
      ['replication_last_error_number', { ...onDb2, thread: 'sql' }, 0],
      ['replication_lag_seconds', onDb2, 0],
      ['gtid_enabled', { server: 'db2' }, 1],
      ['gtid_errant_transactions', { server: 'db2' }, 0],
      ['gtid_missing_transactions', onDb2, 0],
      ['tables', states('checksum', 'same'), 5],
      ['tables', states('row_count', 'same'), 5],
      ['table_rows', { ...shop('products'), server: 'db1' }, 400],
      ['table_rows_difference', shop('products'), 0],
      ['table_drifted', shop('products'), 0],
      ['excess_privileges', { server: 'db1' }, 0],
      ['missing_privileges', { server: 'db2' }, 0],
      ['exporter_replication_sets_configured', {}, 1],
      ['exporter_config_last_reload_successful', {}, 1],
    ])
    for (const name of ['table_drifted_since_timestamp_seconds', 'table_chunks_drifted']) {
      expect(samples.all(name)).toEqual([])
    }
    expect(samples.all('table_rows')).toHaveLength(15)
    expect(samples.all('table_drifted')).toHaveLength(10)
    expect(
      samples.all('check_success', { server: 'db1' }).map((one) => one.labels['check']),
    ).toEqual(['grants', 'variables'])
    expect(samples.all('check_success').filter(({ value }) => value !== 1)).toEqual([])
    expect(promtoolComplaints(samples.text)).toBe('')
  })

  describe.for(CASES)('$name', (wanted) => {
    test('moves the metrics and the verdict, and its repair moves them back', async () => {
      const lab = cluster()
      const undo = await wanted.apply(lab)
      try {
        const samples = await untilMetrics(exporter, wanted.broken)
        expect(promtoolComplaints(samples.text)).toBe('')
        const report = await exporter.api()
        expect(notTheSame(report)).toEqual(wanted.notTheSame)
        expect(setIn(report).verdict).toBe(wanted.verdict)
      } finally {
        await undo()
      }
      await untilMetrics(exporter, wanted.repaired)
      await untilReport(
        exporter,
        (report) => setIn(report).verdict === 'same',
        'the set is the same again',
      )
    })
  })
})
