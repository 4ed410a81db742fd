import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { quoteName, quoteTable, quoteText } from '../../src/mysql/sql.ts'

describe('a name', () => {
  it.for<[string, string]>([
    ['orders', '`orders`'],
    ['`', '````'],
    ['a`; DROP TABLE t; -- ', '`a``; DROP TABLE t; -- `'],
    ['``', '``````'],
    ["it's", "`it's`"],
    [String.raw`back\slash`, '`back\\slash`'],
    ['with space', '`with space`'],
    ['заказы', '`заказы`'],
    ['select', '`select`'],
  ])('%s is quoted', ([name, quoted]) => {
    expect(quoteName(name)).toBe(quoted)
  })

  test('with a dot stays in its half of a table’s name', () => {
    expect(quoteTable('shop.old', 'orders`.x')).toBe('`shop.old`.`orders``.x`')
  })

  test('ends nowhere but at its end', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        const quoted = quoteName(name)
        expect(quoted.slice(1, -1).replaceAll('``', '')).not.toContain('`')
        expect(quoted.slice(1, -1).replaceAll('``', '`')).toBe(name)
      }),
    )
  })
})

describe('a text', () => {
  it.for<[string, string]>([
    ['', "''"],
    ['orders', "'orders'"],
    ["it's", "'it''s'"],
    ["'", "''''"],
    ["' OR 1=1 -- ", "''' OR 1=1 -- '"],
    [String.raw`a\b`, String.raw`'a\\b'`],
    [String.raw`\' OR 1=1 -- `, String.raw`'\\'' OR 1=1 -- '`],
    ['ends in \\', String.raw`'ends in \\'`],
    ['"', `'"'`],
    ['two\nlines', "'two\nlines'"],
    ['🐬', "'🐬'"],
  ])('%s is quoted', ([text, quoted]) => {
    expect(quoteText(text)).toBe(quoted)
  })

  test('ends nowhere but at its end', () => {
    const hostile = fc.string({ unit: fc.constantFrom("'", '\\', 'a', '"', '`', '\n') })
    fc.assert(
      fc.property(hostile, (text) => {
        const inside = quoteText(text).slice(1, -1)
        expect(inside.replaceAll(/\\\\|''/g, '')).not.toMatch(/['\\]/)
        expect(inside.replaceAll(/\\\\|''/g, (pair) => pair.charAt(0))).toBe(text)
      }),
    )
  })
})
