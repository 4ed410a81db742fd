/** What our account may see of tables, where its rights were read. */
import { isDeepStrictEqual } from 'node:util'
import { type Account, readAccount } from '../mysql/account.ts'
import { holds, tableScope } from '../mysql/grant-scope.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import { factsOf, type SetContext } from './context.ts'
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
  }
  return account
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
