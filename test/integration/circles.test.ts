/** Servers that replicate in a circle: a two-way pair and a ring of three, each compared once. */
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { ServerSpec } from '../../src/lab/start.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, QUICK, runCheck } from '../support/exporter.ts'
import { notTheSame, serverIn, setIn } from '../support/report.ts'
import { startWriter, tableWith } from '../support/writer.ts'

/** All of them may be written; on MariaDB each in a domain of its own. */
function circle(flavor: Vendor, ...names: readonly string[]): ServerSpec[] {
  return names.map((name, index) => ({
    name,
    source: names.at(index - 1) ?? '',
    settings: {
      'read-only': 'OFF',
      ...(flavor === 'mariadb' && { 'gtid-domain-id': String(index + 1) }),
    },
  }))
}

const SHOP = [
  'CREATE DATABASE shop',
  ...tableWith('shop.orders', 200),
  ...tableWith('shop.live', 5),
]
const orders = { schema: 'shop', name: 'orders' }
const withoutHot = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(' hot'))

describeFlavors((flavor) => {
  describe('a two-way pair', () => {
    const cluster = useCluster(flavor, circle(flavor, 'db1', 'db2'))

    beforeAll(async () => {
      await cluster()
        .server('db1')
        .exec(...SHOP)
      await cluster().caughtUp()
    })

    test('is compared once, and is the same while both are written', async () => {
      const lab = cluster()
      {
        await using one = startWriter(lab.server('db1'), 'shop.live', 1_000)
        await using two = startWriter(lab.server('db2'), 'shop.live', 1_000_000)
        await until(() => one.writes > 20 && two.writes > 20, 'both are written')
        const run = await runCheck(lab, ['--accept-unknown=hot'])
        expect(withoutHot(notTheSame(run.json)), run.explain).toEqual([])
        expect(run.code, run.explain).toBe(0)
      }
      await lab.caughtUp()
      const text = await runCheck(lab, ['--output=text'])
      expect(text.text, text.explain).toContain('db1, db2 replicate in a circle')
      expect(text.code, text.explain).toBe(0)
    })

    test.for(['db1', 'db2'])('has a drift on %s once', async (name) => {
      const lab = cluster()
      const broken = await breakServer(lab, { fault: 'change-row', server: name, table: orders })
      const run = await runCheck(lab)
      await broken.undo()
      expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: drifted'])
      expect(setIn(run.json).tables.map(({ source, server }) => `${source} -> ${server}`)).toEqual(
        Array(2).fill('db1 -> db2'),
      )
    })

    test('whose one half stands still has no drift in what is on its way', async () => {
      const lab = cluster()
      const broken = await breakServer(lab, { fault: 'stop-sql-thread', server: 'db1' })
      await lab.server('db2').exec('UPDATE shop.orders SET v = v + 1 WHERE id = 3')
      const run = await runCheck(lab)
      await broken.undo()
      await lab.caughtUp()
      expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: unknown ahead'])
      expect(serverIn(run.json, 'db1').channels, run.explain).toMatchObject([{ sql: 'stopped' }])
    })

    test('by other names in the configuration is compared from the first of them', async () => {
      const lab = cluster()
      const servers = lab.servers
        .toReversed()
        .map(({ name, host, port }) => ({ name, address: `${host}:${port}` }))
      const run = await runCheck(lab, [], { config: configOf(lab, { servers }, QUICK) })
      expect(new Set(setIn(run.json).tables.map(({ source }) => source)), run.explain).toEqual(
        new Set(['db2']),
      )
    })
  })

  describe('a ring of three', () => {
    const cluster = useCluster(flavor, circle(flavor, 'db1', 'db2', 'db3'))

    beforeAll(async () => {
      await cluster()
        .server('db1')
        .exec(...SHOP)
      await cluster().caughtUp()
    })

    test('is compared link by link but for the last, under writes, and has its drift found', async () => {
      const lab = cluster()
      await using one = startWriter(lab.server('db1'), 'shop.live', 1_000)
      await using three = startWriter(lab.server('db3'), 'shop.live', 1_000_000)
      await until(() => one.writes > 20 && three.writes > 20, 'two of them are written')
      const broken = await breakServer(lab, { fault: 'delete-row', server: 'db3', table: orders })
      const run = await runCheck(lab, ['--accept-unknown=hot'])
      await broken.undo()
      expect(withoutHot(notTheSame(run.json)), run.explain).toEqual(['db3 shop.orders: drifted'])
      const links = setIn(run.json).tables.map(({ source, server }) => `${source} -> ${server}`)
      expect(new Set(links), run.explain).toEqual(new Set(['db1 -> db2', 'db2 -> db3']))
    })
  })
})
