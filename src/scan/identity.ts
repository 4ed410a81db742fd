import type { ConfirmOptions } from '../compare/fenced-look.ts'
import { Undecided } from '../compare/undecided.ts'
import { identityText } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import type { Session } from '../mysql/query.ts'
import { factsOf, type SetContext } from './context.ts'

/** How differences are confirmed in this set, on servers that are still the same. */
export function confirmOptions(context: SetContext): ConfirmOptions {
  const { config, world, signal } = context
  return {
    ...config.checksum,
    world,
    signal,
    guard: (session) => guardIdentity(context, session),
    // One full look has nothing to go on with meanwhile.
    lagMemoryMs: context.mode.once ? 0 : 2 * config.checksum.fenceTimeoutMs,
  }
}

/** @throws {Undecided} `identity_changed` when another server answers than the one we knew. */
export async function guardIdentity(context: SetContext, session: Session): Promise<void> {
  const known = factsOf(context, session.server).sight.identity
  const now = await dialectOf(await session.flavor()).identity(session)
  if (known === null || identityText(known) !== identityText(now)) {
    throw new Undecided('identity_changed', `${session.server} is another server than before`)
  }
}
