/** A replica that is delayed on purpose, and longer than a pass may wait. */
import { describe, expect, test } from 'vitest'
import { reportOf } from '../../src/scan/report.ts'
import { watchSet } from '../../src/scan/watch.ts'
import { channelFrom, type FakeDatabase, makeTableData } from '../support/fake-database.ts'
import { type FakeScan, fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

const HOUR = 3_600_000
const MINUTE = 60_000

function orders(database: FakeDatabase): Map<number, string> {
  const table = database.tables.get('shop.orders')
  if (table === undefined) throw new Error('the shop has orders')
  return table.rows
}

/** The source goes on writing, so that no fence is reached before the delay is over. */
function delayedShop(replicas = 1) {
  const shop = fakeShop(replicas)
  const { replica } = shop
  replica.channels[0] = channelFrom('db1', { SQL_Delay: '3600', Seconds_Behind_Source: '3600' })
  replica.isBehind = true
  const scan = fakeScan(shop.databases)
  return {
    ...shop,
    scan,
    /** It gets there now. */
    async afterDelay(change: () => void = () => undefined) {
      await scan.world.sleep(HOUR - MINUTE)
      change()
      replica.isBehind = false
      await settled(scan)
    },
  }
}

async function settled({ context }: FakeScan): Promise<void> {
  while (context.afterDelay.underWay.size > 0) {
    await Promise.all(context.afterDelay.underWay.values())
  }
}

const verdictOf = (scan: FakeScan) => scan.verdicts()['db2 shop.orders']

function standingOf(scan: FakeScan) {
  const table = reportOf(scan.context).tables.find((each) => each.table === 'orders')
  return table?.standings.checksum
}

describe('a table that differs on a replica that is delayed on purpose', () => {
  test('is unknown until its delay is over, then drifted', async () => {
    const { scan, replica, afterDelay } = delayedShop()
    orders(replica).set(7, 'b')

    await scan.pass('checksum')
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'delayed', 'db2 shop.payments': 'same' })
    expect(scan.world.elapsed()).toBeLessThan(MINUTE)

    await afterDelay()
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted', 'db2 shop.payments': 'same' })
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('is the same, as of when it was read, once what it lacked is applied', async () => {
    const { scan, replica, source, afterDelay } = delayedShop()
    orders(source).set(7, 'b')
    const readAt = scan.world.now().getTime()
    await scan.pass('checksum')

    await afterDelay(() => orders(replica).set(7, 'b'))

    expect(verdictOf(scan)).toBe('same')
    const { verifiedAt, rows } = standingOf(scan) ?? {}
    expect((verifiedAt?.getTime() ?? 0) - readAt).toBeLessThan(MINUTE)
    expect(rows).toEqual({ source: 20n, replica: 20n })
  })

  test('does not hold up the replicas that are not', async () => {
    const { databases, scan } = delayedShop(2)
    for (const database of databases.slice(1)) orders(database).set(7, 'b')

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'db2 shop.orders': 'delayed',
      'db3 shop.orders': 'drifted',
    })
    expect(scan.world.elapsed()).toBeLessThan(MINUTE)
  })

  test('has its repair seen at once', async () => {
    const { scan, replica, afterDelay } = delayedShop()
    orders(replica).set(7, 'b')
    await scan.pass('checksum')
    await afterDelay()
    expect(verdictOf(scan)).toBe('drifted')

    orders(replica).set(7, 'a')
    await scan.pass('checksum', 'findings')

    expect(verdictOf(scan)).toBe('same')
  })

  test('is not drifted any more once what differed is repaired, also while new rows are on their way', async () => {
    const { scan, replica, source, afterDelay } = delayedShop()
    orders(replica).set(7, 'b')
    // Written all the time.
    const answer = source.answer.bind(source)
    let value = 0
    source.answer = (sql) => {
      value += 1
      orders(source).set(19, String(value))
      return answer(sql)
    }
    await scan.pass('checksum')
    await afterDelay()
    expect(verdictOf(scan)).toBe('drifted')
    replica.isBehind = true

    orders(replica).set(7, 'a')
    await scan.pass('checksum', 'findings')

    expect(verdictOf(scan)).toBe('delayed')
  })

  test('that goes on through many passes is drifted all the while', async () => {
    const { scan, replica, afterDelay } = delayedShop()
    orders(replica).set(7, 'b')
    await scan.pass('checksum')
    for (let pass = 0; pass < 5; pass += 1) await scan.pass('checksum')
    await afterDelay()
    const seen: (string | undefined)[] = []
    for (let pass = 0; pass < 5; pass += 1) {
      seen.push(verdictOf(scan))
      await scan.pass('checksum')
    }

    expect(new Set(seen)).toEqual(new Set(['drifted']))
  })

  test('is not judged when its source is another by then', async () => {
    const { databases, scan, replica, afterDelay } = delayedShop(2)
    const [, , other] = databases
    if (other === undefined) throw new Error('there are three servers')
    for (const database of [replica, other]) orders(database).set(7, 'b')
    await scan.pass('checksum')

    replica.channels[0] = channelFrom(other.name, { SQL_Delay: '3600' })
    await scan.pass('checksum')
    await afterDelay()

    expect(verdictOf(scan)).toBe('same')
  })

  test('is not judged when its replica leaves it out by then', async () => {
    const { scan, replica, afterDelay } = delayedShop()
    orders(replica).set(7, 'b')
    await scan.pass('checksum')

    const filter = { Replicate_Wild_Ignore_Table: 'shop.%' }
    replica.channels[0] = channelFrom('db1', { SQL_Delay: '3600', ...filter })
    await scan.pass('checksum')
    await afterDelay()

    expect(verdictOf(scan)).toBe('filtered')
  })

  test('because it is not there is missing once its delay is over', async () => {
    const { scan, replica, afterDelay } = delayedShop()
    replica.tables.delete('shop.orders')

    await scan.pass('checksum')
    expect(verdictOf(scan)).toBe('delayed')

    await afterDelay()
    expect(verdictOf(scan)).toBe('missing_on_replica')
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'missing_on_replica' })

    replica.tables.set('shop.orders', makeTableData(20))
    await scan.pass('checksum', 'findings')
    await scan.pass('checksum')
    expect(verdictOf(scan)).toBe('same')
  })

  test('because it was made a moment ago is not missing, and the same when it has come', async () => {
    const { scan, source, replica, afterDelay } = delayedShop()
    source.tables.set('shop.fresh', makeTableData())
    await scan.pass('checksum')

    await afterDelay(() => replica.tables.set('shop.fresh', makeTableData()))
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.fresh': 'delayed' })

    await scan.pass('checksum')
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.fresh': 'same' })
    expect(scan.log.filter((line) => line.includes('to=missing'))).toEqual([])
  })

  test('ends with the exporter, however long its delay still is', async () => {
    const { scan, replica } = delayedShop()
    orders(replica).set(7, 'b')
    const watching = watchSet(scan.context)
    await scan.world.sleep(10 * MINUTE)
    expect(scan.context.afterDelay.underWay.size).toBe(1)

    scan.ending.abort()
    await watching
    await settled(scan)

    expect(scan.context.afterDelay.underWay.size).toBe(0)
    expect(scan.world.elapsed()).toBeLessThan(11 * MINUTE)
    expect(scan.log.filter((line) => line.includes('internal_error'))).toEqual([])
  })

  test('waits for its turn when many others are waited for', async () => {
    const { scan, databases, afterDelay } = delayedShop()
    for (let index = 0; index < 100; index += 1) {
      for (const database of databases) {
        const table = makeTableData(1)
        table.rows.set(1, database.name)
        database.tables.set(`many.t${index}`, table)
      }
    }
    await scan.pass('checksum')
    expect(scan.context.afterDelay.underWay.size).toBe(64)
    expect(scan.context.afterDelay.waiting.size).toBe(36)

    await afterDelay()

    const drifted = Object.values(scan.verdicts()).filter((verdict) => verdict === 'drifted')
    expect(drifted).toHaveLength(100)
  })
})
