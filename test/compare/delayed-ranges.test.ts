import { describe, expect, test } from 'vitest'
import type { TableOutcome } from '../../src/compare/decision.ts'
import { pollMs } from '../../src/compare/fenced-look.ts'
import { type FakeReplication, fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside } from '../support/fake-server.ts'
import { type FakeTable, fakeTable } from '../support/fake-table.ts'
import { type FakeWorld, fakeWorld } from '../support/fake-world.ts'

const HOUR = 3_600_000
/** Three looks that begin 5 s apart, and the readings themselves. */
const LOOKS_MS = 60_000

interface Delayed {
  readonly world: FakeWorld
  readonly replication: FakeReplication
  readonly table: FakeTable
}

/** A replica that applies everything an hour later. */
function delayed(rows = 20): Delayed {
  const world = fakeWorld()
  const replication = fakeReplication(world, rowsOf(rows), () => HOUR)
  const table = fakeTable(world, [replication], {}, HOUR)
  return { world, replication, table }
}

async function outcomeOf({ table }: Delayed): Promise<TableOutcome> {
  const [outcome] = await table.compare()
  if (outcome === undefined) throw new Error('one replica was compared')
  return outcome
}

const driftedKeys = ({ drifted }: TableOutcome, rows = 20) =>
  Array.from({ length: rows }, (_, key) => key).filter((key) =>
    drifted.some((range) => isInside(key, range)),
  )

describe('what differs on a replica that is delayed by an hour', () => {
  test('is the same when it has been applied, an hour later', async () => {
    const set = delayed()
    set.replication.write(0, 3, 'b')

    const outcome = await outcomeOf(set)

    expect(outcome).toMatchObject({ verdict: 'same', rows: { source: 20n, replica: 20n } })
    expect(set.world.elapsed()).toBeGreaterThan(HOUR - LOOKS_MS)
    expect(set.world.elapsed()).toBeLessThan(HOUR + LOOKS_MS)
  })

  test('is drift after one delay, not after one for each confirmation', async () => {
    const set = delayed()
    set.replication.plant(0, 3, 'b')
    // So that the replica is behind each fence by its whole delay.
    for (let at = 0; at < LOOKS_MS; at += 1_000) set.replication.write(at, 19, `at ${at}`)

    const outcome = await outcomeOf(set)

    expect(outcome.verdict).toBe('drifted')
    expect(driftedKeys(outcome)).toEqual([3])
    expect(set.world.elapsed()).toBeGreaterThan(HOUR)
    expect(set.world.elapsed()).toBeLessThan(HOUR + LOOKS_MS)
    expect(set.table.source.load.rechecks).toMatchObject({ disagree: 3 })
  })

  test('is nothing to wait for when the replica has applied all that there is', async () => {
    const set = delayed()
    set.replication.plant(0, 3, null)

    const outcome = await outcomeOf(set)

    expect(driftedKeys(outcome)).toEqual([3])
    expect(set.world.elapsed()).toBeLessThan(LOOKS_MS)
  })

  test('stays unknown where it is written faster than it can be read, and nowhere else', async () => {
    const set = delayed()
    set.replication.plant(0, 3, 'b')
    for (let at = 0; at < 2 * LOOKS_MS; at += 5) set.replication.write(at, 7, `at ${at}`)

    const outcome = await outcomeOf(set)

    expect(driftedKeys(outcome)).toEqual([3])
    expect(outcome).toMatchObject({ verdict: 'drifted', unknownReason: 'delayed' })
    expect(outcome.delayed?.rest?.ranges.filter((range) => isInside(7, range))).toHaveLength(1)
    expect(outcome.delayed?.rest?.ranges.filter((range) => isInside(8, range))).toEqual([])
  })

  test('is the same if it was written again only when its fence had been taken', async () => {
    const set = delayed()
    set.replication.write(0, 3, 'b')
    set.replication.write(HOUR / 2, 3, 'c')

    expect(await outcomeOf(set)).toMatchObject({ verdict: 'same', unknownReason: null })
  })

  test('is the same when it was repaired before the delay was over', async () => {
    const set = delayed()
    set.replication.plant(0, 3, 'b')
    set.replication.write(1, 19, 'new')
    set.replication.plant(HOUR / 2, 3, 'a')

    expect(await outcomeOf(set)).toMatchObject({ verdict: 'same', unknownReason: null })
  })

  test('is no drift when it was written and written back within the delay', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      const world = fakeWorld(seed)
      const replication = fakeReplication(world, rowsOf(20), () => HOUR)
      for (let at = 0; at < 3 * HOUR; at += 1_000 + 20_000 * world.random()) {
        replication.write(at, 3, world.random() < 0.5 ? 'a' : 'b')
      }
      await world.sleep(HOUR * world.random())

      const [outcome] = await fakeTable(world, [replication], {}, HOUR).compare()

      expect({ seed, drifted: outcome?.drifted }).toEqual({ seed, drifted: [] })
    }
  })

  test('holds no connection until then, and is hardly ever asked for', async () => {
    const set = delayed()
    set.replication.write(0, 3, 'b')
    const { hasReached } = set.replication.fencing
    const asked: number[] = []
    Object.assign(set.replication.fencing, {
      hasReached(...args: Parameters<typeof hasReached>) {
        asked.push(set.world.elapsed())
        return hasReached(...args)
      },
    })
    let reading = 0
    for (const server of [set.table.source, ...set.table.replicas]) {
      const { read } = server
      server.read = async (task, how) => {
        reading += 1
        try {
          return await read(task, how)
        } finally {
          reading -= 1
        }
      }
    }
    const found = outcomeOf(set)
    const held: number[] = []
    for (let minute = 5; minute < 55; minute += 1) {
      await set.world.sleep(minute === 5 ? 300_000 : 60_000)
      held.push(reading)
    }

    expect(await found).toMatchObject({ verdict: 'same' })
    expect(Math.max(...held)).toBe(0)
    expect(asked.length / 3).toBeLessThan(200)
  })

  test('is looked at by chance where it is more than can be pending, and the rest is unknown', async () => {
    const set = delayed(2_000)
    for (let key = 0; key < 2_000; key += 1) set.replication.plant(0, key, 'b')

    const outcome = await outcomeOf(set)

    const found = driftedKeys(outcome, 2_000)
    expect(found.length).toBeGreaterThan(32)
    expect(found.length).toBeLessThanOrEqual(64)
    // Not the first in the order of keys: what is new would hide what is old for ever.
    expect(found.at(-1)).toBeGreaterThan(1_000)
    expect(outcome.unknownReason).toBe('delayed')
    const open = outcome.delayed?.rest?.ranges ?? []
    const isTold = (key: number) => [...outcome.drifted, ...open].some((at) => isInside(key, at))
    expect(Array.from({ length: 2_000 }, (_, key) => key).filter((key) => !isTold(key))).toEqual([])
  })

  test('is unknown when the replica is still not there long after its delay', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(20), () => 3 * HOUR)
    replication.write(0, 3, 'b')

    const [outcome] = await fakeTable(world, [replication], {}, HOUR).compare()

    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'lag' })
    expect(world.elapsed()).toBeLessThan(HOUR + LOOKS_MS)
  })
})

describe('how long until a replica is asked again', () => {
  test.for<[string, number, number, number]>([
    ['is short on one that is not delayed', 5_000, 0, 125],
    ['is short when its fence was just taken', 100, HOUR, 125],
    ['grows while it is early', 20_000, HOUR, 5_000],
    ['does not grow beyond half a minute', HOUR / 2, HOUR, 30_000],
    ['is short again when its delay is about to be over', HOUR - 400, HOUR, 125],
    ['is short when it is late', HOUR + 5_000, HOUR, 125],
  ])('%s', ([, waitedMs, delayMs, expected]) => {
    expect(pollMs(waitedMs, delayMs, 0.5)).toBe(expected)
  })
})
