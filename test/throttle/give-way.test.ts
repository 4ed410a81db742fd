import { describe, expect, test } from 'vitest'
import { GaveWay, ServerError } from '../../src/errors.ts'
import { givingWay } from '../../src/throttle/give-way.ts'
import { fakeWorld } from '../support/fake-world.ts'

/** A reading of so many ms, and a DDL that comes at `waitsAt` and waits for it. */
function make(waitsAt: number) {
  const world = fakeWorld()
  const seen = { looks: 0 }
  const read = (ms: number) => (signal: AbortSignal) => world.sleep(ms, signal).then(() => 'read')
  const options = {
    server: 'db1',
    everyMs: 250,
    world,
    isAnyoneWaiting: async () => {
      seen.looks += 1
      return world.elapsed() >= waitsAt
    },
  }
  return { world, seen, run: (ms: number) => givingWay(read(ms), options) }
}

describe('a reading', () => {
  test('that is short does not look around', async () => {
    const { run, seen } = make(0)
    expect(await run(249)).toBe('read')
    expect(seen.looks).toBe(0)
  })

  test('that is long and in nobody’s way goes on to its end', async () => {
    const { run, seen, world } = make(Infinity)
    expect(await run(1_100)).toBe('read')
    expect({ ...seen, elapsed: world.elapsed() }).toEqual({ looks: 4, elapsed: 1_100 })
  })

  test('ends as soon as it is seen that somebody waits', async () => {
    const { run, world } = make(300)
    await expect(run(60_000)).rejects.toThrow(GaveWay)
    expect(world.elapsed()).toBe(500)
  })

  test('that a cluster ended for a DDL gave way as well', async () => {
    const { world } = make(Infinity)
    const ended = new ServerError('query', 'db1: Deadlock found when trying to get lock', 1213)
    const options = { server: 'db1', everyMs: 250, world, isAnyoneWaiting: async () => false }
    await expect(givingWay(() => Promise.reject(ended), options)).rejects.toThrow(GaveWay)
  })

  test('goes on when nobody can tell', async () => {
    const { world } = make(0)
    const run = givingWay((signal) => world.sleep(600, signal).then(() => 'read'), {
      server: 'db1',
      everyMs: 250,
      world,
      isAnyoneWaiting: () => Promise.reject(new Error('no answer')),
    })
    expect(await run).toBe('read')
  })

  test('leaves nobody looking around behind it', async () => {
    const { run, seen, world } = make(Infinity)
    await run(300)
    const { looks } = seen
    await world.sleep(5_000)
    expect(seen.looks).toBe(looks)
  })
})
