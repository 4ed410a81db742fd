/** Which schemas and tables there are: information_schema, asked in the way that does each vendor the least harm. */
import { isSystemSchema } from '../table-pattern.ts'
import { compareText } from './normal.ts'
import { type QueryOptions, type Row, type Session, text, type Value } from './query.ts'
import { quoteText } from './sql.ts'

export interface SchemaEntry {
  readonly name: string
  readonly collation: string
}

export type TableKind = 'table' | 'view' | 'sequence'

export interface TableEntry {
  readonly schema: string
  readonly table: string
  readonly kind: TableKind
  readonly engine: string
}

/** Every schema that holds data of users. */
export async function userSchemas(
  session: Session,
  options?: QueryOptions,
): Promise<SchemaEntry[]> {
  const rows = await session.query(
    'SELECT SCHEMA_NAME AS schema_name, DEFAULT_COLLATION_NAME AS collation_name FROM information_schema.SCHEMATA',
    options,
  )
  return rows
    .map((row) => ({ name: text(row, 'schema_name'), collation: text(row, 'collation_name') }))
    .filter(({ name }) => !isSystemSchema(name))
}

/**
 * One statement over all `schemas` on MySQL, whose information_schema is made of tables with indexes.
 *
 * MariaDB opens whatever its condition does not name by equality: `TABLE_SCHEMA NOT IN ('sys')` opens all
 * views of sys, each with a temporary table on disk (13 on 10.11, none by equality). There each schema is
 * asked for by itself.
 *
 * @param statement the SQL for a condition on TABLE_SCHEMA.
 */
export async function overSchemas(
  session: Session,
  schemas: readonly string[],
  statement: (condition: string) => string,
  options?: QueryOptions,
): Promise<Row[]> {
  if (schemas.length === 0) return []
  const { vendor } = await session.flavor()
  const conditions =
    vendor === 'mysql'
      ? [`TABLE_SCHEMA IN (${schemas.map(quoteText).join(', ')})`]
      : schemas.map((schema) => `TABLE_SCHEMA = ${quoteText(schema)}`)
  const rows: Row[] = []
  for (const condition of conditions) {
    rows.push(...(await session.query(statement(condition), options)))
  }
  return rows
}

/**
 * All base tables, views and sequences outside the system schemas. Nothing is asked for that MariaDB would open the
 * tables for: with TABLE_ROWS it takes twenty times as long (10.11, 4.4 against 0.2 CPU seconds for 20,000 tables),
 * and a large schema does not fit the time limit.
 */
export async function listTables(session: Session, options?: QueryOptions): Promise<TableEntry[]> {
  const schemas = (await userSchemas(session, options)).map(({ name }) => name)
  const rows = await overSchemas(
    session,
    schemas,
    (condition) =>
      `SELECT TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name, TABLE_TYPE AS table_type,
         ENGINE AS engine
       FROM information_schema.TABLES WHERE ${condition}`,
    options,
  )
  return rows
    .map((row) => ({
      schema: textOf(row.table_schema),
      table: textOf(row.table_name),
      kind: tableKindOf(textOf(row.table_type)),
      engine: textOf(row.engine),
    }))
    .sort((a, b) => compareText(a.schema, b.schema) || compareText(a.table, b.table))
}

/** The engine's estimate; null where it has none, and for a table that is not there. */
export async function approximateRows(
  session: Session,
  { schema, table }: { readonly schema: string; readonly table: string },
  options?: QueryOptions,
): Promise<number | null> {
  const [row] = await session.query(
    `SELECT t.TABLE_ROWS AS table_rows
     FROM information_schema.TABLES AS t WHERE ${isTable('t', schema, table)}`,
    options,
  )
  const estimate = textOrNull(row?.table_rows)
  return estimate === null ? null : Number(estimate)
}

/** Makes of information_schema's whole seconds a proof: younger than this, a table has no stamp that lasts. */
const FRESH = 'CREATE_TIME BETWEEN NOW() - INTERVAL 2 SECOND AND NOW() + INTERVAL 1 SECOND'

/**
 * Those of `entries` that are there, with what tells one from another of the same name that was made later:
 * two readings with equal stamps saw the same table. '' where the engine keeps no time.
 */
export async function madeAt<T extends { readonly schema: string; readonly table: string }>(
  session: Session,
  entries: readonly T[],
): Promise<{ readonly entry: T; readonly kind: TableKind; readonly stamp: string }[]> {
  const found = []
  // By equality: MariaDB opens every table that its condition does not name so.
  for (const entry of entries) {
    const [row] = await session.query(
      `SELECT t.TABLE_TYPE AS table_type, IF(${FRESH}, NOW(6), t.CREATE_TIME) AS stamp
       FROM information_schema.TABLES AS t WHERE ${isTable('t', entry.schema, entry.table)}`,
    )
    if (row === undefined) continue
    found.push({ entry, kind: tableKindOf(textOf(row.table_type)), stamp: textOf(row.stamp) })
  }
  return found
}

/**
 * Exactly this table. The plain comparison is what the server looks names up by; the binary one is exact
 * where information_schema compares without case or accents.
 */
export function isTable(alias: string, schema: string, table: string): string {
  const isText = (column: string, text: string) =>
    `${alias}.${column} = ${quoteText(text)} AND CAST(${alias}.${column} AS BINARY) = CAST(${quoteText(text)} AS BINARY)`
  return `${isText('TABLE_SCHEMA', schema)} AND ${isText('TABLE_NAME', table)}`
}

/** Everything that holds rows is a table: 'BASE TABLE', and MariaDB's 'SYSTEM VERSIONED'. */
export function tableKindOf(tableType: string): TableKind {
  if (tableType.endsWith('VIEW')) return 'view'
  return tableType === 'SEQUENCE' ? 'sequence' : 'table'
}

/** A value of information_schema: some servers declare some of its columns binary. */
export function textOf(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  return typeof value === 'string' ? value : value.toString('utf8')
}

export function textOrNull(value: Value | undefined): string | null {
  return value === null || value === undefined ? null : textOf(value)
}
