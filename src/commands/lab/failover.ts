import { promote as promoteReplica } from '../../lab/promote.ts'
import { redirect as redirectReplica } from '../../lab/redirect.ts'
import { chosenLab, type Subcommand, text, UsageError } from './subcommand.ts'

export const redirect: Subcommand = {
  usage: 'redirect REPLICA --to SERVER',
  help: 'let a replica, or a retired source, replicate from another server',
  options: { to: text },
  words: [1, 1],
  async run(call) {
    const [replica = ''] = call.words
    const { to } = call.values
    if (typeof to !== 'string') throw new UsageError('lab redirect: --to which server?')
    await redirectReplica(chosenLab(call), { replica, to })
    call.out.write(`${replica}: replicates from ${to}`)
  },
}

export const promote: Subcommand = {
  usage: 'promote REPLICA',
  help: 'let it take the place of its source; all others follow it',
  options: {},
  words: [1, 1],
  async run(call) {
    const [replica = ''] = call.words
    await promoteReplica(chosenLab(call), replica, { say: (line) => call.out.write(line) })
  },
}
