import { UserError } from '../../errors.ts'
import { breakagesOf, breakServer, undo } from '../../lab/breakage.ts'
import { parseTableName } from '../../lab/table.ts'
import { chosenLab, type Subcommand, text } from './subcommand.ts'

export const breakOne: Subcommand = {
  usage: 'break FAULT SERVER [--table SCHEMA.TABLE]',
  help: 'let something go wrong on a server',
  options: { table: text },
  words: [2, 2],
  async run(call) {
    const { out, values, words } = call
    const lab = chosenLab(call)
    const [fault = '', server = ''] = words
    const table = typeof values.table === 'string' ? { table: parseTableName(values.table) } : {}
    const broken = await breakServer(lab, { fault, server, ...table })
    const where = broken.table === null ? '' : `, ${broken.table.schema}.${broken.table.name}`
    out.write(`${fault} on ${server}${where}: "lab fix" makes it good`)
  },
}

export const fix: Subcommand = {
  usage: 'fix [FAULT]',
  help: 'make good what "break" did: the last first, or only that fault',
  options: {},
  words: [0, 1],
  async run(call) {
    const { out, words } = call
    const lab = chosenLab(call)
    const [only] = words
    const breakages = breakagesOf(lab).filter(({ fault }) => only === undefined || fault === only)
    if (breakages.length === 0) throw new UserError('nothing is broken')
    for (const breakage of breakages.toReversed()) {
      await undo(lab, breakage)
      out.write(`made good: ${breakage.fault} on ${breakage.server}`)
    }
  },
}
