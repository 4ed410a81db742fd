/** A COUNT(*) that does not fit the time limit is not sent again and again. */
import { describe, expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { isWorthCounting } from '../../src/scan/countable.ts'
import type { FakeDatabase } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

const LIMIT = new ServerError('timeout', 'db1: maximum statement execution time exceeded', 3024)
const COUNT = /COUNT\(\*\) AS n FROM .*`orders`/
const DAY = 24 * 3_600_000
const counts = ({ asked }: FakeDatabase) => asked.filter((sql) => COUNT.test(sql)).length

function slowShop() {
  const shop = fakeShop()
  shop.source.refusals.push([COUNT, LIMIT])
  return { ...shop, scan: fakeScan(shop.databases) }
}

describe('a table that cannot be counted in time', () => {
  test('is not counted at the next look', async () => {
    const { scan, source, replica } = slowShop()
    await scan.pass('row_count')
    await scan.world.sleep(3_600_000)

    await scan.pass('row_count')

    expect([counts(source), counts(replica)]).toEqual([1, 1])
    expect(scan.verdicts('row_count')).toEqual({
      'db2 shop.orders': 'timeout',
      'db2 shop.payments': 'same',
    })
  })

  test('takes the count of the pass over its contents, and keeps it', async () => {
    const { scan } = slowShop()
    await scan.pass('row_count')
    await scan.pass('checksum')
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })

    await scan.pass('row_count')

    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('is counted once more a day later', async () => {
    const { scan, source } = slowShop()
    await scan.pass('row_count')
    source.refusals.length = 0
    await scan.world.sleep(DAY)

    await scan.pass('row_count')
    await scan.pass('row_count')

    expect(counts(source)).toBe(3)
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('is counted once more when most of it was deleted', async () => {
    const { scan, source, databases } = slowShop()
    await scan.pass('row_count')
    for (const { tables } of databases) {
      const rows = tables.get('shop.orders')?.rows
      for (let key = 0; key < 15; key += 1) rows?.delete(key)
    }

    await scan.pass('row_count')

    expect(counts(source)).toBe(2)
  })
})

test('without a guess of its rows only time tells', () => {
  const at = new Date('2026-11-20T12:00:00Z')
  expect(isWorthCounting({ at, approximateRows: null }, 5, at)).toBe(false)
  expect(isWorthCounting({ at, approximateRows: 5 }, null, at)).toBe(false)
  expect(isWorthCounting({ at, approximateRows: null }, 5, new Date(at.getTime() + DAY))).toBe(true)
  expect(isWorthCounting(null, 5, at)).toBe(true)
})
