import { ServerError } from '../errors.ts'
import { assertUsable, isRefused, type ServerFacts, type SetContext } from '../scan/context.ts'
import { judgeRights, readRights } from '../scan/rights.ts'
import type { Check } from './check.ts'

/** The account in use has what it needs, and cannot write: a server where it can is not compared. */
export const grants: Check = {
  name: 'grants',
  appliesTo: () => true,
  isOpen(context, { server: { config }, privileges }) {
    const couldLook = context.runs.status('grants', config.name).success
    const { excess, missing, refused } = privileges ?? NOTHING_KNOWN
    return (
      !couldLook ||
      excess.length + missing.length + refused.length > 0 ||
      isAnythingDenied(context, config.name)
    )
  },
  lookAtServer: look,
}

const NOTHING_KNOWN = { excess: [], missing: [], refused: [] }

/** Its rights may be others than they were an hour ago. */
function isAnythingDenied({ runs, tables }: SetContext, server: string): boolean {
  return (
    runs.isDenied(server) ||
    tables
      .all()
      .some(
        ({ id, standings }) =>
          (id.server === server || id.source === server) &&
          Object.values(standings).some(({ reason }) => reason === 'no_privilege'),
      )
  )
}

async function look(context: SetContext, facts: ServerFacts): Promise<void> {
  const { server } = facts
  const { name } = server.config
  await context.runs.attempt('grants', name, async () => {
    assertUsable(facts)
    const { refused } = await judgeRights(context, facts, await readRights(context, server))
    if (!isRefused(context, name)) return
    throw new ServerError(
      'write_privileges',
      `${name}: the account may write (${refused.join(', ')}), so nothing is read ` +
        'from its tables; give it a read-only account, or set allow_write_privileges',
    )
  })
}
