import type { PrivilegeReport } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { Flavor } from '../mysql/flavor.ts'
import { judgePrivileges, parseGrants, roleStatements } from '../mysql/grants.ts'
import { type Session, text } from '../mysql/query.ts'
import { assertUsable, isRefused, type ServerFacts, type SetContext } from '../scan/context.ts'
import type { Check } from './check.ts'

/** The account in use has what it needs, and cannot write: a server where it can is not compared. */
export const grants: Check = {
  name: 'grants',
  appliesTo: () => true,
  lookAtServer(context, facts) {
    const { name } = facts.server.config
    const { channels } = facts.sight
    return look(context, facts, {
      channels: channels === null || channels.length > 0,
      isSource: context.topology().channels.some((link) => link.source === name),
    })
  },
}

async function look(
  context: SetContext,
  facts: ServerFacts,
  needs: { readonly channels: boolean; readonly isSource: boolean },
): Promise<void> {
  const { control, config } = facts.server
  await context.runs.attempt('grants', config.name, async () => {
    assertUsable(facts)
    const held = await privilegesOf(control, await control.flavor(), needs)
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

async function privilegesOf(
  control: Session,
  flavor: Flavor,
  needs: { readonly channels: boolean; readonly isSource: boolean },
): Promise<PrivilegeReport> {
  const [row] = await control.query('SELECT CURRENT_USER() AS account')
  const own = parseGrants(await grantLines(control, 'SHOW GRANTS'))
  const roleLines: string[] = []
  for (const statement of roleStatements(own, flavor)) {
    roleLines.push(...(await grantLines(control, statement)))
  }
  // A role that is granted but not active gives us nothing, and still may be activated to write.
  return judgePrivileges(own, flavor, {
    ...needs,
    currentUser: text(row, 'account'),
    roleGrants: parseGrants(roleLines),
  })
}

async function grantLines(control: Session, statement: string): Promise<string[]> {
  const rows = await control.query(statement)
  return rows.map((row) => String(Object.values(row)[0]))
}
