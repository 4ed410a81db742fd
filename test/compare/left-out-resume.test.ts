/** A walk that left something out and was broken off: what it left out is open when it goes on. */
import { expect, test } from 'vitest'
import type { Gate } from '../../src/compare/gate.ts'
import type { Progress } from '../../src/compare/trail.ts'
import type { Bound } from '../../src/mysql/range.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside } from '../support/fake-server.ts'
import { fakeTable } from '../support/fake-table.ts'
import { fakeWorld } from '../support/fake-world.ts'

const ROWS = 12_000
const at = (key: number): Bound => ({ key: [String(key)], side: 'before' })
const NOTHING = { chunks: 0, rows: { source: 0n, replica: 0n }, startedAt: new Date(0) }
const OPEN = [
  { lower: null, upper: at(3_000) },
  { lower: at(3_000), upper: at(6_000) },
  { lower: at(6_000), upper: null },
]

/** Rows that are done or open; each must be one of them. */
function remembered({ done, open }: Progress): number {
  const keys = Array.from({ length: ROWS }, (_, key) => key)
  const isOpen = (key: number) => open.some((range) => isInside(key, range))
  return Number(done.rows.source) + keys.filter(isOpen).length
}

/** Holds what is asked about for the first `count` times. */
function heldAtFirst(count: number, end: 'source' | 'replica'): Gate {
  let asked = 0
  const isHeld = () => {
    asked += 1
    return asked <= count
  }
  return {
    untilFree: async () => end === 'replica' || !isHeld(),
    isHeld: async () => end === 'replica' && isHeld(),
  }
}

test.for([
  ['source', 1],
  ['source', 2],
  ['replica', 1],
  ['replica', 2],
] as const)('the %s was held back %i times', async ([end, count]) => {
  let brokenOff = 0
  for (let afterMs = 1; afterMs < 60; afterMs += 2) {
    const world = fakeWorld(afterMs)
    const table = fakeTable(world, [fakeReplication(world, rowsOf(ROWS))])
    const progress = await table.breakOff(
      afterMs,
      [{ done: NOTHING, open: OPEN }],
      heldAtFirst(count, end),
    )
    const [one] = progress ?? []
    if (!one) continue
    brokenOff += 1
    expect(remembered(one), `after ${afterMs} ms`).toBe(ROWS)
    const [outcome] = await table.goOn([one])
    expect(outcome).toMatchObject({
      verdict: 'same',
      rows: { source: BigInt(ROWS), replica: BigInt(ROWS) },
    })
  }
  expect(brokenOff).toBeGreaterThan(3)
})
