/** A reading that was killed because a DDL waited for it. */
import { describe, expect, test } from 'vitest'
import { GaveWay } from '../../src/errors.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { fakeTable } from '../support/fake-table.ts'
import { fakeWorld } from '../support/fake-world.ts'

const ROWS = 6_000

function make(overrides: Parameters<typeof fakeTable>[2] = {}) {
  const world = fakeWorld()
  const replications = [0, 1].map(() => fakeReplication(world, rowsOf(ROWS)))
  const table = fakeTable(world, replications, overrides)
  return { world, table }
}

/** Its readings from the `first` to before `until` give way. */
function givesWay(
  server: ReturnType<typeof make>['table']['source'],
  first: number,
  until: number,
) {
  let reads = 0
  server.trouble = () => {
    reads += 1
    if (reads >= first && reads < until) throw new GaveWay(server.config.name)
  }
}

describe('a chunk whose reading gave way to a DDL', () => {
  test.for(['source', 'replica'] as const)('on the %s is read again, and smaller', async (end) => {
    const { table } = make()
    const server = end === 'source' ? table.source : table.replicas[0]
    if (server === undefined) throw new Error('there is a replica')
    givesWay(server, 3, 4)

    const outcomes = await table.compare()

    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['same', 'same'])
    expect(outcomes[0]?.rows).toEqual({ source: BigInt(ROWS), replica: BigInt(ROWS) })
  })

  test('is not unknown at once where it cannot be smaller', async () => {
    const { table } = make({ walkable: false, needsWalk: false })
    givesWay(table.source, 1, 5)

    const outcomes = await table.compare()

    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['same', 'same'])
  })

  test('again and again is left out, for a later look in the same pass', async () => {
    const { table } = make()
    givesWay(table.source, 4, Infinity)

    const [outcome] = await table.compare()

    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'throttled' })
    expect(outcome?.leftOut?.rest?.ranges).toHaveLength(1)
    expect(outcome?.leftOut?.rest?.ranges[0]?.upper).toBe(null)
    expect(outcome?.leftOut?.decided).toMatchObject({ verdict: 'same' })
  })

  test('waits until the server is free before it is read again', async () => {
    const { world, table } = make()
    givesWay(table.source, 3, 4)
    let freeAt = 0
    const trouble = table.source.trouble
    table.source.trouble = () => {
      try {
        trouble()
      } catch (error) {
        freeAt = world.elapsed() + 5_000
        throw error
      }
      expect(world.elapsed()).toBeGreaterThanOrEqual(freeAt)
    }
    const gate = {
      isHeld: async () => false,
      async untilFree() {
        await world.sleep(freeAt - world.elapsed())
        return true
      },
    }

    const outcomes = await table.compare({ gate })

    expect(freeAt).toBeGreaterThan(0)
    expect(outcomes.map(({ verdict }) => verdict)).toEqual(['same', 'same'])
  })
})
