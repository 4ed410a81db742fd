/** Several sources into one hub, and a replica behind it: four servers, each table compared with whom it comes from. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { ServerSpec } from '../../src/lab/start.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, startCluster, until, useCluster } from '../support/cluster.ts'
import { runCheck } from '../support/exporter.ts'
import { differencesIn, notTheSame, setIn } from '../support/report.ts'
import { startWriter, tableWith } from '../support/writer.ts'

/** On MariaDB each server writes a domain of its own, as its manual asks for. */
function servers(flavor: Vendor, ...specs: readonly ServerSpec[]): ServerSpec[] {
  if (flavor === 'mysql') return [...specs]
  return specs.map((spec, index) => ({
    ...spec,
    settings: { 'gtid-domain-id': String(index + 1) },
  }))
}

async function fill(lab: Lab): Promise<void> {
  const [east, west] = [lab.server('east'), lab.server('west')]
  await east.exec(
    'CREATE DATABASE shop',
    ...tableWith('shop.orders', 200),
    ...tableWith('shop.live', 5),
  )
  await west.exec(
    'CREATE DATABASE crm',
    ...tableWith('crm.people', 200),
    ...tableWith('crm.live', 5),
  )
  await lab.caughtUp()
}

/** Definitions are another matter. */
const DATA = ['--checks=threads,gtid,grants,row_count,checksum']

const DEFINITIONS = ['--checks=threads,grants,schema']

const orders = { schema: 'shop', name: 'orders' }
const withoutHot = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(' hot'))

describeFlavors((flavor) => {
  describe('two sources, a hub and a replica of it', () => {
    const cluster = useCluster(
      flavor,
      servers(
        flavor,
        { name: 'east' },
        { name: 'west' },
        { name: 'hub', source: ['east', 'west'] },
        { name: 'leaf', source: 'hub' },
      ),
    )

    beforeAll(() => fill(cluster()))
    afterEach(async () => {
      for (const breakage of breakagesOf(cluster()).toReversed()) await undo(cluster(), breakage)
      await cluster().caughtUp()
    })

    test('are the same while both sources are written', async () => {
      const lab = cluster()
      {
        await using east = startWriter(lab.server('east'), 'shop.live')
        await using west = startWriter(lab.server('west'), 'crm.live')
        await until(() => east.writes > 20 && west.writes > 20, 'both sources are written')
        const run = await runCheck(lab, [...DATA, '--accept-unknown=hot'])
        expect(withoutHot(notTheSame(run.json)), run.explain).toEqual([])
        expect(run.code, run.explain).toBe(0)
      }
      await lab.caughtUp()
      const after = await runCheck(lab, DATA)
      expect(after.code, after.explain).toBe(0)
      const links = setIn(after.json).tables.map(({ schema, source, server, channel }) =>
        `${schema}: ${source} -> ${server} ${channel}`.trim(),
      )
      expect(new Set(links), after.explain).toEqual(
        new Set([
          'shop: east -> hub east',
          'crm: west -> hub west',
          'shop: hub -> leaf',
          'crm: hub -> leaf',
        ]),
      )
    })

    test('have a drift on the channel that brings the table, and nowhere else', async () => {
      const lab = cluster()
      await breakServer(lab, { fault: 'change-row', server: 'leaf', table: orders })
      await using east = startWriter(lab.server('east'), 'shop.live', 100_000)
      await until(() => east.writes > 20, 'the other channel is busy')
      // The same on the hub and behind it, so that only the link of the hub differs.
      for (const name of ['hub', 'leaf']) {
        await lab.server(name).unlogged('UPDATE crm.people SET v = v + 1 WHERE id = 7')
      }
      const run = await runCheck(lab, [...DATA, '--accept-unknown=hot'])
      for (const name of ['hub', 'leaf']) {
        await lab.server(name).unlogged('UPDATE crm.people SET v = v - 1 WHERE id = 7')
      }
      expect(withoutHot(notTheSame(run.json)), run.explain).toEqual([
        'hub crm.people: drifted',
        'leaf shop.orders: drifted',
      ])
      const drifted = setIn(run.json).tables.find(
        ({ server, verdict }) => server === 'hub' && verdict === 'drifted',
      )
      expect(drifted, run.explain).toMatchObject({ source: 'west', channel: 'west' })
      expect(run.code, run.explain).toBe(2)
    })

    test('have a definition that differs on the channel that brings it, and nowhere else', async () => {
      const lab = cluster()
      const clean = await runCheck(lab, DEFINITIONS)
      expect(setIn(clean.json).schema_differences, clean.explain).toEqual([])
      expect(setIn(clean.json).schema_unknown, clean.explain).toEqual([])
      expect(clean.code, clean.explain).toBe(0)
      // The same on the hub and behind it, so that only the link of the hub differs.
      const both = async (...statements: string[]) => {
        for (const name of ['hub', 'leaf']) await lab.server(name).unlogged(...statements)
      }
      await both(
        'ALTER TABLE crm.people ADD COLUMN note INT',
        'CREATE VIEW shop.v AS SELECT 1 AS x',
      )
      const run = await runCheck(lab, DEFINITIONS)
      await both('ALTER TABLE crm.people DROP COLUMN note', 'DROP VIEW shop.v')

      expect(differencesIn(run.json), run.explain).toEqual([
        'hub crm people.note: column extra',
        'hub shop v: view extra',
      ])
      expect(setIn(run.json).schema_unknown, run.explain).toEqual([])
    })

    test('with one source killed are compared in what comes from the other', async () => {
      const lab = cluster()
      await breakServer(lab, { fault: 'change-row', server: 'hub', table: orders })
      await breakServer(lab, { fault: 'kill-server', server: 'west' })
      const run = await runCheck(lab, DATA)
      const found = notTheSame(run.json).filter((line) => line.startsWith('hub'))
      // Nobody knows what the other source has, so that a difference may be its doing.
      expect(found, run.explain).toEqual([
        'hub crm.live: unknown unreachable',
        'hub crm.people: unknown unreachable',
        'hub shop.orders: unknown multi_source',
      ])
      expect(run.code, run.explain).not.toBe(0)
    })

    // Last: the table stays.
    test('cannot tell whose a table is that both sources hold', async () => {
      const lab = cluster()
      for (const name of ['east', 'west']) {
        await lab
          .server(name)
          .exec(
            'CREATE DATABASE IF NOT EXISTS shared',
            'CREATE TABLE IF NOT EXISTS shared.t (id INT PRIMARY KEY)',
          )
      }
      await lab.caughtUp()
      const run = await runCheck(lab, DATA)
      expect(notTheSame(run.json), run.explain).toEqual([
        'hub shared.t: unknown multi_source',
        'hub shared.t: unknown multi_source',
      ])
    })

    if (flavor === 'mariadb') {
      test('are fenced with parallel appliers too, as long as each source has its own domain', async () => {
        const lab = cluster()
        const hub = lab.server('hub')
        const setThreads = (count: number) =>
          hub.exec(
            'STOP ALL SLAVES',
            `SET GLOBAL slave_parallel_threads = ${count}`,
            'START ALL SLAVES',
          )
        await setThreads(4)
        await hub.unlogged('UPDATE crm.people SET v = v + 1 WHERE id = 9')
        const run = await runCheck(lab, DATA)
        await hub.unlogged('UPDATE crm.people SET v = v - 1 WHERE id = 9')
        await setThreads(0)
        expect(notTheSame(run.json), run.explain).toContain('hub crm.people: drifted')
      })
    }
  })

  test('two sources into a hub by file and position, all in one domain, have their drift found', async () => {
    await using lab = await startCluster(
      flavor,
      [
        { name: 'east' },
        { name: 'west' },
        { name: 'hub', source: ['east', 'west'], settings: notStrict(flavor) },
      ],
      { gtid: false },
    )
    await fill(lab)
    await using east = startWriter(lab.server('east'), 'shop.live')
    await using west = startWriter(lab.server('west'), 'crm.live')
    await until(() => east.writes > 20 && west.writes > 20, 'both sources are written')
    await breakServer(lab, { fault: 'delete-row', server: 'hub', table: orders })

    const run = await runCheck(lab, [...DATA, '--accept-unknown=hot'])

    expect(withoutHot(notTheSame(run.json)), run.explain).toEqual(['hub shop.orders: drifted'])
  })
})

/** Two sources of one domain count independently of each other. */
function notStrict(flavor: Vendor): Record<string, string> {
  return flavor === 'mariadb' ? { 'gtid-strict-mode': 'OFF' } : {}
}
