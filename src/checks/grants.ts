import { ServerError } from '../errors.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { judgePrivileges, type PrivilegeNeeds } from '../mysql/privileges.ts'
import { assertUsable, isRefused, type ServerFacts, type SetContext } from '../scan/context.ts'
import { readRights } from '../scan/rights.ts'
import type { Check } from './check.ts'

/** The account in use has what it needs, and cannot write: a server where it can is not compared. */
export const grants: Check = {
  name: 'grants',
  appliesTo: () => true,
  isOpen({ runs }, { server, privileges }) {
    const couldLook = runs.status('grants', server.config.name).success
    const { excess, missing, refused } = privileges ?? NOTHING_KNOWN
    return !couldLook || excess.length + missing.length + refused.length > 0
  },
  lookAtServer(context, facts) {
    const { name } = facts.server.config
    const { channels } = facts.sight
    return look(context, facts, {
      channels: channels === null || channels.length > 0,
      isSource: context.topology().channels.some((link) => link.source === name),
      objects: context.config.intervals.schema !== undefined,
    })
  },
}

const NOTHING_KNOWN = { excess: [], missing: [], refused: [] }

async function look(
  context: SetContext,
  facts: ServerFacts,
  needs: Omit<PrivilegeNeeds, 'hasHiddenMembers'>,
): Promise<void> {
  const { server } = facts
  const { control, config } = server
  await context.runs.attempt('grants', config.name, async () => {
    assertUsable(facts)
    const account = await readRights(context, server)
    const flavor = await control.flavor()
    const hasHiddenMembers = await dialectOf(flavor).hasHiddenMembers(control)
    const held = judgePrivileges(account, flavor, { ...needs, hasHiddenMembers })
    const { allowWritePrivileges } = context.config
    facts.privileges = allowWritePrivileges ? { ...held, refused: [] } : held
    if (!isRefused(context, config.name)) return
    throw new ServerError(
      'write_privileges',
      `${config.name}: the account may write (${facts.privileges.refused.join(', ')}), so nothing is read ` +
        'from its tables; give it a read-only account, or set allow_write_privileges',
    )
  })
}
