/** A pass that a restart broke off: no work is done twice, and none is left out. */
import { describe, expect, test } from 'vitest'
import { reportOf } from '../../src/scan/report.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { begin, checksumOf, largeShop, REJECTED, ROWS, SLOW } from '../support/restarts.ts'

describe('a pass that a restart broke off', () => {
  test('goes on: tables that were done are not read again', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config: SLOW })
    begin(before)
    const after = await before.killed(2_000)
    expect(before.verdicts()).toMatchObject({
      'db2 shop.orders': 'same',
      'db2 shop.postings': 'not_yet',
    })
    source.asked.length = 0

    await after.pass('checksum', 'rest')

    expect(new Set(Object.values(after.verdicts()))).toEqual(new Set(['same']))
    expect(source.asked.join('\n')).not.toMatch(/SQL_NO_CACHE.*`(orders|payments|small)`/)
    expect(reportOf(after.context).passProgress).toBe(1)
  })

  test.for([1, 2])(
    'goes on in a large table behind what agreed, with %i replicas',
    async (replicas) => {
      const { databases, source } = largeShop(replicas)
      const before = fakeScan(databases, { config: SLOW })
      begin(before)
      const after = await before.killed(2_000)
      const [position] = before.context.tables.all().flatMap(({ position }) => position ?? [])
      expect(position?.done.rows.source).toBeGreaterThan(0n)
      source.rowsRead = 0

      await after.pass('checksum', 'rest')

      expect(source.rowsRead).toBe(ROWS - Number(position?.done.rows.source))
      expect(checksumOf(after, 'postings')).toMatchObject({
        verdict: 'same',
        rows: { source: BigInt(ROWS), replica: BigInt(ROWS) },
        verifiedAt: position?.done.startedAt,
      })
    },
  )

  test('survives kill after kill', async () => {
    const { databases, source, replica } = largeShop()
    replica.tables.get('shop.postings')?.rows.set(19_000, 'b')
    let scan = fakeScan(databases, { config: SLOW })
    begin(scan)
    for (let kills = 0; kills < 6; kills += 1) {
      scan = await scan.killed(1_100)
      begin(scan, 'rest')
    }
    await scan.world.sleep(60_000)

    expect(scan.verdicts()).toMatchObject({
      'db2 shop.postings': 'drifted',
      'db2 shop.small': 'same',
    })
    expect(checksumOf(scan, 'postings')?.rows?.source).toBe(BigInt(ROWS))
    expect(source.rowsRead).toBeLessThan(4 * ROWS)
  })

  test('begins the table anew when its definition is another by now', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config: SLOW })
    begin(before)
    const after = await before.killed(2_000)
    for (const { tables } of databases) tables.get('shop.postings')?.columns.push('total')
    source.rowsRead = 0

    await after.pass('checksum', 'rest')

    expect(source.rowsRead).toBe(ROWS)
    expect(checksumOf(after, 'postings')).toMatchObject({ rows: { source: BigInt(ROWS) } })
  })

  test('begins the table anew when other rows of it are asked for', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config: SLOW })
    begin(before)
    const { tables } = before.context.config
    const where = new Map([['shop.postings', '1=1']])
    const after = await before.killed(2_000, { ...SLOW, tables: { ...tables, where } })
    expect(after.context.passStartedAt).toBeNull()
    source.asked.length = 0

    await after.pass('checksum')

    const first = source.asked.find((sql) => /SQL_NO_CACHE.*`postings`/.test(sql))
    expect(first).toMatch(/WHERE 1=1 AND \(1=1\n\) ORDER BY/)
  })

  test('begins all tables anew when their replica is another server by now', async () => {
    const { databases, source, replica } = largeShop()
    const before = fakeScan(databases, { config: SLOW })
    begin(before)
    const after = await before.killed(2_000)
    replica.identity['server_id'] = '77'
    source.rowsRead = 0
    await after.pass('checksum', 'rest')
    expect(source.rowsRead).toBe(ROWS + 35)
  })

  test('begins the table anew for a replica that was away, and for that one alone', async () => {
    const { databases, source } = largeShop(2)
    const third = databases[2]
    if (third === undefined) throw new Error('three were asked for')
    third.trouble = REJECTED
    const before = fakeScan(databases, { config: SLOW })
    begin(before)
    const after = await before.killed(2_000)
    third.trouble = null
    const done = before.context.tables.all().flatMap(({ position }) => position?.done.rows ?? [])
    expect(done).toHaveLength(1)
    source.rowsRead = 0

    await after.pass('checksum', 'rest')

    expect(source.rowsRead).toBe(2 * ROWS + 35 - Number(done[0]?.source))
    expect(new Set(Object.values(after.verdicts()))).toEqual(new Set(['same']))
  })

  test('looks at what drifted before it goes on', async () => {
    const { databases, replica } = largeShop()
    replica.tables.get('shop.postings')?.rows.set(7, 'b')
    const before = fakeScan(databases, { config: SLOW })
    begin(before)
    while (checksumOf(before, 'postings')?.verdict !== 'drifted') await before.world.sleep(100)
    const after = await before.killed()
    expect(checksumOf(after, 'postings')).toMatchObject({ verdict: 'drifted' })
    replica.tables.get('shop.postings')?.rows.set(7, 'a')

    await after.pass('checksum', 'rest')

    expect(checksumOf(after, 'postings')).toMatchObject({
      verdict: 'same',
      rows: { source: BigInt(ROWS), replica: BigInt(ROWS) },
    })
  })

  test('counts nothing as done that is compared in another way now', async () => {
    const { databases, source } = largeShop()
    const before = fakeScan(databases, { config: SLOW })
    await before.pass('checksum')
    const { tables } = before.context.config
    const ignoreColumns = new Map([['shop.orders', ['note']]])
    expect((await before.killed()).context.passStartedAt).not.toBeNull()
    const after = await before.killed(0, { ...SLOW, tables: { ...tables, ignoreColumns } })
    expect(after.context.passStartedAt).toBeNull()
    source.rowsRead = 0
    await after.pass('checksum')
    expect(source.rowsRead).toBe(ROWS + 35)
  })
})
