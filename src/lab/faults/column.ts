import { UserError } from '../../errors.ts'
import { quoteName } from '../../mysql/sql.ts'
import { VENDORS } from '../engines.ts'
import { type Fault, tableOf } from '../fault.ts'
import { columnsOf, quoted } from '../table.ts'
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
