/** Every column type of both flavors, with the values that are most likely to be confused with each other. */
import type { Vendor } from '../../src/mysql/flavor.ts'
import { BINARIES, GEOMETRIES, JSONS, REALS, SETS, TEXTS } from './column-values.ts'
import { range } from './two-ends.ts'

export interface ColumnType {
  readonly name: string
  /** The type in SQL; `pick` chooses size and charset. */
  readonly sql: (pick: number) => string
  /** SQL expressions for values, the same `pick` always the same. */
  readonly value: (pick: number) => string
  /** Text that is equal if and only if the values are, to the bit; by other means than a digest's. */
  readonly exact: (column: string) => string
  /** Strings, which can be cut and put together. */
  readonly isString?: true
  readonly only?: Vendor
}

export interface Charset {
  readonly name: string
  readonly collations: readonly string[]
}

type Exact = ColumnType['exact']

const BYTES: Exact = (c) =>
  `IF(LENGTH(${c}) > 200, CONCAT(LENGTH(${c}), ':', SHA2(${c}, 512)), HEX(${c}))`
const PRINTED: Exact = (c) => `CAST(${c} AS CHAR)`
/**
 * A double prints with too few digits: the rest is what it lacks to the printed one, which is exact.
 * MySQL prints -0; MariaDB does not, and has none for our purposes: see `formOf`.
 */
const REAL: Exact = (c) => {
  const text = `CAST(${c} * 1e0 AS CHAR)`
  return `CONCAT(${text}, ' ', CAST(${c} * 1e0 - (${text} + 0e0) AS CHAR))`
}
const GEOMETRY: Exact = (c) => `CONCAT(ST_SRID(${c}), ':', HEX(ST_AsBinary(${c})))`
const FRACTIONS = ['', ...range(0, 6).map((digits) => `(${digits})`)]

export function at<T>(list: readonly T[], pick: number): T {
  return list[pick % list.length] as T
}

function type(
  name: string,
  sql: readonly string[],
  values: readonly string[],
  exact: Exact,
  only?: Vendor,
): ColumnType {
  const parts = {
    name,
    sql: (pick: number) => at(sql, pick),
    value: (pick: number) => at(values, pick),
    exact,
  }
  return only === undefined ? parts : { ...parts, only }
}

function quoted(values: readonly string[]): string[] {
  return values.map((value) => `'${value}'`)
}

function integers(bits: number): ColumnType {
  const name =
    { 8: 'TINYINT', 16: 'SMALLINT', 24: 'MEDIUMINT', 32: 'INT', 64: 'BIGINT' }[bits] ?? ''
  const top = 1n << BigInt(bits - 1)
  const near = [-top, -top + 1n, top - 2n, top - 1n, top, 2n * top - 2n, 2n * top - 1n]
  const small = [0n, 1n, -1n, 10n, 11n, 100n, 2n ** 53n, 2n ** 53n + 1n]
  const sql = [name, `${name} UNSIGNED`, `${name}(5) UNSIGNED ZEROFILL`]
  return type(name, sql, [...small, ...near].map(String), PRINTED)
}

const DECIMALS = [
  ...['0', '-0', '1', '-1', '10', '0.1', '0.10', '-0.1', '1e-30', '-1e-30', '99999', '9.5'],
  ...['1.000000000000000000000000000001', '12345678901234567890123456789012345', '1e34'],
  ...['99999999999999999999999999999999999.999999999999999999999999999999', '0.5', '0.05'],
]

const DATES = [
  ...['0000-00-00', '2026-00-00', '2026-02-00', '2026-02-31', '1000-01-01', '9999-12-31'],
  ...['1970-01-01', '2000-01-01', '2026-03-29', '0001-01-01'],
]
const CLOCKS = [
  ...['00:00:00', '00:00:00.000001', '00:00:01', '02:30:00.5', '01:30:00', '23:59:59.999999'],
  ...['12:00:00.1', '12:00:00.01', '23:59:59'],
]
const MOMENTS = DATES.flatMap((date) => CLOCKS.map((clock) => `${date} ${clock}`))
const STAMPS = [
  ...['0000-00-00 00:00:00', '1970-01-01 00:00:01', '1970-01-01 00:00:01.000001'],
  ...['2038-01-19 03:14:07.999999', '2038-01-19 03:14:07', '2026-03-29 01:30:00.5'],
  ...[
    '2026-10-25 00:30:00',
    '2026-10-25 01:30:00',
    '2000-01-01 00:00:00.100000',
    '2000-01-01 00:00:00',
  ],
]
const TIMES = [
  ...['00:00:00', '-00:00:01', '00:00:01', '00:00:00.000001', '-00:00:00.000001', '24:00:00'],
  ...[
    '-838:59:59.999999',
    '838:59:59.999999',
    '838:59:59',
    '-838:59:58.999999',
    '100:00:00',
    '99:59:59.9',
  ],
]

const UUIDS = [
  ...['00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000001'],
  ...['ffffffff-ffff-ffff-ffff-ffffffffffff', '123e4567-e89b-12d3-a456-426655440000'],
  ...['123e4567-e89b-12d3-a456-426655440001', '123e4567-e89b-72d3-8456-426655440000'],
]
const NETWORKS = [
  '::',
  '::1',
  '::ffff:10.0.0.1',
  '::10.0.0.1',
  '2001:db8::1',
  '2001:db8::',
  'ffff::',
]
const ADDRESSES = ['0.0.0.0', '0.0.0.1', '10.0.0.1', '1.0.0.10', '255.255.255.255', '127.0.0.1']
/** Little-endian floats: 0, -0, 1, its neighbour, the least, the greatest. */
const FLOATS = ['00000000', '00000080', '0000803f', '0100803f', '01000000', 'ffff7f7f', '23313233']

const LABELS = quoted(['', 'a', 'b', '0', '1', '#', '1#a', 'a b', 'NULL'])
const MANY_LABELS = range(1, 300).map((i) => `'l${i}'`)
const MEMBERS = range(1, 64).map((i) => `'m${i}'`)

const PLAIN: readonly ColumnType[] = [
  ...[8, 16, 24, 32, 64].map(integers),
  type('BOOL', ['BOOL'], ['0', '1', '2', '-1'], PRINTED),
  type(
    'DECIMAL',
    [
      'DECIMAL(65,30)',
      'DECIMAL(10,0)',
      'DECIMAL(5,5)',
      'DECIMAL(9,2) UNSIGNED',
      'DECIMAL(12,3) UNSIGNED ZEROFILL',
    ],
    DECIMALS,
    PRINTED,
  ),
  type('FLOAT', ['FLOAT', 'FLOAT UNSIGNED', 'FLOAT(7,3)', 'FLOAT(10,2) ZEROFILL'], REALS, REAL),
  type('DOUBLE', ['DOUBLE', 'DOUBLE', 'DOUBLE UNSIGNED', 'DOUBLE(12,4)'], REALS, REAL),
  type(
    'BIT',
    [1, 2, 7, 8, 9, 31, 32, 33, 63, 64].map((bits) => `BIT(${bits})`),
    [
      "b'0'",
      "b'1'",
      "b'10'",
      "x'35'",
      "x'2335'",
      "x'80000000'",
      "x'8000000000000000'",
      "x'8000000000000001'",
    ],
    (c) => `BIN(${c})`,
  ),
  type('YEAR', ['YEAR'], ['0', '1901', '1970', '1999', '2000', '2155', "'00'", '2001'], PRINTED),
  type('DATE', ['DATE'], quoted(DATES), PRINTED),
  type(
    'DATETIME',
    FRACTIONS.map((digits) => `DATETIME${digits}`),
    quoted(MOMENTS),
    PRINTED,
  ),
  type(
    'TIMESTAMP',
    FRACTIONS.map((digits) => `TIMESTAMP${digits}`),
    quoted(STAMPS),
    PRINTED,
  ),
  type(
    'TIME',
    FRACTIONS.map((digits) => `TIME${digits}`),
    quoted(TIMES),
    PRINTED,
  ),
  // Also a value that is no label: index 0, which prints like the label ''.
  type(
    'ENUM',
    [`ENUM(${LABELS.join(', ')})`, `ENUM(${[...LABELS, "'😀'"].join(', ')}) CHARSET utf8mb4`],
    [...LABELS, "'no such label'"],
    (c) => `${c}+0`,
  ),
  type(
    'ENUM of 300 labels',
    [`ENUM(${MANY_LABELS.join(', ')}) CHARSET ucs2`],
    ["'none'", "'l1'", "'l2'", "'l255'", "'l256'", "'l257'", "'l300'"],
    (c) => `${c}+0`,
  ),
  type(
    'SET',
    [`SET(${MEMBERS.join(', ')})`, "SET('m1','','m2')", "SET('m1','','m2','😀') CHARSET utf8mb4"],
    SETS,
    BYTES,
  ),
  type('UUID', ['UUID'], quoted(UUIDS), PRINTED, 'mariadb'),
  type('INET6', ['INET6'], quoted(NETWORKS), PRINTED, 'mariadb'),
  type('INET4', ['INET4'], quoted(ADDRESSES), PRINTED, 'mariadb'),
  type(
    'VECTOR',
    ['VECTOR(3)', 'VECTOR(400)'],
    FLOATS.flatMap((a) => FLOATS.flatMap((b) => [`x'${a}${b}'`, `x'${a}${b}${a}'`])),
    BYTES,
    'mysql',
  ),
  type('JSON', ['JSON'], JSONS, (c) => BYTES(`CAST(${c} AS CHAR)`)),
  type('GEOMETRY', ['GEOMETRY'], Object.values(GEOMETRIES).flat(), GEOMETRY),
  ...Object.entries(GEOMETRIES).map(([name, values]) => type(name, [name], values, GEOMETRY)),
]

function strings(
  name: string,
  sql: ColumnType['sql'],
  value: ColumnType['value'],
  only?: Vendor,
): ColumnType {
  const parts = { name, sql, value, exact: BYTES, isString: true } as const
  return only === undefined ? parts : { ...parts, only }
}

function text(pick: number): string {
  const [head, tail] = [at(TEXTS, pick), at(TEXTS, Math.floor(pick / TEXTS.length))]
  return pick % 29 === 28 ? head : `CONCAT(${head}, ${tail})`
}

/** Some of them beyond what goes in as it is, two of each length. */
function longText(pick: number): string {
  if (pick % 13 < 11) return text(pick)
  const length = at([65_534, 65_535, 65_536, 70_000], Math.floor(pick / 13))
  return `CONCAT(REPEAT('a', ${length}), ${text(pick)})`
}

const bytes = (pick: number) => at(BINARIES, pick)

function longBytes(pick: number): string {
  if (pick % 13 < 11) return bytes(pick)
  const length = at([65_534, 65_535, 65_536], Math.floor(pick / 13))
  return `CONCAT(REPEAT(x'FF', ${length}), ${bytes(pick)})`
}

const BINARY: readonly ColumnType[] = [
  strings('BINARY', (pick) => `BINARY(${at([1, 4, 16, 255], pick)})`, bytes),
  strings('VARBINARY', (pick) => `VARBINARY(${at([1, 5, 40, 2_000], pick)})`, bytes),
  strings('TINYBLOB', () => 'TINYBLOB', bytes),
  strings('BLOB', () => 'BLOB', longBytes),
  strings('MEDIUMBLOB', () => 'MEDIUMBLOB', longBytes),
  strings('LONGBLOB', () => 'LONGBLOB', longBytes),
  strings('VARBINARY COMPRESSED', () => 'VARBINARY(300) COMPRESSED', bytes, 'mariadb'),
]

/** CHAR and TEXT, their charset by `pick`; and a VARCHAR for each charset. */
function texts(charsets: readonly Charset[]): ColumnType[] {
  const inCharset = (charset: Charset, pick: number) =>
    `CHARSET ${charset.name} COLLATE ${at(charset.collations, Math.floor(pick / 7))}`
  const any = (pick: number) => inCharset(at(charsets, pick), pick)
  return [
    strings('CHAR', (pick) => `CHAR(${at([1, 4, 60], pick)}) ${any(pick)}`, text),
    strings('TINYTEXT', (pick) => `TINYTEXT ${any(pick)}`, text),
    strings('TEXT', (pick) => `TEXT ${any(pick)}`, longText),
    strings('MEDIUMTEXT', (pick) => `MEDIUMTEXT ${any(pick)}`, longText),
    strings('LONGTEXT', (pick) => `LONGTEXT ${any(pick)}`, longText),
    strings(
      'VARCHAR COMPRESSED',
      (pick) => `VARCHAR(200) COMPRESSED ${any(pick)}`,
      text,
      'mariadb',
    ),
    ...charsets.map((charset) =>
      strings(
        `VARCHAR in ${charset.name}`,
        (pick) => `VARCHAR(${at([1, 10, 60, 300], pick)}) ${inCharset(charset, pick)}`,
        text,
      ),
    ),
  ]
}

export function columnTypes(vendor: Vendor, charsets: readonly Charset[]): ColumnType[] {
  const all = [...PLAIN, ...BINARY, ...texts(charsets)]
  return all.filter(({ only }) => only === undefined || only === vendor)
}
