/** The promise itself: no false alarm and no silent miss, whatever is written, however late it comes. */
import { describe, expect, test } from 'vitest'
import type { TableOutcome } from '../../src/compare/decision.ts'
import { type FakeReplication, fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside } from '../support/fake-server.ts'
import { fakeTable } from '../support/fake-table.ts'
import { type FakeWorld, fakeWorld } from '../support/fake-world.ts'

const SEEDS = 60
const KEYS = 60
const END_MS = 90_000
/** Keys that are never written, so that what is planted there stays. */
const COLD = 20

interface History {
  readonly world: FakeWorld
  readonly replications: readonly FakeReplication[]
  /** Per replica. */
  readonly planted: readonly ReadonlySet<number>[]
}

/** Two replicas with lags of their own, a writer with habits of its own, faults on either replica. */
function historyOf(seed: number, faults: number, delayMs = 0): History {
  const world = fakeWorld(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(world.random() * list.length)] as T
  const lags = delayMs > 0 ? [() => delayMs] : [lagOf(world, pick), lagOf(world, pick)]
  const replications = lags.map((lag) => fakeReplication(world, rowsOf(KEYS, '0'), lag))
  const planted = replications.map((replication) => plant(world, replication, faults))

  const paceMs = pick([20, 100, 1_000])
  const hot = pick([1, 4, KEYS - COLD])
  const values = pick([2, 3, 1_000])
  const growsTo = pick([0, 0, 1])
  const isSemiSync = world.random() < 0.3
  for (let at = 0, next = KEYS; at < END_MS; at += paceMs * 2 * world.random()) {
    const isInsert = world.random() < growsTo * 0.5
    const key = isInsert ? next++ : COLD + Math.floor(world.random() * hot)
    const isDelete = !isInsert && world.random() < 0.15
    const value = isDelete ? null : String(Math.floor(world.random() * values))
    const stall = isSemiSync && world.random() < 0.01 ? world.random() * 40_000 : 0
    for (const replication of replications) replication.write(at, key, value, stall)
  }
  return { world, replications, planted }
}

/** None, constant, in jumps, or growing and caught up again. */
function lagOf(world: FakeWorld, pick: <T>(list: readonly T[]) => T): (at: number) => number {
  const lagMs = pick([0, 80, 1_000, 4_000, 12_000])
  const jumpMs = pick([1, 1, 3_000, 9_000])
  const waves = world.random() < 0.3 ? 5_000 : 0
  return (at) => Math.ceil((at + lagMs + waves * (1 + Math.sin(at / 7_000))) / jumpMs) * jumpMs - at
}

function plant(world: FakeWorld, replication: FakeReplication, faults: number): Set<number> {
  const keys = new Set<number>()
  for (let fault = 0; fault < faults; fault += 1) {
    const isExtra = world.random() < 0.3
    const key = isExtra ? -5 + fault : Math.floor(world.random() * COLD)
    replication.plant(0, key, isExtra || world.random() < 0.5 ? 'planted' : null)
    keys.add(key)
  }
  return keys
}

async function compared({ world, replications }: History, delayMs = 0): Promise<TableOutcome[]> {
  await world.sleep(world.random() * 10_000)
  const table = fakeTable(world, replications, {}, delayMs)
  const outcomes = await table.compare()
  return await Promise.all(
    outcomes.map(async (outcome, replica) => ({
      ...outcome,
      located: outcome.verdict === 'drifted' ? await table.locate(replica, outcome) : null,
    })),
  )
}

/** Every drifted range holds a fault, and every fault is in a drifted range, or its table is not vouched for. */
function lies({ planted }: History, outcomes: readonly TableOutcome[]): string[] {
  return outcomes.flatMap(({ drifted, located, unknownReason }, index) => {
    const faults = [...(planted[index] ?? [])]
    const invented = drifted.filter((range) => !faults.some((key) => isInside(key, range)))
    const missed = faults.filter((key) => !drifted.some((range) => isInside(key, range)))
    const rows = new Set(located?.rows.map(({ key }) => Number(key[0])))
    const unlisted = drifted.length > 0 && located?.counted === true
    return [
      ...[...rows]
        .filter((key) => !faults.includes(key))
        .map((key) => `db${index + 2}: ${key} is no fault`),
      ...faults
        .filter((key) => unlisted && !rows.has(key) && !missed.includes(key))
        .map((key) => `db${index + 2}: ${key} is not listed`),
      ...invented.map(({ lower }) => `db${index + 2}: nothing differs at ${lower?.key}`),
      ...(unknownReason === null ? missed : []).map((key) => `db${index + 2}: ${key} was missed`),
    ]
  })
}

describe('a random history', () => {
  test.for<[string, number]>([
    ['without faults', 0],
    ['with one fault on each replica', 1],
    ['with several faults on each replica', 4],
  ])('%s is told as it is', { timeout: 60_000 }, async ([, faults]) => {
    const found: string[] = []
    let undecided = 0
    for (let seed = 1_000 * faults; seed < 1_000 * faults + SEEDS; seed += 1) {
      const history = historyOf(seed, faults)
      const outcomes = await compared(history)
      undecided += outcomes.filter(({ unknownReason }) => unknownReason !== null).length
      found.push(...lies(history, outcomes).map((lie) => `seed ${seed}: ${lie}`))
    }
    expect(found).toEqual([])
    expect(undecided).toBeLessThan(0.1 * 2 * SEEDS)
  })

  test('on a replica that is delayed on purpose is told as it is, and hardly any fault is missed', {
    timeout: 60_000,
  }, async () => {
    const delayMs = 40_000
    const found: string[] = []
    let missed = 0
    for (let seed = 9_000; seed < 9_000 + SEEDS; seed += 1) {
      const history = historyOf(seed, 2, delayMs)
      const outcomes = await compared(history, delayMs)
      found.push(...lies(history, outcomes).map((lie) => `seed ${seed}: ${lie}`))
      // By chance, where so much is new that not all of it can be pending, or where the source stalls.
      missed += lies(
        history,
        outcomes.map((outcome) => ({ ...outcome, unknownReason: null })),
      ).length
    }
    expect(found).toEqual([])
    expect(missed).toBeLessThan(0.1 * 2 * SEEDS)
  })

  test('ends with every chunk decided or a reason', async () => {
    for (let seed = 1; seed <= 20; seed += 1) {
      for (const { verdict, reason, rows } of await compared(historyOf(seed, 1))) {
        expect({ seed, isExplained: verdict !== 'unknown' || reason !== null }).toEqual({
          seed,
          isExplained: true,
        })
        if (verdict === 'same') expect(rows?.source).toBe(rows?.replica)
      }
    }
  })
})
