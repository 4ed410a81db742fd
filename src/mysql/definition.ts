/** A table as the comparison sees it: its columns, the keys by which it can be walked, and its signature. */
import { createHash } from 'node:crypto'
import { isTable, textOf, textOrNull } from './catalog.ts'
import { isGeneratedKey } from './generated-key.ts'
import { compareText, enumSize, normalCharset, normalType } from './normal.ts'
import type { QueryOptions, Row, Session } from './query.ts'

export interface Column {
  readonly name: string
  /** information_schema DATA_TYPE, lower case: `int`, `varchar`, `json`... */
  readonly dataType: string
  /** COLUMN_TYPE: `int(10) unsigned`, `enum('a','b')`... */
  readonly columnType: string
  readonly charset: string | null
  readonly collation: string | null
  readonly nullable: boolean
}

export interface KeyColumn extends Column {
  readonly descending: boolean
}

/** A PRIMARY or a UNIQUE key by which a table can be walked. Of a nullable one, rows with a NULL may be there twice. */
export interface Key {
  /** The index's name on this server: the other end may call its own differently. */
  readonly name: string
  readonly columns: readonly KeyColumn[]
}

export interface TableDefinition {
  readonly schema: string
  readonly table: string
  /** '' for views and for tables that the server cannot open. */
  readonly engine: string
  readonly columns: readonly Column[]
  /** Its PRIMARY key is one that MySQL generated: see generated-key.ts. */
  readonly hasGeneratedKey: boolean
  /** All usable keys, best first: the PRIMARY key alone if it is usable and not generated. */
  readonly keys: readonly Key[]
  /** The best usable key, or null. */
  readonly key: Key | null
  /**
   * Hash over what the comparison rests on: names, order, types, charsets and collations of all
   * columns, nullability, engine and the keys. Two ends with equal signatures can be compared as they are.
   */
  readonly signature: string
}

/** Types whose order a range of literals follows exactly, on both ends alike. */
const WALKABLE_TYPES = new Set([
  'tinyint',
  'smallint',
  'mediumint',
  'int',
  'bigint',
  'decimal',
  'year',
  'date',
  'datetime',
  'timestamp',
  'time',
  'char',
  'varchar',
  'tinytext',
  'text',
  'mediumtext',
  'longtext',
  'binary',
  'varbinary',
  'tinyblob',
  'blob',
  'mediumblob',
  'longblob',
  'uuid',
  'inet4',
  'inet6',
  'bit',
  'enum',
])

/** Ranges name each label: see range.ts. */
const MOST_LABELS = 255

/** Index types that cannot be read in order: MEMORY's hashes, MariaDB's long unique keys, and the odd ones. */
const UNORDERED_INDEXES = new Set(['HASH', 'FULLTEXT', 'SPATIAL', 'RTREE', 'VECTOR'])

/**
 * The table as the comparison sees it; null when it does not exist.
 * Two queries, and a third for a table whose PRIMARY key is not usable, or is generated.
 */
export async function readDefinition(
  session: Session,
  schema: string,
  table: string,
  options?: QueryOptions,
): Promise<TableDefinition | null> {
  const columnRows = await session.query(
    `SELECT t.ENGINE AS engine, c.COLUMN_NAME AS column_name, c.DATA_TYPE AS data_type,
       c.COLUMN_TYPE AS column_type, c.CHARACTER_SET_NAME AS charset_name,
       c.COLLATION_NAME AS collation_name, c.IS_NULLABLE AS is_nullable, c.EXTRA AS extra
     FROM information_schema.TABLES AS t JOIN information_schema.COLUMNS AS c
     WHERE ${isTable('t', schema, table)} AND ${isTable('c', schema, table)}
     ORDER BY c.ORDINAL_POSITION`,
    options,
  )
  const [first] = columnRows
  if (first === undefined) return null
  const columns = columnRows.map(columnOf)
  const isUnique = `${isTable('s', schema, table)} AND s.NON_UNIQUE = 0`
  const partRows = await session.query(
    // Named columns only: CARDINALITY would make the server open the table.
    `SELECT s.INDEX_NAME AS index_name, s.COLUMN_NAME AS column_name, s.SUB_PART AS sub_part,
       s.COLLATION AS direction, s.INDEX_TYPE AS index_type
     FROM information_schema.STATISTICS AS s WHERE ${isUnique}
     ORDER BY s.INDEX_NAME, s.SEQ_IN_INDEX`,
    options,
  )
  const candidates = usableKeys(columns, partRows)
  const primary = candidates.filter((key) => key.name === 'PRIMARY')
  const { vendor } = await session.flavor()
  const hasGeneratedKey = columnRows.some((row) =>
    isGeneratedKey(vendor, {
      name: textOf(row.column_name),
      type: textOf(row.column_type),
      extra: textOf(row.extra),
    }),
  )
  let keys = primary
  // The other end may have none of that kind, and another key in common with this one.
  const others = candidates.length - primary.length
  if (others > 0 && (primary.length === 0 || hasGeneratedKey)) {
    // IS_VISIBLE (MySQL 8.0) and IGNORED (MariaDB 10.6) are not there on older servers, hence `*`.
    const rows = await session.query(
      `SELECT s.* FROM information_schema.STATISTICS AS s WHERE ${isUnique}`,
      options,
    )
    const hidden = new Set(rows.filter(isHidden).map((row) => textOf(row.INDEX_NAME)))
    keys = [...primary, ...candidates.filter(({ name }) => name !== 'PRIMARY' && !hidden.has(name))]
  }
  const engine = textOf(first.engine)
  const parts = { schema, table, engine, columns, hasGeneratedKey, keys, key: keys[0] ?? null }
  return { ...parts, signature: signatureOf(parts) }
}

function columnOf(row: Row): Column {
  return {
    name: textOf(row.column_name),
    dataType: textOf(row.data_type).toLowerCase(),
    columnType: textOf(row.column_type),
    charset: textOrNull(row.charset_name),
    collation: textOrNull(row.collation_name),
    nullable: textOf(row.is_nullable) === 'YES',
  }
}

function usableKeys(columns: readonly Column[], partRows: readonly Row[]): Key[] {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const indexes = new Map<string, KeyColumn[] | null>()
  for (const row of partRows) {
    const name = textOf(row.index_name)
    const parts = indexes.get(name)
    if (parts === null) continue
    // An expression has no column name; a prefix does not tell rows apart.
    const column = byName.get(textOf(row.column_name))
    const isUsable =
      column !== undefined &&
      textOrNull(row.sub_part) === null &&
      isWalkable(column) &&
      !UNORDERED_INDEXES.has(textOf(row.index_type).toUpperCase())
    const part = isUsable ? { ...column, descending: textOf(row.direction) === 'D' } : null
    indexes.set(name, part === null ? null : [...(parts ?? []), part])
  }
  return [...indexes]
    .flatMap(([name, parts]) => (parts === null ? [] : [{ name, columns: parts }]))
    .sort(
      (a, b) =>
        Number(isNullable(a)) - Number(isNullable(b)) ||
        a.columns.length - b.columns.length ||
        compareText(a.name, b.name),
    )
}

function isWalkable(column: Column): boolean {
  if (column.dataType === 'enum') return enumSize(column.columnType) <= MOST_LABELS
  // The server orders some keys of these one way forwards and another backwards (MySQL 9.7, range-property.test.ts).
  if (column.collation?.endsWith('_czech_cs')) return false
  // MariaDB orders the index of such a CHAR with padding and compares it without: rows that begin with what is
  // less than a space are in no range at all (seen on 10.11).
  if (column.dataType === 'char' && column.collation?.includes('_nopad_')) return false
  return WALKABLE_TYPES.has(column.dataType)
}

export function isNullable(key: Key): boolean {
  return key.columns.some((column) => column.nullable)
}

/** FORCE INDEX on an index that the optimizer may not see is an error. */
function isHidden(row: Row): boolean {
  return textOf(row.IS_VISIBLE) === 'NO' || textOf(row.IGNORED) === 'YES'
}

function signatureOf(parts: Omit<TableDefinition, 'signature'>): string {
  const canonical = JSON.stringify([
    parts.engine,
    parts.columns.map((column) => [
      column.name,
      normalType(column.columnType),
      normalCharset(column.charset),
      normalCharset(column.collation),
      column.nullable,
    ]),
    parts.keys.map((key) =>
      key.columns.map((column) => [column.name, column.descending ? 'D' : 'A']),
    ),
  ])
  return createHash('sha256').update(canonical).digest('hex')
}
