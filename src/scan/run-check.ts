import type { Check, Scope } from '../checks/check.ts'
import type { SetContext } from './context.ts'

/** One look of one check at everything it looks at, all servers at the same time. */
export async function runCheck(context: SetContext, check: Check, scope: Scope = 'all') {
  if ('lookAtSet' in check) return await check.lookAtSet(context, scope)
  await Promise.all([...context.facts.values()].map((facts) => check.lookAtServer(context, facts)))
}
