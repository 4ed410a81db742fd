/** How a column goes into the hash of its row: so that equal values look equal on all ends, and no others do. */
import type { Column } from './definition.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { normalCharset, normalType } from './normal.ts'
import { quoteName } from './sql.ts'

export interface Encoding {
  readonly name: string
  readonly column: string
  /** It may be NULL on some end. */
  readonly nullable: boolean
  readonly form: Printed | Real | Bytes
}

/** At most `PRINTED_BYTES` long, without '#'; NULL for NULL. */
export interface Printed {
  readonly kind: 'printed'
  readonly sql: string
  /** For values that a server may fail to print: see `Doubt`. */
  readonly doubt: Doubt | null
}

/** FLOAT and DOUBLE, which no text can carry. */
export interface Real {
  readonly kind: 'real'
  /** A number whose bits are those of the value; NULL for NULL. */
  readonly sql: string
}

/** Any bytes. */
export interface Bytes {
  readonly kind: 'bytes'
  /** A binary string for CONCAT: the value, or the SHA2 of a value of more than `LONG` bytes. */
  readonly sql: string
  /** The value itself, for functions of one string. */
  readonly raw: string
  readonly canBeLong: boolean
  /** The longest `sql`. */
  readonly most: number
}

export interface Doubt {
  /** True for values that may be lost. */
  readonly isPossible: string
  /** NULL for values that are lost. */
  readonly proof: string
}

export type NotComparableReason = 'cross_version' | 'definition_differs'

/** Longer values go in as their SHA2, so that no row outgrows max_allowed_packet through one column. */
export const LONG = 65_535

/** DECIMAL(65,30) with sign, point and separator; a SHA2 takes less. */
export const PRINTED_BYTES = 70

type Family = 'integer' | 'plain' | 'bit' | 'enum' | 'set' | 'real' | 'text' | 'bytes' | 'json'

const FAMILIES: Readonly<Record<string, Family>> = {
  tinyint: 'integer',
  smallint: 'integer',
  mediumint: 'integer',
  int: 'integer',
  bigint: 'integer',
  decimal: 'plain',
  year: 'plain',
  date: 'plain',
  datetime: 'plain',
  timestamp: 'plain',
  time: 'plain',
  uuid: 'plain',
  inet4: 'plain',
  inet6: 'plain',
  bit: 'bit',
  enum: 'enum',
  set: 'set',
  float: 'real',
  double: 'real',
  char: 'text',
  varchar: 'text',
  tinytext: 'text',
  text: 'text',
  mediumtext: 'text',
  longtext: 'text',
  json: 'json',
}

/** Types whose values never exceed `LONG` bytes. */
const SHORT_TYPES = new Set([
  'char',
  'varchar',
  'tinytext',
  'text',
  'binary',
  'varbinary',
  'tinyblob',
  'blob',
  'vector',
])

/** Charsets that turn into utf8mb4 without loss: two different values stay different. */
const LOSSLESS = new Set([
  'ascii',
  'latin1',
  'ucs2',
  'utf16',
  'utf16le',
  'utf32',
  'utf8mb3',
  'utf8mb4',
])

/**
 * One encoding for a column, or why there is none.
 *
 * @param variants the column on the ends that are known; it may be NULL on the others, if there are any.
 */
export function encodingOf(
  variants: readonly [Column, ...Column[]],
  flavors: readonly Flavor[],
): Encoding | NotComparableReason {
  const [first] = variants
  const family = familyOf(first)
  const reason = reasonAgainst(family, variants, flavors)
  if (reason !== null) return reason
  const column = quoteName(first.name)
  const nullable = variants.length < flavors.length || variants.some((each) => each.nullable)
  return { name: first.name, column, nullable, form: formOf(family, column, variants, flavors) }
}

function formOf(
  family: Family,
  column: string,
  variants: readonly [Column, ...Column[]],
  flavors: readonly Flavor[],
): Encoding['form'] {
  switch (family) {
    case 'integer':
    case 'plain': {
      // ZEROFILL pads to the display width or the precision, which are no part of the value.
      const isPadded = variants.some((each) => /zerofill/i.test(each.columnType))
      return printed(isPadded ? `${column}+0` : column)
    }
    case 'bit':
      return printed(`${column}+0`)
    case 'enum':
      if (labelsDiffer(variants) || hidesLabels(variants)) return byText(column, variants)
      return printed(`${column}+0`)
    case 'set':
      if (hidesLabels(variants)) return byText(column, variants)
      // `+ 0` makes it a DOUBLE on MySQL: the low bits of a SET of 64 are lost.
      return printed(`CAST(${column} AS UNSIGNED)`)
    case 'real':
      // MariaDB prints -0 as 0, reads it as 0, and a copying ALTER makes it 0 (10.11; small numbers
      // become -0 in a FLOAT): no difference there. -0 + 0 is 0, and every other number stays as it is.
      return { kind: 'real', sql: flavors.every(isMysql) ? column : `${column}+0e0` }
    case 'json':
      // Serialised once, and then it needs no length.
      return printed(`SHA2(CAST(${column} AS BINARY), 256)`, jsonDoubt(column, flavors))
    case 'text': {
      const raw = inOneCharset(column, variants)
      return bytes(raw, `CAST(${raw} AS BINARY)`, variants)
    }
    case 'bytes': {
      // As they are, but CONCAT takes no VECTOR, and a geometry only by chance.
      const isString = /binary|blob/.test(variants[0].dataType)
      return bytes(column, isString ? column : `CAST(${column} AS BINARY)`, variants)
    }
  }
}

/** Of an ENUM or a SET: 0, which is no label and no member, prints like a label ''. */
function byText(column: string, variants: readonly Column[]): Printed {
  return printed(`IF(${column}=0, 0, SHA2(${inOneCharset(column, variants)}, 256))`)
}

function inOneCharset(column: string, variants: readonly Column[]): string {
  return charsetsOf(variants).size > 1 ? `CONVERT(${column} USING utf8mb4)` : column
}

function charsetsOf(variants: readonly Column[]): ReadonlySet<string> {
  return new Set(variants.map((each) => normalCharset(each.charset) ?? ''))
}

function isMysql({ vendor }: Flavor): boolean {
  return vendor === 'mysql'
}

function printed(sql: string, doubt: Doubt | null = null): Printed {
  return { kind: 'printed', sql, doubt }
}

/**
 * @param sql `raw` as a binary string: MariaDB turns bytes into '?' where texts of different collations
 *   meet in a CONCAT.
 */
function bytes(raw: string, sql: string, variants: readonly Column[]): Bytes {
  if (!variants.every((each) => SHORT_TYPES.has(each.dataType))) {
    const short = `IF(LENGTH(${raw}) > ${LONG}, SHA2(${raw}, 256), ${sql})`
    return { kind: 'bytes', raw, sql: short, canBeLong: true, most: LONG }
  }
  const most = Math.max(...variants.map(longestValue))
  return { kind: 'bytes', raw, sql, canBeLong: false, most }
}

/** In bytes: no character takes more than four, and no number of a VECTOR. */
function longestValue({ dataType, columnType }: Column): number {
  if (dataType.startsWith('tiny')) return 255
  const size = /\((\d+)\)/.exec(columnType)?.[1]
  const width = dataType.includes('binary') ? 1 : 4
  return size === undefined ? LONG : Math.min(LONG, Number(size) * width)
}

/** MySQL prints JSON beyond max_allowed_packet as '', with a warning. No JSON is printed in more than 8 times its size. */
function jsonDoubt(column: string, flavors: readonly Flavor[]): Doubt {
  const knowsSize = flavors.every((each) => atLeast(each, 'mysql', 8, 0))
  return {
    isPossible: knowsSize
      ? `JSON_STORAGE_SIZE(${column}) > @@max_allowed_packet DIV 8`
      : `LENGTH(${column}) = 0`,
    proof: `NULLIF(CAST(${column} AS BINARY), '')`,
  }
}

/** Why equal values of this column could look different, or null. */
function reasonAgainst(
  family: Family,
  variants: readonly [Column, ...Column[]],
  flavors: readonly Flavor[],
): NotComparableReason | null {
  const [first] = variants
  if (variants.some((each) => shapeOf(each) !== shapeOf(first))) return 'definition_differs'
  if (family === 'set' && labelsDiffer(variants)) return 'definition_differs'
  const charsets = charsetsOf(variants)
  const isLossless = charsets.size === 1 || [...charsets].every((each) => LOSSLESS.has(each))
  // Labels that can be shown are in Unicode, whatever their charset.
  const holdsAnyText = family === 'text' || hidesLabels(variants)
  if (holdsAnyText && !isLossless) return 'definition_differs'
  // How a server prints JSON is its own affair: it may change with a major version.
  const lines = new Set(flavors.map(({ vendor, version }) => `${vendor} ${version[0]}`))
  return family === 'json' && lines.size > 1 ? 'cross_version' : null
}

/** Columns of one shape encode equal values alike, whatever their sizes. */
function shapeOf(column: Column): string {
  const { dataType } = column
  const family = familyOf(column)
  switch (family) {
    case 'integer':
      return family
    case 'text':
      // CHAR loses trailing spaces when it is stored.
      return dataType === 'char' ? dataType : family
    case 'bytes':
      return /^(var)?binary$|blob$/.test(dataType) && dataType !== 'binary' ? family : dataType
    case 'plain':
      // Scale and fraction digits are printed; precision is not.
      return normalType(column.columnType).replace(/^decimal\(\d+,(\d+)\).*$/, 'decimal($1)')
    default:
      return dataType
  }
}

function labelsDiffer(variants: readonly Column[]): boolean {
  return new Set(variants.map((each) => each.columnType)).size > 1
}

/**
 * Labels that look alike may not be: information_schema shows what utf8mb3 does not have as '?' or as U+FFFD (tried
 * in all charsets of MySQL 9.7.4 and MariaDB 10.11.19; left are the five characters that armscii8 has twice, and
 * halves of characters in eucjpms, which MySQL shows as '').
 */
function hidesLabels(variants: readonly Column[]): boolean {
  return variants.some((each) => /[?\uFFFD]/.test(each.columnType))
}

/** Geometry, vectors, and a type that we do not know: a server shows it as bytes of some kind. */
function familyOf(column: Column): Family {
  return FAMILIES[column.dataType] ?? (column.charset === null ? 'bytes' : 'text')
}
