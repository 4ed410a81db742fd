/** Tables of a lab's servers: which there are, and what faults need to know about one. */
import { UserError } from '../errors.ts'
import { quoteName, quoteTable, quoteText } from '../mysql/sql.ts'
import type { LabServer } from './server.ts'
import type { RootSession } from './sql.ts'

export interface TableName {
  readonly schema: string
  readonly name: string
}

export interface Column {
  readonly name: string
  /** As information_schema names it: `int`, `varchar`, ... */
  readonly type: string
  readonly inPrimaryKey: boolean
  readonly inAnyKey: boolean
  /** A unique key of this column alone. */
  readonly isUnique: boolean
}

export function quoted(table: TableName): string {
  return quoteTable(table.schema, table.name)
}

/** @throws {UserError} unless it is `schema.table`. */
export function parseTableName(text: string): TableName {
  const [schema, name, ...rest] = text.split('.')
  if (schema && name && rest.length === 0) return { schema, name }
  throw new UserError(`"${text}" is no table: write schema.table`)
}

/**
 * A table with rows and a primary key, `shop.orders` of the feed before all others.
 * @throws {UserError} when there is none.
 */
export async function anyTable(server: LabServer): Promise<TableName> {
  const tables = await server.query(
    `SELECT t.table_schema AS db, t.table_name AS name FROM information_schema.tables t
     JOIN information_schema.table_constraints c
       ON c.table_schema = t.table_schema AND c.table_name = t.table_name AND c.constraint_type = 'PRIMARY KEY'
     WHERE t.table_type = 'BASE TABLE'
       AND t.table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')
     ORDER BY t.table_schema <> 'shop', t.table_name <> 'orders', 1, 2`,
  )
  for (const { db, name } of tables) {
    const table = { schema: db ?? '', name: name ?? '' }
    if ((await server.value(`SELECT 1 FROM ${quoted(table)} LIMIT 1`)) !== null) return table
  }
  throw new UserError(
    `${server.name} has no table with rows and a primary key: "lab feed" makes some`,
  )
}

/** All that are not the server's own. */
export async function tablesOf(session: RootSession): Promise<TableName[]> {
  const rows = await session.query(
    `SELECT table_schema AS db, table_name AS name FROM information_schema.tables
     WHERE table_type = 'BASE TABLE'
       AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')`,
  )
  return rows.map(({ db, name }) => ({ schema: db ?? '', name: name ?? '' }))
}

/** In the order of the table. Generated columns are left out: nobody can write them. */
export async function columnsOf(session: RootSession, table: TableName): Promise<Column[]> {
  const rows = await session.query(
    `SELECT column_name AS name, data_type AS type, column_key AS part FROM information_schema.columns
     WHERE table_schema = ${quoteText(table.schema)} AND table_name = ${quoteText(table.name)}
       AND COALESCE(generation_expression, '') = ''
     ORDER BY ordinal_position`,
  )
  return rows.map(({ name, type, part }) => ({
    name: name ?? '',
    type: type ?? '',
    inPrimaryKey: part === 'PRI',
    inAnyKey: part !== '',
    isUnique: part === 'UNI',
  }))
}

/** What it is made of, without the counter that moves with every insert. */
export async function definitionOf(session: RootSession, table: TableName): Promise<string> {
  const [row] = await session.query(`SHOW CREATE TABLE ${quoted(table)}`)
  return (row?.['Create Table'] ?? '').replace(/ AUTO_INCREMENT=\d+/, '')
}

const BINARY = /binary|blob|bit|point|geometry|linestring|polygon|vector/
const NUMBER = /^(tinyint|smallint|mediumint|int|bigint|decimal|float|double)$/
const TEXT = /char|text/

export function isNumber(column: Column): boolean {
  return NUMBER.test(column.type)
}

export function isText(column: Column): boolean {
  return TEXT.test(column.type)
}

/** An expression that prints a value such that `literal` can write it again, byte for byte. */
export function readable(column: Column): string {
  const name = quoteName(column.name)
  return BINARY.test(column.type) ? `HEX(${name}) AS ${name}` : name
}

export function literal(column: Column, value: string | null): string {
  if (value === null) return 'NULL'
  return BINARY.test(column.type) ? `X'${value}'` : quoteText(value)
}
