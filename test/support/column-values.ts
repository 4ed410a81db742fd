/** Values at the edges of types, as SQL. */
import { range } from './two-ends.ts'

function hex(bytes: Uint8Array | string): string {
  return Buffer.from(bytes).toString('hex')
}

const FRAGMENTS = [
  ...[
    '',
    ' ',
    '  ',
    '#',
    '0',
    '1',
    '1#',
    '#1',
    '12',
    '2',
    'NULL',
    '\0',
    '\t',
    '\n',
    "'",
    '\\',
    '%',
    '?',
    '~',
  ],
  ...[
    'a',
    'A',
    'b',
    'á',
    'a\u0301',
    'e',
    'é',
    'è',
    'ß',
    'ss',
    'ÿ',
    'я',
    'Я',
    '¥',
    'ﬁ',
    'fi',
    '\u200d',
    '\ufeff',
  ],
  ...[
    'か',
    'が',
    'か\u3099',
    'カ',
    '漢',
    '字',
    '中',
    '한',
    'א',
    'ا',
    '😀',
    '😁',
    '\u{10ffff}',
    '\uffff',
  ],
]

/** Characters of all scripts, to be converted, and bytes that need not be characters of the column's charset. */
export const TEXTS: readonly string[] = [
  ...FRAGMENTS.map((fragment) => `_utf8mb4 x'${hex(fragment)}'`),
  ...['80', 'FF', 'A0', '5C', '20', '835C', '41', '0041', '004100'].map((bytes) => `x'${bytes}'`),
]

export const BINARIES: readonly string[] = [
  ...[
    '',
    '00',
    '0000',
    'FF',
    'FE',
    'FFFF',
    '20',
    '2020',
    '23',
    '31',
    '3123',
    '2331',
    '30',
    '61',
    '41',
  ],
  ...['C3A9', 'C3A9FF', 'C3A9FE', '835C', '6120', '612023', '4E554C4C', '7F', '80', '00FF', 'FF00'],
].map((bytes) => `x'${bytes}'`)

/** With neighbours of one bit, or of one digit beyond what a FLOAT or DOUBLE prints. */
export const REALS: readonly string[] = [
  ...['0e0', '-0e0', '1e0', '-1e0', '1.0000000000000002e0', '0.99999999999999989e0'],
  ...['0.1e0', '0.10000000000000002e0', '0.30000000000000004e0', '0.3e0', '0.2999e0'],
  ...[
    '-1.2345678901234567e-100',
    '-1.2345678901234569e-100',
    '1.7976931348623157e308',
    '1.7976931348623155e308',
  ],
  ...['2.2250738585072014e-308', '2.225073858507201e-308', '5e-324', '1e-323', '-5e-324'],
  ...['16777216e0', '16777217e0', '16777218e0', '9007199254740992e0', '9007199254740994e0'],
  ...[
    '1.2345678e0',
    '1.2345679e0',
    '3.4028234663852886e38',
    '3.4028232635611926e38',
    '1e-45',
    '3e-45',
    '1.17549435e-38',
  ],
]

/** One of three and one of two members more or less, and what is no member. */
export const SETS: readonly string[] = [
  ...["''", "'m1'", "'m2'", "'m1,m2'", "'m64'", "'m1,m64'", "'m63,m64'", "'m2,m64'", "'none'"],
  `'${range(1, 64)
    .map((i) => `m${i}`)
    .join(',')}'`,
  `'${range(2, 64)
    .map((i) => `m${i}`)
    .join(',')}'`,
]

export const JSONS: readonly string[] = [
  ...[
    'null',
    'true',
    'false',
    '0',
    '1',
    '-1',
    '"1"',
    '""',
    '"null"',
    '[]',
    '{}',
    '[1]',
    '["1"]',
    '[[1]]',
    '[null]',
  ],
  ...[
    '{"a": 1}',
    '{"a": 2}',
    '{"b": 1}',
    '{"a": 1, "b": 2}',
    '{"a": {"b": 2}}',
    '[0.1]',
    '[0.10000000000000002]',
  ],
  ...[
    '18446744073709551615',
    '9007199254740993',
    '9007199254740992',
    '1e300',
    '"#"',
    '"a#1"',
    '"é"',
    '"e\u0301"',
    '"😀"',
  ],
]
  .map((json) => `'${json}'`)
  .concat(`CONCAT('["', REPEAT('a', 70000), '1"]')`, `CONCAT('["', REPEAT('a', 70000), '2"]')`)

const shapes = (...texts: string[]) =>
  texts.flatMap((text) => [`ST_GeomFromText('${text}')`, `ST_GeomFromText('${text}', 4326)`])

/** By subtype. */
export const GEOMETRIES: Readonly<Record<string, readonly string[]>> = {
  POINT: shapes(
    'POINT(0 0)',
    'POINT(1 2)',
    'POINT(2 1)',
    'POINT(1 3)',
    'POINT(1 2.0000000000000004)',
  ),
  LINESTRING: shapes('LINESTRING(0 0,1 1)', 'LINESTRING(1 1,0 0)', 'LINESTRING(0 0,1 1,2 2)'),
  POLYGON: shapes(
    'POLYGON((0 0,0 2,2 2,0 0))',
    'POLYGON((0 0,2 2,0 2,0 0))',
    'POLYGON((0 0,0 2,2 2,2 0,0 0))',
  ),
  MULTIPOINT: shapes('MULTIPOINT(1 2)', 'MULTIPOINT(1 2,1 2)', 'MULTIPOINT(1 2,3 4)'),
  MULTILINESTRING: shapes('MULTILINESTRING((0 0,1 1))', 'MULTILINESTRING((0 0,1 1),(0 0,1 1))'),
  MULTIPOLYGON: shapes(
    'MULTIPOLYGON(((0 0,0 2,2 2,0 0)))',
    'MULTIPOLYGON(((0 0,0 2,2 2,0 0)),((5 5,5 7,7 7,5 5)))',
  ),
  GEOMETRYCOLLECTION: shapes(
    'GEOMETRYCOLLECTION(POINT(1 2))',
    'GEOMETRYCOLLECTION(POINT(1 2),POINT(1 2))',
    'GEOMETRYCOLLECTION(MULTIPOINT(1 2))',
  ),
}
