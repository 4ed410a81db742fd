/** A failover while the application writes: what differs is found on the new link, and nothing else is called so. */
import { expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import { promote } from '../../src/lab/promote.ts'
import { describeFlavors, startCluster, until } from '../support/cluster.ts'
import { startExporter } from '../support/exporter.ts'
import { untilMetrics, untilReport } from '../support/exporter-waits.ts'
import { tableIn } from '../support/report.ts'

const PATIENCE_MS = 180_000
const ORDERS = { schema: 'shop', name: 'orders' }

/** `db3 shop.orders`, each time somebody would have been paged. */
function alarmsIn(log: string): string[] {
  return log
    .split('\n')
    .filter((line) => /event=verdict .*to=(drifted|missing)/.test(line))
    .map((line) => {
      const [server, schema, table] = ['server', 'schema', 'table'].map(
        (name) => new RegExp(` ${name}=(\\S+)`).exec(line)?.[1],
      )
      return `${server} ${schema}.${table}`
    })
}

describeFlavors((flavor) => {
  test('a drift that a failover leaves behind is found against the new source, and nothing else is', async () => {
    await using lab = await startCluster(flavor)
    await using feed = await startFeed(lab, { perSecond: 60 })
    await until(() => feed.counters.updates > 20, 'the feed is at work')
    await using exporter = await startExporter(lab)
    await untilMetrics(exporter, [['server_info', { server: 'db1', role: 'source' }, 1]])
    const planted = await breakServer(lab, { fault: 'change-row', server: 'db3', table: ORDERS })

    await promote(lab, 'db2')
    const { inserts } = feed.counters
    await until(() => feed.counters.inserts > inserts + 20, 'the feed has found the new source')
    await untilReport(
      exporter,
      (report) => {
        const { source, verdict } = tableIn(report, 'db3', 'shop.orders')
        return source === 'db2' && verdict === 'drifted'
      },
      'the drift is found on the new link',
      PATIENCE_MS,
    )
    await untilMetrics(exporter, [
      ['server_info', { server: 'db2', role: 'source' }, 1],
      ['server_info', { server: 'db1', role: 'replica' }, 1],
      ['sources', {}, 1],
      ['gtid_errant_transactions', { server: 'db1' }, 0],
      ['gtid_errant_transactions', { server: 'db3' }, 0],
    ])

    await planted.undo()
    await untilReport(
      exporter,
      (report) => tableIn(report, 'db3', 'shop.orders').verdict !== 'drifted',
      'its repair is seen',
      PATIENCE_MS,
    )
    expect(new Set(alarmsIn(exporter.stderr())), exporter.stderr()).toEqual(
      new Set(['db3 shop.orders']),
    )
  })
})
