/** Two sources in one set that know nothing of each other, each with a replica: four servers at once. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { runCheck, startExporter } from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { notTheSame, setIn } from '../support/report.ts'
import { startWriter, tableWith } from '../support/writer.ts'

const withoutHot = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(' hot'))

describeFlavors((flavor) => {
  describe('two writable sources, each with a replica', () => {
    const cluster = useCluster(flavor, [
      { name: 'east' },
      { name: 'west' },
      { name: 'east2', source: 'east' },
      { name: 'west2', source: 'west' },
    ])

    beforeAll(async () => {
      const lab = cluster()
      // The same names with other contents: what one has is no business of the other.
      for (const [name, rows] of [
        ['east', 200],
        ['west', 100],
      ] as const) {
        await lab
          .server(name)
          .exec(
            'CREATE DATABASE shop',
            ...tableWith('shop.orders', rows),
            ...tableWith('shop.live', 5),
          )
      }
      await lab.caughtUp()
    })
    afterEach(async () => {
      for (const breakage of breakagesOf(cluster()).toReversed()) await undo(cluster(), breakage)
      await cluster().caughtUp()
    })

    test('have the drift of each found on its own link while both are written', async () => {
      const lab = cluster()
      await using east = startWriter(lab.server('east'), 'shop.live')
      await using west = startWriter(lab.server('west'), 'shop.live')
      await until(() => east.writes > 20 && west.writes > 20, 'both sources are written')
      const table = { schema: 'shop', name: 'orders' }
      await breakServer(lab, { fault: 'change-row', server: 'east2', table })
      await breakServer(lab, { fault: 'delete-row', server: 'west2', table })

      const run = await runCheck(lab, ['--accept-unknown=hot'])

      expect(withoutHot(notTheSame(run.json)), run.explain).toEqual([
        'east2 shop.orders: drifted',
        'west2 shop.orders: drifted',
      ])
      const links = setIn(run.json).tables.map(({ source, server }) => `${source} -> ${server}`)
      expect(new Set(links)).toEqual(new Set(['east -> east2', 'west -> west2']))
      expect(run.code, run.explain).toBe(2)
    })

    test('are told, although nothing differs, until one of them may not be written', async () => {
      const lab = cluster()
      const west = lab.server('west')
      await using exporter = await startExporter(lab)
      await untilMetrics(
        exporter,
        [
          ['sources', {}, 2],
          ['server_info', { server: 'east', role: 'source' }, 1],
          ['server_info', { server: 'west', role: 'source' }, 1],
          ['tables', { server: 'east2', check: 'checksum', state: 'same' }, 2],
          ['tables', { server: 'west2', check: 'checksum', state: 'same' }, 2],
        ],
        120_000,
      )
      const run = await runCheck(lab, ['--output=text'])
      expect(run.text, run.explain).toMatch(/2 sources can be written, one was expected/)
      expect(run.code, run.explain).toBe(1)

      await west.exec(west.engine.sql.readOnly(true))
      await untilMetrics(exporter, [['sources', {}, 1]])
      await west.exec(west.engine.sql.readOnly(false))
      await untilMetrics(exporter, [['sources', {}, 2]])
    })
  })
})
