/** A replica that is busy or behind is left out, and read later in the same pass. */
import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { LONG, largeShop, onReading, readings, throttleOf } from '../support/busy-shop.ts'
import { channelFrom } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'
import { randomOf } from '../support/fake-world.ts'

describe('a replica that is busy', () => {
  test('is left out, and a drift on another one is found meanwhile', async () => {
    const { databases, replica } = fakeShop(2)
    databases[2]?.tables.get('shop.orders')?.rows.set(3, 'b')
    replica.load.threadsRunning = 99
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'throttled',
      'db2 shop.payments': 'throttled',
      'db3 shop.orders': 'drifted',
      'db3 shop.payments': 'same',
    })
    expect(readings(replica)).toBe(0)
  })

  test('keeps the verdict that it has', async () => {
    const { databases, replica } = fakeShop()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.load.threadsRunning = 99
    await scan.world.sleep(60_000)

    await scan.pass('checksum')
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same', 'db2 shop.payments': 'same' })

    await scan.pass('checksum')
    await scan.pass('checksum')
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'throttled' })
  })

  test('is read later in the same pass, each row once, and its drift is found', async () => {
    const { databases, source, replica } = largeShop(2)
    replica.tables.get('shop.log')?.rows.set(LONG - 5, 'b')
    replica.tables.get('shop.log')?.rows.delete(LONG - 7)
    const scan = fakeScan(databases)
    onReading(source, 8, () => {
      replica.load.threadsRunning = 99
    })
    const healthy = databases[2]
    if (healthy === undefined) throw new Error('there are two replicas')
    // Free again once the other replica has got to the end of the table.
    onReading(healthy, 60, () => {
      replica.load.threadsRunning = 1
    })

    await scan.pass('checksum')

    expect(throttleOf(scan, 'db2').threads_running.seconds).toBeGreaterThan(0)
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.log': 'drifted', 'db3 shop.log': 'same' })
    const tables = reportOf(scan.context).tables.filter(({ table }) => table === 'log')
    expect(tables.map(({ standings }) => standings.checksum?.rows)).toEqual([
      { source: BigInt(LONG), replica: BigInt(LONG - 1) },
      { source: BigInt(LONG), replica: BigInt(LONG) },
    ])
  })

  test('is not called the same for the part that was read', async () => {
    const { databases, source, replica } = largeShop()
    const scan = fakeScan(databases)
    onReading(source, 8, () => {
      replica.load.threadsRunning = 99
    })

    await scan.pass('checksum')

    expect(replica.rowsRead).toBeGreaterThan(0)
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.log': 'throttled' })
  })

  test('whose table is another one by the time it is free is read as a whole', async () => {
    let before = 0
    const { databases, source, replica } = largeShop(2)
    const scan = fakeScan(databases)
    onReading(source, 8, () => {
      replica.load.threadsRunning = 99
    })
    const healthy = databases[2]
    if (healthy === undefined) throw new Error('there are two replicas')
    onReading(healthy, 60, () => {
      for (const { tables } of databases) tables.get('shop.log')?.columns.push('added')
      before = replica.rowsRead
      replica.load.threadsRunning = 1
    })

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.log': 'same' })
    const rest = replica.rowsRead - before
    expect(before).toBeGreaterThan(0)
    expect(rest).toBeGreaterThanOrEqual(LONG)
  })

  test('ends a check after the fence timeout: only its tables are unknown', async () => {
    const { databases, replica } = fakeShop(2)
    replica.load.historyList = 1_000_000
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'throttled',
      'db2 shop.payments': 'throttled',
      'db3 shop.orders': 'same',
      'db3 shop.payments': 'same',
    })
    expect(scan.world.elapsed()).toBeLessThan(40_000)
  })

  test('is not looked at again behind a fence either', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(3, 'b')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'drifted' })
    replica.load.waitingLocks = 1
    await scan.world.sleep(60_000)
    const before = readings(replica)

    await scan.pass('checksum', 'findings')

    expect(readings(replica)).toBe(before)
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'drifted' })
  })
})

describe('a replica that lags', () => {
  const lagging = (overrides: Parameters<typeof channelFrom>[1]) => {
    const shop = fakeShop(2)
    shop.replica.channels[0] = channelFrom('db1', overrides)
    shop.databases[2]?.tables.get('shop.orders')?.rows.set(3, 'b')
    return shop
  }

  test('is left out by serve, and the rest of the group goes on', async () => {
    const { databases, replica } = lagging({ Seconds_Behind_Source: '31' })
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'db2 shop.orders': 'throttled',
      'db3 shop.orders': 'drifted',
    })
    expect(readings(replica)).toBe(0)
    expect(throttleOf(scan, 'db2').lag.held).toBe(true)
  })

  test('is told while nobody wants to read, too, until it is down', async () => {
    const { databases, replica } = lagging({ Seconds_Behind_Source: '31' })
    const scan = fakeScan(databases)
    await runCheck(scan.context, threads)
    expect(throttleOf(scan, 'db2').lag.held).toBe(true)

    scan.context.facts.get(replica.name)?.server.setUsable(false)
    expect(throttleOf(scan, 'db2').lag.held).toBe(false)
  })

  test('stays left out while its receiver reconnects, and nobody knows how far it is behind', async () => {
    const { databases, replica } = lagging({ Seconds_Behind_Source: '31' })
    const scan = fakeScan(databases)
    await runCheck(scan.context, threads)
    replica.channels[0] = channelFrom('db1', {
      Replica_IO_Running: 'Connecting',
      Seconds_Behind_Source: null,
    })

    await scan.pass('checksum')

    expect(throttleOf(scan, 'db2').lag.held).toBe(true)
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'throttled' })
    replica.channels[0] = channelFrom('db1')
    await runCheck(scan.context, threads)
    expect(throttleOf(scan, 'db2').lag.held).toBe(false)
  })

  test('only as it was told to is read', async () => {
    const { databases } = lagging({ Seconds_Behind_Source: '3630', SQL_Delay: '3600' })
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
  })

  test('is read by check all the same', async () => {
    const { databases } = lagging({ Seconds_Behind_Source: '3600' })
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
  })
})

describe('however servers come and go', () => {
  test.for([1, 2, 3, 4, 5, 6, 7, 8])(
    'nothing that differs is called the same, nothing equal drifted (seed %i)',
    async (seed) => {
      const { databases } = largeShop(2)
      const random = randomOf(seed)
      const differing = new Set(databases.slice(1).filter(() => random() < 0.5))
      for (const { tables } of differing) {
        tables.get('shop.log')?.rows.set(Math.floor(random() * LONG), 'b')
      }
      const scan = fakeScan(databases)
      let isOver = false
      const moods = databases.map(async ({ load }) => {
        while (!isOver) {
          await scan.world.sleep(random() * 40_000)
          load.threadsRunning = random() < 0.4 ? 99 : 1
        }
      })

      await scan.pass('checksum')
      isOver = true
      await Promise.all(moods)

      for (const database of databases.slice(1)) {
        const verdict = scan.verdicts()[`${database.name} shop.log`]
        const right = differing.has(database) ? 'drifted' : 'same'
        expect([right, 'throttled'], database.name).toContain(verdict)
        const rows = reportOf(scan.context).tables.find(
          ({ server, table }) => server === database.name && table === 'log',
        )?.standings.checksum?.rows
        const counted = { source: BigInt(LONG), replica: BigInt(LONG) }
        if (verdict === 'same') expect(rows).toEqual(counted)
      }
    },
  )
})
