import { describe, expect, it, test } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.ts'
import { ServerError } from '../../src/errors.ts'
import type { Row } from '../../src/mysql/query.ts'
import { reportOf } from '../../src/scan/report.ts'
import { largeShop, onReading } from '../support/busy-shop.ts'
import { channelFrom, fakeDatabase, makeTableData } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

describe('a pass', () => {
  test('finds every table of a healthy set the same', async () => {
    const scan = fakeScan(fakeShop(2).databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'same',
      'db2 shop.payments': 'same',
      'db3 shop.orders': 'same',
      'db3 shop.payments': 'same',
    })
    expect(scan.verdicts('row_count')).toEqual(scan.verdicts())
    expect(reportOf(scan.context).passProgress).toBe(1)
  })

  test('gets on within a giant table, too', async () => {
    const { databases, source } = largeShop(2)
    const scan = fakeScan(databases)
    const progress: number[] = []
    const look = () => progress.push(reportOf(scan.context).passProgress ?? 0)
    for (const count of [10, 20, 30]) onReading(source, count, look)

    await scan.pass('checksum')

    const [first = 0, second = 0, third = 0] = progress
    expect([first, second, third]).toEqual(progress)
    expect(first).toBeGreaterThan(0)
    expect(second).toBeGreaterThan(first)
    expect(third).toBeGreaterThan(second)
    expect(third).toBeLessThan(1)
    expect(reportOf(scan.context).passProgress).toBe(1)
  })

  test('finds a row that is missing on one replica, and on that one alone', async () => {
    const { databases, replica } = fakeShop(2)
    replica.tables.get('shop.orders')?.rows.delete(7)
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'db2 shop.orders': 'drifted',
      'db3 shop.orders': 'same',
    })
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'drifted' })
  })

  test('waits for a replica that receives nothing once, not once for each of its tables', async () => {
    const { databases, source, replica } = fakeShop(2)
    for (const database of databases) {
      for (let n = 0; n < 200; n += 1) database.tables.set(`shop.t${n}`, makeTableData(5))
    }
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    for (const { rows } of source.tables.values()) rows.set(3, 'written')
    for (const { rows } of databases[2]?.tables.values() ?? []) rows.set(3, 'written')
    replica.isBehind = true
    const began = scan.world.elapsed()

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db3 shop.t7': 'same' })
    expect(scan.world.elapsed() - began).toBeLessThan(4 * DEFAULTS.checksum.fenceTimeoutMs)
  })

  test('of counts alone does not see a changed value', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan(databases)

    await scan.pass('row_count')

    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })
    expect(scan.verdicts('checksum')).toMatchObject({ 'db2 shop.orders': 'not_yet' })
  })

  test('in which a bug of ours meets one table looks at all the others, and is loud', async () => {
    const { databases, replica } = fakeShop()
    replica.refusals.push([/SQL_NO_CACHE.*orders/s, new ServerError('internal', 'a bug of ours')])
    const scan = fakeScan(databases)

    await expect(scan.pass('checksum')).rejects.toThrow('a bug of ours')

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'not_compared',
      'db2 shop.payments': 'same',
    })
    expect(scan.context.runs.status('checksum', 'db2')).toMatchObject({
      success: false,
      failures: { internal: 1 },
    })

    replica.refusals.length = 0
    await scan.pass('checksum', 'rest')
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('leaves a difference of a replica that is behind unknown', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    replica.isBehind = true
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'lag', 'db2 shop.payments': 'same' })
  })

  test('comes back to what differed while its replica was behind, and finds it within the same pass', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    replica.isBehind = true
    const scan = fakeScan(databases)
    const passing = scan.pass('checksum')
    const { fenceTimeoutMs } = scan.context.config.checksum

    await scan.world.sleep(1.5 * fenceTimeoutMs)
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'not_yet' })
    replica.isBehind = false
    await passing

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'drifted' })
    const orders = reportOf(scan.context).tables.find(({ table }) => table === 'orders')
    expect(orders?.standings.checksum).toMatchObject({ rows: { source: 20n, replica: 20n } })
  })

  test('but not where the next pass comes as soon', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    replica.isBehind = true
    const { intervals, checksum } = DEFAULTS
    const soon = { ...intervals, checksum: checksum.fenceTimeoutMs }
    const scan = fakeScan(databases, { config: { intervals: soon } })
    const began = scan.world.now()

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'lag' })
    const tookMs = scan.world.now().getTime() - began.getTime()
    expect(tookMs).toBeLessThan(2 * checksum.fenceTimeoutMs)
  })

  test('compares a chain link by link: a drift is told where it arose', async () => {
    const databases = [
      fakeDatabase('db1'),
      fakeDatabase('db2', [channelFrom('db1')]),
      fakeDatabase('db3', [channelFrom('db2')]),
    ]
    for (const database of databases) database.tables.set('shop.orders', makeTableData(20))
    for (const database of databases.slice(1)) database.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted', 'db3 shop.orders': 'same' })
  })

  test('compares a two-way pair once, from the first in the configuration', async () => {
    const databases = [
      fakeDatabase('db1', [channelFrom('db2')]),
      fakeDatabase('db2', [channelFrom('db1')]),
    ]
    for (const database of databases) database.tables.set('shop.orders', makeTableData(20))
    databases[1]?.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
  })

  test('says which tables it does not look at, and why', async () => {
    const { databases } = fakeShop()
    for (const { tables } of databases) {
      tables.set('shop.tmp_import', makeTableData())
      tables.set('shop.totals', makeTableData(0, { kind: 'VIEW' }))
      tables.set('shop.numbers', makeTableData(1, { kind: 'SEQUENCE' }))
    }
    const config = {
      tables: { ...DEFAULTS.tables, exclude: ['shop.tmp_*'] },
    }
    const scan = fakeScan(databases, { config })

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'db2 shop.tmp_import': 'excluded',
      'db2 shop.totals': 'view',
      'db2 shop.numbers': 'system',
    })
  })

  test('does not look at columns that are to be ignored', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.columns.push('seen_here')
    const ignoreColumns = new Map([['shop.orders', ['note']]])
    const config = { tables: { ...DEFAULTS.tables, ignoreColumns } }
    const scan = fakeScan(databases, { config })

    await scan.pass('checksum')

    const digest = replica.asked.find((sql) => sql.includes(' AS digest') && sql.includes('orders'))
    expect(digest).not.toContain('`note`')
  })

  test('is never content with a table whose definitions differ', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.columns.push('only_here')
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'definition_differs' })
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('forgets a table that is gone on both ends', async () => {
    const { databases } = fakeShop()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    for (const { tables } of databases) tables.delete('shop.payments')

    await scan.pass('checksum')

    expect(Object.keys(scan.verdicts())).toEqual(['db2 shop.orders'])
  })

  test('looks first at the tables that have priority', async () => {
    const { databases, source } = fakeShop()
    const config = {
      tables: { ...DEFAULTS.tables, priority: ['shop.payments'] },
      throttle: { ...DEFAULTS.throttle, maxQueries: 1 },
    }

    await fakeScan(databases, { config }).pass('checksum')

    const tables = source.asked.flatMap((sql) => /`shop`\.`(\w+)`/.exec(sql)?.[1] ?? [])
    expect(tables[0]).toBe('payments')
  })
})

describe('a table that only one end has', () => {
  test('is missing on the replica once that is confirmed', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.delete('shop.payments')
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.payments': 'missing_on_replica' })
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.payments': 'missing_on_replica' })
    expect(scan.world.elapsed()).toBeGreaterThan(2 * 0.75 * 5_000)
  })

  test('is extra on the replica', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.set('shop.scratch', makeTableData())
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.scratch': 'extra_on_replica' })
  })

  test('is compared as soon as both have it', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.delete('shop.payments')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.tables.set('shop.payments', makeTableData(5))

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.payments': 'same' })
  })

  test('is unknown while the replica is behind', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.delete('shop.payments')
    replica.isBehind = true
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.payments': 'lag' })
  })

  it.for<[string, Row, object]>([
    [
      'skipped where the channel leaves it out',
      { Replicate_Ignore_DB: 'shop' },
      { reason: 'filtered' },
    ],
    [
      'missing where the channel leaves out others',
      { Replicate_Ignore_Table: 'shop.orders' },
      { verdict: 'missing' },
    ],
    [
      'not called missing where nobody can tell what the channel leaves out',
      { Replicate_Ignore_Server_Ids: '7' },
      { verdict: 'unknown', reason: 'not_compared' },
    ],
  ])('is %s', async ([, filter, expected]) => {
    const { databases, replica } = fakeShop()
    replica.tables.delete('shop.payments')
    replica.channels[0] = channelFrom('db1', filter)
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    const tables = reportOf(scan.context).tables
    const payments = tables.find(({ table }) => table === 'payments')
    expect(payments?.standings.checksum).toMatchObject(expected)
  })
})

describe('a table that differs on a replica that is delayed on purpose', () => {
  test('keeps what was proven of it for two visits, then nothing is known', async () => {
    const { databases, replica } = fakeShop()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.channels[0] = channelFrom('db1', { SQL_Delay: '3600' })
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const seen: string[] = []
    for (let visit = 1; visit <= 3; visit += 1) {
      await scan.pass('checksum')
      seen.push(scan.verdicts()['db2 shop.orders'] ?? '')
    }

    expect(seen).toEqual(['same', 'same', 'delayed'])
  })
})

describe('a table that differs', () => {
  it.for<[string, Row, string]>([
    ['drifted where it is carried', { Replicate_Do_DB: 'shop' }, 'drifted'],
    ['skipped where it is left out', { Replicate_Wild_Do_Table: 'crm.%' }, 'filtered'],
    ['not judged where nobody can tell', { Replicate_Do_Table: 'shop.Orders' }, 'not_compared'],
  ])('is %s', async ([, filter, expected]) => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    replica.channels[0] = channelFrom('db1', filter)
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': expected })
  })

  test('is left out by the binary log of the source as well', async () => {
    const { databases, source, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    source.logRules['Binlog_Ignore_DB'] = 'shop'
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'filtered',
      'db2 shop.payments': 'filtered',
    })
  })

  test('is found under the name that its schema gets on the replica', async () => {
    const { databases, replica } = fakeShop()
    const [orders, payments] = [...replica.tables.values()]
    if (orders === undefined || payments === undefined) throw new Error('the shop has two tables')
    replica.tables.clear()
    replica.tables.set('shop_e.orders', orders).set('shop_e.payments', payments)
    orders.rows.set(7, 'b')
    replica.channels[0] = channelFrom('db1', { Replicate_Rewrite_DB: '(shop,shop_e)' })
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'db2 shop_e.orders': 'drifted',
      'db2 shop_e.payments': 'same',
    })
  })
})
