/**
 * One row of a replica's table, changed behind the binary log's back (sql_log_bin = 0).
 *
 * The row with the lowest key is taken: the feed leaves the oldest rows of its tables alone, so that replication
 * does not stumble over the difference, which is what makes such drift last for months.
 */
import { UserError } from '../../errors.ts'
import { quoteName } from '../../mysql/sql.ts'
import { VENDORS } from '../engines.ts'
import { type Fault, type Site, tableOf } from '../fault.ts'
import { resyncTable } from '../resync.ts'
import { type Column, columnsOf, isNumber, isText, quoted, type TableName } from '../table.ts'

export const deleteRow = rowFault('delete-row', 'a row is missing on the replica', {
  statement: (table, columns) => `DELETE FROM ${quoted(table)} ${lowestKey(columns)}`,
})

export const changeRow = rowFault('change-row', 'a row has another value on the replica', {
  statement: (table, columns) => {
    const column = changeable(table, columns)
    return `UPDATE ${quoted(table)} SET ${quoteName(column.name)} = ${anotherValue(column)} ${lowestKey(columns)}`
  },
})

/** A checksum that is linear adds up to the same. */
export const changeTwoRows = rowFault(
  'change-two-rows',
  'two rows have the same other value on the replica',
  {
    statement: (table, columns) => {
      const column = changeable(table, columns)
      return `UPDATE ${quoted(table)} SET ${quoteName(column.name)} = ${anotherValue(column)} ${lowestKey(columns, 2)}`
    },
  },
)

export const addRow = rowFault('add-row', 'a row is on the replica that its source never had', {
  statement: (table, columns) => {
    const key = columns.filter((column) => column.inPrimaryKey)
    const names = columns.map((column) => quoteName(column.name))
    const values = columns.map((column) =>
      column === key.at(-1) || column.isUnique ? unusedKey(table, column) : quoteName(column.name),
    )
    return `INSERT INTO ${quoted(table)} (${names.join(', ')})
      SELECT ${values.join(', ')} FROM ${quoted(table)} ${lowestKey(columns)}`
  },
})

function rowFault(
  name: string,
  help: string,
  { statement }: { statement: (table: TableName, columns: readonly Column[]) => string },
): Fault {
  return {
    name,
    help,
    flavors: VENDORS,
    happensTo: 'a table of a replica',
    apply: async (site) => {
      const table = tableOf(site)
      const columns = await site.server.session((session) => columnsOf(session, table))
      await site.server.unlogged('SET foreign_key_checks = 0', statement(table, columns))
    },
    undo: copyAgain,
  }
}

export function copyAgain(site: Site): Promise<void> {
  return resyncTable(site.lab, site.server, tableOf(site))
}

function lowestKey(columns: readonly Column[], count = 1): string {
  const key = columns.filter((column) => column.inPrimaryKey)
  const order = key.map((column) => quoteName(column.name)).join(', ')
  return `${order === '' ? '' : `ORDER BY ${order} `}LIMIT ${count}`
}

function changeable(table: TableName, columns: readonly Column[]): Column {
  const free = columns.filter((column) => !column.inAnyKey)
  const column = free.find(isNumber) ?? free.find(isText)
  if (column !== undefined) return column
  throw new UserError(`${table.schema}.${table.name} has no number or text outside its keys`)
}

function anotherValue(column: Column): string {
  const value = quoteName(column.name)
  if (isNumber(column)) return `COALESCE(${value}, 0) + 1`
  return `IF(LEFT(${value}, 1) = 'x', 'y', 'x')`
}

/** Types in which 100,000 does not fit. */
const SMALL: ReadonlyMap<string, number> = new Map([
  ['tinyint', 10],
  ['smallint', 1_000],
])

/** Far from what the source will use next. */
function unusedKey(table: TableName, column: Column): string {
  const value = quoteName(column.name)
  if (isNumber(column)) {
    return `(SELECT MAX(${value}) + ${SMALL.get(column.type) ?? 100_000} FROM ${quoted(table)} AS highest)`
  }
  return `CONCAT('lab-', LEFT(${value}, 8))`
}
