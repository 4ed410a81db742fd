/** What is busy, outside its hours or paused is left in peace, and everything else goes on. */
import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { DEFAULTS } from '../../src/config/defaults.ts'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { parseTimeWindow } from '../../src/time-window.ts'
import { largeShop, onReading, readings, throttleOf } from '../support/busy-shop.ts'
import type { FakeDatabase } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

describe('a source that is busy', () => {
  test('holds up nobody who wants to end, whoever else waits for its tables', async () => {
    const { databases, source } = fakeShop()
    source.load.threadsRunning = 26
    const scan = fakeScan(databases)
    const ending = scan.world.sleep(10_000).then(() => scan.ending.abort(new Error('the end')))

    await Promise.all([
      scan.pass('checksum'),
      scan.pass('row_count'),
      scan.pass('checksum'),
      ending,
    ])

    expect(readings(source)).toBe(0)
    expect(scan.log.join('\n')).not.toContain('reason=internal')
  })

  test('holds its whole group back until it is free', async () => {
    const { databases, source, replica } = fakeShop()
    source.load.threadsRunning = 26
    const scan = fakeScan(databases)
    const freed = scan.world.sleep(300_000).then(() => {
      expect([readings(source), readings(replica)]).toEqual([0, 0])
      expect(throttleOf(scan, 'db1').threads_running.held).toBe(true)
      source.load.threadsRunning = 25
    })

    await Promise.all([scan.pass('checksum'), freed])

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same', 'db2 shop.payments': 'same' })
    const { threads_running } = throttleOf(scan, 'db1')
    expect(threads_running.held).toBe(false)
    expect(threads_running.seconds).toBeGreaterThan(290)
    expect(throttleOf(scan, 'db2').threads_running.seconds).toBe(0)
  })

  test('in the middle of a table is left alone after the chunk that is being read', async () => {
    const { databases, source } = largeShop()
    const scan = fakeScan(databases)
    onReading(source, 10, () => {
      source.load.historyList = 200_000
    })
    let during = 0
    const freed = scan.world.sleep(60_000).then(() => {
      during = readings(source)
      source.load.historyList = 0
    })

    await Promise.all([scan.pass('checksum'), freed])

    // What was known of the load stays true for a moment.
    expect(during).toBeLessThan(readings(source))
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.log': 'same' })
  })

  test('ends a check after the fence timeout: all of it is unknown', async () => {
    const { databases, source } = fakeShop()
    source.load.waitingLocks = 1
    const scan = fakeScan(databases, { once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'throttled',
      'db2 shop.payments': 'throttled',
    })
    expect(readings(source)).toBe(0)
    expect(scan.world.elapsed()).toBeLessThan(40_000)
  })
})

describe('the load of a server', () => {
  const loadQueries = ({ asked }: FakeDatabase) =>
    asked.filter((sql) => sql.includes('Threads_running')).length

  test('is read every few seconds while tables are, and not otherwise', async () => {
    const { databases, source } = largeShop()
    const scan = fakeScan(databases)
    await scan.world.sleep(60_000)
    expect(loadQueries(source)).toBe(0)

    await scan.pass('checksum')

    const seconds = (scan.world.elapsed() - 60_000) / 1_000
    expect(loadQueries(source)).toBeGreaterThan(seconds / 10)
    expect(loadQueries(source)).toBeLessThan(seconds / 2 + 2)
    const { length } = source.asked
    await scan.world.sleep(60_000)
    expect(source.asked).toHaveLength(length)
  })

  test('that was told and is told no longer holds it back', async () => {
    const { databases, source } = fakeShop()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    source.refusals.push([/PROCESSLIST/, new ServerError('timeout', 'db1: too slow', 3024)])
    await scan.world.sleep(60_000)
    const before = readings(source)
    const freed = scan.world.sleep(100_000).then(() => {
      expect(readings(source)).toBe(before)
      expect(throttleOf(scan, 'db1').no_load_reading.held).toBe(true)
      source.refusals.length = 0
    })

    await Promise.all([scan.pass('checksum'), freed])

    expect(readings(source)).toBeGreaterThan(before)
  })

  test('that this account may not see is left out', async () => {
    const { databases, source } = fakeShop()
    const refusal = new ServerError('privilege', 'db1: you need PROCESS', 1227)
    source.refusals.push([/INNODB_METRICS|PROCESSLIST/, refusal])
    source.load.historyList = 1_000_000
    const scan = fakeScan(databases)

    await scan.pass('checksum')
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })

    await scan.world.sleep(60_000)
    source.load.threadsRunning = 99
    const freed = scan.world.sleep(50_000).then(() => {
      expect(throttleOf(scan, 'db1').threads_running.held).toBe(true)
      source.load.threadsRunning = 1
    })
    await Promise.all([scan.pass('checksum'), freed])
  })
})

describe('outside its hours', () => {
  const config = {
    throttle: {
      ...DEFAULTS.throttle,
      windows: [parseTimeWindow('12:30-13:00')].flatMap((w) => w ?? []),
    },
  }

  test('serve reads no table, and begins with the hour', async () => {
    const { databases, source } = fakeShop()
    const scan = fakeScan(databases, { config })
    const opened = scan.world.sleep(29 * 60_000).then(() => {
      expect(readings(source)).toBe(0)
      expect(throttleOf(scan, 'db2').window.held).toBe(true)
    })

    await Promise.all([scan.pass('checksum'), opened])

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
    expect(throttleOf(scan, 'db1').window.held).toBe(false)
    expect(throttleOf(scan, 'db1').window.seconds).toBeGreaterThan(1_700)
  })

  test('check reads all the same: it was asked to', async () => {
    const { databases } = fakeShop()
    const scan = fakeScan(databases, { config, once: true, checks: ['checksum'] })

    await scan.once()

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
  })
})

describe('a pause', () => {
  test('ends by itself; until then no table is read and the threads are looked at', async () => {
    const { databases, source } = fakeShop()
    const scan = fakeScan(databases)
    scan.context.pausedUntil = new Date(scan.world.now().getTime() + 3_600_000)
    const during = scan.world.sleep(3_000_000).then(async () => {
      await runCheck(scan.context, threads)
      expect(readings(source)).toBe(0)
      expect(throttleOf(scan, 'db1').paused.held).toBe(true)
      expect(reportOf(scan.context).servers.map(({ up, role }) => [up, role])).toEqual([
        [true, 'source'],
        [true, 'replica'],
      ])
    })

    await Promise.all([scan.pass('checksum'), during])

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'same' })
    expect(throttleOf(scan, 'db1').paused.held).toBe(false)
    expect(scan.world.elapsed()).toBeGreaterThanOrEqual(3_600_000)
  })

  test('is told while nobody wants to read, too', () => {
    const scan = fakeScan(fakeShop().databases)
    scan.context.pausedUntil = new Date(scan.world.now().getTime() + 1_000)
    expect(throttleOf(scan, 'db1').paused.held).toBe(true)
  })
})
