import { expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
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
