/** Schemas, tables and columns as a server declares them, and what differs between two servers. */
import { type SchemaDifference, SEVERITIES, type Severity } from '../domain.ts'
import {
  overSchemas,
  type SchemaEntry,
  tableKindOf,
  textOf,
  textOrNull,
  userSchemas,
} from './catalog.ts'
import type { Vendor } from './flavor.ts'
import { compareText, nameKey } from './normal.ts'
import type { QueryOptions, Row, Session } from './query.ts'
import { quoteText } from './sql.ts'
import {
  columnProperties,
  type Properties,
  schemaProperties,
  tableProperties,
} from './structure-properties.ts'

export interface ColumnStructure {
  readonly name: string
  readonly type: string
  readonly charset: string | null
  readonly collation: string | null
  readonly nullable: boolean
  readonly primary: boolean
  /** Canonical: `'text'` for a literal, an expression as the server prints it, null for none. */
  readonly default: string | null
  /** AUTO_INCREMENT, ON UPDATE, INVISIBLE, GENERATED: lower case. */
  readonly extra: string
  readonly generation: string | null
  readonly comment: string
}

export interface TableStructure {
  readonly schema: string
  readonly name: string
  readonly engine: string
  readonly collation: string | null
  readonly rowFormat: string
  readonly comment: string
  readonly versioned: boolean
  readonly columns: readonly ColumnStructure[]
}

export interface SchemaStructure {
  readonly name: string
  readonly collation: string
  readonly tables: ReadonlyMap<string, TableStructure>
}

export interface Structure {
  readonly vendor: Vendor
  readonly schemas: ReadonlyMap<string, SchemaStructure>
}

export interface TableName {
  readonly schema: string
  readonly table: string
}

/** A difference as found on one link; `SchemaDifference` adds whose it is. */
export type StructureDifference = Omit<SchemaDifference, 'server'>

/**
 * Three queries on MySQL, two for each schema on MariaDB, whatever the number of tables. With `only`, no
 * more than these tables and their schemas: to look again at what differed.
 */
export async function readStructure(
  session: Session,
  options: QueryOptions & { readonly only?: readonly TableName[] } = {},
): Promise<Structure> {
  const { only, ...query } = options
  const { vendor } = await session.flavor()
  const names = only && new Set(only.map((each) => each.schema))
  const schemas = (await userSchemas(session, query)).filter(({ name }) => names?.has(name) ?? true)
  const over = (statement: (condition: string) => string) =>
    overSchemas(
      session,
      schemas.map(({ name }) => name),
      statement,
      query,
    )
  const inTables =
    only === undefined ? '' : ` AND TABLE_NAME IN (${listOf(only.map((each) => each.table))})`
  const tableRows = await over(
    (condition) =>
      `SELECT TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name, TABLE_TYPE AS table_type,
         ENGINE AS engine, TABLE_COLLATION AS collation_name, ROW_FORMAT AS row_format,
         TABLE_COMMENT AS table_comment
       FROM information_schema.TABLES WHERE ${condition}${inTables}`,
  )
  const columnRows = await over(
    (condition) =>
      `SELECT TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name, COLUMN_NAME AS column_name,
         COLUMN_TYPE AS column_type, CHARACTER_SET_NAME AS charset_name,
         COLLATION_NAME AS collation_name, IS_NULLABLE AS is_nullable, COLUMN_KEY AS column_key,
         COLUMN_DEFAULT AS column_default, EXTRA AS extra,
         GENERATION_EXPRESSION AS generation_expression, COLUMN_COMMENT AS column_comment
       FROM information_schema.COLUMNS WHERE ${condition}${inTables}
       ORDER BY TABLE_SCHEMA, TABLE_NAME, ORDINAL_POSITION`,
  )
  const wanted = only && new Set(only.map((each) => JSON.stringify([each.schema, each.table])))
  const isWanted = (row: Row) => wanted === undefined || wanted.has(tableKey(row))
  const columns = Map.groupBy(columnRows.filter(isWanted), tableKey)
  const bySchema = Map.groupBy(
    tableRows.filter(isWanted).filter((row) => tableKindOf(textOf(row.table_type)) === 'table'),
    (row) => textOf(row.table_schema),
  )
  const schemaOf = ({ name, collation }: SchemaEntry): SchemaStructure => {
    const tables = (bySchema.get(name) ?? []).map((each) =>
      tableOf(each, columns.get(tableKey(each)) ?? [], vendor),
    )
    return {
      name,
      collation,
      tables: new Map(tables.map((table) => [table.name, table])),
    }
  }
  return {
    vendor,
    schemas: new Map(schemas.map((schema) => [schema.name, schemaOf(schema)])),
  }
}

/**
 * What the replica lacks, has more, or has otherwise: by schema and table, in the source's order of
 * columns. What is missing as a whole does not list its parts.
 */
export function compareStructures(source: Structure, replica: Structure): StructureDifference[] {
  const isSameVendor = source.vendor === replica.vendor
  return namesOf(source.schemas, replica.schemas).flatMap((name) => {
    const here = source.schemas.get(name)
    const there = replica.schemas.get(name)
    const about = { schema: name, object: 'schema', name, table: null } as const
    if (here === undefined || there === undefined) {
      const holdsTables = here !== undefined && here.tables.size > 0
      const severity = holdsTables ? 'critical' : 'warning'
      return [oneSided(about, severity, here?.collation, there?.collation)]
    }
    const own = changed(about, schemaProperties(here), schemaProperties(there))
    const tables = namesOf(here.tables, there.tables).flatMap((table) =>
      compareTables(name, here.tables.get(table), there.tables.get(table), isSameVendor),
    )
    return [...own, ...tables]
  })
}

function compareTables(
  schema: string,
  source: TableStructure | undefined,
  replica: TableStructure | undefined,
  isSameVendor: boolean,
): StructureDifference[] {
  const table = (source ?? replica)?.name ?? ''
  const about = { schema, object: 'table', name: table, table } as const
  if (source === undefined || replica === undefined) {
    const severity = replica === undefined ? 'critical' : 'warning'
    return [oneSided(about, severity, source?.engine, replica?.engine)]
  }
  const there = new Map(replica.columns.map((column) => [nameKey(column.name), column]))
  const here = new Set(source.columns.map((column) => nameKey(column.name)))
  const shared = source.columns.filter((column) => there.has(nameKey(column.name)))
  const order = shared.map((column) => nameKey(column.name))
  const replicaOrder = [...there.keys()].filter((name) => here.has(name))
  const own = changed(
    about,
    tableProperties(source, order, replicaOrder),
    tableProperties(replica, replicaOrder, order),
  )
  const aboutColumn = (name: string) =>
    ({ schema, object: 'column', name: `${table}.${name}`, table }) as const
  const columns = source.columns.flatMap((column) => {
    const other = there.get(nameKey(column.name))
    const each = aboutColumn(column.name)
    if (other === undefined) return [oneSided(each, 'critical', column.type, undefined)]
    const [left, right] = [column, other].map((side) => columnProperties(side, isSameVendor))
    return changed(each, left ?? {}, right ?? {})
  })
  const extra = replica.columns
    .filter((column) => !here.has(nameKey(column.name)))
    .map((column) => oneSided(aboutColumn(column.name), 'warning', undefined, column.type))
  return [...own, ...columns, ...extra]
}

type About = Pick<StructureDifference, 'schema' | 'object' | 'name' | 'table'>

function oneSided(
  about: About,
  severity: Severity,
  source: string | undefined,
  replica: string | undefined,
): StructureDifference {
  const kind = replica === undefined ? 'missing' : 'extra'
  return { ...about, kind, severity, source: source ?? null, replica: replica ?? null }
}

/** At most one difference per object, as bad as its worst property; both sides print what differs. */
function changed(about: About, source: Properties, replica: Properties): StructureDifference[] {
  const differing = Object.keys(source).filter((key) => source[key]?.text !== replica[key]?.text)
  if (differing.length === 0) return []
  const severities = new Set(differing.map((key) => source[key]?.severity))
  const severity = SEVERITIES.find((each) => severities.has(each)) ?? 'warning'
  const print = (side: Properties) =>
    ['type', ...differing.filter((key) => key !== 'type')]
      .map((key) => side[key]?.text ?? '')
      .filter((text) => text !== '')
      .join(' ')
  return [{ ...about, kind: 'changed', severity, source: print(source), replica: print(replica) }]
}

function tableOf(row: Row, columnRows: readonly Row[], vendor: Vendor): TableStructure {
  return {
    schema: textOf(row.table_schema),
    name: textOf(row.table_name),
    engine: textOf(row.engine),
    collation: textOrNull(row.collation_name),
    rowFormat: textOf(row.row_format),
    comment: textOf(row.table_comment),
    versioned: textOf(row.table_type) === 'SYSTEM VERSIONED',
    columns: columnRows.map((column) => columnOf(column, vendor)),
  }
}

function columnOf(row: Row, vendor: Vendor): ColumnStructure {
  const extra = textOf(row.extra).toLowerCase()
  const generation = textOf(row.generation_expression)
  const nullable = textOf(row.is_nullable) === 'YES'
  return {
    name: textOf(row.column_name),
    type: textOf(row.column_type),
    charset: textOrNull(row.charset_name),
    collation: textOrNull(row.collation_name),
    nullable,
    primary: textOf(row.column_key) === 'PRI',
    default: defaultOf(textOrNull(row.column_default), { vendor, extra, nullable }),
    extra: plainTime(extra.replace('default_generated', ''))
      .replace(/\s+/g, ' ')
      .replaceAll(',', '')
      .trim(),
    generation: generation === '' ? null : generation,
    comment: textOf(row.column_comment),
  }
}

/**
 * MySQL prints literals bare and marks expressions in EXTRA (5.7 has only CURRENT_TIMESTAMP); MariaDB
 * quotes what is text, and prints NULL where MySQL says nothing.
 */
function defaultOf(
  text: string | null,
  { vendor, extra, nullable }: { vendor: Vendor; extra: string; nullable: boolean },
): string | null {
  if (text === null) return nullable && vendor === 'mysql' ? 'NULL' : null
  if (/^current_timestamp(\(\d*\))?$/i.test(text)) return plainTime(text.toLowerCase())
  if (vendor === 'mysql') return extra.includes('default_generated') ? text : literal(text)
  if (text === 'NULL') return text
  const quoted = /^'(.*)'$/s.exec(text)?.[1]
  if (quoted !== undefined) return literal(quoted.replaceAll("''", "'"))
  return /^-?[0-9.]+(e[-+]?[0-9]+)?$/i.test(text) ? literal(text) : text
}

function literal(text: string): string {
  return /^b'[01]*'$/.test(text) ? text : quoteText(text)
}

function plainTime(text: string): string {
  return text.replaceAll('current_timestamp()', 'current_timestamp')
}

function tableKey(row: Row): string {
  return JSON.stringify([textOf(row.table_schema), textOf(row.table_name)])
}

function listOf(names: readonly string[]): string {
  return names.length === 0 ? 'NULL' : [...new Set(names)].map(quoteText).join(', ')
}

function namesOf(a: ReadonlyMap<string, unknown>, b: ReadonlyMap<string, unknown>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].sort(compareText)
}
