import { UserError } from '../../errors.ts'
import { reapOrphans, takeDown } from '../../lab/reap.ts'
import { readRecord } from '../../lab/record.ts'
import { DEFAULT_NAME, nameOf, type Subcommand } from './subcommand.ts'

export const down: Subcommand = {
  usage: 'down',
  help: 'end the servers, remove every file',
  options: {},
  words: [0, 0],
  async run({ cache, out, values }) {
    await reapOrphans(cache)
    const id = nameOf(values) ?? DEFAULT_NAME
    if (readRecord(cache, id) === null) throw new UserError(`no lab "${id}" is up`)
    await takeDown(cache, id)
    out.write(`${id} is down; nothing of it is left`)
  },
}
