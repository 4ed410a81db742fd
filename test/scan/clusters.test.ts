/** Members of a group as `check` and `serve` compare them. */
import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { isAnyOwed } from '../../src/scan/resume.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom, fakeDatabase, makeTableData } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

const ALL_ONLINE = { db1: 'ONLINE', db2: 'ONLINE', db3: 'ONLINE' }
const gone = new ServerError('connect', 'gone')

function fakeCluster() {
  const databases = ['db1', 'db2', 'db3'].map((name) => {
    const database = fakeDatabase(name)
    database.tables.set('shop.orders', makeTableData(20))
    database.members = ALL_ONLINE
    return database
  })
  const [db1, db2, db3] = databases
  if (db1 === undefined || db2 === undefined || db3 === undefined) throw new Error('three')
  return { databases, db1, db2, db3 }
}

describe('a cluster', () => {
  test('is one source, and each member but the first is compared with the first', async () => {
    const { databases, db3 } = fakeCluster()
    db3.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan(databases, { once: true })
    await scan.once()

    expect(scan.verdicts()).toEqual({
      'db2/group_replication shop.orders': 'same',
      'db3/group_replication shop.orders': 'drifted',
    })
    const report = reportOf(scan.context)
    expect(report.tables.map(({ source }) => source)).toEqual(['db1', 'db1'])
    expect(report.sources).toBe(1)
    expect(report.servers.map(({ role, checks }) => [role, 'checksum' in checks])).toEqual([
      ['member', false],
      ['member', true],
      ['member', true],
    ])
  })

  test('has a table on one member that the first has not: that one is extra', async () => {
    const { databases, db3 } = fakeCluster()
    db3.tables.set('shop.alone', makeTableData(1))
    const scan = fakeScan(databases, { once: true })
    await scan.once()

    expect(scan.verdicts()).toMatchObject({
      'db3/group_replication shop.alone': 'extra_on_replica',
    })
  })

  test('that one member feeds from outside is compared on both links', async () => {
    const { databases, db2, db3 } = fakeCluster()
    const feeder = fakeDatabase('db9')
    feeder.tables.set('shop.orders', makeTableData(20))
    db2.channels.push(channelFrom('db9'))
    db3.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan([...databases, feeder], { once: true })
    await scan.once()

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'same',
      'db2/group_replication shop.orders': 'same',
      'db3/group_replication shop.orders': 'drifted',
    })
    expect(reportOf(scan.context).servers.map(({ role }) => role)).toEqual([
      'member',
      'member',
      'member',
      'source',
    ])
    expect(reportOf(scan.context).sources).toBe(1)
  })

  test('one of which is gone: its tables are unknown after a while, the others go on', async () => {
    const { databases, db3 } = fakeCluster()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    db3.trouble = gone

    await scan.world.sleep(4 * 24 * 3_600_000)
    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'db2/group_replication shop.orders': 'same',
      'db3/group_replication shop.orders': 'unreachable',
    })
  })

  test('one of which was away at a restart: what drifted there is still known', async () => {
    const { databases, db3 } = fakeCluster()
    db3.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    db3.trouble = gone

    const restarted = await scan.killed()
    await restarted.pass('checksum')

    expect(restarted.verdicts()).toMatchObject({ 'db3/group_replication shop.orders': 'drifted' })
    expect(reportOf(restarted.context).servers.map(({ role }) => role)).toEqual([
      'member',
      'member',
      'member',
    ])
  })

  test.for<[string, Record<string, string>, string]>([
    ['recovers', { db3: 'RECOVERING', db1: 'ONLINE', db2: 'ONLINE' }, 'lag'],
    ['was expelled', { db3: 'ERROR' }, 'no_fence'],
    ['has no majority', { db1: 'UNREACHABLE', db2: 'UNREACHABLE', db3: 'ONLINE' }, 'no_fence'],
  ])('one of which %s: it is not compared', async ([, members, reason]) => {
    const { databases, db3 } = fakeCluster()
    db3.members = members
    const scan = fakeScan(databases, { once: true })
    await scan.once()

    expect(scan.verdicts()).toEqual({
      'db2/group_replication shop.orders': 'same',
      'db3/group_replication shop.orders': reason,
    })
  })

  test('one of which was apart when a pass came by: it is looked at as soon as it is back', async () => {
    const { databases, db3 } = fakeCluster()
    db3.members = { db3: 'ERROR' }
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    expect(isAnyOwed(scan.context)).toBe(false)

    db3.members = ALL_ONLINE
    await runCheck(scan.context, threads)
    expect(isAnyOwed(scan.context)).toBe(true)
    await scan.pass('checksum', 'rest')

    expect(scan.verdicts()).toMatchObject({ 'db3/group_replication shop.orders': 'same' })
    expect(isAnyOwed(scan.context)).toBe(false)
  })

  test('of which one member alone is configured: nothing can be compared', async () => {
    const { db1 } = fakeCluster()
    const scan = fakeScan([db1], { once: true })
    await scan.once()

    expect(scan.verdicts()).toEqual({ 'db1 shop.orders': 'no_fence' })
  })
})
