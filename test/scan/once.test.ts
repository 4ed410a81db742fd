import { describe, expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { channelFrom } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

const ALL = ['threads', 'grants', 'gtid', 'row_count', 'checksum'] as const

describe('one full look', () => {
  test('decides everything in one run', async () => {
    const scan = fakeScan(fakeShop().databases, { once: true, checks: ALL })

    await scan.once()

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same', 'db2 shop.payments': 'same' })
    expect(scan.verdicts('row_count')).toEqual(scan.verdicts())
  })

  test('reads every row once, though it counts and hashes', async () => {
    const { databases, source } = fakeShop()
    const scan = fakeScan(databases, { once: true, checks: ALL })

    await scan.once()

    expect(source.rowsRead).toBe(25)
  })

  test('comes back to a table that was on its way to the replica when it was listed', async () => {
    const { databases, replica } = fakeShop()
    const orders = replica.tables.get('shop.orders')
    if (orders === undefined) throw new Error('the shop has orders')
    replica.tables.delete('shop.orders')
    const scan = fakeScan(databases, { once: true, checks: ['row_count', 'checksum'] })
    const arrival = scan.world.sleep(20).then(() => replica.tables.set('shop.orders', orders))

    await Promise.all([scan.once(), arrival])

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same', 'db2 shop.payments': 'same' })
  })

  test('counts where the contents are not asked for', async () => {
    const scan = fakeScan(fakeShop().databases, { once: true, checks: ['threads', 'row_count'] })

    await scan.once()

    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.orders': 'same' })
    expect(scan.verdicts('checksum')).toMatchObject({ 'db2 shop.orders': 'absent' })
  })

  test('knows who replicates from whom, also when nobody asked for the threads', async () => {
    const scan = fakeScan(fakeShop().databases, { once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('looks twice at transactions, so that what is on its way is not missing', async () => {
    const { databases, replica } = fakeShop()
    replica.gtidExecuted = replica.gtidExecuted.replace('1-100', '1-90')
    const scan = fakeScan(databases, { once: true, checks: ALL })

    await scan.once()

    const [channel] = reportOf(scan.context).servers.flatMap(({ channels }) => channels)
    expect(channel?.missing).toBe(10n)
  })

  test('says that a delayed replica is delayed where it differs, without waiting', async () => {
    const { databases, replica } = fakeShop()
    replica.channels[0] = channelFrom('db1', { SQL_Delay: '3600', Seconds_Behind_Source: '3600' })
    replica.tables.get('shop.orders')?.rows.delete(3)
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'delayed', 'db2 shop.payments': 'same' })
    expect(scan.world.elapsed()).toBeLessThan(5_000)
  })

  test('tries an inconclusive fence once more', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.delete(3)
    replica.isBehind = true
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'lag' })
    expect(scan.world.elapsed()).toBeGreaterThan(60_000)
    expect(scan.world.elapsed()).toBeLessThan(62_000)
  })

  test('of a set of which nothing can be reached ends, and says so', async () => {
    const { databases } = fakeShop()
    for (const database of databases) database.trouble = new ServerError('connect', 'gone')
    const scan = fakeScan(databases, { once: true, checks: ALL })

    await scan.once()

    const { servers, tables, sources } = reportOf(scan.context)
    expect(servers.map(({ up }) => up)).toEqual([false, false])
    expect({ tables, sources }).toEqual({ tables: [], sources: null })
  })

  test('of different vendors does not stumble over their transactions', async () => {
    const { databases, source } = fakeShop()
    const scan = fakeScan(databases, { once: true, checks: ALL })
    const facts = scan.context.facts.get('db1')
    source.refusals.push([/gtid_binlog|MASTER STATUS/, new ServerError('query', 'unknown', 1193)])
    const flavor = { vendor: 'mariadb', version: [10, 11, 19] } as const
    Object.assign(facts?.server.control ?? {}, { flavor: async () => flavor })
    source.refusals.push([/ALL SLAVES STATUS/, new ServerError('query', 'unknown', 1064)])

    await scan.once()

    expect(scan.log.join('\n')).not.toContain('reason=internal')
  })
})

describe('a look that is broken off', () => {
  test('says of the rest that it was not reached', async () => {
    const { databases, source } = fakeShop()
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })
    const answer = source.answer.bind(source)
    source.answer = (sql) => {
      if (sql.includes('SQL_NO_CACHE')) scan.ending.abort(new Error('time is up'))
      return answer(sql)
    }

    await scan.once()

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'not_reached',
      'db2 shop.payments': 'not_reached',
    })
  })

  test('keeps what it had decided by then', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.delete(3)
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })
    const ending = scan.world.sleep(4_000).then(() => scan.ending.abort(new Error('time is up')))

    await scan.once()
    await ending

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'not_reached',
      'db2 shop.payments': 'same',
    })
  })

  test('is no complete pass, and no failure of a check', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.delete(3)
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })
    const ending = scan.world.sleep(4_000).then(() => scan.ending.abort(new Error('time is up')))

    await scan.once()
    await ending

    const { passProgress, servers } = reportOf(scan.context)
    expect(passProgress).toBeLessThan(1)
    expect(servers[1]?.checks.checksum?.failures.internal).toBe(0)
  })
})
