import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Key, KeyColumn, TableDefinition } from '../../src/mysql/definition.ts'
import {
  type Bound,
  describeRange,
  EVERYTHING,
  isLiteral,
  keyAtOffsetSql,
  keyOf,
  keySelectList,
  lastKeySql,
  literalOf,
  predicate,
  type Range,
  rangeOfKey,
  selectSql,
  splitAt,
  wholeTable,
} from '../../src/mysql/range.ts'
import { makeKey, makeKeyColumn } from '../support/make-key.ts'

function makeDefinition(key: Key | null): TableDefinition {
  return {
    schema: 's',
    table: 't',
    engine: 'InnoDB',
    columns: key?.columns ?? [],
    keys: key ? [key] : [],
    key,
    hasGeneratedKey: false,
    signature: '',
  }
}

const at = (...key: string[]): Bound => ({ key, side: 'before' })
const behind = (...key: string[]): Bound => ({ key, side: 'after' })
const [a, b, c] = [makeKeyColumn('a'), makeKeyColumn('b'), makeKeyColumn('c')]

describe('the condition for a range', () => {
  test.for<[string, Key, Range, string]>([
    ['everything', makeKey(a), EVERYTHING, '1=1'],
    ['all from a row on', makeKey(a), { lower: at('1'), upper: null }, 't.`a` >= 1'],
    ['all behind a row', makeKey(a), { lower: behind('1'), upper: null }, 't.`a` > 1'],
    ['all up to a row', makeKey(a), { lower: null, upper: behind('1') }, 't.`a` <= 1'],
    ['one row', makeKey(a, b), rangeOfKey(['1', '2']), 't.`a` = 1 AND t.`b` = 2'],
    ['nothing', makeKey(a), { lower: behind('1'), upper: behind('1') }, '1=0'],
    [
      'two columns',
      makeKey(a, b),
      { lower: at('1', '2'), upper: null },
      't.`a` >= 1 AND ((t.`a` > 1) OR (t.`a` = 1 AND t.`b` >= 2))',
    ],
    [
      'two columns, the first of them shared',
      makeKey(a, b),
      { lower: at('1', '2'), upper: at('1', '5') },
      't.`a` = 1 AND t.`b` >= 2 AND t.`b` < 5',
    ],
    [
      'three columns',
      makeKey(a, b, c),
      { lower: null, upper: behind('1', '2', '3') },
      't.`a` <= 1 AND ((t.`a` < 1) OR (t.`a` = 1 AND t.`b` < 2) OR (t.`a` = 1 AND t.`b` = 2 AND t.`c` <= 3))',
    ],
    [
      'a column that runs backwards',
      makeKey(a, makeKeyColumn('b', { descending: true })),
      { lower: at('1', '5'), upper: at('1', '2') },
      't.`a` = 1 AND t.`b` <= 5 AND t.`b` > 2',
    ],
    [
      'a hostile name',
      makeKey(makeKeyColumn("a`?%'")),
      { lower: at('1'), upper: null },
      "t.`a``?%'` >= 1",
    ],
  ])('%s', ([, key, range, sql]) => {
    expect(predicate(key, range)).toBe(sql)
  })

  test('without a key there is only everything', () => {
    expect(predicate(null, EVERYTHING)).toBe('1=1')
    expect(() => predicate(null, { lower: at('1'), upper: null })).toThrow(TypeError)
  })
})

/** The conditions are valid JavaScript but for three operators and the quotes. */
function evaluate(sql: string, row: Readonly<Record<string, number>>): boolean {
  const script = sql
    .replaceAll(/t\.`(\w)`/g, (_, name: string) => `(${row[name]})`)
    .replaceAll(/(?<![<>])=/g, '===')
    .replaceAll(' AND ', ' && ')
    .replaceAll(' OR ', ' || ')
  return new Function(`return ${script}`)() as boolean
}

const width = fc.integer({ min: 1, max: 3 })
const small = fc.integer({ min: -3, max: 3 })
const bound = fc.record({
  key: fc.tuple(small, small, small),
  side: fc.constantFrom('before', 'after'),
})

describe('however a table is cut', () => {
  test('every row is in exactly one range', () => {
    const direction = fc.tuple(fc.boolean(), fc.boolean(), fc.boolean())
    fc.assert(
      fc.property(
        width,
        direction,
        fc.array(bound, { maxLength: 8 }),
        (columns, backwards, cuts) => {
          const key = makeKey(
            ...['a', 'b', 'c']
              .slice(0, columns)
              .map((name, i) => makeKeyColumn(name, { descending: backwards[i] ?? false })),
          )
          const order = (x: readonly number[], y: readonly number[]) => {
            const i = x.findIndex((value, at) => value !== y[at])
            return i === -1 ? 0 : ((x[i] ?? 0) - (y[i] ?? 0)) * (backwards[i] ? -1 : 1)
          }
          const sorted = cuts
            .map((cut) => ({ ...cut, key: cut.key.slice(0, columns) }))
            .sort(
              (x, y) =>
                order(x.key, y.key) || (x.side === y.side ? 0 : x.side === 'before' ? -1 : 1),
            )
          const ranges: Range[] = [EVERYTHING]
          for (const cut of sorted) {
            const last = ranges.pop() ?? EVERYTHING
            ranges.push(...splitAt(last, { key: cut.key.map(String), side: cut.side }))
          }
          const values = [-4, -3, -1, 0, 2, 3, 4]
          for (const x of values) {
            for (const y of columns > 1 ? values : [0]) {
              for (const z of columns > 2 ? [-3, 0, 3] : [0]) {
                const holding = ranges.filter((range) =>
                  evaluate(predicate(key, range), { a: x, b: y, c: z }),
                )
                expect(holding).toHaveLength(1)
              }
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a key value becomes a literal', () => {
  const latin1 = { dataType: 'varchar', charset: 'latin1', collation: 'latin1_swedish_ci' }
  test.for<[string, Partial<KeyColumn>, string | Buffer, string]>([
    ['integers', { dataType: 'bigint' }, '18446744073709551615', '18446744073709551615'],
    ['negative decimals', { dataType: 'decimal' }, '-1.50', '-1.50'],
    [
      'dates',
      { dataType: 'datetime' },
      '2026-01-01 00:00:00.000001',
      "'2026-01-01 00:00:00.000001'",
    ],
    ['years', { dataType: 'year' }, '0000', "'0000'"],
    ['UUIDs', { dataType: 'uuid' }, '0a-ff', "'0a-ff'"],
    ['texts', latin1, 'E9', "_latin1 x'E9' COLLATE latin1_swedish_ci"],
    ['the empty text', latin1, '', "_latin1 x'' COLLATE latin1_swedish_ci"],
    ['bytes', { dataType: 'varbinary' }, 'FF00', "x'FF00'"],
    ['what comes as bytes', { dataType: 'datetime' }, Buffer.from('2026-01-01'), "'2026-01-01'"],
  ])('%s', ([, change, value, literal]) => {
    expect(literalOf(makeKeyColumn('a', change), value)).toBe(literal)
    expect(isLiteral(literal)).toBe(true)
  })

  test.for<[string, Partial<KeyColumn>, string | null]>([
    ['no number', { dataType: 'int' }, '1 OR 1=1'],
    ['no date', { dataType: 'date' }, "2026' OR '1"],
    ['no hexadecimal', { dataType: 'varchar' }, "' OR '"],
    ['NULL', { dataType: 'int' }, null],
  ])('but not %s', ([, change, value]) => {
    expect(() => literalOf(makeKeyColumn('a', change), value)).toThrow(TypeError)
  })

  test('from a row', () => {
    const key = makeKey(a, makeKeyColumn('b', { dataType: 'varbinary' }))
    expect(keySelectList(key)).toBe('t.`a` AS k0, HEX(t.`b`) AS k1')
    expect(keyOf(key, { k0: '7', k1: '00FF' })).toEqual(['7', "x'00FF'"])
  })
})

describe('statements', () => {
  const definition = makeDefinition(makeKey(a, makeKeyColumn('b', { descending: true })))

  test('the whole table is read as the engine likes best', () => {
    expect(selectSql(definition, EVERYTHING, 'COUNT(*) AS n')).toBe(
      'SELECT SQL_NO_CACHE COUNT(*) AS n FROM `s`.`t` AS t WHERE 1=1',
    )
  })

  test('a range is read by the key', () => {
    expect(selectSql(definition, rangeOfKey(['1', '2']), 'COUNT(*) AS n', 'x > 1 -- y')).toBe(
      'SELECT SQL_NO_CACHE COUNT(*) AS n FROM `s`.`t` AS t FORCE INDEX (`PRIMARY`) WHERE t.`a` = 1 AND t.`b` = 2 AND (x > 1 -- y\n)',
    )
  })

  test('keys are read in the order of the index', () => {
    expect(keyAtOffsetSql(definition, EVERYTHING, 5n)).toBe(
      'SELECT SQL_NO_CACHE t.`a` AS k0, t.`b` AS k1 FROM `s`.`t` AS t FORCE INDEX (`PRIMARY`) WHERE 1=1 ORDER BY t.`a`, t.`b` DESC LIMIT 1 OFFSET 5',
    )
    expect(lastKeySql(definition, EVERYTHING)).toMatch(/ORDER BY t\.`a` DESC, t\.`b` LIMIT 1$/)
  })

  test('without a key there is none to read', () => {
    expect(() => lastKeySql(makeDefinition(null), EVERYTHING)).toThrow(TypeError)
  })
})

test.for<[Range, string]>([
  [EVERYTHING, '(-∞, +∞)'],
  [{ lower: at('1'), upper: at('9') }, '[1, 9)'],
  [{ lower: behind('1', '2'), upper: behind('9', '8') }, '((1, 2), (9, 8)]'],
])('a range is printed as an interval', ([range, text]) => {
  expect(describeRange(range)).toBe(text)
})

describe('keys of odd kinds', () => {
  const ENUM = makeKeyColumn('a', { dataType: 'enum', columnType: "enum('x','it''s, y','z')" })
  const at = (value: string, side: 'before' | 'after') => ({ key: [value], side })

  test.for([
    ['from a label on', { lower: at('2', 'before'), upper: null }, 't.`a` IN (2, 3)'],
    ['behind a label', { lower: at('2', 'after'), upper: null }, 't.`a` IN (3)'],
    ['behind the last label there is nothing', { lower: at('3', 'after'), upper: null }, '1=0'],
    [
      'up to a label, with the invalid value',
      { lower: null, upper: at('2', 'before') },
      't.`a` IN (0, 1)',
    ],
    ['before the invalid value there is nothing', { lower: null, upper: at('0', 'before') }, '1=0'],
    ['of one label', { lower: at('2', 'before'), upper: at('2', 'after') }, 't.`a` = 2'],
  ] as const)('an ENUM names its numbers: %s', ([, range, condition]) => {
    expect(predicate(makeKey(ENUM), range)).toBe(condition)
  })

  test('a nullable key has its NULLs in a range of their own', () => {
    const key = makeKey(
      makeKeyColumn('a', { nullable: true }),
      makeKeyColumn('b', { nullable: true }),
    )
    const [nulls, keyed] = wholeTable(true)

    expect(nulls && predicate(key, nulls)).toBe('(t.`a` IS NULL OR t.`b` IS NULL)')
    expect(keyed && predicate(key, keyed)).toBe('t.`a` IS NOT NULL AND t.`b` IS NOT NULL')
    expect(nulls && predicate(makeKey(makeKeyColumn('a')), nulls)).toBe('1=0')
  })
})
