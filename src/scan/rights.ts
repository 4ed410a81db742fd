/** What our account may see of tables, where its rights were read. */
import { isDeepStrictEqual } from 'node:util'
import { type Account, readAccount } from '../mysql/account.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { holds, tableScope } from '../mysql/grant-scope.ts'
import { judgePrivileges } from '../mysql/privileges.ts'
import type { PrivilegeReport } from '../report.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import { factsOf, type ServerFacts, type SetContext } from './context.ts'
import { oweAgain } from './resume.ts'

/**
 * What it may do on that server now. Rights on everything are those of when it connected: where they have changed,
 * the server is asked over new connections from now on. @throws {ServerError}
 */
export async function readRights(context: SetContext, server: Server): Promise<Account> {
  const account = await readAccount(server.control, (task) =>
    server.read(task, { priority: PRIORITY.status, signal: context.signal }),
  )
  const facts = factsOf(context, server.config.name)
  const known = facts.grants
  facts.grants = account.grants
  if (known !== null && !isDeepStrictEqual(known, account.grants)) {
    server.renew()
    facts.changedAt = context.world.now()
    oweAgain(context, server.config.name)
    context.log.info('rights_changed', { set: context.config.name, server: server.config.name })
    // Whoever reads them, what they mean is told at once: an account that may write now is refused now.
    if (facts.privileges !== null) await judgeRights(context, facts, account)
  }
  return account
}

/** What the account lacks and what it holds too much, for what is asked of that server. @throws {ServerError} */
export async function judgeRights(
  context: SetContext,
  facts: ServerFacts,
  account: Account,
): Promise<PrivilegeReport> {
  const { control, config } = facts.server
  const { channels } = facts.sight
  const flavor = await control.flavor()
  const held = judgePrivileges(account, flavor, {
    channels: channels === null || channels.length > 0,
    hasHiddenMembers: await dialectOf(flavor).hasHiddenMembers(control),
    isSource: context.topology().channels.some((link) => link.source === config.name),
    objects: context.config.intervals.schema !== undefined,
  })
  facts.privileges = context.config.allowWritePrivileges ? { ...held, refused: [] } : held
  return facts.privileges
}

/**
 * Whether it reads all of a table on that server. Of what it does not, information_schema shows some columns, or
 * the table without any, or nothing: never to be taken for what the table is. True until its rights were read.
 */
export function mayRead(
  context: SetContext,
  server: string,
  { schema, table }: { readonly schema: string; readonly table: string },
): boolean {
  const { grants } = factsOf(context, server)
  return grants === null || holds(grants, 'SELECT', tableScope(schema, table))
}
