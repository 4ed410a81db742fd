/** Parallel appliers, and sources that wait for their replicas: a planted drift is found, and nothing else is. */
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { LabOptions } from '../../src/lab/start.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { runCheck } from '../support/exporter.ts'
import { notTheSame } from '../support/report.ts'
import { startWriter, tableWith } from '../support/writer.ts'

const SETUPS: readonly [string, Partial<LabOptions>][] = [
  ['a replica with four parallel appliers', { appliers: 4 }],
  ['a semi-sync source', { semiSync: true }],
  ['a semi-sync source and parallel appliers', { appliers: 4, semiSync: true }],
]

const LIVE = ['shop.live1', 'shop.live2', 'shop.live3'] as const
const withoutHot = (lines: readonly string[]) => lines.filter((line) => !line.endsWith(' hot'))

describeFlavors((flavor) => {
  describe.for(SETUPS)('%s', ([, options]) => {
    const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }], options)

    beforeAll(async () => {
      await cluster()
        .server('db1')
        .exec(
          'CREATE DATABASE shop',
          ...tableWith('shop.orders', 200),
          ...LIVE.flatMap((table) => tableWith(table, 5)),
        )
      await cluster().caughtUp()
    })

    test('has its drift found while several clients write, and nothing else', async () => {
      const lab = cluster()
      const db1 = lab.server('db1')
      await using one = startWriter(db1, LIVE[0])
      await using two = startWriter(db1, LIVE[1])
      await using three = startWriter(db1, LIVE[2])
      const writers = [one, two, three]
      await until(() => writers.every(({ writes }) => writes > 20), 'all of them write')
      const clean = await runCheck(lab, ['--accept-unknown=hot'])
      expect(withoutHot(notTheSame(clean.json)), clean.explain).toEqual([])
      await breakServer(lab, {
        fault: 'change-row',
        server: 'db2',
        table: { schema: 'shop', name: 'orders' },
      })

      const run = await runCheck(lab, ['--accept-unknown=hot'])

      expect(withoutHot(notTheSame(run.json)), run.explain).toEqual(['db2 shop.orders: drifted'])
      expect(run.code, run.explain).toBe(2)
    })
  })
})
