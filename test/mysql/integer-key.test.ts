import { describe, expect, test } from 'vitest'
import type { Key } from '../../src/mysql/definition.ts'
import { boundAfter, widthOf } from '../../src/mysql/integer-key.ts'
import { type Bound, EVERYTHING, rangeOfKey } from '../../src/mysql/range.ts'
import { makeKey, makeKeyColumn } from '../support/make-key.ts'

const at = (...key: string[]): Bound => ({ key, side: 'before' })
const behind = (...key: string[]): Bound => ({ key, side: 'after' })

describe('between integers', () => {
  const key = makeKey(makeKeyColumn('id', { dataType: 'bigint' }))

  test('at most as many rows lie as there are numbers', () => {
    expect(widthOf(key, { lower: at('-5'), upper: at('5') })).toBe(10n)
    expect(widthOf(key, { lower: behind('1'), upper: behind('3') })).toBe(2n)
    expect(widthOf(key, rangeOfKey(['7']))).toBe(1n)
  })

  test('a bound can be had without asking', () => {
    expect(boundAfter(key, at('100'), 50n)).toEqual(at('150'))
    expect(boundAfter(key, behind('100'), 50n)).toEqual(at('151'))
  })

  test('a bound that would be no integer to the server is not made up', () => {
    expect(boundAfter(key, at('9223372036854775000'), 1_000n)).toBeNull()
  })

  test.for<[string, Key]>([
    ['text', makeKey(makeKeyColumn('name', { dataType: 'varchar' }))],
    ['decimals', makeKey(makeKeyColumn('price', { dataType: 'decimal' }))],
    ['two columns', makeKey(makeKeyColumn('a'), makeKeyColumn('b'))],
    ['numbers that may be NULL', makeKey(makeKeyColumn('id', { nullable: true }))],
    ['numbers that go down', makeKey(makeKeyColumn('id', { descending: true }))],
  ])('and not of %s', ([, other]) => {
    expect(widthOf(other, { lower: at('1'), upper: at('2') })).toBeNull()
    expect(boundAfter(other, at('1'), 5n)).toBeNull()
  })

  test('an open end has no width', () => {
    expect(widthOf(key, EVERYTHING)).toBeNull()
    expect(widthOf(key, { lower: at('1'), upper: null })).toBeNull()
  })
})
