/** What was found is looked at again and again: soon cleared, and cheaply. */
import { describe, expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { EVERYTHING } from '../../src/mysql/range.ts'
import { reportOf } from '../../src/scan/report.ts'
import type { WalkUnderWay } from '../../src/scan/table-store.ts'
import { onReading } from '../support/busy-shop.ts'
import { channelFrom, fakeDatabase, makeTableData } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

const ROWS = 2_000

/** Row 1,321 of the orders differs on every replica. */
function drifted(replicas = 1) {
  const source = fakeDatabase('db1')
  const copies = Array.from({ length: replicas }, (_, i) =>
    fakeDatabase(`db${i + 2}`, [channelFrom('db1')]),
  )
  for (const { tables } of [source, ...copies]) tables.set('shop.orders', makeTableData(ROWS))
  for (const { tables } of copies) tables.get('shop.orders')?.rows.set(1_321, 'b')
  const [replica = source] = copies
  return { databases: [source, ...copies], source, replica }
}

const standingsOf = (scan: ReturnType<typeof fakeScan>) =>
  reportOf(scan.context).tables.map(({ standings }) => standings.checksum)

describe('a look at what was found', () => {
  test('is cheap: it reads the part that differs', async () => {
    const { databases, source } = drifted()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    source.rowsRead = 0

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
    expect(source.rowsRead).toBeGreaterThan(0)
    expect(source.rowsRead).toBeLessThan(20 * ROWS)
  })

  test('is as cheap after the rows were counted in the meantime', async () => {
    const { databases, source } = drifted()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    await scan.pass('checksum', 'findings')
    source.rowsRead = 0
    await scan.pass('checksum', 'findings')
    const usual = source.rowsRead
    await scan.pass('row_count')
    source.rowsRead = 0

    await scan.pass('checksum', 'findings')

    expect(source.rowsRead).toBeLessThanOrEqual(1.5 * usual)
  })

  test('does not make more ranges of one, however often it is taken', async () => {
    const { databases } = drifted(2)
    const scan = fakeScan(databases)
    await scan.pass('checksum')

    for (let i = 0; i < 5; i += 1) await scan.pass('checksum', 'findings')

    expect(standingsOf(scan).map((standing) => standing?.chunksDrifted)).toEqual([1, 1])
  })

  test('keeps the number of rows and chunks of the whole table', async () => {
    const { databases } = drifted()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    const [before] = standingsOf(scan)

    await scan.pass('checksum', 'findings')

    expect(standingsOf(scan)[0]).toMatchObject({
      rows: { source: BigInt(ROWS), replica: BigInt(ROWS) },
      chunks: before?.chunks,
      since: before?.since,
    })
  })

  test('clears what was repaired without reading the rest again, which is as old as the pass', async () => {
    const { databases, source, replica } = drifted()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    const [before] = standingsOf(scan)
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')

    source.rowsRead = 0
    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })
    expect(standingsOf(scan)[0]?.chunksDrifted).toBe(0)
    expect(source.rowsRead).toBeLessThan(ROWS)
    expect(standingsOf(scan)[0]?.verifiedAt).toEqual(before?.verifiedAt)
  })

  test('clears what was repaired after the whole table was read, where a part of it was unknown', async () => {
    const { databases, source, replica } = drifted()
    const before = fakeScan(databases)
    await before.pass('checksum')
    // What is remembered says nothing of the parts that did not differ.
    const scan = await before.killed()
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')
    source.rowsRead = 0

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })
    expect(source.rowsRead).toBeGreaterThan(ROWS)
  })

  test('clears a row that was missing in the count of rows as well', async () => {
    const { databases, source, replica } = drifted()
    replica.tables.get('shop.orders')?.rows.delete(1_321)
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    const counts = () => reportOf(scan.context).tables.map(({ standings }) => standings.row_count)
    expect(counts()).toMatchObject([{ verdict: 'drifted' }])
    const row = source.tables.get('shop.orders')?.rows.get(1_321) ?? ''
    replica.tables.get('shop.orders')?.rows.set(1_321, row)

    await scan.pass('checksum', 'findings')

    expect(counts()).toMatchObject([
      { verdict: 'same', rows: { source: BigInt(ROWS), replica: BigInt(ROWS) } },
    ])
  })

  test('a repair in a table whose walk goes on for hours is seen while it goes on', async () => {
    const { databases, replica } = drifted()
    for (const { tables } of databases) tables.set('shop.orders', makeTableData(20 * ROWS))
    replica.tables.get('shop.orders')?.rows.set(5, 'b')
    const scan = fakeScan(databases)
    for (const database of databases) database.readMs = 5_000
    const until = async (verdict: string) => {
      while (scan.verdicts()['db2 shop.orders'] !== verdict) await scan.world.sleep(10_000)
    }
    let isWalking = true
    const walking = scan.pass('checksum').finally(() => {
      isWalking = false
    })
    await until('drifted')
    replica.tables.get('shop.orders')?.rows.set(5, 'a')

    await scan.pass('checksum', 'findings')

    expect(isWalking).toBe(true)
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'not_yet' })
    await walking
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })
  })

  test('a drift that the walk found stays one while it goes on', async () => {
    const { databases, replica } = drifted()
    for (const { tables } of databases) tables.set('shop.orders', makeTableData(20 * ROWS))
    replica.tables.get('shop.orders')?.rows.set(5, 'b')
    const scan = fakeScan(databases)
    for (const database of databases) database.readMs = 5_000
    const walking = scan.pass('checksum')
    while (scan.verdicts()['db2 shop.orders'] !== 'drifted') await scan.world.sleep(10_000)

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
    await walking
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
    expect(standingsOf(scan)[0]?.chunksDrifted).toBe(1)
  })

  test('does not clear one part while another differs still', async () => {
    const { databases, replica } = drifted()
    replica.tables.get('shop.orders')?.rows.set(5, 'b')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
  })

  describe('beside a walk of the table', () => {
    /** What was known to differ is repaired when the walk's own word of the table is looked for. */
    async function repairedBeside(walkAt: (rowsRead: () => number) => Partial<WalkUnderWay>) {
      const { databases, source, replica } = drifted()
      const scan = fakeScan(databases)
      await scan.pass('checksum')
      const [state] = scan.context.tables.all()
      if (state === undefined) throw new Error('no table was seen')
      replica.tables.get('shop.orders')?.rows.set(1_321, 'a')
      const { key = '' } = state.drifted.checksum ?? {}
      source.rowsRead = 0
      const walk: WalkUnderWay = {
        position: () => null,
        share: () => 0,
        drifted: () => ({ key, ranges: [] }),
        isSuspecting: () => false,
        clear: () => undefined,
        ...walkAt(() => source.rowsRead),
      }
      state.walk = walk
      return { scan, state, walk, key }
    }

    test('does not clear a table of which it has found more since', async () => {
      // Nothing when the look begins, and something by the time it ends.
      const { scan, state } = await repairedBeside((rowsRead) => ({
        drifted: () => ({ key: '', ranges: rowsRead() > 0 ? [EVERYTHING] : [] }),
      }))
      await scan.pass('checksum', 'findings')
      expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
      expect(state.walk).not.toBeNull()
    })

    test('nor when it was just over with it: same was followed by drifted a moment later', async () => {
      const { scan, state, walk } = await repairedBeside(() => ({}))
      Object.assign(walk, {
        drifted: () => ({ key: '', ranges: state.walk === null ? [EVERYTHING] : [] }),
        isSuspecting: () => {
          // All of it is decided by now, and it waits for this look to say so.
          state.walk = null
          return false
        },
      })
      await scan.pass('checksum', 'findings')
      expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
    })

    test('of rows that were only counted, says nothing of what the walk found', async () => {
      const { databases, replica } = drifted()
      const names = Array.from({ length: 20 }, (_, i) => `shop.table_${i}`)
      for (const { tables } of databases) {
        for (const name of names) tables.set(name, makeTableData(5))
      }
      for (const name of names) replica.tables.get(name)?.rows.delete(3)
      const scan = fakeScan(databases)
      await scan.pass('row_count')
      for (const name of names) replica.tables.get(name)?.rows.set(3, 'other')
      const cleared: string[] = []
      // While the first ones are counted, walks of the others begin, and find that.
      onReading(replica, 1, () => {
        for (const state of scan.context.tables.all()) {
          const { key = '' } = state.drifted.row_count ?? {}
          state.walk = {
            position: () => null,
            share: () => 0,
            drifted: () => ({ key, ranges: [EVERYTHING] }),
            isSuspecting: () => false,
            clear: () => cleared.push(state.id.table),
          }
        }
      })

      await scan.pass('row_count', 'findings')

      expect(cleared).toEqual([])
    })

    test('nor while some part of it is suspect, and then it does', async () => {
      let isSuspect = true
      const { scan } = await repairedBeside(() => ({ isSuspecting: () => isSuspect }))
      await scan.pass('checksum', 'findings')
      expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })

      isSuspect = false
      await scan.pass('checksum', 'findings')
      expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })
    })
  })

  test('does not clear what it cannot see', async () => {
    const { databases, replica } = drifted()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')
    replica.trouble = new ServerError('connect', 'db2: gone')

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })
  })

  test('clears one replica and not the other', async () => {
    const { databases, replica } = drifted(2)
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')

    await scan.pass('checksum', 'findings')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same', 'db3 shop.orders': 'drifted' })
  })

  test('costs nothing where there is nothing', async () => {
    const { databases, source, replica } = drifted()
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    source.rowsRead = 0

    await scan.pass('checksum', 'findings')

    expect(source.rowsRead).toBe(0)
  })

  test('tells a drift when it is confirmed, not when the whole table was read', async () => {
    const { databases, replica } = drifted()
    for (const { tables } of databases) tables.set('shop.orders', makeTableData(3 * ROWS))
    replica.tables.get('shop.orders')?.rows.set(5, 'b')
    for (const database of databases) database.readMs = 5_000
    const scan = fakeScan(databases, { once: true })
    const seen: (string | undefined)[] = []
    const looking = (async () => {
      for (; seen.at(-1) !== 'over'; await scan.world.sleep(10_000)) {
        seen.push(scan.verdicts()['db2 shop.orders'])
      }
    })()

    await scan.pass('checksum')
    seen.push('over')
    await looking

    const afterSuspicion = new Set(seen.slice(seen.indexOf('suspect'), -1))
    expect([...afterSuspicion]).toEqual(['suspect', 'drifted'])
  })

  test('writes one line for each change of a verdict', async () => {
    const { databases, replica } = drifted()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    await scan.pass('checksum', 'findings')
    replica.tables.get('shop.orders')?.rows.set(1_321, 'a')
    await scan.pass('checksum', 'findings')

    const lines = scan.log.filter(
      (line) => line.includes('event=verdict check') || line.includes('check=checksum'),
    )
    const changes = lines.flatMap(
      (line) => /from=(\S+) to=(\S+)/.exec(line)?.slice(1).join('>') ?? [],
    )
    expect(changes).toEqual(['unknown>suspect', 'suspect>drifted', 'drifted>same'])
  })
})
