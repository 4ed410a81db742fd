import { describe, expect, test } from 'vitest'
import type { TableOutcome } from '../../src/compare/decision.ts'
import { Undecided } from '../../src/compare/undecided.ts'
import { ServerError } from '../../src/errors.ts'
import { type Bound, EVERYTHING, rangeOfKey } from '../../src/mysql/range.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside } from '../support/fake-server.ts'
import { type FakeTable, fakeTable } from '../support/fake-table.ts'
import { fakeWorld } from '../support/fake-world.ts'

const ROWS = 6_000
const TIME_LIMIT = new ServerError('timeout', 'db: maximum statement execution time exceeded', 3024)

function make(replicas = 1, rows = ROWS, overrides: Parameters<typeof fakeTable>[2] = {}) {
  const world = fakeWorld()
  const replications = Array.from({ length: replicas }, () => fakeReplication(world, rowsOf(rows)))
  const table = fakeTable(world, replications, overrides)
  return { world, table, replications }
}

const verdicts = (outcomes: readonly TableOutcome[]) =>
  outcomes.map(({ verdict, reason }) => reason ?? verdict)

/** Its readings fail from the `first` on, as long as `until` is not reached. */
function failReads(server: FakeTable['source'], error: Error, first = 1, until = Infinity) {
  let reads = 0
  server.trouble = () => {
    reads += 1
    if (reads >= first && reads < until) throw error
  }
}

describe('a walk', () => {
  test('reads every row once on the source and once on each replica', async () => {
    const { table } = make(2)

    await table.compare()

    const reads = [table.source, ...table.replicas].map(({ load }) => load.rowsChecked)
    expect(reads).toEqual([BigInt(ROWS), BigInt(ROWS), BigInt(ROWS)])
  })

  test('is open at both ends: no key is outside of its chunks', async () => {
    const { table } = make()

    await table.compare()

    const ranges = table.reader.reads.filter((read) => read.startsWith('db1'))
    expect(ranges.at(0)).toMatch(/^db1 \.\./)
    expect(ranges.at(-1)).toMatch(/\.\.$/)
  })

  test('begins each chunk where the last one ended', async () => {
    const { table } = make()

    await table.compare()

    const bounds = table.reader.reads
      .filter((read) => read.startsWith('db1'))
      .map((read) => read.slice(4).replace(')', '').split('..'))
    expect(bounds.slice(1).map(([from]) => from)).toEqual(bounds.slice(0, -1).map(([, to]) => to))
  })

  test('takes larger chunks as long as they are quick', async () => {
    const { table } = make()

    await table.compare()

    expect(table.source.load.chunksChecked).toBeLessThan(6)
  })

  test('asks for keys only until it knows that the numbers are dense', async () => {
    const { table } = make(1, 20_000)

    await table.compare()

    expect(table.reader.cuts).toEqual(['db1 ..', 'db1 1000..', 'db1 85000..'])
    expect(table.source.load.rowsChecked).toBe(20_000n)
  })

  test('crosses a gap between the numbers in one step, however wide', async () => {
    const { table, replications } = make(1, 20_000)
    replications[0]?.write(0, 2_000_000_000, 'far')
    replications[0]?.plant(0, 2_000_000_001, 'extra')

    const [outcome] = await table.compare()

    expect(outcome?.rows).toEqual({ source: 20_001n, replica: 20_002n })
    expect(table.source.load.chunksChecked).toBeLessThan(12)
  })

  test('counts the rows of the table', async () => {
    const { table, replications } = make()
    replications[0]?.plant(0, 7, null)

    const [outcome] = await table.compare()

    expect(outcome?.rows).toEqual({ source: BigInt(ROWS), replica: BigInt(ROWS - 1) })
  })

  test('finds rows below, between and above the keys of the source', async () => {
    const { table, replications } = make()
    for (const key of [-1_000, 2_500.5, 1_000_000]) replications[0]?.plant(0, key, 'extra')

    const [outcome] = await table.compare()

    for (const key of [-1_000, 2_500.5, 1_000_000]) {
      expect(
        outcome?.drifted.some((range) => isInside(key, range)),
        `${key}`,
      ).toBe(true)
    }
  })

  test('reads nothing outside of the ranges that it was given', async () => {
    const { table, replications } = make()
    replications[0]?.plant(0, 7, 'b')
    replications[0]?.plant(0, 8, 'b')

    const outcomes = await table.compare({ ranges: [rangeOfKey(['7'])] })

    expect(verdicts(outcomes)).toEqual(['drifted'])
    expect(table.source.load.rowsChecked).toBe(1n)
  })

  test('reads a table without a key in one piece', async () => {
    const { table, replications } = make(1, 50, { walkable: false, needsWalk: false })
    replications[0]?.plant(0, 7, 'b')

    const [outcome] = await table.compare()

    expect(outcome).toMatchObject({ verdict: 'drifted', chunks: 1, drifted: [EVERYTHING] })
  })

  test('tells each replica its own verdict', async () => {
    const { table, replications } = make(3)
    replications[1]?.plant(0, 7, 'b')

    expect(verdicts(await table.compare())).toEqual(['same', 'drifted', 'same'])
    expect(new Set(table.suspects.map(({ server }) => server))).toEqual(new Set(['db3']))
  })

  test('is the same for an empty table', async () => {
    const { table } = make(1, 0)

    expect(verdicts(await table.compare())).toEqual(['same'])
  })
})

describe('a server that is too slow for a chunk', () => {
  test('gets smaller ones, and everything is compared', async () => {
    const { table } = make()
    failReads(table.source, TIME_LIMIT, 2, 4)

    const outcomes = await table.compare()

    expect(verdicts(outcomes)).toEqual(['same'])
    expect(outcomes[0]?.rows?.source).toBe(BigInt(ROWS))
  })

  test('being a replica, makes them smaller as well', async () => {
    const { table } = make(2)
    failReads(table.replicas[1] ?? table.source, TIME_LIMIT, 1, 3)

    expect(verdicts(await table.compare())).toEqual(['same', 'same'])
  })

  test('being a replica for good, leaves the others their verdicts', async () => {
    const { table } = make(3)
    failReads(table.replicas[1] ?? table.source, TIME_LIMIT)

    expect(verdicts(await table.compare())).toEqual(['same', 'timeout', 'same'])
  })

  test('being a replica for good, is not asked for ever', async () => {
    const { table } = make(2)
    failReads(table.replicas[1] ?? table.source, TIME_LIMIT)

    await table.compare()

    expect(table.reader.reads.length).toBeLessThan(200)
  })

  test('for good, is unknown and not asked for ever', async () => {
    const { table } = make(2)
    failReads(table.source, TIME_LIMIT)

    expect(verdicts(await table.compare())).toEqual(['timeout', 'timeout'])
    expect(table.reader.reads.length).toBeLessThan(200)
  })
})

describe('what was looked up a while ago', () => {
  test.for<[string, number, string]>([
    ['is believed at once', 0, 'same'],
    ['is asked for once more, however short the walk was', 5_000, 'unknown'],
  ])('%s', async ([, agoMs, verdict]) => {
    const world = fakeWorld()
    await world.sleep(10_000)
    const table = fakeTable(world, [fakeReplication(world, rowsOf(3))])
    const guard = async () => {
      throw new Undecided('definition_changed', 'another table by now')
    }
    const sinceMs = world.steady().getTime() - agoMs
    const [outcome] = await table.compare({ guard, sinceMs })

    expect(outcome?.verdict).toBe(verdict)
  })
})

describe('a server that goes away', () => {
  const gone = new ServerError('connect', 'db: gone')

  test('as a replica, does not stop the others', async () => {
    const { table } = make(3)
    failReads(table.replicas[1] ?? table.source, gone, 2)

    const outcomes = await table.compare()

    expect(verdicts(outcomes)).toEqual(['same', 'unreachable', 'same'])
    expect(outcomes[0]?.rows?.source).toBe(BigInt(ROWS))
  })

  test('as a replica, is not asked again', async () => {
    const { table } = make(2)
    const [replica] = table.replicas
    if (replica) failReads(replica, gone, 2)

    await table.compare()

    expect(replica?.load.chunksChecked).toBe(1)
  })

  test('as the source, leaves all of them unknown', async () => {
    const { table } = make(2)
    failReads(table.source, gone, 4)

    expect(verdicts(await table.compare())).toEqual(['unreachable', 'unreachable'])
  })

  describe('and is back at once, so that only a connection was lost', () => {
    const at = (key: number): Bound => ({ key: [String(key)], side: 'before' })
    const chunks = [0, 1, 2, 3, 4, 5].map((n) => ({ lower: at(n * 100), upper: at(n * 100 + 100) }))
    const lost = new ServerError('connect', 'db1: connection lost')

    test('in the middle of a walk, however often in a long one, leaves no table unknown', async () => {
      const { table } = make()
      let asked = 0
      // Of each chunk: its end, that again, its rows.
      table.source.trouble = () => {
        if (asked++ % 3 === 0) throw lost
      }

      expect(verdicts(await table.compare({ ranges: chunks }))).toEqual(['same'])
      expect(asked).toBe(3 * chunks.length)
    })

    test('is not asked for ever for the end of one chunk', async () => {
      const { table } = make()
      failReads(table.source, lost, 4)

      expect(verdicts(await table.compare({ ranges: chunks }))).toEqual(['unreachable'])
    })
  })

  test('does not hide a drift that was confirmed before', async () => {
    const { table, replications, world } = make(2)
    replications[0]?.plant(0, 7, 'b')
    const [replica] = table.replicas
    if (replica)
      replica.trouble = () => {
        if (world.elapsed() > 15_000) throw gone
      }

    expect(verdicts(await table.compare())).toEqual(['drifted', 'same'])
  })
})

describe('trouble with a table', () => {
  test('that may not be read on one replica is that replica’s alone', async () => {
    const { table } = make(2)
    failReads(table.replicas[0] ?? table.source, new ServerError('privilege', 'denied', 1142))

    expect(verdicts(await table.compare())).toEqual(['no_privilege', 'same'])
  })

  test('with one row that cannot be hashed leaves its chunk unknown and compares the others', async () => {
    const { table, replications } = make(1, ROWS, { giants: [3] })
    replications[0]?.plant(0, ROWS - 1, 'b')

    const [outcome] = await table.compare()

    expect(outcome).toMatchObject({ verdict: 'drifted', unknownReason: 'row_too_large' })
  })

  test('of our own making is thrown', async () => {
    const { table } = make()
    failReads(table.source, new TypeError('our bug'), 2)

    await expect(table.compare()).rejects.toThrow('our bug')
  })

  test('ends with the abort', async () => {
    const { table } = make()
    const ending = new AbortController()
    table.source.trouble = () => ending.abort(new Error('enough'))

    await expect(table.compare({ signal: ending.signal })).rejects.toThrow('enough')
  })
})
