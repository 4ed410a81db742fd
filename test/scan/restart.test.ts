/** A restart, also one after a kill: nothing that was found is forgotten. */
import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import type { CheckName } from '../../src/domain.ts'
import { changesOf } from '../../src/scan/memory.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom, fakeDatabase, makeTableData } from '../support/fake-database.ts'
import { type FakeScan, fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'
import { checksumOf, largeShop, REJECTED } from '../support/restarts.ts'

const statusOf = ({ context }: FakeScan, check: CheckName) => context.runs.status(check, 'db2')

describe('after a restart', () => {
  test('a drift is there at once, with its old since, and is cleared by agreement alone', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const before = fakeScan(databases)
    await before.pass('checksum')

    const after = await before.killed(3_600_000)

    expect(checksumOf(after)).toEqual(checksumOf(before))
    expect(checksumOf(after)).toMatchObject({ verdict: 'drifted', chunksDrifted: 1 })
    expect(after.log).toEqual([])
    await after.pass('checksum', 'findings')
    expect(checksumOf(after)).toMatchObject({
      verdict: 'drifted',
      since: checksumOf(before)?.since,
    })
    replica.tables.get('shop.orders')?.rows.set(7, 'a')
    await after.pass('checksum', 'findings')
    expect(checksumOf(after)).toMatchObject({ verdict: 'same' })
  })

  test('a drift is looked at again in the part that differs', async () => {
    const { databases, source, replica } = largeShop()
    replica.tables.get('shop.postings')?.rows.set(7, 'b')
    const before = fakeScan(databases)
    await before.pass('checksum')
    const after = await before.killed()
    source.rowsRead = 0

    await after.pass('checksum', 'findings')

    expect(source.rowsRead).toBeGreaterThan(0)
    expect(source.rowsRead).toBeLessThan(1_000)
    expect(after.verdicts()).toMatchObject({ 'db2 shop.postings': 'drifted' })
  })

  test('a drift by a key that the table has no more is looked for in the whole table', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const before = fakeScan(databases)
    await before.pass('checksum')
    const after = await before.killed()
    for (const { tables } of databases)
      Object.assign(tables.get('shop.orders') ?? {}, { hasKey: false })

    await after.pass('checksum', 'findings')

    expect(after.verdicts()).toMatchObject({ 'db2 shop.orders': 'drifted' })
    const asked = replica.asked.filter((sql) => sql.includes(' AS digest')).slice(-1)
    expect(asked).toEqual([expect.stringContaining('WHERE 1=1')])
  })

  test.for(['db1', 'db2'])('a drift is kept while %s is away', async (away) => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const before = fakeScan(databases)
    await before.pass('checksum')
    for (const database of databases) if (database.name === away) database.trouble = REJECTED

    const after = await before.killed(60_000)
    await after.pass('checksum', 'rest')
    await after.pass('checksum')
    await after.pass('row_count')

    expect(after.verdicts()).toEqual({ 'db2 shop.orders': 'drifted', 'db2 shop.payments': 'same' })
    expect(checksumOf(after)).toEqual(checksumOf(before))
    expect(reportOf(after.context).servers).toMatchObject([
      { name: 'db1', role: 'source', up: away !== 'db1' },
      { name: 'db2', role: 'replica', up: away !== 'db2' },
    ])
  })

  test('what is the same becomes unknown where its server stays away', async () => {
    const { databases, replica } = fakeShop()
    const before = fakeScan(databases)
    await before.pass('checksum')
    const { since, verifiedAt } = checksumOf(before) ?? {}
    replica.trouble = REJECTED
    const after = await before.killed(4 * 24 * 3_600_000)

    await after.pass('checksum', 'rest')

    expect(checksumOf(after)).toMatchObject({
      verdict: 'unknown',
      reason: 'unreachable',
      since,
      verifiedAt,
    })
  })

  test('a server that was a replica before is detached, not unknown', async () => {
    const { databases, replica } = fakeShop()
    const before = fakeScan(databases)
    await before.pass('checksum')
    replica.channels.splice(0)

    const after = await before.killed()
    await after.pass('checksum')

    const roles = reportOf(after.context).servers.map(({ role }) => role)
    expect(roles).toEqual(['unknown', 'detached'])
  })

  test('a check that cannot look any more counts from its last success, not from the start', async () => {
    const { databases, replica } = fakeShop()
    const before = fakeScan(databases)
    await before.pass('checksum')
    const { lastSuccess } = statusOf(before, 'checksum')
    replica.trouble = REJECTED

    const after = await before.killed(3_600_000)

    expect(lastSuccess).not.toBeNull()
    expect(statusOf(after, 'checksum')).toMatchObject({ lastSuccess, lastRun: null, runs: 0 })
    expect(statusOf(after, 'row_count')).toMatchObject({ lastSuccess: null })
    await after.pass('checksum', 'rest')
    expect(statusOf(after, 'checksum')).toMatchObject({ success: false, lastSuccess, runs: 1 })
    const again = await after.killed()
    expect(statusOf(again, 'checksum')).toMatchObject({ lastSuccess, runs: 0 })
  })

  test('nor does one that never succeeded count from the start, but from when it was first due', async () => {
    const { databases, replica } = fakeShop()
    replica.trouble = REJECTED
    const before = fakeScan(databases)
    const { dueSince } = statusOf(before, 'threads')

    const after = await before.killed(3_600_000)

    expect(statusOf(after, 'threads')).toMatchObject({ dueSince, lastSuccess: null })
  })

  test('one that was disabled meanwhile, or a server that is new, has its time from then on', async () => {
    const { databases } = fakeShop(2)
    const before = fakeScan(databases)
    await before.pass('checksum')
    const { servers } = before.context.config
    const without = await before.killed(3_600_000, { servers: servers.slice(0, 2) }, ['threads'])

    const after = await without.killed(3_600_000, {}, ['threads', 'row_count', 'checksum'])

    const now = after.world.now()
    expect(after.context.runs.status('checksum', 'db2')).toMatchObject({ dueSince: now })
    expect(after.context.runs.status('threads', 'db3')).toMatchObject({ dueSince: now })
    expect(after.context.runs.status('threads', 'db2').dueSince).not.toEqual(now)
  })

  test('a success every 15 seconds does not have the file written as often', async () => {
    const { databases } = fakeShop()
    const scan = fakeScan(databases)
    const seen = new Set<string>()
    const looks = 40
    for (let look = 0; look < looks; look += 1) {
      await runCheck(scan.context, threads)
      seen.add(JSON.stringify(changesOf(scan.context).items, (_, item) => String(item)))
      await scan.world.sleep(15_000)
    }
    expect(seen.size).toBeGreaterThan(1)
    expect(seen.size).toBeLessThan(looks / 10)
  })

  test('what the configuration asks for no more is dropped', async () => {
    const { databases, replica } = fakeShop(2)
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const before = fakeScan(databases)
    await before.pass('checksum')
    const { servers, tables } = before.context.config

    const fewer = await before.killed(0, { servers: servers.slice(0, 2) })
    expect(fewer.verdicts()).toEqual({ 'db2 shop.orders': 'drifted', 'db2 shop.payments': 'same' })
    const excluding = await before.killed(0, { tables: { ...tables, exclude: ['shop.orders'] } })
    expect(Object.keys(excluding.verdicts())).toEqual(['db2 shop.payments', 'db3 shop.payments'])
    await excluding.pass('checksum', 'rest')
    expect(excluding.verdicts()).toMatchObject({ 'db2 shop.orders': 'excluded' })
    const including = await excluding.killed(0, {})
    await including.pass('checksum', 'rest')
    expect(including.verdicts()).toMatchObject({ 'db2 shop.orders': 'drifted' })
  })

  test('a server behind another address is not taken for the one before', async () => {
    const { databases, source } = fakeShop()
    const before = fakeScan(databases)
    await before.pass('checksum')
    const { servers } = before.context.config
    const after = await before.killed(0, {
      servers: servers.map((server) => ({ ...server, address: `new-${server.address}` })),
    })
    for (const { sight } of after.context.facts.values()) {
      expect(sight).toMatchObject({ identity: null, channels: null })
    }
    expect(statusOf(after, 'checksum')).toMatchObject({ lastSuccess: null })
    source.rowsRead = 0
    await after.pass('checksum', 'rest')
    expect(source.rowsRead).toBe(25)
  })
})

test('a set whose tables come from a chain keeps each drift where it arose', async () => {
  const databases = [
    fakeDatabase('db1'),
    fakeDatabase('db2', [channelFrom('db1')]),
    fakeDatabase('db3', [channelFrom('db2')]),
  ]
  for (const { tables } of databases) tables.set('shop.orders', makeTableData(20))
  for (const { tables } of databases.slice(1)) tables.get('shop.orders')?.rows.set(7, 'b')
  const before = fakeScan(databases)
  await before.pass('checksum')
  const after = await before.killed()
  for (const database of databases) database.trouble = REJECTED
  await after.pass('checksum', 'rest')
  expect(after.verdicts()).toEqual({ 'db2 shop.orders': 'drifted', 'db3 shop.orders': 'same' })
})
