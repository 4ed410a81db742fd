/** Lag that can be believed: of idle, late, delayed, blocked and broken replicas, on real servers. */
import { afterEach, beforeAll, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, type Exporter, startExporter } from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'

const ORDERS = { schema: 'shop', name: 'orders' }
const WRITE = 'UPDATE shop.orders SET total = total + 1'
const of = { server: 'db2', channel: '' }

const reading = async (exporter: Exporter, name: string) =>
  (await exporter.metrics()).value(`replication_${name}`, of)

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [
    { name: 'db1' },
    { name: 'db2', source: 'db1', settings: workersOf(flavor) },
  ])
  const control = (verb: 'start' | 'stop', thread: 'io' | 'sql') => {
    const db2 = cluster().server('db2')
    return db2.exec(db2.engine.sql[verb]('', thread))
  }

  beforeAll(() => createShop(cluster().server('db1')))
  afterEach(async () => {
    for (const breakage of breakagesOf(cluster())) await undo(cluster(), breakage)
    await cluster().caughtUp()
  })

  test('it is 0 on an idle source, unknown while a thread is stopped, and never 0 for that', async () => {
    await cluster().caughtUp()
    await using exporter = await startExporter(cluster())
    await untilMetrics(exporter, [
      ['replication_lag_known', of, 1],
      ['replication_lag_seconds', of, 0],
      ['replication_receive_gap_transactions', of, 0],
    ])
    for (const thread of ['io', 'sql'] as const) {
      await control('stop', thread)
      await untilMetrics(exporter, [
        ['replication_lag_known', of, 0],
        ['replication_lag_seconds', of, null],
        ['replication_thread_running', { ...of, thread }, 0],
      ])
      await control('start', thread)
      await untilMetrics(exporter, [['replication_lag_seconds', of, 0]])
    }
  })

  test('it grows while the applier is blocked, and nothing is missing on the way', async () => {
    await breakServer(cluster(), { fault: 'lag', server: 'db2', table: ORDERS })
    await using exporter = await startExporter(cluster())
    await cluster().server('db1').exec(`${WRITE} WHERE id = 1`)
    await until(async () => ((await reading(exporter, 'lag_seconds')) ?? 0) > 2, 'it lags')
    await untilMetrics(exporter, [
      ['gtid_missing_transactions', of, 1],
      ['replication_receive_gap_transactions', of, 0],
      ['replication_thread_running', { ...of, thread: 'sql' }, 1],
    ])
  })

  test('a configured delay is told apart from it', async () => {
    await breakServer(cluster(), { fault: 'delay-replica', server: 'db2' })
    await using exporter = await startExporter(cluster())
    await cluster().server('db1').exec(`${WRITE} WHERE id = 2`)
    await until(async () => ((await reading(exporter, 'lag_seconds')) ?? 0) > 2, 'it waits')
    const samples = await untilMetrics(exporter, [
      ['replication_configured_delay_seconds', of, 3600],
      ['replication_lag_known', of, 1],
      ['throttled', { server: 'db2', reason: 'lag' }, 0],
    ])
    expect(samples.value('replication_lag_seconds', of)).toBeLessThan(600)
  })

  test('a heartbeat tells what the threads do not: how old the newest row is that has arrived', async () => {
    const [db1, db2] = [cluster().server('db1'), cluster().server('db2')]
    const beat = 'REPLACE INTO meta.heartbeat (ts, server_id) VALUES'
    await db1.exec(
      'CREATE DATABASE IF NOT EXISTS meta',
      // As pt-heartbeat 3 makes it.
      `CREATE TABLE meta.heartbeat (ts varchar(26) NOT NULL, server_id int unsigned NOT NULL PRIMARY KEY,
        file varchar(255), position bigint unsigned, relay_master_log_file varchar(255),
        exec_master_log_pos bigint unsigned)`,
      `${beat} ('2026-11-20T11:59:58.020000', 1), ('2020-01-01T00:00:00.000000', 99)`,
    )
    await cluster().caughtUp()
    const config = configOf(cluster(), { heartbeat: { table: 'meta.heartbeat' } })
    await using exporter = await startExporter(cluster(), config)
    const at = Date.UTC(2026, 10, 20, 11, 59, 58, 20) / 1000
    const onDb2 = { server: 'db2' }
    await untilMetrics(exporter, [
      ['replication_heartbeat_timestamp_seconds', onDb2, at],
      ['replication_heartbeat_timestamp_seconds', { server: 'db1' }, null],
    ])
    await db1.exec(`${beat} ('2026-11-20T12:00:58.020000', 1)`)
    await untilMetrics(exporter, [['replication_heartbeat_timestamp_seconds', onDb2, at + 60]])
    await db2.unlogged('DROP TABLE meta.heartbeat')
    await untilMetrics(exporter, [
      ['replication_heartbeat_timestamp_seconds', onDb2, null],
      ['check_success', { server: 'db2', check: 'threads' }, 0],
      ['up', onDb2, 1],
    ])
    await db1.exec('DROP TABLE IF EXISTS meta.heartbeat')
  })

  // Last: a parallel replica that has failed is brought back by hand.
  test('an applier that failed is counted', async () => {
    const [db1, db2] = [cluster().server('db1'), cluster().server('db2')]
    const broken = await breakServer(cluster(), {
      fault: 'delete-row',
      server: 'db2',
      table: ORDERS,
    })
    await using exporter = await startExporter(cluster())
    await untilMetrics(exporter, [['replication_workers_failed', of, 0]])
    await db1.exec(WRITE)
    await untilMetrics(exporter, [['replication_thread_running', { ...of, thread: 'sql' }, 0]])
    await until(async () => ((await reading(exporter, 'workers_failed')) ?? 0) > 0, 'one failed')
    await broken.undo()
    await db2.exec(db2.engine.sql.start('', 'sql'))
    await untilMetrics(exporter, [['replication_workers_failed', of, 0]])
  })
})

/** MariaDB lists its parallel appliers in performance_schema, which is off unless asked for. */
function workersOf(flavor: string): Record<string, string> {
  if (flavor === 'mysql') return { 'replica-parallel-workers': '4' }
  return { 'performance-schema': 'ON', 'slave-parallel-threads': '4' }
}
