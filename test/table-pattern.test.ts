import { describe, expect, it, test } from 'vitest'
import { isSystemSchema, matchesTable } from '../src/table-pattern.ts'

describe('a pattern', () => {
  it.for<[pattern: string, schema: string, table: string, matches: boolean]>([
    ['shop.orders', 'shop', 'orders', true],
    ['shop.orders', 'shop', 'orders2', false],
    ['shop.orders', 'my_shop', 'orders', false],
    ['shop.*', 'shop', 'orders', true],
    ['shop.*', 'shop', '', true],
    ['shop.*', 'shop2', 'orders', false],
    ['*.orders', 'anything', 'orders', true],
    ['*.*', 'a', 'b', true],
    ['shop_*.tmp_?', 'shop_eu', 'tmp_1', true],
    ['shop_*.tmp_?', 'shop_eu', 'tmp_12', false],
    ['shop_*.tmp_?', 'shop_eu', 'tmp_', false],
    ['shop.a*b*c', 'shop', 'aXXbYYc', true],
    ['shop.a*b*c', 'shop', 'aXXc', false],
    // No LIKE, no regular expression, no brackets: only * and ? are special.
    ['shop.tmp_1', 'shop', 'tmpX1', false],
    ['shop.a%', 'shop', 'abc', false],
    ['shop.[ab]', 'shop', 'a', false],
    ['shop.[ab]', 'shop', '[ab]', true],
    ['shop.a+b|(c){1}^$', 'shop', 'a+b|(c){1}^$', true],
    ['shop.Orders', 'shop', 'orders', false],
    // The first dot splits; more of them belong to the table.
    ['shop.a.b', 'shop', 'a.b', true],
    ['shop.a.b', 'shop.a', 'b', false],
    ['shop\\.a.b', 'shop.a', 'b', true],
    ['shop.*', 'shop', 'a.b', true],
    ['*.b', 'shop.a', 'b', true],
    ['shop.\\*', 'shop', '*', true],
    ['shop.\\*', 'shop', 'orders', false],
    ['shop.a\\?', 'shop', 'a?', true],
    ['shop.a\\\\b', 'shop', 'a\\b', true],
    ['shop.a\\b', 'shop', 'ab', true],
    ['shop.`a`', 'shop', 'a', false],
    ['shop.a?b', 'shop', 'a\nb', true],
    ['shop.a?b', 'shop', 'a😀b', true],
    ['магазин.*', 'магазин', 'заказы', true],
  ])('%s and %s.%s: %s', ([pattern, schema, table, matches]) => {
    expect(matchesTable([pattern], schema, table)).toBe(matches)
  })

  it.for(['shop', '.orders', 'shop.', 'shop.orders\\', 'shop\\.orders', ''])(
    '%j is refused',
    (pattern) => {
      expect(() => matchesTable([pattern], 'shop', 'orders')).toThrow(
        new TypeError(`table pattern: expected "schema.table", got "${pattern}"`),
      )
    },
  )
})

test('one of several patterns is enough', () => {
  expect(matchesTable(['a.*', 'b.*'], 'b', 't')).toBe(true)
})

test('no pattern matches nothing', () => {
  expect(matchesTable([], 'shop', 'orders')).toBe(false)
})

test('system schemas are known in any case', () => {
  const schemas = ['mysql', 'INFORMATION_SCHEMA', 'Performance_Schema', 'sys', 'shop', 'mysql2']
  expect(schemas.filter(isSystemSchema)).toEqual(schemas.slice(0, 4))
})
