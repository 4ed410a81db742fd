/** Replication by file and position: fenced like any other, under writes, on both flavors. */
import { expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, startCluster, until } from '../support/cluster.ts'
import { runCheck } from '../support/exporter.ts'
import { notTheSame } from '../support/report.ts'

test('while MySQL goes over to GTIDs, what is late without one is late, and no drift', async () => {
  await using lab = await startCluster('mysql', undefined, { gtid: false })
  await createShop(lab.server('db1'))
  await lab.caughtUp()
  await breakServer(lab, { fault: 'stop-sql-thread', server: 'db2' })
  await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1')
  for (const server of lab.servers) {
    await server.exec(
      'SET GLOBAL enforce_gtid_consistency = ON',
      'SET GLOBAL gtid_mode = OFF_PERMISSIVE',
      'SET GLOBAL gtid_mode = ON_PERMISSIVE',
    )
  }

  const run = await runCheck(lab)

  expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: unknown lag'])
})

describeFlavors((flavor) => {
  test('a drift is found behind a fence, and nothing else is, while rows are written', async () => {
    await using lab = await startCluster(flavor, undefined, { gtid: false })
    await createShop(lab.server('db1'))
    await lab.caughtUp()
    {
      await using feed = await startFeed(lab, { perSecond: 50 })
      await until(() => feed.counters.inserts > 20, 'rows are written')
      const healthy = await runCheck(lab, ['--accept-unknown=hot'])
      expect(
        notTheSame(healthy.json).filter((line) => !line.endsWith('hot')),
        healthy.explain,
      ).toEqual([])
    }
    await lab.caughtUp()
    await breakServer(lab, {
      fault: 'change-row',
      server: 'db2',
      table: { schema: 'shop', name: 'customers' },
    })

    const run = await runCheck(lab)

    expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.customers: drifted'])
  })
})
