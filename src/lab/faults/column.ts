import { UserError } from '../../errors.ts'
import { quoteName } from '../../mysql/sql.ts'
import { VENDORS } from '../engines.ts'
import { type Fault, tableOf } from '../fault.ts'
import { columnsOf, isNumber, quoted } from '../table.ts'
import { copyAgain } from './rows.ts'

export const dropColumn: Fault = {
  name: 'drop-column',
  help: 'the replica lacks the last column of a table',
  flavors: VENDORS,
  happensTo: 'a table of a replica',
  apply: async (site) => {
    const table = tableOf(site)
    const columns = await site.server.session((session) => columnsOf(session, table))
    // Row events name columns by position: without the last one they still apply, and nobody notices.
    const last = columns.at(-1)
    if (last === undefined || last.inAnyKey) {
      throw new UserError(`the last column of ${table.schema}.${table.name} is part of a key`)
    }
    await site.server.unlogged(`ALTER TABLE ${quoted(table)} DROP COLUMN ${quoteName(last.name)}`)
  },
  undo: copyAgain,
}

export const changeColumnType: Fault = {
  name: 'change-column-type',
  help: 'a column of a table has another type on the replica',
  flavors: VENDORS,
  happensTo: 'a table of a replica',
  apply: async (site) => {
    const table = tableOf(site)
    const columns = await site.server.session((session) => columnsOf(session, table))
    const column = columns.find((one) => isNumber(one) && !one.inAnyKey)
    if (column === undefined) {
      throw new UserError(`${table.schema}.${table.name} has no number outside its keys`)
    }
    const type = column.type === 'bigint' ? 'DECIMAL(20)' : 'BIGINT'
    await site.server.unlogged(
      `ALTER TABLE ${quoted(table)} MODIFY ${quoteName(column.name)} ${type}`,
    )
  },
  undo: copyAgain,
}
