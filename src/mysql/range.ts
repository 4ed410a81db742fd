/**
 * Half-open ranges of a key, and the SQL that reads them. Pure.
 *
 * A `Bound` is a place between rows, never a row, so that neighbouring ranges share a bound and no row
 * can fall between or into both. Ranges without bounds reach rows that only the other end has.
 */
import type { Column, Key, KeyColumn, TableDefinition } from './definition.ts'
import { enumSize } from './normal.ts'
import type { Row, Value } from './query.ts'
import { quoteName, quoteTable } from './sql.ts'

/** The place right before or after the row with this key. */
export interface Bound {
  /** SQL literals, one per key column: see `literalOf`. */
  readonly key: readonly string[]
  readonly side: 'before' | 'after'
}

/** null = unbounded. Rows whose key holds a NULL are in no range of keys. */
export interface Range {
  readonly lower: Bound | null
  readonly upper: Bound | null
  /** The rows whose key holds a NULL, which may be there twice: one range, that cannot be cut. */
  readonly nulls?: true
}

export const EVERYTHING: Range = { lower: null, upper: null }
const NULLS: Range = { lower: null, upper: null, nulls: true }

/** Ranges that together hold every row. */
export function wholeTable(isNullable: boolean): readonly Range[] {
  return isNullable ? [NULLS, EVERYTHING] : [EVERYTHING]
}

const TEXT_TYPES = new Set(['char', 'varchar', 'tinytext', 'text', 'mediumtext', 'longtext'])
const BINARY_TYPES = new Set(['binary', 'varbinary', 'tinyblob', 'blob', 'mediumblob', 'longblob'])
const QUOTED_TYPES = new Set([
  'date',
  'datetime',
  'timestamp',
  'time',
  'year',
  'uuid',
  'inet4',
  'inet6',
])

/** Table alias in every statement here: a qualified name cannot be taken for an alias of the select list. */
const ALIAS = 't'

/** ENUM and BIT by number: their own literals compare as text, or not at all. */
const NUMBERED_TYPES = new Set(['enum', 'bit'])

/**
 * The rows of `range` as a WHERE condition, composite keys written out as OR: a row constructor,
 * `(a, b) >= (1, 2)`, reads the whole index on both flavors (research/protocol.md C4).
 */
export function predicate(key: Key | null, range: Range): string {
  const nullable = (key?.columns ?? []).filter((column) => column.nullable).map(nameOf)
  const isNull = nullable.map((name) => `${name} IS NULL`)
  if (range.nulls) return isNull.length === 0 ? '1=0' : `(${isNull.join(' OR ')})`
  const isKey = nullable.map((name) => `${name} IS NOT NULL`)
  return [...inside(key, range), ...isKey].join(' AND ') || '1=1'
}

function inside(key: Key | null, { lower, upper }: Range): string[] {
  if (lower === null && upper === null) return []
  if (key === null) throw new TypeError('a table without a key has only one range')
  // What both bounds have in common becomes equality, which leaves the optimizer one plain range.
  const shared = lower && upper ? sharedPrefix(lower.key, upper.key) : 0
  const conditions = key.columns
    .slice(0, shared)
    .map((column, i) => `${nameOf(column)} = ${lower?.key[i]}`)
  const rest = key.columns.slice(shared)
  if (rest.length === 0) {
    const isRow = lower?.side === 'before' && upper?.side === 'after'
    return isRow ? conditions : ['1=0']
  }
  if (lower) conditions.push(...halfPlane(rest, lower.key.slice(shared), lower.side, 'lower'))
  if (upper) conditions.push(...halfPlane(rest, upper.key.slice(shared), upper.side, 'upper'))
  return conditions
}

/** Two disjoint ranges that together are `range`. `bound` must lie inside it. */
export function splitAt(range: Range, bound: Bound): [Range, Range] {
  return [
    { lower: range.lower, upper: bound },
    { lower: bound, upper: range.upper },
  ]
}

/** The range that holds this key and nothing else. */
export function rangeOfKey(key: readonly string[]): Range {
  return { lower: { key, side: 'before' }, upper: { key, side: 'after' } }
}

/** In interval notation, for people. Holds key values: not for labels. */
export function describeRange(range: Range): string {
  const { lower, upper } = range
  const from = lower ? `${lower.side === 'before' ? '[' : '('}${tuple(lower.key)}` : '(-∞'
  const to = upper ? `${tuple(upper.key)}${upper.side === 'before' ? ')' : ']'}` : '+∞)'
  return `${from}, ${to}`
}

/** Expressions that return the key as columns `k0`, `k1`..., to be read by `keyOf`. */
export function keySelectList(key: Key): string {
  return key.columns
    .map((column, i) => {
      const name = nameOf(column)
      const isNumbered = NUMBERED_TYPES.has(column.dataType)
      return `${isString(column) ? `HEX(${name})` : isNumbered ? `${name}+0` : name} AS k${i}`
    })
    .join(', ')
}

/** The key of a row that was read by `keySelectList`, as literals. */
export function keyOf(key: Key, row: Row): string[] {
  return key.columns.map((column, i) => literalOf(column, row[`k${i}`] ?? null))
}

/**
 * What `keySelectList` returned, as an exact literal by which the server can use the index.
 * @throws {TypeError} for NULL: no usable key holds one.
 */
export function literalOf(column: Column, value: Value): string {
  if (value === null) throw new TypeError(`NULL in key column ${column.name}`)
  const text = typeof value === 'string' ? value : value.toString('latin1')
  if (TEXT_TYPES.has(column.dataType)) {
    // Introducer and collation of the column itself: any other makes the server convert the column,
    // and then it reads the whole index, or orders by other rules.
    return `_${column.charset} x'${hex(text)}' COLLATE ${column.collation}`
  }
  if (BINARY_TYPES.has(column.dataType)) return `x'${hex(text)}'`
  if (QUOTED_TYPES.has(column.dataType)) return `'${plain(text, /^[-+0-9A-Fa-f:. ]+$/)}'`
  return plain(text, /^-?[0-9]+(\.[0-9]+)?$/)
}

/** What `literalOf` may return. */
const LITERAL =
  /^(_\w+ x'([0-9A-F]{2})*' COLLATE \w+|x'([0-9A-F]{2})*'|'[-+0-9A-Fa-f:. ]+'|-?[0-9]+(\.[0-9]+)?)$/

/** Whether this may be the literal of a key: it was kept in a file, and goes into statements again. */
export function isLiteral(text: string): boolean {
  return LITERAL.test(text)
}

/** `SELECT <select>` over the rows of `range`; `where` is a further condition in SQL. */
export function selectSql(
  definition: TableDefinition,
  range: Range,
  select: string,
  where?: string,
): string {
  return `SELECT SQL_NO_CACHE ${select} ${fromSql(definition, range, where)}`
}

/** The rows of `range` one by one, in key order: the key as `k0`... and whatever `select` adds. */
export function rowsSql(
  definition: TableDefinition,
  range: Range,
  select: string,
  limit: number,
  where?: string,
): string {
  const key = keyOrThrow(definition)
  const list = [keySelectList(key), select].filter((part) => part !== '').join(', ')
  return `SELECT SQL_NO_CACHE ${list} ${fromSql(definition, range, where, true)} ${orderSql(key, false)} LIMIT ${limit}`
}

/** The key of the row that has `offset` rows of `range` before it; no row if there are fewer. */
export function keyAtOffsetSql(
  definition: TableDefinition,
  range: Range,
  offset: number | bigint,
  where?: string,
): string {
  return `${rowsSql(definition, range, '', 1, where)} OFFSET ${offset}`
}

/** The last key of `range`; no row if it is empty. */
export function lastKeySql(definition: TableDefinition, range: Range, where?: string): string {
  const key = keyOrThrow(definition)
  return `SELECT SQL_NO_CACHE ${keySelectList(key)} ${fromSql(definition, range, where, true)} ${orderSql(key, true)} LIMIT 1`
}

function fromSql(
  definition: TableDefinition,
  range: Range,
  where: string | undefined,
  ordered = false,
): string {
  const { key } = definition
  const table = `FROM ${quoteTable(definition.schema, definition.table)} AS ${ALIAS}`
  // A whole table is read as the engine likes best; FORCE because an optimizer that finds a range
  // "too large" scans the table instead, for every chunk.
  const isWhole = range.lower === null && range.upper === null && !range.nulls && !ordered
  const index = key === null || isWhole ? '' : ` FORCE INDEX (${quoteName(key.name)})`
  const filter = where === undefined ? '' : ` AND (${where}\n)`
  return `${table}${index} WHERE ${predicate(key, range)}${filter}`
}

function orderSql(key: Key, backwards: boolean): string {
  const parts = key.columns.map(
    (column) => `${nameOf(column)}${column.descending === backwards ? '' : ' DESC'}`,
  )
  return `ORDER BY ${parts.join(', ')}`
}

/**
 * All rows on one side of a bound. `a >= 1` comes first although the OR implies it: it is what an
 * optimizer that gives up on the OR can still use.
 */
function halfPlane(
  columns: readonly KeyColumn[],
  key: readonly string[],
  side: Bound['side'],
  end: 'lower' | 'upper',
): string[] {
  const last = columns.length - 1
  const isInside = (side === 'before') === (end === 'lower')
  const compare = (i: number, orEqual: boolean) => {
    const column = columns[i] as KeyColumn
    const operator = (end === 'lower') !== column.descending ? '>' : '<'
    if (column.dataType === 'enum') return compareEnum(column, operator, orEqual, Number(key[i]))
    return `${nameOf(column)} ${operator}${orEqual ? '=' : ''} ${key[i]}`
  }
  if (last === 0) return [compare(0, isInside)]
  const alternatives = columns.map((_, i) => {
    const equal = columns.slice(0, i).map((column, j) => `${nameOf(column)} = ${key[j]}`)
    return [...equal, compare(i, i === last && isInside)].join(' AND ')
  })
  return [compare(0, true), `(${alternatives.map((each) => `(${each})`).join(' OR ')})`]
}

/**
 * An inequality of an ENUM reads the whole index (research/protocol.md C4); equality with each of its numbers
 * reads what it should. Number 0 is the invalid value.
 */
function compareEnum(
  column: Column,
  operator: '<' | '>',
  orEqual: boolean,
  number: number,
): string {
  const first = operator === '>' ? number + (orEqual ? 0 : 1) : 0
  const last = operator === '<' ? number - (orEqual ? 0 : 1) : enumSize(column.columnType)
  const numbers = Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => first + i)
  return numbers.length === 0 ? '1=0' : `${nameOf(column)} IN (${numbers.join(', ')})`
}

function sharedPrefix(a: readonly string[], b: readonly string[]): number {
  const i = a.findIndex((value, index) => value !== b[index])
  return i === -1 ? a.length : i
}

function nameOf(column: Column): string {
  return `${ALIAS}.${quoteName(column.name)}`
}

function isString(column: Column): boolean {
  return TEXT_TYPES.has(column.dataType) || BINARY_TYPES.has(column.dataType)
}

function tuple(key: readonly string[]): string {
  return key.length === 1 ? (key[0] ?? '') : `(${key.join(', ')})`
}

function hex(text: string): string {
  return plain(text, /^([0-9A-F]{2})*$/)
}

/** Values come from a server: what does not look as it must does not go into a statement. */
function plain(text: string, shape: RegExp): string {
  if (!shape.test(text)) throw new TypeError('not a value of this key column')
  return text
}

function keyOrThrow(definition: TableDefinition): Key {
  if (definition.key === null) {
    throw new TypeError(`${definition.schema}.${definition.table} has no usable key`)
  }
  return definition.key
}
