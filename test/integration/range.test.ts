import { describe, expect, test } from 'vitest'
import { isNullable, type TableDefinition } from '../../src/mysql/definition.ts'
import { digestPlan } from '../../src/mysql/digest.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { readsEverything } from '../../src/mysql/plan.ts'
import { type Row, type Session, text } from '../../src/mysql/query.ts'
import {
  type Bound,
  EVERYTHING,
  keyAtOffsetSql,
  keyOf,
  lastKeySql,
  type Range,
  rangeOfKey,
  rowsSql,
  selectSql,
  wholeTable,
} from '../../src/mysql/range.ts'
import { quoteName, quoteTable } from '../../src/mysql/sql.ts'
import { definitionOn, ENDS, fill, range, servers, sessionOn } from '../support/two-ends.ts'

interface KeyCase {
  readonly name: string
  readonly columns: string
  readonly key: string
  /** In no particular order. */
  readonly rows: readonly string[]
  readonly only?: Vendor
}

const KEY_CASES: readonly KeyCase[] = [
  {
    name: 'negative integers',
    columns: 'a INT',
    key: 'a',
    rows: range(-10, 10).map((i) => `(${i * 7})`),
  },
  {
    name: 'unsigned integers beyond 2^53',
    columns: 'a BIGINT UNSIGNED',
    key: 'a',
    rows: range(0, 16).map((i) => `(${18446744073709551615n - BigInt(i)})`),
  },
  {
    name: 'ZEROFILL',
    columns: 'a INT(8) UNSIGNED ZEROFILL',
    key: 'a',
    rows: range(1, 20).map((i) => `(${i})`),
  },
  {
    name: 'decimals',
    columns: 'a DECIMAL(30,10)',
    key: 'a',
    rows: range(-10, 10).map((i) => `(${i}.0000000001)`),
  },
  {
    name: 'years, also none',
    columns: 'a YEAR',
    key: 'a',
    rows: [0, 1901, 1999, 2000, 2026, 2070, 2155].map((i) => `(${i})`),
  },
  {
    name: 'microseconds',
    columns: 'a DATETIME(6)',
    key: 'a',
    rows: range(0, 20).map((i) => `('2026-01-01 00:00:00.0000${String(i).padStart(2, '0')}')`),
  },
  {
    name: 'zero dates',
    columns: 'a DATE',
    key: 'a',
    rows: ['0000-00-00', '2026-00-00', '2026-01-00', '2026-01-01', '9999-12-31'].map(
      (d) => `('${d}')`,
    ),
  },
  {
    name: 'timestamps',
    columns: 'a TIMESTAMP(3)',
    key: 'a',
    rows: ['0000-00-00', ...range(1, 9).map((i) => `2026-10-25 0${i}:00:00.00${i}`)].map(
      (d) => `('${d}')`,
    ),
  },
  {
    name: 'negative times',
    columns: 'a TIME(6)',
    key: 'a',
    rows: [
      "('-838:59:59')",
      "('-00:00:00.000001')",
      "('00:00:00')",
      "('00:00:00.000001')",
      "('838:59:58.5')",
    ],
  },
  {
    name: 'text in a collation that ignores case',
    columns: 'a VARCHAR(20) COLLATE utf8mb4_general_ci',
    key: 'a',
    rows: [
      '',
      'a',
      'B',
      'c',
      'D',
      'é',
      'z',
      'Zz',
      'ß',
      'x y',
      '😀',
      "it's",
      '`?`',
      '%',
      '\\\\',
      'new\nline',
    ].map((s) => `('${s.replaceAll("'", "''")}')`),
  },
  {
    name: 'text in a binary collation',
    columns: 'a VARCHAR(20) COLLATE utf8mb4_bin',
    key: 'a',
    rows: ['a', 'A', 'é', 'É', 'e', '😀', '😁', 'a\tb', 'zz'].map((s) => `('${s}')`),
  },
  {
    name: 'texts that differ in trailing spaces only',
    columns: 'a VARCHAR(20) COLLATE utf8mb4_0900_bin',
    key: 'a',
    rows: ['a', 'a ', 'a  ', ' a', 'b', 'b '].map((s) => `('${s}')`),
    only: 'mysql',
  },
  {
    name: 'texts that differ in trailing spaces only',
    columns: 'a VARCHAR(20) COLLATE utf8mb4_nopad_bin',
    key: 'a',
    rows: ['a', 'a ', 'a  ', ' a', 'b', 'b '].map((s) => `('${s}')`),
    only: 'mariadb',
  },
  {
    name: 'latin1',
    columns: 'a CHAR(5) CHARSET latin1',
    key: 'a',
    rows: ['61', 'E9', '7A', 'D8', '80', '42', 'DF'].map((s) => `(_latin1 x'${s}')`),
  },
  {
    name: 'sjis',
    columns: 'a VARCHAR(5) CHARSET sjis',
    key: 'a',
    rows: ['835C', '8354', '8E9A', '61', '5C'].map((s) => `(_sjis x'${s}')`),
  },
  {
    name: 'utf16',
    columns: 'a VARCHAR(5) CHARSET utf16',
    key: 'a',
    rows: ['a', 'b', 'é', '😀', 'z'].map((s) => `('${s}')`),
  },
  {
    name: 'bytes that are no UTF-8',
    columns: 'a VARBINARY(9)',
    key: 'a',
    rows: ['', '00', '0000', 'FF', 'FE', 'C3', 'C328', '27', '5C'].map((s) => `(x'${s}')`),
  },
  {
    name: 'padded bytes',
    columns: 'a BINARY(4)',
    key: 'a',
    rows: ['00', 'FF', 'FE20', 'C3'].map((s) => `(x'${s}')`),
  },
  {
    name: 'two columns',
    columns: 'a INT, b INT',
    key: 'a, b',
    rows: range(0, 29).map((i) => `(${i % 4}, ${i})`),
  },
  {
    name: 'three columns of several types',
    columns: 'a VARCHAR(5) COLLATE utf8mb4_general_ci, b BIGINT, c DATETIME(1)',
    key: 'a, b, c',
    rows: range(0, 39).map(
      (i) =>
        `('${'aBc'.charAt(i % 3)}', ${(i % 5) - 2}, '2026-01-01 00:00:0${Math.floor(i / 15)}.${i % 10}')`,
    ),
  },
  {
    name: 'a column that runs backwards',
    columns: 'a INT, b INT',
    key: 'a, b DESC',
    rows: range(0, 29).map((i) => `(${i % 4}, ${i})`),
  },
  {
    name: 'labels of an ENUM, not in the order of the alphabet, the invalid one too',
    columns: "a ENUM('z', 'm', '', 'it''s, really', 'a')",
    key: 'a',
    rows: ["('z')", "('m')", '(3)', "('it''s, really')", "('a')", '(0)'],
  },
  {
    name: 'an ENUM among other columns',
    columns: "a INT, b ENUM('new', 'paid', 'sent'), c INT",
    key: 'a, b, c',
    rows: range(0, 39).map((i) => `(${i % 3}, ${(i % 4) % 4}, ${i})`),
  },
  {
    name: 'bits',
    columns: 'a BIT(64)',
    key: 'a',
    rows: ['0', '1', '18446744073709551615', '9223372036854775808', '255'].map((b) => `(${b})`),
  },
  {
    name: 'UUIDs',
    columns: 'a UUID',
    key: 'a',
    rows: range(0, 9).map((i) => `('${i}0000000-0000-1000-8000-00000000000${9 - i}')`),
    only: 'mariadb',
  },
  {
    name: 'IPv6 addresses',
    columns: 'a INET6',
    key: 'a',
    rows: ['::', '::1', '::ffff:10.0.0.1', '2001:db8::1', 'ffff::'].map((s) => `('${s}')`),
    only: 'mariadb',
  },
  {
    name: 'IPv4 addresses',
    columns: 'a INET4',
    key: 'a',
    rows: ['0.0.0.0', '10.0.0.1', '9.0.0.1', '255.255.255.255'].map((s) => `('${s}')`),
    only: 'mariadb',
  },
]

/** Cuts the table into ranges of `size` rows, as a pass does. */
async function cut(session: Session, definition: TableDefinition, size: number): Promise<Range[]> {
  const ranges: Range[] = []
  let lower: Bound | null = null
  for (;;) {
    const rest: Range = { lower, upper: null }
    const [row]: Row[] = await session.query(keyAtOffsetSql(definition, rest, size))
    if (row === undefined || definition.key === null) return [...ranges, rest]
    const upper: Bound = { key: keyOf(definition.key, row), side: 'before' }
    ranges.push({ lower, upper })
    lower = upper
  }
}

const allKeys = (rows: readonly Row[]) => rows.map((row) => JSON.stringify(row))

describe.for<Vendor>(['mysql', 'mariadb'])('ranges on %s', (flavor) => {
  const cases = KEY_CASES.filter(({ only }) => only === undefined || only === flavor)

  test.for(cases)('hold every row exactly once, keyed by $name', async ({ columns, key, rows }) => {
    const session = sessionOn(flavor)
    const create = `(${columns}, v INT DEFAULT 1, PRIMARY KEY (${key}))`
    const names = key.replaceAll(' DESC', '')
    const inserts = rows.map((row) => row.replace(/\)$/s, ', 1)'))
    await fill(flavor, 'source', { create, rows: inserts })
    const definition = await definitionOn(session, 'source')
    const whole = await session.query(rowsSql(definition, EVERYTHING, '', 1_000))
    expect(whole).toHaveLength(rows.length)
    const ranges = await cut(session, definition, 3)
    expect(ranges).toHaveLength(Math.ceil(rows.length / 3))

    const seen = await readAll(session, definition, ranges)
    expect(seen).toEqual(allKeys(whole))

    // The replica has rows that the source lacks: the first, the last, and some between.
    await fill(flavor, 'replica', { create, rows: inserts })
    const source = quoteTable(ENDS.source, 't')
    const gone = [0, Math.floor(whole.length / 2), whole.length - 1]
    for (const i of gone) {
      const row = whole[i]
      if (row === undefined || definition.key === null) throw new Error('no row')
      const literals = keyOf(definition.key, row)
      const where = definition.key.columns.map(
        (column, c) => `${quoteName(column.name)} = ${literals[c]}`,
      )
      await servers[flavor]().session(async (root) => {
        await root.query("SET NAMES utf8mb4, SESSION sql_mode='', time_zone='+00:00'")
        await root.query(`DELETE FROM ${source} WHERE ${where.join(' AND ')}`)
      })
    }
    const [count] = await session.query(selectSql(definition, EVERYTHING, 'COUNT(*) AS n'))
    expect(text(count, 'n')).toBe(String(rows.length - gone.length))
    const replica = await definitionOn(session, 'replica')
    expect(await readAll(session, replica, await cut(session, definition, 3))).toEqual(
      allKeys(whole),
    )
    expect(names.length).toBeGreaterThan(0)
  })

  async function readAll(session: Session, definition: TableDefinition, ranges: readonly Range[]) {
    const seen: string[] = []
    for (const each of ranges) {
      const rows = await session.query(rowsSql(definition, each, '', 1_000))
      const [count] = await session.query(selectSql(definition, each, 'COUNT(*) AS n'))
      expect(text(count, 'n')).toBe(String(rows.length))
      seen.push(...allKeys(rows))
    }
    return seen
  }

  test('of one key hold that row', async () => {
    const session = sessionOn(flavor)
    await fill(flavor, 'source', {
      create: '(a INT, b INT, PRIMARY KEY (a, b))',
      rows: range(0, 29).map((i) => `(${i % 4}, ${i})`),
    })
    const definition = await definitionOn(session, 'source')
    const rows = await session.query(rowsSql(definition, rangeOfKey(['2', '6']), '', 10))
    expect(rows).toEqual([{ k0: '2', k1: '6' }])
    const [last] = await session.query(lastKeySql(definition, EVERYTHING))
    expect(last).toEqual({ k0: '3', k1: '27' })
    const none = await session.query(keyAtOffsetSql(definition, EVERYTHING, 30))
    expect(none).toEqual([])
  })

  test.for([
    { name: 'one column', columns: 'k0 INT', key: 'k0', row: (i: number) => `(${i}, 1)` },
    {
      name: 'two columns',
      columns: 'a INT, k0 INT',
      key: 'a, k0',
      row: (i: number) => `(${i % 5}, ${i}, 1)`,
    },
    {
      name: 'three columns',
      columns: 'a INT, b INT, c INT',
      key: 'a, b, c',
      row: (i: number) => `(${i % 3}, ${i % 40}, ${i}, 1)`,
    },
    {
      name: 'two columns, one of them backwards',
      columns: 'a INT, b INT',
      key: 'a, b DESC',
      row: (i: number) => `(${i % 5}, ${i}, 1)`,
    },
    {
      name: 'an ENUM',
      columns: "a ENUM('new', 'paid', 'sent', 'back'), b INT",
      key: 'a, b',
      row: (i: number) => `(${1 + (i % 4)}, ${i}, 1)`,
    },
    { name: 'bits', columns: 'a BIT(20)', key: 'a', row: (i: number) => `(${i}, 1)` },
    {
      name: 'text',
      columns: 'a VARCHAR(20) CHARSET latin1, b VARCHAR(20) COLLATE utf8mb4_general_ci',
      key: 'a, b',
      row: (i: number) => `('k${i % 5}', 'x${i}', 1)`,
    },
  ])('read no more rows than they hold, keyed by $name', async ({ columns, key, row }) => {
    const session = sessionOn(flavor)
    const create = `(${columns}, v INT, PRIMARY KEY (${key}))`
    await fill(flavor, 'source', { create, rows: range(0, 9_999).map(row) })
    const definition = await definitionOn(session, 'source')
    const ranges = await cut(session, definition, 997)
    expect(ranges).toHaveLength(11)
    for (const each of ranges) {
      const before = await rowReads(session)
      const [read] = await session.query(selectSql(definition, each, 'COUNT(*) AS n, SUM(v) AS v'))
      const readRows = (await rowReads(session)) - before
      expect(readRows - Number(text(read, 'n'))).toBeLessThan(12)
      const first = await rowReads(session)
      await session.query(keyAtOffsetSql(definition, each, 5))
      // MySQL sorts instead of reading such an index backwards within a range.
      if (!key.includes('DESC')) await session.query(lastKeySql(definition, each))
      // Equality of an ENUM is no constant to either optimizer: it sorts what the range holds.
      const most = columns.includes('ENUM') ? 2 * Number(text(read, 'n')) + 40 : 40
      expect((await rowReads(session)) - first).toBeLessThan(most)
    }
  })

  test('of a nullable key hold every row once, those with a NULL in one range', async () => {
    const session = sessionOn(flavor)
    await fill(flavor, 'source', {
      create: '(a INT, b INT, UNIQUE KEY (a, b))',
      rows: range(0, 39).map(
        (i) => `(${i % 4 === 0 ? 'NULL' : i % 4}, ${i % 7 === 0 ? 'NULL' : i})`,
      ),
    })
    const definition = await definitionOn(session, 'source')
    const key = definition.key
    if (key === null) throw new Error('a nullable unique key can be walked')
    const [nulls, keyed] = wholeTable(isNullable(key))
    const countOf = async (each: Range | undefined) => {
      if (each === undefined) throw new Error('two ranges were promised')
      const [row] = await session.query(selectSql(definition, each, 'COUNT(*) AS n'))
      return Number(text(row, 'n'))
    }

    const withNull = range(0, 39).filter((i) => i % 4 === 0 || i % 7 === 0).length
    expect(await countOf(nulls)).toBe(withNull)
    expect(await countOf(keyed)).toBe(40 - withNull)
    const ranges = await cut(session, definition, 5)
    const seen = await readAll(session, definition, ranges)
    expect(new Set(seen).size).toBe(40 - withNull)
    expect(seen).toHaveLength(40 - withNull)
  })

  test('are told from a plan that reads everything', async () => {
    const session = sessionOn(flavor)
    await fill(flavor, 'source', {
      create: '(id INT PRIMARY KEY, v INT)',
      rows: range(0, 4_999).map((i) => `(${i}, ${i})`),
    })
    const definition = await definitionOn(session, 'source')
    const [, chunk] = await cut(session, definition, 700)
    if (chunk === undefined) throw new Error('several ranges')
    const byKey = selectSql(definition, chunk, 'COUNT(*) AS n, SUM(v) AS v')
    const byScan = `SELECT SUM(v) FROM ${quoteTable(ENDS.source, 't')} WHERE v BETWEEN 3 AND 5`
    const byIndex = byKey.replace('`id` >=', '`id` + 0 >=').replace('`id` <', '`id` + 0 <')

    expect(await readsEverything(session, byKey)).toBe(false)
    expect(await readsEverything(session, byScan)).toBe(true)
    expect(byIndex).not.toBe(byKey)
    expect(await readsEverything(session, byIndex)).toBe(true)
  })

  test('are cut alike when names are hostile', async () => {
    const session = sessionOn(flavor)
    const table = 'a`b\'c"d?e%f\\g.h\ni'
    const column = 'k`0?%\'"\\.\nx'
    await fill(
      flavor,
      'source',
      {
        create: `(${quoteName(column)} INT PRIMARY KEY, k0 INT)`,
        rows: range(1, 10).map((i) => `(${i}, ${-i})`),
      },
      table,
    )
    const definition = await definitionOn(session, 'source', table)
    expect(definition.columns.map(({ name }) => name)).toEqual([column, 'k0'])
    const seen = await readAll(session, definition, await cut(session, definition, 3))
    expect(seen).toEqual(range(1, 10).map((i) => JSON.stringify({ k0: String(i) })))
    const plan = digestPlan({
      flavors: [await session.flavor()],
      columns: definition.columns,
      keyed: true,
    })
    const [row] = await session.query(selectSql(definition, EVERYTHING, plan.select))
    expect(text(row, 'n')).toBe('10')
  })
})

async function rowReads(session: Session): Promise<number> {
  const rows = await session.query("SHOW SESSION STATUS LIKE 'Handler\\_read\\_%'")
  const count = (name: string) => Number(rows.find((row) => row.Variable_name === name)?.Value ?? 0)
  return ['first', 'key', 'last', 'next', 'prev', 'rnd_next'].reduce(
    (sum, name) => sum + count(`Handler_read_${name}`),
    0,
  )
}
