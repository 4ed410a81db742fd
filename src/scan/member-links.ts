/** The links of a cluster as the comparison uses them. */
import type { Link, LinkMemory } from '../compare/link.ts'
import type { UnknownReason } from '../domain.ts'
import type { MemberLink } from '../memberships.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { NO_RULES } from '../mysql/filters.ts'
import { factsOf, type SetContext } from './context.ts'

/** One that does not take part has, or will have, something else, and no position of the cluster says what. */
export function standsApart({ state }: MemberLink): UnknownReason | null {
  if (state === 'active') return null
  return state === 'catching_up' ? 'lag' : 'no_fence'
}

/** By the kind of cluster it is told apart from the channels that a member may have as well. */
export function memberLink(
  context: SetContext,
  { source, replica, kind }: MemberLink,
  memory: LinkMemory,
): Link {
  const [from, to] = [factsOf(context, source), factsOf(context, replica)]
  const fencing = to.flavor && dialectOf(to.flavor).memberFencing(kind)
  return {
    source: from.server,
    replica: to.server,
    channel: kind,
    fencing: fencing ?? { none: 'no_fence' },
    memory,
    appliesNothing: () => false,
    rules: NO_RULES,
    loop: [],
    delayMs: 0,
    afterDelay: null,
  }
}
