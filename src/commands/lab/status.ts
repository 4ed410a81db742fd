import { breakagesOf } from '../../lab/breakage.ts'
import type { Lab } from '../../lab/lab.ts'
import { reapOrphans } from '../../lab/reap.ts'
import { labStatus, type ServerStatus } from '../../lab/status.ts'
import { aligned, chosenLab, type LineOutput, type Subcommand } from './subcommand.ts'

export const status: Subcommand = {
  usage: 'status',
  help: 'one line per server',
  options: {},
  words: [0, 0],
  async run(call) {
    await reapOrphans(call.cache)
    const lab = chosenLab(call)
    await printStatus(lab, call.out)
    for (const { fault, server, table } of breakagesOf(lab)) {
      const where = table === null ? '' : `, ${table.schema}.${table.name}`
      call.out.write(`broken: ${fault} on ${server}${where}`)
    }
  },
}

export async function printStatus(lab: Lab, out: LineOutput): Promise<void> {
  const lines = (await labStatus(lab)).map((server) => [
    server.name,
    server.role,
    server.address,
    server.state,
    threadsText(server),
    server.rows === null ? 'OUT' : `${server.rows} rows`,
  ])
  for (const line of aligned(lines)) out.write(line)
}

function threadsText({ channels }: ServerStatus): string {
  if (channels === null || channels.length === 0) return '-'
  return channels
    .map(({ io, sql, lag }) => `io ${io}, sql ${sql}, lag ${lag === null ? 'unknown' : `${lag} s`}`)
    .join('; ')
}
