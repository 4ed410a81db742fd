import { expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { ServerError } from '../../src/errors.ts'
import { parseGrants } from '../../src/mysql/grants.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

const HOUR = 3_600_000

async function looked() {
  const scan = fakeScan(fakeShop().databases)
  await runCheck(scan.context, threads)
  return { ...scan, up: () => reportOf(scan.context).servers.map(({ up }) => up) }
}

test('a server is up for two intervals of the threads check after its last answer', async () => {
  const { world, context, up } = await looked()
  const interval = context.config.intervals.threads ?? 0
  await world.sleep(2 * interval - 1_000)
  expect(up()).toEqual([true, true])
  await world.sleep(2_000)
  expect(up()).toEqual([false, false])
})

test('a clock that is set back keeps no server up, one that is set forward takes none down', async () => {
  const { world, context, up } = await looked()
  world.jump(HOUR)
  expect(up()).toEqual([true, true])
  world.jump(-2 * HOUR)
  await world.sleep(3 * (context.config.intervals.threads ?? 0))
  expect(up()).toEqual([false, false])
})

test('the replicas of a source that died are not taken for some that nobody configured', async () => {
  const { source, replica, databases } = fakeShop()
  const scan = fakeScan(databases)
  await runCheck(scan.context, threads)
  const facts = scan.context.facts.get('db1')
  if (facts === undefined) throw new Error('db1 is watched')
  // As MariaDB tells of them: by the connections that read its log.
  facts.seenReplicas = { by: 'connection', readers: [{ account: 'repl', host: '10.0.0.9' }] }
  facts.grants = parseGrants(['GRANT PROCESS ON *.* TO `drift`@`%`'])
  expect(reportOf(scan.context).replicasUnwatched).toEqual([])

  source.trouble = new ServerError('connect', 'db1: ECONNREFUSED')
  Object.assign(replica.channels[0] ?? {}, { Replica_IO_Running: 'Connecting' })
  await scan.world.sleep(10 * 60_000)
  await runCheck(scan.context, threads)

  expect(reportOf(scan.context).replicasUnwatched).toEqual([])

  // Nor once they replicate from another.
  replica.channels.splice(0)
  await runCheck(scan.context, threads)
  expect(reportOf(scan.context).replicasUnwatched).toEqual([])
})

test('the checks of a source that became a replica are due since then: its first pass takes its time', async () => {
  const { source, replica, databases } = fakeShop()
  const scan = fakeScan(databases)
  await runCheck(scan.context, threads)
  const dueSince = (server: string) =>
    reportOf(scan.context).servers.find(({ name }) => name === server)?.checks.checksum?.dueSince
  const began = scan.world.now()
  expect([dueSince('db1'), dueSince('db2')]).toEqual([undefined, began])

  await scan.world.sleep(HOUR)
  replica.channels.splice(0)
  source.channels.push(channelFrom('db2'))
  await runCheck(scan.context, threads)
  const failedOver = scan.world.now()
  expect([dueSince('db1'), dueSince('db2')]).toEqual([failedOver, undefined])

  await scan.world.sleep(HOUR)
  expect(dueSince('db1')).toEqual(failedOver)
})
