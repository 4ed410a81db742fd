import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { eventually, isFrozen, processesWithArgument, signal } from '../../src/lab/process.ts'
import { identityOf, isRunning, type ProcessIdentity } from '../../src/process-identity.ts'

/** A process that waits to be killed, and an argument by which only it is known. */
async function waiting(): Promise<{ identity: ProcessIdentity; argument: string }> {
  const argument = `--waiting=${process.pid}-${Math.random()}`
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', '--', argument])
  await once(child, 'spawn')
  const identity = identityOf(child.pid ?? 0)
  if (identity === null) throw new Error('it is not there')
  return { identity, argument }
}

test('a process is found by its argument, frozen, and killed while frozen', async () => {
  const { identity, argument } = await waiting()
  expect(processesWithArgument(argument)).toEqual([identity])
  signal(identity, 'SIGSTOP')
  expect(await eventually(() => isFrozen(identity), 10_000)).toBe(true)
  signal(identity, 'SIGKILL')
  expect(await eventually(() => !isRunning(identity), 10_000)).toBe(true)
  expect(processesWithArgument(argument)).toEqual([])
})

test('a process that got the same pid later, or after a reboot, is never signalled', async () => {
  const { identity } = await waiting()
  expect(signal({ ...identity, startTicks: '1' }, 'SIGKILL')).toBe(false)
  expect(signal({ ...identity, bootId: 'another boot' }, 'SIGKILL')).toBe(false)
  expect(isRunning(identity)).toBe(true)
  expect(signal(identity, 'SIGKILL')).toBe(true)
})

test('a process that is not there has no identity', () => {
  expect(identityOf(2 ** 30)).toBeNull()
})
