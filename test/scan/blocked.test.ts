import { describe, expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

const gone = new ServerError('connect', 'gone')

describe('a server that cannot be compared', () => {
  test('because it is gone: its tables are unknown as soon as they are known at all', async () => {
    const { databases, replica } = fakeShop()
    replica.trouble = gone
    const scan = fakeScan(databases, { once: true })
    await scan.once()

    expect(reportOf(scan.context).servers.map(({ up }) => up)).toEqual([true, false])
    expect(Object.values(scan.verdicts())).not.toContain('same')
  })

  test('because it went away: what was the same stays so for a while, what drifted for good', async () => {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.trouble = gone

    await scan.pass('row_count')
    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted', 'db2 shop.payments': 'same' })
    await scan.world.sleep(4 * 24 * 3_600_000)
    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'drifted',
      'db2 shop.payments': 'unreachable',
    })
  })

  test('because it went away: since when does not move', async () => {
    const { databases, replica } = fakeShop()
    const scan = fakeScan(databases)
    await scan.pass('checksum')
    replica.trouble = gone
    await scan.world.sleep(4 * 24 * 3_600_000)
    const sinces = () =>
      reportOf(scan.context).tables.map(({ standings }) => standings.checksum?.since)
    const before = sinces()

    await scan.world.sleep(3_600_000)

    expect(sinces()).toEqual(before)
  })

  test('because its account may not ask for its channels: no privilege, not "no fence"', async () => {
    const { databases, replica } = fakeShop()
    const denied = new ServerError('privilege', 'db2: denied', 1227)
    replica.refusals.push([/^SHOW REPLICA STATUS|FROM performance_schema/, denied])
    const scan = fakeScan(databases)

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'no_privilege' })
  })

  test('because its source is not in the set', async () => {
    const { replica } = fakeShop()
    const scan = fakeScan([replica])

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({
      'db2 shop.orders': 'unreachable',
      'db2 shop.payments': 'unreachable',
    })
  })

  test('not: of a declared link what stands still and differs is drifted', async () => {
    const { databases, replica } = fakeShop()
    replica.channels.length = 0
    replica.tables.get('shop.orders')?.rows.set(7, 'b')
    const links = [{ source: 'db1', replica: 'db2', kind: 'none' as const }]
    const scan = fakeScan(databases, { config: { links } })

    await scan.pass('checksum')

    expect(scan.verdicts()).toMatchObject({
      'db2 shop.payments': 'same',
      'db2 shop.orders': 'drifted',
    })
  })

  test('where a declared link moves: nothing is proven', async () => {
    const { databases, source, replica } = fakeShop()
    replica.channels.length = 0
    const orders = replica.tables.get('shop.orders')?.rows
    let reading = 0
    const answer = source.answer.bind(source)
    source.answer = (sql) => {
      if (sql.includes('SQL_NO_CACHE')) orders?.set(7, `${reading++}`)
      return answer(sql)
    }
    const links = [{ source: 'db1', replica: 'db2', kind: 'none' as const }]
    const scan = fakeScan(databases, { config: { links } })

    await scan.pass('checksum')

    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'no_fence', 'db2 shop.payments': 'same' })
  })

  test('because its account may write', async () => {
    const { databases, replica } = fakeShop()
    replica.grants.push('GRANT INSERT ON `shop`.* TO `drift`@`%`')
    const scan = fakeScan(databases, { once: true, checks: ['threads', 'grants', 'checksum'] })

    await scan.once()

    expect(scan.verdicts()).toMatchObject({ 'db2 shop.orders': 'write_privileges' })
    expect(replica.asked.some((sql) => sql.includes('SQL_NO_CACHE'))).toBe(false)
  })
})
