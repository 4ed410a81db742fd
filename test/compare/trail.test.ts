import { describe, expect, test } from 'vitest'
import type { Decision } from '../../src/compare/decision.ts'
import { type Progress, trailOf } from '../../src/compare/trail.ts'
import { type Bound, EVERYTHING, type Range } from '../../src/mysql/range.ts'
import { type FakeReplication, fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside, textOf } from '../support/fake-server.ts'
import { fakeTable } from '../support/fake-table.ts'
import { type FakeWorld, fakeWorld } from '../support/fake-world.ts'

const at = (key: number): Bound => ({ key: [String(key)], side: 'before' })
const range = (lower: number | null, upper: number | null): Range => ({
  lower: lower === null ? null : at(lower),
  upper: upper === null ? null : at(upper),
})
const decided = (
  where: Range,
  verdict: Decision['verdict'] = 'same',
  startedAt = new Date(0),
): Decision => ({
  range: where,
  startedAt,
  verdict,
  reason: verdict === 'unknown' ? 'lag' : null,
  rows: verdict === 'unknown' ? null : { source: 10n, replica: 10n },
})
const makeLane = () => ({ decisions: [] as Decision[], lost: false })
const openOf = (progress: Progress | null) => progress?.open.map(textOf)

describe('what is open of a walk', () => {
  test('is nothing to speak of before anything agreed', () => {
    const lane = makeLane()
    const trail = trailOf([lane], [EVERYTHING], () => null)
    trail.read(range(null, 10), range(10, null))
    lane.decisions.push(decided(range(null, 10), 'drifted'))
    expect(trail.progressOf(lane)).toBeNull()
  })

  test('is what was not read', () => {
    const lane = makeLane()
    const trail = trailOf([lane], [EVERYTHING], () => null)
    trail.read(range(null, 10), range(10, null))
    lane.decisions.push(decided(range(null, 10)))
    expect(openOf(trail.progressOf(lane))).toEqual(['10..'])
  })

  test('is what differed until all of its parts agreed', () => {
    const lane = makeLane()
    const trail = trailOf([lane], [EVERYTHING], () => null)
    trail.read(range(null, 10), range(10, null))
    trail.read(range(10, 20), range(20, null))
    lane.decisions.push(decided(range(10, 20)), decided(range(5, 10)))
    expect(openOf(trail.progressOf(lane))).toEqual(['..10)', '20..'])
    lane.decisions.push(decided(range(null, 3)), decided(range(3, 5)))
    expect(trail.progressOf(lane)).toMatchObject({
      done: { chunks: 4, rows: { source: 40n, replica: 40n } },
    })
    expect(openOf(trail.progressOf(lane))).toEqual(['20..'])
  })

  test.for(['drifted', 'unknown'] as const)('is what is %s: it is looked at first', (verdict) => {
    const lane = makeLane()
    const trail = trailOf([lane], [EVERYTHING], () => null)
    for (const [index, each] of [verdict, 'same', 'same'].entries()) {
      const chunk = range(index * 10, index * 10 + 10)
      trail.read(chunk, range(index * 10 + 10, null))
      lane.decisions.push(decided(chunk, each as Decision['verdict']))
    }
    expect(openOf(trail.progressOf(lane))).toEqual(['0..10)', '30..'])
  })

  test('is what one of several replicas has not agreed to', () => {
    const [one, two] = [makeLane(), makeLane()]
    const trail = trailOf([one, two], [EVERYTHING], () => null)
    trail.read(range(null, 10), range(10, null))
    trail.read(range(10, 20), range(20, null))
    one.decisions.push(decided(range(null, 10)), decided(range(10, 20)))
    two.decisions.push(decided(range(10, 20)))
    expect(openOf(trail.progressOf(one))).toEqual(['..10)', '20..'])
    expect(trail.progressOf(two)?.open).toEqual(trail.progressOf(one)?.open)
  })

  test('does not wait for a replica that was lost, which has no place of its own', () => {
    const [one, two] = [makeLane(), { ...makeLane(), lost: true }]
    const trail = trailOf([one, two], [EVERYTHING], () => null)
    trail.read(range(null, 10), range(10, null))
    one.decisions.push(decided(range(null, 10)))
    expect(openOf(trail.progressOf(one))).toEqual(['10..'])
    expect(trail.progressOf(two)).toBeNull()
  })

  test('goes on from an earlier walk, whose oldest reading it keeps', () => {
    const lane = makeLane()
    const done = { chunks: 7, rows: { source: 70n, replica: 70n }, startedAt: new Date(1_000) }
    const trail = trailOf([lane], [range(5, 10), range(50, null)], () => done)
    expect(openOf(trail.progressOf(lane))).toEqual(['5..10)', '50..'])
    trail.read(range(5, 10), null)
    lane.decisions.push(decided(range(5, 10), 'same', new Date(2_000)))
    expect(trail.progressOf(lane)).toEqual({
      done: { chunks: 8, rows: { source: 80n, replica: 80n }, startedAt: new Date(1_000) },
      open: [range(50, null)],
    })
  })

  test('stays as it was while more is undecided than can be kept', () => {
    const lane = makeLane()
    const trail = trailOf([lane], [EVERYTHING], () => null)
    trail.read(range(null, 0), range(0, null))
    lane.decisions.push(decided(range(null, 0)))
    const before = trail.progressOf(lane)
    for (let key = 0; key < 2_000; key += 1) {
      trail.read(range(key, key + 1), range(key + 1, null))
      if (key % 2 === 0) lane.decisions.push(decided(range(key, key + 1)))
    }
    expect(trail.progressOf(lane)).toEqual(before)
    for (let key = 1; key < 2_000; key += 2) lane.decisions.push(decided(range(key, key + 1)))
    expect(openOf(trail.progressOf(lane))).toEqual(['2000..'])
  })
})

const ROWS = 6_000

/** Two replicas with a lag, writes all over the upper half, and one fault in the lower half of each. */
function historyOf(seed: number): {
  readonly world: FakeWorld
  readonly replications: readonly FakeReplication[]
  readonly faults: readonly number[]
} {
  const world = fakeWorld(seed)
  const lagMs = 2_000 * world.random()
  const replications = [1, 2].map(() =>
    fakeReplication(world, rowsOf(ROWS), () => Math.ceil(lagMs * world.random())),
  )
  for (let at = 0; at < 60_000; at += 40 * world.random()) {
    const key = ROWS / 2 + Math.floor((world.random() * ROWS) / 2)
    for (const replication of replications) replication.write(at, key, String(at))
  }
  const faults = replications.map((replication) => {
    const key = Math.floor((world.random() * ROWS) / 2)
    replication.plant(0, key, 'planted')
    return key
  })
  return { world, replications, faults }
}

describe('a walk that is broken off again and again', () => {
  test('finds in the end what one walk finds', { timeout: 120_000 }, async () => {
    let resumed = 0
    for (let seed = 1; seed <= 20; seed += 1) {
      const { world, replications, faults } = historyOf(seed)
      const table = fakeTable(world, replications)
      let progress: readonly Progress[] = []
      for (let kills = 0; kills < 4; kills += 1) {
        const now = await table.breakOff(world.random() * 4_000, progress)
        const known = now?.filter((each) => each !== null) ?? []
        if (known.length === replications.length) progress = known
      }
      if (progress.length > 0) resumed += 1
      const outcomes = await table.goOn(progress)
      for (const [index, { verdict, drifted, rows, startedAt }] of outcomes.entries()) {
        const fault = faults[index] ?? Number.NaN
        const told = { seed, verdict, rows, isFound: drifted.some((each) => isInside(fault, each)) }
        expect(told).toEqual({
          seed,
          verdict: 'drifted',
          isFound: true,
          rows: { source: BigInt(ROWS), replica: BigInt(ROWS) },
        })
        expect(drifted).toHaveLength(1)
        const oldest = progress[index]?.done.startedAt ?? startedAt
        expect(startedAt.getTime()).toBeLessThanOrEqual(oldest.getTime())
      }
    }
    expect(resumed).toBeGreaterThan(5)
  })

  test('reads nothing again that had agreed', async () => {
    const world = fakeWorld()
    const table = fakeTable(world, [fakeReplication(world, rowsOf(100_000))])
    const [progress] = (await table.breakOff(12)) ?? []
    if (progress == null) throw new Error('it had not come far enough, or had come to its end')
    const [rest] = progress.open
    const from = Number(rest?.lower?.key[0])
    expect(from).toBeGreaterThan(0)
    const seen = table.reader.reads.length

    const [outcome] = await table.goOn([progress])

    const starts = table.reader.reads
      .slice(seen)
      .map((read) => Number(/ (\d*)\.\./.exec(read)?.[1]))
    expect(Math.min(...starts)).toBe(from)
    expect(outcome).toMatchObject({
      verdict: 'same',
      rows: { source: 100_000n, replica: 100_000n },
      startedAt: progress.done.startedAt,
    })
    expect(outcome?.chunks).toBeGreaterThan(progress.done.chunks)
  })
})
