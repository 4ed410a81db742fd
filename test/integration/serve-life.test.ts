/** The life of `serve` on real servers: start, reload, end; and what it says of a server that is gone. */
import { createServer } from 'node:net'
import { afterEach, beforeAll, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, runCli, startExporter } from '../support/exporter.ts'
import { promtoolComplaints } from '../support/exporter-samples.ts'
import { untilMetrics, untilReport, untilSame } from '../support/exporter-waits.ts'
import { notTheSame, serverIn } from '../support/report.ts'

const OURS = "SELECT id, command, info FROM information_schema.processlist WHERE user = 'drift'"

async function untilGone(lab: Lab, servers = lab.servers): Promise<void> {
  for (const server of servers) {
    await until(
      async () => (await server.query(OURS)).length === 0,
      `no connection of ours is left on ${server.name}`,
      5_000,
    )
  }
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
  })

  afterEach(async () => {
    const lab = cluster()
    for (const breakage of breakagesOf(lab)) await undo(lab, breakage)
    await lab.caughtUp()
  })

  test('it is ready only after every server was tried, and alive before that', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'freeze-server', server: 'db3' })
    await using exporter = await startExporter(lab)
    expect((await exporter.fetch('/-/ready')).status).toBe(503)
    expect((await exporter.fetch('/-/healthy')).status).toBe(200)
    expect((await exporter.fetch('/metrics')).status).toBe(200)
    await until(
      async () => (await exporter.fetch('/-/ready')).status === 200,
      'it is ready though one server hangs',
      20_000,
    )
    await untilMetrics(exporter, [['up', { server: 'db3' }, 0]])
  })

  test('SIGTERM ends it with 0 and leaves no query and no connection on any server', async () => {
    const lab = cluster()
    const exporter = await startExporter(lab)
    await untilSame(exporter)
    await lab.server('db2').session(async (session) => {
      await session.query('LOCK TABLES shop.orders WRITE')
      await until(
        async () => (await session.query(`${OURS} AND info LIKE '%orders%'`)).length > 0,
        'a reading of ours waits for the table',
      )
      expect(await exporter.stop(), exporter.stderr()).toBe(0)
      await until(
        async () => (await session.query(OURS)).length === 0,
        'the reading that waited is gone',
        5_000,
      )
    })
    await untilGone(lab)
    expect(exporter.stderr()).not.toMatch(/level=error|internal/)
  })

  test('SIGTERM during a pass under load ends it with 0 and leaves nothing behind', async () => {
    const lab = cluster()
    await using _feed = await startFeed(lab, { perSecond: 100 })
    const exporter = await startExporter(lab)
    await untilReport(
      exporter,
      ({ replication_sets: [set] }) => set?.tables.length === 10,
      'it sees',
    )
    expect(await exporter.stop(), exporter.stderr()).toBe(0)
    await untilGone(lab)
    expect(exporter.stderr()).not.toMatch(/level=error|internal/)
  })

  test('SIGTERM is not held up by a server that hangs', async () => {
    const lab = cluster()
    const exporter = await startExporter(lab)
    await untilSame(exporter)
    await breakServer(lab, { fault: 'freeze-server', server: 'db2' })
    await untilMetrics(exporter, [['up', { server: 'db2' }, 0]])
    expect(await exporter.stop(), exporter.stderr()).toBe(0)
    await untilGone(
      lab,
      lab.servers.filter(({ name }) => name !== 'db2'),
    )
  })

  test('SIGHUP takes a good configuration, and keeps the old one when the new is broken', async () => {
    const lab = cluster()
    await using exporter = await startExporter(lab)
    await untilSame(exporter)
    exporter.rewrite(configOf(lab).replace('"servers"', '"severs"'))
    exporter.signal('SIGHUP')
    await untilMetrics(exporter, [['exporter_config_last_reload_successful', {}, 0]])
    expect(exporter.stderr()).toMatch(/event=config_refused .*severs/)
    await untilMetrics(exporter, [
      ['up', { server: 'db1' }, 1],
      ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 5],
    ])
    exporter.rewrite(configOf(lab, { tables: { exclude: ['shop.p*'] } }))
    exporter.signal('SIGHUP')
    await untilMetrics(exporter, [
      ['exporter_config_last_reload_successful', {}, 1],
      ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 3],
      ['tables_skipped', { server: 'db2', check: 'checksum', reason: 'excluded' }, 2],
    ])
    const samples = await exporter.metrics()
    expect(samples.all('table_drifted', { table: 'products' })).toEqual([])
    expect(samples.text).not.toContain('db9')
    // The servers of the old configuration were let go of: one control and one reader each.
    for (const server of lab.servers) {
      await until(
        async () => (await server.query(OURS)).length <= 2,
        `the old connections to ${server.name} are closed`,
      )
    }
  })

  test('a server that leaves the configuration leaves no series behind', async () => {
    const lab = cluster()
    await using exporter = await startExporter(lab)
    await untilSame(exporter)
    const config = JSON.parse(configOf(lab))
    config.replication_sets[0].servers.pop()
    exporter.rewrite(JSON.stringify(config))
    exporter.signal('SIGHUP')
    await untilMetrics(exporter, [
      ['up', { server: 'db3' }, null],
      ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 5],
    ])
    expect((await exporter.metrics()).text).not.toContain('db3')
  })

  test('a killed server loses its state series and keeps what is known of its drift', async () => {
    const lab = cluster()
    const customers = { server: 'db2', schema: 'shop', table: 'customers' }
    const table = { schema: 'shop', name: 'customers' }
    await using exporter = await startExporter(lab)
    await untilSame(exporter)
    const drift = await breakServer(lab, { fault: 'change-row', server: 'db2', table })
    const drifted = await untilMetrics(exporter, [['table_drifted', customers, 1]])
    const since = drifted.value('table_drifted_since_timestamp_seconds', customers)
    expect(since).not.toBeNull()

    const killed = await breakServer(lab, { fault: 'kill-server', server: 'db2' })
    const samples = await untilMetrics(exporter, [
      ['up', { server: 'db2' }, 0],
      ['up', { server: 'db1' }, 1],
      ['up', { server: 'db3' }, 1],
      ['server_info', { server: 'db2', role: 'replica' }, 1],
      ['check_success', { server: 'db2', check: 'threads' }, 0],
      ['sources', {}, null],
      // Verified more than three of our short intervals ago: no longer called the same.
      ['tables', { server: 'db2', check: 'checksum', state: 'drifted' }, 1],
      ['tables', { server: 'db2', check: 'checksum', state: 'unknown' }, 4],
      ['tables_unknown', { server: 'db2', check: 'checksum', reason: 'unreachable' }, 4],
      ['tables', { server: 'db3', check: 'checksum', state: 'same' }, 5],
      ['table_drifted', customers, 1],
      ['table_drifted_since_timestamp_seconds', customers, since],
    ])
    for (const family of [
      'server_read_only',
      'replication_channels',
      'replication_source_in_set',
      'replication_thread_running',
      'replication_lag_known',
      'replication_lag_seconds',
      'gtid_enabled',
      'gtid_errant_transactions',
      'gtid_missing_transactions',
    ]) {
      expect(samples.all(family, { server: 'db2' }), family).toEqual([])
    }
    expect(promtoolComplaints(samples.text)).toBe('')
    expect(serverIn(await exporter.api(), 'db2')).toMatchObject({ up: false, role: 'replica' })

    await lab.server('db1').exec("UPDATE shop.products SET stock = stock + 1 WHERE sku = 'old-1'")
    await killed.undo()
    await untilMetrics(exporter, [
      ['up', { server: 'db2' }, 1],
      ['sources', {}, 1],
      ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 4],
      ['table_drifted', customers, 1],
      ['table_drifted_since_timestamp_seconds', customers, since],
    ])
    await drift.undo()
    await untilMetrics(exporter, [['table_drifted', customers, 0]])
    expect(notTheSame(await untilSame(exporter))).toEqual([])
  })
})

test('a port that is in use is one clear line and exit code 1', async () => {
  const thief = createServer()
  await new Promise<void>((resolve) => thief.listen(0, '127.0.0.1', resolve))
  const address = thief.address()
  const port = typeof address === 'object' ? address?.port : 0
  const config = JSON.stringify({
    replication_sets: [
      { name: 's', username: 'u', password: 'p', servers: [{ name: 'a', address: '127.0.0.1:1' }] },
    ],
  })
  try {
    const run = await runCli(['serve', `--web.listen-address=127.0.0.1:${port}`], { config })
    expect(run.code, run.explain).toBe(1)
    expect(run.stderr.trimEnd().split('\n'), run.explain).toHaveLength(1)
    expect(run.stderr, run.explain).toContain(`127.0.0.1:${port}`)
    expect(run.stderr, run.explain).toMatch(/in use|taken/)
  } finally {
    thief.close()
  }
})
