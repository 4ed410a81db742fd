import { describe, expect, test } from 'vitest'
import { createLogger } from '../../src/log.ts'
import { keepState } from '../../src/state-file/keeper.ts'
import { fakeWorld } from '../support/fake-world.ts'

function keeping(writeMs = 0) {
  const world = fakeWorld()
  const log: string[] = []
  const writes: number[] = []
  const state = { verdicts: 0, other: 0, problem: null as Error | null }
  const keeper = keepState(
    {
      path: 'state',
      async write() {
        await world.sleep(writeMs)
        if (state.problem !== null) throw state.problem
        writes.push(world.elapsed())
      },
    },
    {
      memories: () => [],
      changes: () => ({ verdicts: state.verdicts, items: [state.verdicts, state.other] }),
    },
    {
      world,
      log: createLogger({
        level: 'info',
        format: 'logfmt',
        now: world.now,
        write: (line) => log.push(line.replace(/^ts=\S+ /, '')),
      }),
    },
  )
  return { world, log, writes, state, keeper }
}

describe('the state', () => {
  test('is not written while nothing changes, and once at the end', async () => {
    const { world, writes, keeper } = keeping()
    await world.sleep(60_000)
    expect(writes).toEqual([])
    await keeper.end()
    expect(writes).toHaveLength(1)
  })

  test('is written within a second of a verdict', async () => {
    const { world, writes, state, keeper } = keeping()
    for (let at = 777; at < 60_000; at += 3_333) {
      await world.sleep(at - world.elapsed())
      state.verdicts += 1
      await world.sleep(1_000)
      expect(writes.at(-1)).toBeGreaterThanOrEqual(at)
    }
    await keeper.end()
  })

  test('is written within a second also when the clock was set back', async () => {
    const { world, writes, state, keeper } = keeping()
    await world.sleep(10_000)
    world.jump(-3_600_000)
    state.verdicts += 1
    await world.sleep(1_000)
    expect(writes).toHaveLength(1)
    await keeper.end()
  })

  test('is written every few seconds while other things change', async () => {
    const { world, writes, state, keeper } = keeping()
    for (let change = 0; change < 600; change += 1) {
      state.other += 1
      await world.sleep(100)
    }
    expect(writes.length).toBeGreaterThan(10)
    expect(writes.length).toBeLessThanOrEqual(12)
    await keeper.end()
  })

  test('that takes long to write is written less often', async () => {
    const { world, writes, state, keeper } = keeping(2_000)
    for (let change = 0; change < 6_000; change += 1) {
      state.other += 1
      await world.sleep(100)
    }
    expect(writes.length).toBeGreaterThan(12)
    expect(writes.length).toBeLessThanOrEqual(16)
    for (let change = 0; change < 6_000; change += 1) {
      state.verdicts += 1
      await world.sleep(100)
    }
    expect(writes.length).toBeGreaterThan(60)
    expect(writes.length).toBeLessThanOrEqual(80)
    await keeper.end()
  })

  test('that cannot be written is told once, and tried until it can', async () => {
    const { world, log, writes, state, keeper } = keeping()
    const full = () => Object.assign(new Error('no space left'), { code: 'ENOSPC' })
    state.problem = full()
    for (let change = 0; change < 300; change += 1) {
      state.verdicts += 1
      state.problem = full()
      await world.sleep(100)
    }
    expect(log).toEqual(['level=error event=state_not_saved file=state error=ENOSPC'])
    state.problem = Object.assign(new Error('refused'), { code: 'EACCES' })
    await world.sleep(10_000)
    expect(log.slice(1)).toEqual(['level=error event=state_not_saved file=state error=EACCES'])
    expect(writes).toEqual([])
    state.problem = null
    await world.sleep(10_000)
    expect(log.slice(2)).toEqual(['level=info event=state_saved_again file=state'])
    expect(writes).toHaveLength(1)
    await keeper.end()
  })
})
