/** Whole tables, and what hangs on one, on the replica alone. */
import { UserError } from '../../errors.ts'
import { quoteName, quoteTable, quoteText } from '../../mysql/sql.ts'
import { VENDORS } from '../engines.ts'
import { type Fault, type Site, tableOf } from '../fault.ts'
import { columnsOf, quoted } from '../table.ts'
import { copyAgain } from './rows.ts'

const onTable = { flavors: VENDORS, happensTo: 'a table of a replica' } as const

/** In the table's own schema. */
const extra = (site: Site) => quoteTable(tableOf(site).schema, 'lab_extra')

export const dropTable: Fault = {
  ...onTable,
  name: 'drop-table',
  help: 'the replica lacks a table; it stops as soon as the source writes to that',
  apply: (site) => site.server.unlogged(`DROP TABLE ${quoted(tableOf(site))}`),
  undo: copyAgain,
}

export const addTable: Fault = {
  ...onTable,
  name: 'add-table',
  help: 'the replica has a table that its source never had',
  apply: (site) =>
    site.server.unlogged(`CREATE TABLE ${extra(site)} AS SELECT * FROM ${quoted(tableOf(site))}`),
  undo: (site) => site.server.unlogged(`DROP TABLE ${extra(site)}`),
}

export const dropIndex: Fault = {
  ...onTable,
  name: 'drop-index',
  help: 'the replica lacks an index that is no unique one',
  apply: async (site) => {
    const { schema, name } = tableOf(site)
    const index = await site.server.value(
      `SELECT index_name FROM information_schema.statistics
       WHERE table_schema = ${quoteText(schema)} AND table_name = ${quoteText(name)} AND non_unique = 1
       ORDER BY 1 LIMIT 1`,
    )
    if (index === null) throw new UserError(`${schema}.${name} has no such index`)
    await site.server.unlogged(`DROP INDEX ${quoteName(index)} ON ${quoted(tableOf(site))}`)
  },
  undo: copyAgain,
}

export const addIndex: Fault = {
  ...onTable,
  name: 'add-index',
  help: 'the replica has an index for itself, as for reports',
  apply: async (site) => {
    const table = tableOf(site)
    const columns = await site.server.session((session) => columnsOf(session, table))
    const column = columns.find(({ inAnyKey }) => !inAnyKey)
    if (column === undefined) throw new UserError(`every column of ${table.name} has an index`)
    await site.server.unlogged(
      `CREATE INDEX lab_extra ON ${quoted(table)} (${quoteName(column.name)})`,
    )
  },
  undo: (site) => site.server.unlogged(`DROP INDEX lab_extra ON ${quoted(tableOf(site))}`),
}

export const addTrigger: Fault = {
  ...onTable,
  name: 'add-trigger',
  help: 'the replica has a trigger that its source has not',
  apply: (site) =>
    site.server.unlogged(
      `CREATE TRIGGER ${extra(site)} BEFORE INSERT ON ${quoted(tableOf(site))} FOR EACH ROW SET @lab = 1`,
    ),
  undo: (site) => site.server.unlogged(`DROP TRIGGER ${extra(site)}`),
}
