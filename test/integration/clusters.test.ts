/** Galera and MySQL groups, real ones of three members, and a replica beside them. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, THREE_MEMBERS, until, useCluster } from '../support/cluster.ts'
import { writeEverywhere } from '../support/cluster-writers.ts'
import { runCheck, startExporter } from '../support/exporter.ts'
import { untilMetrics, untilReport, untilSame } from '../support/exporter-waits.ts'
import { notTheSame, serverIn, setIn, tableIn } from '../support/report.ts'

const ONE_ROW = 'WHERE id = 100'
const DRIFT = `UPDATE shop.orders SET total = total + 1 ${ONE_ROW}`
const REPAIR = `UPDATE shop.orders SET total = total - 1 ${ONE_ROW}`

/** On Galera many give one id to all nodes, which then write under one name; a MySQL group refuses that. */
const OFTEN_SEEN = { mariadb: { 'server-id': '1' }, mysql: {} } as const

/** By these settings every reading on a member waits until it has what the others have. */
const WAIT_FOR_OTHERS = {
  mariadb: ['SET GLOBAL wsrep_sync_wait = 15', 'SET GLOBAL wsrep_sync_wait = 0'],
  mysql: [
    "SET GLOBAL group_replication_consistency = 'BEFORE'",
    "SET GLOBAL group_replication_consistency = 'EVENTUAL'",
  ],
} as const

/** What a table must never be called while nobody touches it behind the cluster's back. */
const FALSE_ALARM = /event=verdict .*to=(drifted|missing)/

describeFlavors((flavor) => {
  describe('a cluster of three, with a replica of its second member', () => {
    const members = THREE_MEMBERS.map((spec) => ({ ...spec, settings: OFTEN_SEEN[flavor] }))
    const cluster = useCluster(flavor, [...members, { name: 'db4', source: 'db2' }], {
      cluster: true,
    })
    const kind = flavor === 'mariadb' ? 'galera' : 'group_replication'
    const changed: string[] = []

    async function plant(lab: Lab, name: string): Promise<void> {
      changed.push(name)
      await lab.server(name).unlogged(DRIFT)
    }

    beforeAll(async () => {
      await createShop(cluster().server('db1'))
      await cluster().caughtUp()
    })
    afterEach(async () => {
      for (const name of changed.splice(0)) await cluster().server(name).unlogged(REPAIR)
    })

    test('is one source of members that are compared with the first, and its replica with its own source', async () => {
      const run = await runCheck(cluster())
      expect(run.code, run.explain).toBe(0)
      const { servers, tables } = setIn(run.json)
      expect(servers.map(({ role }) => role)).toEqual(['member', 'member', 'member', 'replica'])
      expect(servers.map(({ channels }) => channels.length)).toEqual([0, 0, 0, 1])
      const links = tables.map(({ source, server, channel }) => `${source} -> ${server} ${channel}`)
      expect([...new Set(links)].sort()).toEqual([
        `db1 -> db2 ${kind}`,
        `db1 -> db3 ${kind}`,
        'db2 -> db4 ',
      ])
      const text = await runCheck(cluster(), ['--output=text'])
      expect(text.code, text.explain).toBe(0)
      for (const name of ['db1', 'db2', 'db3']) {
        expect(text.text).toMatch(new RegExp(`${name} +member`))
      }
    })

    test('with drift on one member has it there alone', async () => {
      await plant(cluster(), 'db3')
      const run = await runCheck(cluster())
      expect(notTheSame(run.json), run.explain).toEqual(['db3 shop.orders: drifted'])
      expect(tableIn(run.json, 'db3', 'shop.orders').rows_drifted).toMatchObject({ changed: '1' })
      expect(run.code, run.explain).toBe(2)
    })

    test('with drift on the first member has it on every other', async () => {
      await plant(cluster(), 'db1')
      const run = await runCheck(cluster())
      expect(notTheSame(run.json), run.explain).toEqual([
        'db2 shop.orders: drifted',
        'db3 shop.orders: drifted',
      ])
    })

    test('with drift on the replica of a member has it there alone', async () => {
      await plant(cluster(), 'db4')
      const run = await runCheck(cluster())
      expect(notTheSame(run.json), run.explain).toEqual(['db4 shop.orders: drifted'])
    })

    test('with a table that is missing on one member, or on all but one, has that there', async () => {
      const [db2, db3] = [cluster().server('db2'), cluster().server('db3')]
      await cluster().server('db1').exec('CREATE TABLE shop.extra (id INT PRIMARY KEY)')
      await cluster().caughtUp()
      await db2.unlogged('DROP TABLE shop.extra')
      await db3.unlogged('CREATE TABLE shop.alone (id INT PRIMARY KEY)')
      const run = await runCheck(cluster())
      expect(notTheSame(run.json), run.explain).toEqual([
        'db2 shop.extra: missing missing_on_replica',
        'db3 shop.alone: missing extra_on_replica',
        'db4 shop.extra: missing extra_on_replica',
      ])
      await db2.unlogged('CREATE TABLE shop.extra (id INT PRIMARY KEY)')
      await db3.unlogged('DROP TABLE shop.alone')
      await cluster().server('db1').exec('DROP TABLE shop.extra')
      await cluster().caughtUp()
    })

    test('one of which applies nothing is behind there, and is not waited for', async () => {
      const lab = cluster()
      const db3 = lab.server('db3')
      const [on, off] = WAIT_FOR_OTHERS[flavor]
      await db3.exec(on)
      await db3.session(async ({ query }) => {
        await query('FLUSH TABLES WITH READ LOCK')
        await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 101')
        const run = await runCheck(lab)
        expect(serverIn(run.json, 'db3'), run.explain).toMatchObject({ up: true })
        const orders = tableIn(run.json, 'db3', 'shop.orders')
        expect(orders, run.explain).toMatchObject({ verdict: 'unknown', reason: 'lag' })
        const elsewhere = notTheSame(run.json).filter((each) => !each.startsWith('db3'))
        expect(elsewhere, run.explain).toEqual([])
      })
      await db3.exec(off)
      await lab.caughtUp()
    })

    test('that is written everywhere gives no false alarm, and hides no drift', async () => {
      const lab = cluster()
      await using writers = await writeEverywhere(lab)
      await using exporter = await startExporter(lab)
      const looks = async () =>
        (await exporter.metrics())
          .all('chunk_rechecks_total')
          .reduce((sum, { value }) => sum + value, 0)
      const everywhere = () => Object.values(writers.commits).every((n) => n > 100)
      await until(everywhere, 'all are written', 120_000)
      await until(async () => (await looks()) > 60, 'it looks behind fences', 120_000)
      for (const [at, change] of ['ADD COLUMN more INT', 'DROP COLUMN more'].entries()) {
        await lab.server(`db${at + 1}`).exec(`ALTER TABLE busy.rows ${change}`)
        const before = await looks()
        await until(async () => (await looks()) > before, 'it goes on after a DDL', 120_000)
      }
      expect(exporter.stderr()).not.toMatch(FALSE_ALARM)
      await untilMetrics(exporter, [
        ['sources', {}, 1],
        ['server_info', { server: 'db1', role: 'member' }, 1],
        ['server_info', { server: 'db3', role: 'member' }, 1],
        ['tables', { server: 'db3', check: 'checksum', state: 'drifted' }, 0],
      ])
      expect(await exporter.text('/')).toMatch(/db1.*member/s)

      await plant(lab, 'db3')
      // One that nobody writes to, among rows that all write to.
      const note = (value: string) => `UPDATE busy.rows SET note = ${value} WHERE id = 150`
      await lab.server('db3').unlogged(note('NULL'))
      const drifted = (report: Parameters<typeof notTheSame>[0]) =>
        notTheSame(report).filter((each) => each.endsWith('drifted'))
      const planted = ['db3 busy.rows: drifted', 'db3 shop.orders: drifted']
      await untilReport(
        exporter,
        (report) => planted.every((each) => drifted(report).includes(each)),
        'both are found',
        120_000,
      )
      expect(drifted(await exporter.api())).toEqual(planted)
      await lab.server('db3').unlogged(note("'x'"))
    })

    // Last: it stays away.
    test('one of which is killed leaves its tables unknown, and the others are compared', async () => {
      const lab = cluster()
      await using exporter = await startExporter(lab)
      await untilSame(exporter)
      await lab.server('db3').kill()
      await untilMetrics(
        exporter,
        [
          ['up', { server: 'db3' }, 0],
          ['server_info', { server: 'db3', role: 'member' }, 1],
          ['tables', { server: 'db3', check: 'checksum', state: 'same' }, 0],
          ['tables', { server: 'db3', check: 'checksum', state: 'drifted' }, 0],
          ['sources', {}, null],
        ],
        120_000,
      )
      await plant(lab, 'db2')
      await untilMetrics(
        exporter,
        [['tables', { server: 'db2', check: 'checksum', state: 'drifted' }, 1]],
        120_000,
      )
      const report = await exporter.api()
      expect(serverIn(report, 'db3')).toMatchObject({ up: false, role: 'member' })
      const onDb3 = setIn(report).tables.filter(({ server }) => server === 'db3')
      expect(new Set(onDb3.map(({ reason }) => reason))).toEqual(new Set(['unreachable']))

      // The last one has lost the majority: it answers, and reads no tables on Galera.
      await lab.server('db2').kill()
      changed.length = 0
      await untilMetrics(
        exporter,
        [
          ['up', { server: 'db1' }, 1],
          ['up', { server: 'db2' }, 0],
          ['server_info', { server: 'db1', role: 'member' }, 1],
          ['tables', { server: 'db2', check: 'checksum', state: 'drifted' }, 1],
          ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 0],
        ],
        120_000,
      )
      expect(exporter.stderr()).not.toMatch(/internal_error/)
    })
  })
})

describe('on mysql', () => {
  describe('a group with a single primary', () => {
    const settings = {
      'group-replication-single-primary-mode': 'ON',
      'group-replication-enforce-update-everywhere-checks': 'OFF',
    }
    const cluster = useCluster(
      'mysql',
      THREE_MEMBERS.map((spec) => ({ ...spec, settings })),
      { cluster: true },
    )

    test('is one source of members, read-only but for one, and a drift on a read-only one is found', async () => {
      const lab = cluster()
      const db2 = lab.server('db2')
      await createShop(lab.server('db1'))
      await lab.caughtUp()
      const healthy = await runCheck(lab)
      expect(healthy.code, healthy.explain).toBe(0)
      const { servers } = setIn(healthy.json)
      expect(servers.map(({ role }) => role)).toEqual(['member', 'member', 'member'])
      expect(servers.map(({ read_only }) => read_only)).toEqual([false, true, true])
      await db2.unlogged(
        'SET GLOBAL super_read_only = OFF',
        DRIFT,
        'SET GLOBAL super_read_only = ON',
      )
      const run = await runCheck(lab)
      expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: drifted'])
    })
  })
})
