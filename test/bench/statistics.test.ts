import { describe, expect, test } from 'vitest'
import { figuresOf, median, spreadOf } from '../../bench/statistics.ts'

describe('a median', () => {
  test('is the middle one, in whatever order they came', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  test('of an even number lies between the two in the middle', () => {
    expect(median([1, 2, 4, 100])).toBe(3)
  })

  test('of nothing is no number', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

test('a spread is the least and the most', () => {
  expect(spreadOf([2, 1, 3])).toEqual({ least: 1, most: 3 })
})

describe('a figure', () => {
  test('compares what ran in the same round, so that a machine that slows down changes none', () => {
    expect(figuresOf('ratio', [1, 10, 100], [2, 20, 200])).toEqual([0.5, 0.5, 0.5])
  })

  test('of throughputs is the share that was lost', () => {
    expect(figuresOf('loss', [75, 110], [100, 100])).toEqual([0.25, expect.closeTo(-0.1)])
  })

  test('of rounds in which one did not run is refused', () => {
    expect(() => figuresOf('ratio', [1], [1, 2])).toThrow(RangeError)
  })
})
