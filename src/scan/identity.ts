/** Which servers answer: behind an address there may be another one by now. */
import type { ConfirmOptions, Guard } from '../compare/fenced-look.ts'
import { Undecided } from '../compare/undecided.ts'
import { TABLE_CHECKS } from '../domain.ts'
import { type Identity, identityText } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import type { ServerFacts, SetContext } from './context.ts'
import { owe } from './resume.ts'

/** How differences are confirmed in this set, on the servers that they are when this is called. */
export function confirmOptions(context: SetContext): ConfirmOptions & { readonly guard: Guard } {
  const { config, world, signal } = context
  return {
    ...config.checksum,
    world,
    signal,
    guard: identityGuard(context),
    // One full look has nothing to go on with meanwhile.
    lagMemoryMs: context.mode.once ? 0 : 2 * config.checksum.fenceTimeoutMs,
  }
}

/** Throws `identity_changed` when another server answers than the one that we know now. */
function identityGuard({ facts }: SetContext): Guard {
  const known = new Map([...facts].map(([name, { sight }]) => [name, textOf(sight.identity)]))
  return async (session) => {
    const now = await dialectOf(await session.flavor()).identity(session)
    const text = known.get(session.server) ?? null
    if (text === null || text !== identityText(now)) {
      throw new Undecided('identity_changed', `${session.server} is another server than before`)
    }
  }
}

/** Nothing is known of what another server holds: what was the same on the one before it has to be compared again. */
export function noteIdentity(context: SetContext, facts: ServerFacts, identity: Identity): void {
  const { server, sight } = facts
  const before = textOf(sight.identity)
  facts.sight = { ...sight, identity }
  if (before === null || before === identityText(identity)) return
  server.renew()
  const { name } = server.config
  context.log.info('identity_changed', { set: context.config.name, server: name })
  for (const state of context.tables.all()) {
    if (state.id.server !== name && state.id.source !== name) continue
    owe(state)
    for (const check of TABLE_CHECKS) {
      if (state.standings[check]?.verdict !== 'same') continue
      context.tables.turn(state, check, 'unknown', 'identity_changed')
    }
  }
}

function textOf(identity: Identity | null): string | null {
  return identity && identityText(identity)
}
