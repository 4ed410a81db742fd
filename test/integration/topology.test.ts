/** Who replicates from whom, on real servers: chains link by link, promoted replicas, and a server alone. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { resyncTable } from '../../src/lab/resync.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import {
  configText,
  QUICK,
  runCheck,
  serversOf,
  setOf,
  startExporter,
} from '../support/exporter.ts'
import { untilMetrics, untilSame } from '../support/exporter-waits.ts'
import { notTheSame, serverIn, setIn } from '../support/report.ts'

const ORDERS = { schema: 'shop', name: 'orders' }

async function repairAll(lab: Lab): Promise<void> {
  for (const breakage of breakagesOf(lab)) await undo(lab, breakage)
  await lab.caughtUp()
}

describeFlavors((flavor) => {
  describe('a chain of three', () => {
    const cluster = useCluster(flavor, [
      { name: 'db1' },
      { name: 'db2', source: 'db1' },
      { name: 'db3', source: 'db2' },
    ])

    beforeAll(async () => {
      await createShop(cluster().server('db1'))
      await cluster().caughtUp()
    })
    afterEach(() => repairAll(cluster()))

    test('is compared link by link', async () => {
      const run = await runCheck(cluster())
      expect(run.code, run.explain).toBe(0)
      const roles = setIn(run.json).servers.map(({ role }) => role)
      expect(roles).toEqual(['source', 'intermediate', 'replica'])
      const links = setIn(run.json).tables.map(({ source, server }) => `${source} -> ${server}`)
      expect(new Set(links)).toEqual(new Set(['db1 -> db2', 'db2 -> db3']))
      expect(links).toHaveLength(10)
    })

    test('with drift on the leaf has it on the leaf alone', async () => {
      await breakServer(cluster(), { fault: 'change-row', server: 'db3', table: ORDERS })
      const run = await runCheck(cluster())
      expect(notTheSame(run.json), run.explain).toEqual(['db3 shop.orders: drifted'])
      expect(run.code, run.explain).toBe(2)
    })

    test('with its middle killed says that the leaf was not compared', async () => {
      const lab = cluster()
      await using exporter = await startExporter(lab)
      await untilSame(exporter)
      await breakServer(lab, { fault: 'kill-server', server: 'db2' })
      const run = await runCheck(lab)
      expect(run.code, run.explain).toBe(3)
      expect(serverIn(run.json, 'db2')).toMatchObject({ up: false })
      const leaf = setIn(run.json).tables.filter(({ server }) => server === 'db3')
      expect(leaf, run.explain).toHaveLength(5)
      for (const table of leaf) {
        expect(table, run.explain).toMatchObject({ verdict: 'unknown', reason: 'unreachable' })
      }
      await untilMetrics(exporter, [
        ['up', { server: 'db2' }, 0],
        ['server_info', { server: 'db2', role: 'intermediate' }, 1],
        ['server_info', { server: 'db3', role: 'replica' }, 1],
        ['tables_unknown', { server: 'db3', check: 'checksum', reason: 'unreachable' }, 5],
        ['tables', { server: 'db3', check: 'checksum', state: 'same' }, 0],
      ])
      await repairAll(lab)
      await untilSame(exporter)
    })

    // Last: what a server writes to its own binary log stays there.
    test('with drift that arose in the middle and went on has it once, on the middle’s link', async () => {
      const lab = cluster()
      const db2 = lab.server('db2')
      const ownDomain = flavor === 'mariadb' ? ['SET gtid_domain_id = 77'] : []
      await db2.exec(...ownDomain, 'UPDATE shop.orders SET total = total + 1 WHERE id = 9')
      await lab.caughtUp()
      const run = await runCheck(lab)
      expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: drifted'])
      expect(serverIn(run.json, 'db2').gtid.errant, run.explain).toBe('1')
      expect(serverIn(run.json, 'db3').gtid.errant, run.explain).toBe('0')
      expect(run.code, run.explain).toBe(2)
      for (const name of ['db2', 'db3']) await resyncTable(lab, lab.server(name), ORDERS)
      const repaired = await runCheck(lab, ['--checks=checksum'])
      expect(notTheSame(repaired.json), repaired.explain).toEqual([])
    })
  })

  describe('one source and two replicas', () => {
    const cluster = useCluster(flavor)

    beforeAll(async () => {
      await createShop(cluster().server('db1'))
      await cluster().caughtUp()
    })

    test('of which one was promoted: it is detached, and critical until it replicates again', async () => {
      const lab = cluster()
      const db2 = lab.server('db2')
      const { sql } = db2.engine
      const servers = serversOf(lab).map((server) =>
        server.name === 'db2' ? { ...server, role: 'replica' as const } : server,
      )
      const declared = { config: configText([setOf(servers)]) }
      await using exporter = await startExporter(lab)
      await untilSame(exporter)

      const resetAll = flavor === 'mariadb' ? 'RESET SLAVE ALL' : 'RESET REPLICA ALL'
      await db2.exec(sql.stop(''), resetAll)
      const [run, nagios] = await Promise.all([
        runCheck(lab, [], declared),
        runCheck(lab, ['--output=nagios'], declared),
      ])
      expect(serverIn(run.json, 'db2'), run.explain).toMatchObject({ role: 'detached', up: true })
      expect(run.code, run.explain).toBe(2)
      expect(nagios.text).toMatch(/^DRIFT CRITICAL - db2 does not replicate any more/)
      const onDb2 = setIn(run.json).tables.filter(({ server }) => server === 'db2')
      expect(
        onDb2.filter(({ verdict }) => verdict === 'same'),
        run.explain,
      ).toEqual([])
      await untilMetrics(exporter, [
        ['server_info', { server: 'db2', role: 'detached' }, 1],
        ['server_info', { server: 'db2', role: 'replica' }, null],
        ['replication_channels', { server: 'db2' }, 0],
        ['tables', { server: 'db3', check: 'checksum', state: 'same' }, 5],
      ])

      await db2.exec(
        ...db2.sources.map((source) => sql.replicateFrom(source, 'gtid')),
        sql.start(''),
      )
      await lab.caughtUp()
      await untilMetrics(exporter, [
        ['server_info', { server: 'db2', role: 'replica' }, 1],
        ['server_info', { server: 'db2', role: 'detached' }, null],
        ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 5],
      ])
      const after = await runCheck(lab, [], declared)
      expect(after.code, after.explain).toBe(0)
    })

    test('of which one was taken out and written: that is no drift, also before anybody sees it', async () => {
      const lab = cluster()
      const db2 = lab.server('db2')
      const { sql } = db2.engine
      // Whoever replicates from whom is looked at once, and never again.
      const blind = { ...QUICK.checks, threads: { interval: '1h' }, gtid: { enabled: false } }
      const config = configText([setOf(serversOf(lab))], { ...QUICK, checks: blind })
      await using exporter = await startExporter(lab, config)
      await untilSame(exporter)

      const resetAll = flavor === 'mariadb' ? 'RESET SLAVE ALL' : 'RESET REPLICA ALL'
      await db2.exec(sql.stop(''), resetAll)
      await db2.unlogged('UPDATE shop.orders SET total = total + 1 WHERE id = 9')
      const orders = { server: 'db2', schema: 'shop', table: 'orders' }
      const samples = await untilMetrics(exporter, [
        ['tables_unknown', { server: 'db2', check: 'checksum', reason: 'identity_changed' }, 1],
      ])
      expect(samples.value('table_drifted', orders)).toBe(0)

      await db2.unlogged('UPDATE shop.orders SET total = total - 1 WHERE id = 9')
      await db2.exec(
        ...db2.sources.map((source) => sql.replicateFrom(source, 'gtid')),
        sql.start(''),
      )
      await lab.caughtUp()
      await untilSame(exporter)
    })

    test('of which only the source is configured: nothing can be compared, and that is said', async () => {
      const lab = cluster()
      const config = configText([setOf(serversOf(lab).slice(0, 1))])
      const [run, text] = await Promise.all([
        runCheck(lab, [], { config }),
        runCheck(lab, ['--output=text'], { config }),
      ])
      expect(run.code, run.explain).toBe(3)
      expect(serverIn(run.json, 'db1')).toMatchObject({ up: true, role: 'unknown' })
      expect(setIn(run.json).verdict, run.explain).toBe('unknown')
      expect(notTheSame(run.json), run.explain).toEqual(
        ['customers', 'order_items', 'orders', 'payments', 'products'].map(
          (table) => `db1 shop.${table}: unknown no_fence`,
        ),
      )
      expect(text.text, text.explain).toMatch(/nothing was compared/)
    })

    test('of which the source is not configured: the replicas are unknown, not the same', async () => {
      const lab = cluster()
      const config = configText([setOf(serversOf(lab).slice(1))])
      const run = await runCheck(lab, [], { config })
      expect(run.code, run.explain).toBe(3)
      expect(serverIn(run.json, 'db2').channels).toMatchObject([{ source: null }])
      expect(setIn(run.json).tables.length, run.explain).toBeGreaterThan(0)
      expect(setIn(run.json).tables.filter(({ verdict }) => verdict !== 'unknown')).toEqual([])
    })
  })
})
