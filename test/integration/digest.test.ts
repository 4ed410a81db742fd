import { crc32 } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { TableDefinition } from '../../src/mysql/definition.ts'
import { type DigestPlan, digestPlan } from '../../src/mysql/digest.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { type Session, text } from '../../src/mysql/query.ts'
import { EVERYTHING, rowsSql, selectSql } from '../../src/mysql/range.ts'
import { CRC32, CRC32C, patternOf, product, solvedCrc, xored } from '../support/crc.ts'
import {
  type Content,
  definitionOn,
  type End,
  fill,
  type Pair,
  range,
  sessionOn,
  withGlobals,
} from '../support/two-ends.ts'

interface Digest {
  readonly n: string
  readonly digest: string
  readonly nulls: string
}

/** The digests of both ends, by the plan that the exporter would choose for them. */
async function digests(
  pair: Pair,
  name = 't',
): Promise<{ plan: DigestPlan } & Record<End, Digest>> {
  const [here, there] = [sessionOn(pair.source), sessionOn(pair.replica)]
  const source = await definitionOn(here, 'source', name)
  const replica = await definitionOn(there, 'replica', name)
  const plan = digestPlan({
    flavors: [await here.flavor(), await there.flavor()],
    columns: source.columns,
    others: [replica.columns],
    keyed: source.key !== null,
  })
  const read = async (session: Session, definition: TableDefinition): Promise<Digest> => {
    const [row] = await session.query(selectSql(definition, EVERYTHING, plan.select))
    return { n: text(row, 'n'), digest: text(row, 'digest'), nulls: text(row, 'nulls') }
  }
  return { plan, source: await read(here, source), replica: await read(there, replica) }
}

const PAIRS: readonly Pair[] = [
  { source: 'mysql', replica: 'mysql' },
  { source: 'mariadb', replica: 'mariadb' },
  { source: 'mysql', replica: 'mariadb' },
]

interface Case {
  readonly name: string
  readonly create: string
  /** Rows of the source, and what the replica has instead. */
  readonly rows: readonly string[]
  readonly others: readonly string[]
  /** Where the type exists or is comparable. */
  readonly only?: Vendor
}

/** A column beside a key, with one value on the source and another one on the replica. */
function values(name: string, type: string, one: string, other: string, only?: Vendor): Case {
  const create = `(id INT PRIMARY KEY, v ${type})`
  return {
    name,
    create,
    rows: [`(1, ${one})`],
    others: [`(1, ${other})`],
    ...(only === undefined ? {} : { only }),
  }
}

function bytes(buffer: Uint8Array): string {
  return `x'${Buffer.from(buffer).toString('hex')}'`
}

const PAIR_OF_TEXTS = '(id INT PRIMARY KEY, a VARCHAR(20), b VARCHAR(20))'

/** Everything that a digest must tell apart. */
const CASES: readonly Case[] = [
  values('NULL and an empty string', 'VARCHAR(10)', 'NULL', "''"),
  values('NULL and the word NULL', 'VARCHAR(10)', 'NULL', "'NULL'"),
  values('NULL and 0', 'INT', 'NULL', '0'),
  values('NULL and 0 as a DOUBLE', 'DOUBLE', 'NULL', '0'),
  values('an empty string and 0', 'VARCHAR(10)', "''", "'0'"),
  {
    name: 'a NULL that moved to the next column',
    create: PAIR_OF_TEXTS,
    rows: ["(1, NULL, 'x')"],
    others: ["(1, 'x', NULL)"],
  },
  {
    name: 'a separator that moved to the next column',
    create: PAIR_OF_TEXTS,
    rows: ["(1, 'a#', 'b')"],
    others: ["(1, 'a', '#b')"],
  },
  {
    name: 'a text that imitates lengths and separators',
    create: PAIR_OF_TEXTS,
    rows: ["(1, 'a', '1#b')"],
    others: ["(1, 'a#1', 'b')"],
  },
  {
    name: 'the same change in two rows',
    create: '(id INT PRIMARY KEY, v INT)',
    rows: ['(1, 10)', '(2, 10)', '(3, 7)'],
    others: ['(1, 11)', '(2, 11)', '(3, 7)'],
  },
  {
    name: 'an update that was lost for every row',
    create: "(id INT PRIMARY KEY, v VARCHAR(9) DEFAULT 'x')",
    rows: range(1, 1000).map((i) => `(${i}, 'open')`),
    others: range(1, 1000).map((i) => `(${i}, 'done')`),
  },
  {
    name: 'two rows that exchanged their values',
    create: PAIR_OF_TEXTS,
    rows: ["(1, 'a', 'x')", "(2, 'b', 'x')"],
    others: ["(1, 'b', 'x')", "(2, 'a', 'x')"],
  },
  values('case', 'VARCHAR(10) COLLATE utf8mb4_general_ci', "'a'", "'A'"),
  values('accents', 'VARCHAR(10) COLLATE utf8mb4_unicode_ci', "'e'", "'é'"),
  values('trailing spaces', 'VARCHAR(10) COLLATE utf8mb4_general_ci', "'a'", "'a '"),
  values('emoji', 'VARCHAR(10) COLLATE utf8mb4_general_ci', "'😀'", "'😁'"),
  values(
    'letters of another charset',
    'VARCHAR(10) CHARSET latin1',
    "_latin1 x'E9'",
    "_latin1 x'E8'",
  ),
  values('wide characters', 'VARCHAR(10) CHARSET ucs2', "'ab'", "'ac'"),
  values('multibyte characters', 'VARCHAR(10) CHARSET sjis', "_sjis x'835C'", "_sjis x'8354'"),
  values(
    'the last bit of a DOUBLE',
    'DOUBLE',
    '-1.2345678901234567e-100',
    '-1.2345678901234569e-100',
  ),
  values('the last bit of an ordinary DOUBLE', 'DOUBLE', '0.1', '0.10000000000000002'),
  values('the last bit of a FLOAT', 'FLOAT', '16777216', '16777218'),
  values('FLOATs that print alike', 'FLOAT', '1.2345678', '1.2345679'),
  // MariaDB has no -0: see `formOf`.
  values('the sign of zero', 'DOUBLE', '0e0', '-0e0', 'mysql'),
  values('the lowest of 64 bits', 'BIT(64)', "x'8000000000000000'", "x'8000000000000001'"),
  values('the highest of 64 bits', 'BIT(64)', "x'0000000000000001'", "x'8000000000000001'"),
  values('integers beyond 2^53', 'BIGINT UNSIGNED', '18446744073709551615', '18446744073709551614'),
  values('decimals', 'DECIMAL(40, 20)', '1.00000000000000000001', '1.00000000000000000002'),
  values(
    'microseconds',
    'DATETIME(6)',
    "'2026-01-01 00:00:00.000001'",
    "'2026-01-01 00:00:00.000002'",
  ),
  values(
    'microseconds of a TIMESTAMP',
    'TIMESTAMP(6) NULL',
    "'2026-01-01 00:00:00.000001'",
    "'2026-01-01 00:00:00'",
  ),
  values('TIME', 'TIME(3)', "'-838:59:58.999'", "'-838:59:58.998'"),
  values('a YEAR and no year', 'YEAR', '2000', '0'),
  values('no date and a date', 'DATE', "'0000-00-00'", "'2000-01-01'"),
  values('an invalid ENUM value and an empty label', "ENUM('', 'a')", "'no such label'", "''"),
  values('ENUM labels', "ENUM('a', 'b')", "'a'", "'b'"),
  values(
    'the first and the last member of a SET of 64',
    `SET(${range(1, 64)
      .map((i) => `'m${i}'`)
      .join(', ')})`,
    "'m1,m64'",
    "'m64'",
  ),
  values('values in JSON', 'JSON', `'{"a": 1}'`, `'{"a": 2}'`, 'mysql'),
  values('numbers and strings in JSON', 'JSON', "'[1]'", `'["1"]'`, 'mysql'),
  values('JSON null and NULL', 'JSON', "'null'", 'NULL', 'mysql'),
  values(
    'the last digit of a number in JSON',
    'JSON',
    "'[0.1]'",
    "'[0.10000000000000002]'",
    'mysql',
  ),
  values('values in JSON', 'JSON', `'{"a": 1}'`, `'{"a": 2}'`, 'mariadb'),
  values('one byte of a BLOB', 'BLOB', `REPEAT('a', 60000)`, `CONCAT(REPEAT('a', 59999), 'b')`),
  values(
    'one byte of a long TEXT',
    'LONGTEXT',
    `REPEAT('é', 100000)`,
    `CONCAT(REPEAT('é', 99999), 'e')`,
  ),
  values('bytes that are no UTF-8', 'VARBINARY(10)', "x'FF'", "x'FE'"),
  {
    name: 'bytes behind texts of two collations',
    create: `(id INT PRIMARY KEY, a VARCHAR(10) COLLATE utf8mb4_general_ci,
      b VARCHAR(10) COLLATE utf8mb4_unicode_ci, c VARBINARY(10))`,
    rows: ["(1, 'a', 'b', x'C3A9FF')"],
    others: ["(1, 'a', 'b', x'C3A9FE')"],
  },
  values('padding of BINARY', 'BINARY(4)', "x'61'", "x'6120'"),
  values('points', 'GEOMETRY', "ST_GeomFromText('POINT(1 2)')", "ST_GeomFromText('POINT(1 3)')"),
  values('no geometry', 'GEOMETRY', "ST_GeomFromText('POINT(1 2)')", 'NULL'),
  values(
    'one number of a VECTOR',
    'VECTOR(3)',
    "TO_VECTOR('[1,2,3]')",
    "TO_VECTOR('[1,2,4]')",
    'mysql',
  ),
  values(
    'UUIDs',
    'UUID',
    "'00000000-0000-0000-0000-000000000001'",
    "'00000000-0000-0000-0000-000000000002'",
    'mariadb',
  ),
  values('IPv6 addresses', 'INET6', "'::1'", "'::2'", 'mariadb'),
  values('IPv4 addresses', 'INET4', "'10.0.0.1'", "'10.0.0.2'", 'mariadb'),
  values(
    'an empty string and NULL in a compressed column',
    'VARCHAR(200) COMPRESSED',
    "''",
    'NULL',
    'mariadb',
  ),
  {
    name: 'generated columns',
    create: '(id INT PRIMARY KEY, a INT, v INT AS (a + 1) VIRTUAL, s INT AS (a + 2) STORED)',
    rows: ['(1, 1, DEFAULT, DEFAULT)'],
    others: ['(1, 2, DEFAULT, DEFAULT)'],
  },
  {
    name: 'duplicate rows of a table without a key',
    create: '(a INT, b VARCHAR(5))',
    rows: ["(1, 'x')", "(1, 'x')", "(2, 'y')"],
    others: ["(1, 'x')", "(2, 'y')", "(2, 'y')"],
  },
  {
    name: 'the same change in two equal rows of a table without a key',
    create: '(a INT, b VARCHAR(5))',
    rows: ["(1, 'x')", "(1, 'x')"],
    others: ["(2, 'x')", "(2, 'x')"],
  },
  {
    name: 'one value in a table of one column',
    create: '(v VARBINARY(16) PRIMARY KEY)',
    rows: ["('a')", "('b')"],
    others: ["('a')", "('c')"],
  },
  {
    name: 'the same change in each row of a table of one column',
    create: '(v VARBINARY(16) PRIMARY KEY)',
    rows: range(0, 255).map((i) => `(${bytes(Buffer.from([1, i, 0]))})`),
    others: range(0, 255).map((i) => `(${bytes(Buffer.from([1, i, 1]))})`),
  },
  ...polynomialCases(),
]

describe.for(PAIRS)('a digest of $source and $replica', (pair) => {
  const isMixed = pair.source !== pair.replica
  const cases = CASES.filter(
    (each) => each.only === undefined || (!isMixed && each.only === pair.source),
  )

  test.for(cases)('tells apart $name', async ({ create, rows, others }) => {
    await fill(pair.source, 'source', { create, rows })
    await fill(pair.replica, 'replica', { create, rows: others })
    const changed = await digests(pair)
    expect(changed.plan.notComparable).toEqual([])
    expect(changed.source.nulls).toBe('0')
    expect(changed.replica.nulls).toBe('0')
    expect(changed.replica.digest).not.toBe(changed.source.digest)

    // And it says so when there is nothing to tell apart.
    await fill(pair.replica, 'replica', { create, rows })
    const equal = await digests(pair)
    expect(equal.replica).toEqual(equal.source)
  })

  test.for(['ENUM', 'SET'])(
    'tells apart labels of one %s each that information_schema shows alike',
    async (type) => {
      const content = (face: string): Content => ({
        create: `(id INT PRIMARY KEY, v ${type}('${face}', '', 'b') CHARSET utf8mb4)`,
        rows: [`(1, '${face}')`, "(2, 'b')", "(3, '')", '(4, 0)', '(5, NULL)'],
      })
      await fill(pair.source, 'source', content('😀'))
      await fill(pair.replica, 'replica', content('😁'))
      const [mine, other] = [
        await definitionOn(sessionOn(pair.source), 'source'),
        await definitionOn(sessionOn(pair.replica), 'replica'),
      ]
      expect(other.columns[1]?.columnType).toBe(mine.columns[1]?.columnType)

      const changed = await digests(pair)
      expect(changed.plan.notComparable).toEqual([])
      expect(changed.replica.digest).not.toBe(changed.source.digest)

      await fill(pair.replica, 'replica', content('😀'))
      const equal = await digests(pair)
      expect(equal.replica).toEqual(equal.source)
    },
  )

  test.for(['ENUM', 'SET'])(
    'tells apart the label of a %s that is empty and none',
    async (type) => {
      const content = (value: string): Content => ({
        create: `(id INT PRIMARY KEY, v ${type}('😀', '', 'b') CHARSET utf8mb4)`,
        rows: [`(1, ${value})`],
      })
      await fill(pair.source, 'source', content('0'))
      await fill(pair.replica, 'replica', content('2'))
      const { source, replica } = await digests(pair)
      expect(replica.digest).not.toBe(source.digest)
    },
  )

  test('tells apart rows that are too long to be concatenated, or says that it cannot', async () => {
    await withGlobals(pair, { max_allowed_packet: '1048576' }, async () => {
      const long = '(id INT PRIMARY KEY, a MEDIUMBLOB, b LONGTEXT)'
      const wide = `(id INT PRIMARY KEY, ${range(1, 40)
        .map((i) => `c${i} TEXT`)
        .join(', ')}) ROW_FORMAT=DYNAMIC`
      const wideRow = (last: string) =>
        `(1, ${range(1, 39)
          .map(() => "REPEAT('a', 60000)")
          .join(', ')}, '${last}')`
      await fill(pair.source, 'source', {
        create: long,
        rows: ["(1, REPEAT('a', 900000), REPEAT('b', 900000))"],
      })
      await fill(pair.replica, 'replica', {
        create: long,
        rows: ["(1, REPEAT('a', 900000), REPEAT('c', 900000))"],
      })
      const byColumn = await digests(pair)
      expect(byColumn.source.nulls).toBe('0')
      expect(byColumn.replica.digest).not.toBe(byColumn.source.digest)

      await fill(pair.source, 'source', { create: wide, rows: [wideRow('x')] })
      await fill(pair.replica, 'replica', { create: wide, rows: [wideRow('y')] })
      const whole = await digests(pair)
      const cannot = whole.source.nulls === '1' && whole.replica.nulls === '1'
      expect(cannot || whole.source.digest !== whole.replica.digest).toBe(true)
    })
  })

  test('reads tables of a thousand columns', async () => {
    const create = `(id INT PRIMARY KEY, ${range(1, 500)
      .map((i) => `a${i} INT, b${i} VARCHAR(3)`)
      .join(', ')}) CHARSET latin1`
    const row = (last: string) =>
      `(1, ${range(1, 499)
        .map((i) => `${i}, 'x'`)
        .join(', ')}, NULL, ${last})`
    await fill(pair.source, 'source', { create, rows: [row("''")] })
    await fill(pair.replica, 'replica', { create, rows: [row('NULL')] })
    const { source, replica } = await digests(pair)
    expect(source.nulls).toBe('0')
    expect(replica.digest).not.toBe(source.digest)
  })

  test('sees a NULL where only the replica allows one', async () => {
    await fill(pair.source, 'source', {
      create: '(id INT PRIMARY KEY, v VARCHAR(5) NOT NULL)',
      rows: ["(1, '')"],
    })
    await fill(pair.replica, 'replica', {
      create: '(id INT PRIMARY KEY, v VARCHAR(5))',
      rows: ['(1, NULL)'],
    })
    const { source, replica } = await digests(pair)
    expect(replica.digest).not.toBe(source.digest)
  })

  test('reads invisible columns', async () => {
    const create = '(id INT PRIMARY KEY, v INT INVISIBLE DEFAULT 1)'
    await fill(pair.source, 'source', { create, rows: ['(1)'] })
    await fill(pair.replica, 'replica', { create: create.replace('1)', '2)'), rows: ['(1)'] })
    const { source, replica } = await digests(pair)
    expect(replica.digest).not.toBe(source.digest)
  })

  test('compares equal values of types that differ in their size only', async () => {
    const rows = ["(1, 5, 'é', '2026-01-01', 7.5)"]
    await fill(pair.source, 'source', {
      create:
        '(id INT PRIMARY KEY, a INT, b VARCHAR(5) CHARSET latin1, c DATETIME, d DECIMAL(5, 2) ZEROFILL)',
      rows,
    })
    await fill(pair.replica, 'replica', {
      create:
        '(id BIGINT PRIMARY KEY, a BIGINT(20) ZEROFILL, b VARCHAR(9) CHARSET utf8mb4, c DATETIME, d DECIMAL(9, 2) UNSIGNED)',
      rows,
    })
    const { plan, source, replica } = await digests(pair)
    expect(plan.notComparable).toEqual([])
    expect(replica.digest).toBe(source.digest)
  })

  const PLAIN: Content = {
    create: `(id INT AUTO_INCREMENT PRIMARY KEY, c CHAR(9), at TIMESTAMP NULL, s VARCHAR(9) CHARSET latin1,
      d DATETIME(3), f FLOAT)`,
    rows: range(1, 50).map(
      (i) => `(${i}, 'ab', '2026-03-29 01:30:00', 'é', '2026-03-29 02:30:00.5', ${i}.1)`,
    ),
  }

  test('does not depend on time zone, sql_mode or character set of either server', async () => {
    await fill(pair.source, 'source', PLAIN)
    await fill(pair.replica, 'replica', PLAIN)
    const before = await digests(pair)
    const globals = {
      time_zone: "'+05:30'",
      sql_mode:
        pair.source === 'mysql'
          ? "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH'"
          : "'ORACLE,PAD_CHAR_TO_FULL_LENGTH'",
      character_set_server: 'latin1',
      autocommit: '0',
    }
    await withGlobals({ source: pair.source, replica: pair.source }, globals, async () => {
      const after = await digests(pair)
      expect(after.source).toEqual(before.source)
      expect(after.replica).toEqual(after.source)
    })
  })

  test.for<[string, (content: Content) => Content]>([
    [
      'AUTO_INCREMENT counters',
      ({ create, rows }) => ({ create: `${create} AUTO_INCREMENT=5000`, rows }),
    ],
    ['the physical order of rows', ({ create, rows }) => ({ create, rows: rows.toReversed() })],
    [
      'partitioning',
      ({ create, rows }) => ({ create: `${create} PARTITION BY HASH (id) PARTITIONS 3`, rows }),
    ],
    ['the engine', ({ create, rows }) => ({ create: `${create} ENGINE=MyISAM`, rows })],
    [
      'further indexes',
      ({ create, rows }) => ({ create: create.replace(/\)$/, ', KEY (c), UNIQUE (id, s))'), rows }),
    ],
  ])('does not depend on %s', async ([, change]) => {
    await fill(pair.source, 'source', PLAIN)
    await fill(pair.replica, 'replica', change(PLAIN))
    const { source, replica } = await digests(pair)
    expect(replica).toEqual(source)
  })

  test('does not depend on the order of rows without a key', async () => {
    const create = '(a INT, b VARCHAR(9))'
    const rows = range(1, 30).map((i) => `(${i % 7}, 'x')`)
    await fill(pair.source, 'source', { create, rows })
    await fill(pair.replica, 'replica', { create, rows: rows.toReversed() })
    const { source, replica } = await digests(pair)
    expect(replica).toEqual(source)
  })

  test('of no rows is the same on both ends', async () => {
    for (const create of ['(id INT PRIMARY KEY, a TEXT)', '(a INT, b TEXT)']) {
      await fill(pair.source, 'source', { create, rows: [] })
      await fill(pair.replica, 'replica', { create, rows: [] })
      const { source, replica } = await digests(pair)
      expect(source).toMatchObject({ n: '0', nulls: '0' })
      expect(replica).toEqual(source)
    }
  })

  test('does not depend on the sign of a zero where MariaDB has one', async () => {
    const create = '(id INT PRIMARY KEY, f FLOAT)'
    await fill(pair.source, 'source', { create, rows: ['(1, -1e-100)'] })
    await fill(pair.replica, 'replica', { create, rows: ['(1, 0)'] })
    const { source, replica } = await digests(pair)
    const isSame = replica.digest === source.digest
    expect(isSame).toBe(pair.replica === 'mariadb')
  })

  test('names the columns of a row that differ', async () => {
    const create = '(id INT PRIMARY KEY, a TEXT, b DOUBLE, c INT, d BLOB, e INT)'
    await fill(pair.source, 'source', { create, rows: ["(1, 'a', 0.1, 1, x'00', NULL)"] })
    await fill(pair.replica, 'replica', {
      create,
      rows: ["(1, 'A', 0.10000000000000002, 1, x'01', 0)"],
    })
    const { plan } = await digests(pair)
    const list = [
      `${plan.rowHash} AS hash`,
      ...plan.columnHashes.map(({ sql }, i) => `${sql} AS c${i}`),
    ].join(', ')
    const read = async (flavor: Vendor, end: End) => {
      const session = sessionOn(flavor)
      const [row] = await session.query(
        rowsSql(await definitionOn(session, end), EVERYTHING, list, 1),
      )
      return row ?? {}
    }
    const [here, there] = [await read(pair.source, 'source'), await read(pair.replica, 'replica')]
    expect(here.hash).not.toBe(there.hash)
    const differing = plan.columnHashes.filter((_, i) => here[`c${i}`] !== there[`c${i}`])
    expect(differing.map(({ name }) => name)).toEqual(['a', 'b', 'd', 'e'])
  })
})

test('JSON is not compared across flavors', async () => {
  const pair = { source: 'mysql', replica: 'mariadb' } as const
  const content = { create: '(id INT PRIMARY KEY, j JSON, k INT)', rows: [`(1, '{"a": 1}', 1)`] }
  await fill('mysql', 'source', content)
  await fill('mariadb', 'replica', content)
  const { plan, source, replica } = await digests(pair)
  expect(plan.notComparable.map(({ name }) => name)).toEqual(['j'])
  expect(replica).toEqual(source)
})

test.for(PAIRS)(
  'texts beyond max_allowed_packet of $source and $replica do not pass for equal',
  async (pair) => {
    const create = '(id INT PRIMARY KEY, a TEXT CHARSET latin1)'
    await fill(pair.source, 'source', { create, rows: ["(1, CONCAT(REPEAT('a', 60000), 'x'))"] })
    await fill(pair.replica, 'replica', { create, rows: ["(1, CONCAT(REPEAT('a', 60000), 'y'))"] })
    await withGlobals(pair, { max_allowed_packet: '16384' }, async () => {
      const { source, replica } = await digests(pair)
      const cannot = source.nulls === '1' && replica.nulls === '1'
      expect(cannot || source.digest !== replica.digest).toBe(true)
    })
  },
)

test('JSON beyond max_allowed_packet, which MySQL prints as nothing, does not pass for equal', async () => {
  const pair = { source: 'mysql', replica: 'mysql' } as const
  const content = (last: string): Content => ({
    create: '(id INT PRIMARY KEY, j JSON)',
    rows: [
      `(1, JSON_ARRAY(REPEAT('a', 3000000), '${last}'))`,
      `(2, JSON_ARRAY('${last}'))`,
      '(3, NULL)',
    ],
  })
  await fill('mysql', 'source', content('x'))
  await fill('mysql', 'replica', content('y'))
  await withGlobals(pair, { max_allowed_packet: '1048576' }, async () => {
    const { source, replica } = await digests(pair)
    expect([source.nulls, replica.nulls]).toEqual(['1', '1'])
  })
  const { source, replica } = await digests(pair)
  expect([source.nulls, replica.nulls]).toEqual(['0', '0'])
  expect(source.digest).not.toBe(replica.digest)
})

test('a hash of 0 in one factor does not hide what the other one sees', async () => {
  const zero = solvedCrc(Buffer.from('0'), 12)
  const other = xored(zero, patternOf(CRC32))
  expect([
    crc32(Buffer.concat([Buffer.from('0'), zero])),
    crc32(Buffer.concat([Buffer.from('0'), other])),
  ]).toEqual([0, 0])
  const create = '(v BINARY(12) PRIMARY KEY)'
  for (const pair of PAIRS) {
    await fill(pair.source, 'source', { create, rows: [`(${bytes(zero)})`] })
    await fill(pair.replica, 'replica', { create, rows: [`(${bytes(other)})`] })
    const { source, replica } = await digests(pair)
    expect(replica.digest).not.toBe(source.digest)
  }
})

function polynomialCases(): Case[] {
  const base = Buffer.from('0123456789abcdef')
  return [
    { name: 'CRC-32', polynomial: CRC32 },
    { name: 'CRC-32C', polynomial: CRC32C },
    { name: 'both CRCs together', polynomial: product(CRC32, CRC32C) },
  ].map(({ name, polynomial }) => ({
    name: `the bit pattern of ${name} in a table of one column`,
    create: '(v BINARY(16) PRIMARY KEY)',
    rows: [`(${bytes(base)})`],
    others: [`(${bytes(xored(base, patternOf(polynomial)))})`],
  }))
}

/** Multiplication without carry. */
