import { describe, expect, test } from 'vitest'
import { EVERYTHING, type Range, rangeOfKey } from '../../src/mysql/range.ts'
import { CONFIRM_DELAY_MS, opened } from '../support/fake-open-ranges.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside } from '../support/fake-server.ts'
import { fakeWorld } from '../support/fake-world.ts'

describe('a difference that stays', () => {
  function planted() {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(10))
    replication.plant(0, 3, 'b')
    return { world, replication }
  }

  test('is drift after exactly three looks', async () => {
    const { world, replication } = planted()

    const { decisions, link } = await opened(world, replication)

    expect(decisions.map(({ verdict }) => verdict)).toEqual(['drifted'])
    expect(link.source.load.rechecks).toMatchObject({ disagree: 3, same: 0, moving: 0 })
  })

  test('is looked at again after a random part of the delay, never at once', async () => {
    const { world, replication } = planted()

    const { reads } = await opened(world, replication)

    expect(reads.filter((read) => read.startsWith('db2'))).toHaveLength(3)
    expect(world.elapsed()).toBeGreaterThan(2 * 0.75 * CONFIRM_DELAY_MS)
    expect(world.elapsed()).toBeLessThan(2 * 1.25 * CONFIRM_DELAY_MS + 2_000)
  })

  test.for<[string, Range]>([
    ['of a single row', rangeOfKey(['3'])],
    ['of several rows', EVERYTHING],
  ])('has the source read eight times more at each look but the first: %s', async ([, range]) => {
    const { world, replication } = planted()

    const { reads } = await opened(world, replication, { ranges: [range] })

    const ofSource = reads.filter((read) => read.startsWith('db1'))
    expect(ofSource.length).toBeGreaterThanOrEqual(2 + 10 + 10)
  })

  test('is suspect until then', async () => {
    const { world, replication } = planted()

    const { suspects } = await opened(world, replication)

    expect(suspects).toEqual([1, 0])
  })

  test('is no drift when it is repaired before the third look', async () => {
    const { world, replication } = planted()
    replication.plant(1.5 * CONFIRM_DELAY_MS, 3, 'a')

    const { decisions, link } = await opened(world, replication)

    expect(decisions.map(({ verdict }) => verdict)).toEqual(['same'])
    expect(link.source.load.rechecks.disagree).toBe(2)
  })

  test('starts again when the row is changed on the source in the meantime', async () => {
    const { world, replication } = planted()
    replication.write(1.5 * CONFIRM_DELAY_MS, 4, 'c')

    const { verdictOf, link } = await opened(world, replication)

    expect(verdictOf(3)).toBe('drifted')
    expect(verdictOf(4)).toBe('same')
    expect(link.source.load.rechecks.disagree).toBeGreaterThanOrEqual(2 + 3)
  })

  test('is found beside a row that changes between the looks, and stands still during each', async () => {
    const { world, replication } = planted()
    for (let at = 0; at < 3_600_000; at += CONFIRM_DELAY_MS / 2) {
      replication.write(at, 4, `at ${at}`)
    }

    const { verdictOf } = await opened(world, replication)

    expect(verdictOf(3)).toBe('drifted')
    expect(verdictOf(4)).toBe('same')
  })

  test('is hot where the replica itself is written all the time', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(10))
    for (let at = 0; at < 3_600_000; at += CONFIRM_DELAY_MS / 2)
      replication.plant(at, 3, `at ${at}`)

    const { verdictOf } = await opened(world, replication)

    expect(verdictOf(3)).toBe('hot')
    expect(verdictOf(4)).toBe('same')
  })

  test('counts the rows of both ends', async () => {
    const { world, replication } = planted()
    replication.plant(0, 77, 'extra')

    const { decisions } = await opened(world, replication)

    expect(decisions[0]?.rows).toEqual({ source: 10n, replica: 11n })
  })
})

describe('rows that move all the time', () => {
  /** Rows of the upper half are written every 40 ms, for ten minutes. */
  function busy() {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(64), () => 300)
    for (let at = 0; at < 600_000; at += 40) {
      replication.write(at, 32 + ((at / 40) % 32), `v${at}`)
    }
    return { world, replication }
  }

  test('are the same as soon as they are looked at one by one', async () => {
    const { world, replication } = busy()

    const { decisions } = await opened(world, replication)

    expect(new Set(decisions.map(({ verdict }) => verdict))).toEqual(new Set(['same']))
  })

  test('do not hide the one beside them that has drifted', async () => {
    const { world, replication } = busy()
    replication.plant(0, 20, 'lost')

    const { decisions } = await opened(world, replication)

    const drifted = decisions.filter(({ verdict }) => verdict === 'drifted')
    expect(drifted.map(({ range }) => isInside(20, range))).toEqual([true])
    expect(drifted.every(({ range }) => !isInside(40, range))).toBe(true)
  })

  test('do not hide one in their middle that is missing on the replica', async () => {
    const world = fakeWorld()
    const cold = fakeReplication(world, rowsOf(64), () => 300)
    for (let at = 0; at < 600_000; at += 40) {
      const key = (at / 40) % 64
      if (key !== 33) cold.write(at, key, `v${at}`)
    }
    cold.plant(0, 33, null)

    const { verdictOf } = await opened(world, cold)

    expect(verdictOf(33)).toBe('drifted')
  })

  test('cover the whole range with their decisions, each key once', async () => {
    const { world, replication } = busy()

    const { decisions } = await opened(world, replication)

    for (let key = -1; key <= 70; key += 1) {
      expect(
        decisions.filter(({ range }) => isInside(key, range)),
        `key ${key}`,
      ).toHaveLength(1)
    }
  })

  test('are hot in a table that cannot be cut', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(8), () => 300)
    for (let at = 0; at < 60_000; at += 2) replication.write(at, at % 8, `v${at}`)

    const { decisions } = await opened(world, replication, { reader: { walkable: false } })

    expect(decisions).toMatchObject([{ verdict: 'unknown', reason: 'hot', rows: null }])
  })

  test('are hot one by one when they change faster than they can be read', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(8), () => 1_000)
    for (let at = 0; at < 600_000; at += 1) replication.write(at, 5, `v${at}`)

    const { verdictOf } = await opened(world, replication)

    expect([4, 5, 6].map(verdictOf)).toEqual(['same', 'hot', 'same'])
  })
})

describe('a table that grows at its end', () => {
  test.for([20, 100, 1_000])('by a row every %i ms is decided all the same', async (every) => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(50), () => 500)
    for (let at = 0; at < 3_600_000; at += every) replication.write(at, 50 + at / every, 'new')

    const { decisions, verdictOf } = await opened(world, replication)

    expect(decisions.filter(({ verdict }) => verdict === 'drifted')).toEqual([])
    expect(verdictOf(49)).toBe('same')
    expect(world.elapsed()).toBeLessThan(600_000)
  })

  test('does not hide a row far beyond it that only the replica has', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(50), () => 500)
    for (let at = 0; at < 3_600_000; at += 100) replication.write(at, 50 + at / 100, 'new')
    replication.plant(0, 1_000_000, 'errant')

    const { verdictOf } = await opened(world, replication)

    expect(verdictOf(1_000_000)).toBe('drifted')
  })
})
