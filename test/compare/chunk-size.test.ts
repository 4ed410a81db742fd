import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { nextChunkRows } from '../../src/compare/chunk-size.ts'

describe('the next chunk', () => {
  it.for<[string, rows: number, tookMs: number, next: number]>([
    ['stays when the time was right', 1_000, 250, 1_000],
    ['doubles when half the time was enough', 1_000, 125, 2_000],
    ['halves when it took twice as long', 1_000, 500, 500],
    ['grows fourfold at most, however quick the last one was', 1_000, 1, 4_000],
    ['shrinks fourfold at most, however slow the last one was', 1_000, 60_000, 250],
    ['is not thrown off by a clock that stood still', 1_000, 0, 4_000],
    ['never has fewer than 100 rows after a full chunk', 120, 10_000, 100],
    ['never has more than 500,000 rows', 400_000, 1, 500_000],
  ])('%s', ([, rows, tookMs, next]) => {
    expect(nextChunkRows(rows, tookMs, 250)).toBe(next)
  })

  test('is at most four times larger, also after a chunk that had to be tiny', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 99 }),
        fc.integer({ min: 1, max: 5_000 }),
        (rows, tookMs) => {
          expect(nextChunkRows(rows, tookMs, 250)).toBeLessThanOrEqual(4 * rows)
        },
      ),
    )
  })

  test('is a whole number between 1 and 500,000 whatever happens', () => {
    const any = fc.integer({ min: 1, max: 1_000_000 })
    fc.assert(
      fc.property(any, any, any, (rows, tookMs, targetMs) => {
        const next = nextChunkRows(rows, tookMs, targetMs)
        expect(Number.isInteger(next) && next >= 1 && next <= 500_000).toBe(true)
      }),
    )
  })
})
