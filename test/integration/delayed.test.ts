/** Replicas that are delayed on purpose by more than `fence_timeout`, on real servers: `serve` waits for them. */
import { beforeAll, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, type Exporter, QUICK, startExporter } from '../support/exporter.ts'
import { untilMetrics, untilReport, untilSame } from '../support/exporter-waits.ts'
import { type CheckReport, notTheSame, setIn } from '../support/report.ts'
import { startWriter, tableWith } from '../support/writer.ts'

const DELAY_S = 8
const FENCE_TIMEOUT = '4s'
const PATIENCE_MS = 180_000

async function delayBy(lab: Lab, seconds: number): Promise<void> {
  const db2 = lab.server('db2')
  const { sql } = db2.engine
  await db2.exec(sql.stop(''), sql.delay('', seconds), sql.start(''))
}

function exporterOf(lab: Lab): Promise<Exporter> {
  const { checks } = QUICK
  const patient = {
    ...QUICK,
    checks: { ...checks, checksum: { ...checks.checksum, fence_timeout: FENCE_TIMEOUT } },
  }
  return startExporter(lab, configOf(lab, {}, patient))
}

/** What somebody is paged for. */
const alarms = (report: CheckReport) =>
  notTheSame(report).filter((line) => /: (drifted|missing)/.test(line))

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(async () => {
    const lab = cluster()
    await createShop(lab.server('db1'))
    await lab.server('db1').exec(...tableWith('shop.live', 5))
    await lab.caughtUp()
    await delayBy(lab, DELAY_S)
  })

  test('a drift on a delayed replica is found while its source is written, nothing else is, and its repair clears it', async () => {
    const lab = cluster()
    await using exporter = await exporterOf(lab)
    await untilSame(exporter)
    await using live = startWriter(lab.server('db1'), 'shop.live')
    await until(() => live.writes > 20, 'the source is written')
    const planted = await breakServer(lab, {
      fault: 'change-row',
      server: 'db2',
      table: { schema: 'shop', name: 'orders' },
    })

    const seen = new Set<string>()
    await untilReport(
      exporter,
      (report) => {
        for (const alarm of alarms(report)) seen.add(alarm)
        return alarms(report).includes('db2 shop.orders: drifted')
      },
      'the drift is found',
      PATIENCE_MS,
    )
    await untilMetrics(exporter, [
      ['table_drifted', { server: 'db2', schema: 'shop', table: 'orders' }, 1],
      ['tables', { server: 'db2', check: 'checksum', state: 'drifted' }, 1],
    ])
    await planted.undo()
    await untilReport(
      exporter,
      (report) => {
        for (const alarm of alarms(report)) seen.add(alarm)
        return alarms(report).length === 0
      },
      'its repair is seen',
      PATIENCE_MS,
    )

    expect([...seen]).toEqual(['db2 shop.orders: drifted'])
  })

  test('what a delayed replica will have is never told as drift, and the same when it has it', async () => {
    const lab = cluster()
    await using exporter = await exporterOf(lab)
    await untilSame(exporter, PATIENCE_MS)
    await lab
      .server('db1')
      .exec(
        'UPDATE shop.orders SET total = total + 1 WHERE id = 7',
        'DELETE FROM shop.order_items WHERE order_id = 8',
        'INSERT INTO shop.live VALUES (900000, 1)',
      )
    const seen = new Set<string>()
    let changed = 0
    await untilReport(
      exporter,
      (report) => {
        for (const alarm of alarms(report)) seen.add(alarm)
        const open = notTheSame(report)
        changed = Math.max(changed, open.length)
        return changed > 0 && open.length === 0 && setIn(report).verdict === 'same'
      },
      'every table is the same again',
      PATIENCE_MS,
    )

    expect([...seen]).toEqual([])
  })

  // Last: the table stays away.
  test('a table that a delayed replica lacks is missing once its delay is over', async () => {
    const lab = cluster()
    await using exporter = await exporterOf(lab)
    await untilSame(exporter, PATIENCE_MS)
    await using live = startWriter(lab.server('db1'), 'shop.live', 1_000_000)
    await until(() => live.writes > 20, 'the source is written')
    await lab.server('db2').unlogged('DROP TABLE shop.products')

    const report = await untilReport(
      exporter,
      (each) => alarms(each).length > 0,
      'something is told',
      PATIENCE_MS,
    )
    expect(alarms(report)).toEqual(['db2 shop.products: missing missing_on_replica'])
  })
})
