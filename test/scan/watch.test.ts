import { describe, expect, test } from 'vitest'
import { schema } from '../../src/checks/schema.ts'
import { ServerError } from '../../src/errors.ts'
import { remember } from '../../src/scan/memory.ts'
import { loopsOf, watchSet } from '../../src/scan/watch.ts'
import { type FakeScan, fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'
import { begin, largeShop, REJECTED, ROWS, SLOW } from '../support/restarts.ts'

describe('the watch', () => {
  const HOUR = 3_600_000

  /** Rows of the source that the contents check read, per hour. */
  async function hours(scan: FakeScan, count: number, rowsRead: () => number): Promise<number[]> {
    const watching = watchSet(scan.context)
    const read: number[] = []
    for (let hour = 0; hour < count; hour += 1) {
      const before = rowsRead()
      await scan.world.sleep(HOUR)
      read.push(rowsRead() - before)
    }
    scan.ending.abort()
    await watching
    return read
  }

  const checks = ['threads', 'checksum'] as const
  const config = { ...SLOW, intervals: { threads: 600_000, checksum: 6 * HOUR } }

  test('begins the next pass an interval after the last one began', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config, checks })
    await before.pass('checksum')
    const after = await before.killed(2.5 * HOUR)
    source.rowsRead = 0

    const read = await hours(after, 10, () => source.rowsRead)

    const all = ROWS + 35
    expect(read).toEqual([0, 0, 0, all, 0, 0, 0, 0, 0, all])
  })

  test('goes on with the pass at once', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config, checks })
    begin(before)
    const after = await before.killed(2_000)
    source.rowsRead = 0

    const [first = 0, ...others] = await hours(after, 5, () => source.rowsRead)

    expect(first).toBeGreaterThan(10)
    expect(first).toBeLessThan(ROWS)
    expect(others).toEqual([0, 0, 0, 0])
    expect(new Set(Object.values(after.verdicts()))).toEqual(new Set(['same']))
  })

  test('what was unknown is not left unreachable when the servers are there again after a restart', async () => {
    const { databases, replica } = largeShop()
    replica.tables.get('shop.small')?.columns.push('note')
    const before = fakeScan(databases, { config, checks })
    await before.pass('checksum')
    const after = await before.killed(2_000)
    for (const database of databases) database.trouble = REJECTED
    const watching = watchSet(after.context)
    await after.world.sleep(HOUR / 2)
    expect(after.verdicts()).toMatchObject({ 'db2 shop.small': 'unreachable' })

    for (const database of databases) database.trouble = null
    await after.world.sleep(HOUR / 2)

    expect(after.verdicts()).toMatchObject({ 'db2 shop.small': 'definition_differs' })
    after.ending.abort()
    await watching
  })

  test('goes on with the pass when the servers are there again', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config, checks })
    begin(before)
    const after = await before.killed(2_000)
    for (const database of databases) database.trouble = REJECTED
    source.rowsRead = 0
    const back = after.world.sleep(HOUR / 2).then(() => {
      for (const database of databases) database.trouble = null
    })

    const [first = 0, ...others] = await hours(after, 5, () => source.rowsRead)

    await back
    expect(first).toBeGreaterThan(10)
    expect(first).toBeLessThan(ROWS)
    expect(others).toEqual([0, 0, 0, 0])
  })

  test('is not held up by a clock that was set back', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config, checks })
    await before.world.sleep(100 * HOUR)
    await before.pass('checksum')
    const memory = remember(before.context)
    const after = fakeScan(databases, { config, checks, memory })
    source.rowsRead = 0
    const read = await hours(after, 8, () => source.rowsRead)
    expect(read.filter((rows) => rows > 0)).toHaveLength(1)
  })

  test('comes back to a replica that was away when the pass came, as soon as it is there', async () => {
    const { databases, replica } = largeShop(2)
    const scan = fakeScan(databases, { config, checks })
    replica.trouble = REJECTED
    const back = scan.world.sleep(HOUR / 2).then(() => {
      expect(scan.verdicts()['db2 shop.small']).not.toBe('same')
      replica.trouble = null
    })
    const watching = watchSet(scan.context)
    await scan.world.sleep(HOUR)
    scan.ending.abort()
    await Promise.all([back, watching])

    expect(new Set(Object.values(scan.verdicts()))).toEqual(new Set(['same']))
  })
})

describe('what was repaired while all definitions were looked at', () => {
  /** A look takes half a minute, and tells at its end what it read at its beginning. */
  async function told(inTurn?: true): Promise<boolean[]> {
    const { databases } = fakeShop()
    const scan = fakeScan(databases, { config: { intervals: { schema: 300_000 } } })
    const { world } = scan
    let differs = true
    const lines: boolean[] = []
    const loops = loopsOf(scan.context, {
      name: 'schema',
      appliesTo: () => true,
      ...(inTurn && { inTurn }),
      async lookAtSet(_, scope) {
        const seen = differs
        await world.sleep(scope === 'all' ? 30_000 : 1_000)
        lines.push(seen)
      },
    })
    await world.sleep(10_000)
    differs = false
    await world.sleep(100_000)
    scan.ending.abort()
    await Promise.all(loops)
    return lines
  }

  test('does not differ again once it was seen to be repaired', async () => {
    const lines = await told(true)
    expect(lines.lastIndexOf(true)).toBeLessThan(lines.indexOf(false))
    // It did, before one look at a time was taken.
    const atOnce = await told()
    expect(atOnce.lastIndexOf(true)).toBeGreaterThan(atOnce.indexOf(false))
  })

  test('is looked at in turn, since definitions are told at the end of a look', () => {
    expect(schema).toMatchObject({ inTurn: true })
  })
})

describe('what is wrong with the account', () => {
  const HOUR = 3_600_000
  const config = { intervals: { threads: 15_000, grants: HOUR } }
  const checks = ['threads', 'grants'] as const
  const writer = 'GRANT INSERT ON `shop`.* TO `drift`@`%`'

  function watched() {
    const { databases, replica } = fakeShop()
    const scan = fakeScan(databases, { config, checks })
    const looks = () => replica.asked.filter((sql) => sql === 'SHOW GRANTS').length
    const refused = () => scan.context.facts.get('db2')?.privileges?.refused ?? []
    return { scan, replica, looks, refused }
  }

  test('is seen to be repaired soon enough for its alert to end within two minutes', async () => {
    const { scan, replica, refused } = watched()
    replica.grants.push(writer)
    const watching = watchSet(scan.context)
    await scan.world.sleep(HOUR / 2)
    expect(refused()).toEqual(['INSERT'])
    replica.grants.pop()
    // Scrape, evaluation and keep_firing_for take 90 s of the two minutes.
    await scan.world.sleep(30_000)
    expect(refused()).toEqual([])
    scan.ending.abort()
    await watching
  })

  test('once it is repaired, all that could not be read is read, and its alerts end within two minutes', async () => {
    const { databases, replica } = fakeShop()
    const intervals = { threads: 15_000, grants: HOUR, row_count: HOUR, checksum: 24 * HOUR }
    const scan = fakeScan(databases, {
      config: { intervals },
      checks: ['threads', 'grants', 'row_count', 'checksum'],
    })
    const failing = () =>
      (['row_count', 'checksum'] as const).filter((check) => {
        const { success } = scan.context.runs.status(check, 'db2')
        return !success
      })
    replica.grants.push(writer)
    const watching = watchSet(scan.context)
    await scan.world.sleep(HOUR / 2)
    expect(failing()).toEqual(['row_count', 'checksum'])
    expect(new Set(Object.values(scan.verdicts()))).toEqual(new Set(['write_privileges']))

    replica.grants.pop()
    // As above; a look at the rights, and one at what follows from them.
    await scan.world.sleep(32_000)

    expect(failing()).toEqual([])
    expect(new Set(Object.values(scan.verdicts()))).toEqual(new Set(['same']))
    scan.ending.abort()
    await watching
  })

  test('is tried again four times a minute while it cannot be read', async () => {
    const { scan, replica, looks } = watched()
    replica.refusals.push([/^SHOW GRANTS/, new ServerError('timeout', 'db2: took too long')])
    const watching = watchSet(scan.context)
    await scan.world.sleep(10 * 60_000)
    expect(looks()).toBeGreaterThanOrEqual(40)
    scan.ending.abort()
    await watching
  })

  test('is nothing: it is asked for once an hour', async () => {
    const { scan, looks } = watched()
    const watching = watchSet(scan.context)
    await scan.world.sleep(HOUR / 2)
    // Before all other checks, and by its own clock.
    expect(looks()).toBe(2)
    scan.ending.abort()
    await watching
  })
})
