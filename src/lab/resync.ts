/** The general repair: one table of a replica made equal to its source's, while everything goes on. */
import { UserError } from '../errors.ts'
import type { Lab } from './lab.ts'
import type { LabServer } from './server.ts'
import type { RootSession, Row } from './sql.ts'
import { columnsOf, definitionOf, literal, quoted, readable, type TableName } from './table.ts'

const ROWS_PER_INSERT = 500

/**
 * Copy a table from the source of a replica, behind the binary log's back.
 *
 * Writers of that table wait on the source meanwhile: with the replica caught up, the table stands still on both.
 * All rows pass through memory: for lab tables, not for real ones.
 */
export async function resyncTable(lab: Lab, replica: LabServer, table: TableName): Promise<void> {
  const [link] = replica.sources
  if (link === undefined) throw new UserError(`${replica.name} has no source to copy from`)
  const source = lab.server(link.name)
  await source.session(async (session) => {
    await session.query(`LOCK TABLES ${quoted(table)} READ`)
    await catchUpInSpiteOfErrors(lab, replica)
    await replica.session((target) => copyTable(session, target, table))
  })
}

/** The table of `source`, which must stand still, in place of whatever `target` has; not written to its binary log. */
export async function copyTable(
  source: RootSession,
  target: RootSession,
  table: TableName,
): Promise<void> {
  const definition = await definitionOf(source, table)
  const columns = await columnsOf(source, table)
  const rows = await source.query(
    `SELECT ${columns.map(readable).join(', ')} FROM ${quoted(table)}`,
  )
  await replaceRows(target, table, { definition, columns, rows })
}

interface Content {
  readonly definition: string
  readonly columns: Awaited<ReturnType<typeof columnsOf>>
  readonly rows: readonly Row[]
}

/** A deleted row that the source has changed since stops the applier: let it pass, the copy makes it good. */
async function catchUpInSpiteOfErrors(lab: Lab, replica: LabServer): Promise<void> {
  const { sql } = replica.engine
  const restart = replica.sources.flatMap(({ channel }) => [
    sql.stop(channel, 'sql'),
    sql.start(channel),
  ])
  await replica.exec(sql.applyMode('IDEMPOTENT'), ...restart)
  await lab.caughtUp({ servers: [replica.name] })
  await replica.exec(sql.applyMode('STRICT'), ...restart)
}

async function replaceRows(
  session: RootSession,
  table: TableName,
  content: Content,
): Promise<void> {
  await session.query("SET SESSION sql_log_bin = 0, foreign_key_checks = 0, sql_mode = ''")
  const current = await definitionOf(session, table).catch(() => null)
  if (current !== content.definition) {
    await session.query(
      `CREATE DATABASE IF NOT EXISTS \`${table.schema}\`; USE \`${table.schema}\``,
    )
    await session.query(`DROP TABLE IF EXISTS ${quoted(table)}`)
    await session.query(content.definition)
  }
  // In one transaction, so that nobody who reads the replica sees half a table.
  await session.query('START TRANSACTION')
  await session.query(`DELETE FROM ${quoted(table)}`)
  for (let from = 0; from < content.rows.length; from += ROWS_PER_INSERT) {
    await session.query(insertOf(table, content, from))
  }
  await session.query('COMMIT')
}

function insertOf(table: TableName, { columns, rows }: Content, from: number): string {
  const values = rows
    .slice(from, from + ROWS_PER_INSERT)
    .map(
      (row) => `(${columns.map((column) => literal(column, row[column.name] ?? null)).join(', ')})`,
    )
  const names = columns.map((column) => `\`${column.name}\``)
  return `INSERT INTO ${quoted(table)} (${names.join(', ')}) VALUES ${values.join(', ')}`
}
