/** A server behind an address that is another one by now: what was read of the one before says nothing of it. */
import { expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { isOwedNow } from '../../src/scan/resume.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom, fakeDatabase, makeTableData } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { begin, largeShop, SLOW } from '../support/restarts.ts'

function smallShop() {
  const [source, replica] = [fakeDatabase('db1'), fakeDatabase('db2', [channelFrom('db1')])]
  for (const { tables } of [source, replica]) tables.set('shop.orders', makeTableData(10))
  return { source, replica, databases: [source, replica] }
}

test('a walk that outlasts a server is not the same, also where everybody knows the new one by then', async () => {
  const { databases, replica } = largeShop()
  const scan = fakeScan(databases, { config: SLOW })
  begin(scan)
  await scan.world.sleep(2_000)
  expect(scan.verdicts()).toMatchObject({ 'db2 shop.postings': 'not_yet' })

  replica.identity['server_id'] = '77'
  await runCheck(scan.context, threads)
  await scan.world.sleep(600_000)

  expect(scan.verdicts()).toMatchObject({ 'db2 shop.postings': 'identity_changed' })
})

test('what was the same on the server before is compared again, at once', async () => {
  const { databases, replica } = smallShop()
  const scan = fakeScan(databases)
  await scan.pass('checksum')
  expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })

  replica.identity['server_id'] = '77'
  await runCheck(scan.context, threads)
  expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'identity_changed' })
  expect(isOwedNow(scan.context)).toBe(true)

  await scan.pass('checksum', 'rest')
  expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })
})

test('what was drifted stays so until the new server is seen to agree', async () => {
  const { databases, replica } = smallShop()
  replica.tables.get('shop.orders')?.rows.set(3, 'b')
  const scan = fakeScan(databases)
  await scan.pass('checksum')
  replica.identity['server_id'] = '77'
  replica.tables.get('shop.orders')?.rows.set(3, 'a')
  await runCheck(scan.context, threads)
  expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'drifted' })

  await scan.pass('checksum', 'rest')
  expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same' })
})
