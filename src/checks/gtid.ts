import { ServerError } from '../errors.ts'
import type { GtidObservation } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import {
  assertUsable,
  factsOf,
  gtidLinkKey,
  type ServerFacts,
  type SetContext,
} from '../scan/context.ts'
import type { ChannelLink } from '../topology.ts'
import type { Check } from './check.ts'

/** What a replica has and its sources have not (errant), and what they have and it has not (missing). */
export const gtid: Check = {
  name: 'gtid',
  appliesTo: (_role, channels) => channels > 0,
  async lookAtServer(context, facts) {
    const { name } = facts.server.config
    const mine = context.topology().channels.filter((link) => link.replica === name)
    if (mine.length > 0) await look(context, facts, mine)
  },
}

async function look(
  context: SetContext,
  facts: ServerFacts,
  mine: readonly ChannelLink[],
): Promise<void> {
  await context.runs.attempt('gtid', facts.server.config.name, async () => {
    assertUsable(facts)
    // The replica first: whatever its source executes afterwards cannot make a transaction look errant.
    const here = await observe(facts)
    const sources = await Promise.all(
      mine.map(async (link) => {
        const there = link.source === null ? null : factsOf(context, link.source)
        return {
          link,
          seen: there !== null && isReadable(facts, there) ? await observe(there) : null,
        }
      }),
    )
    report(
      facts,
      here,
      sources.map(({ seen }) => seen),
    )
    for (const { link, seen } of sources) remember(context, facts, link, here, seen)
  })
}

/** GTIDs of one vendor mean nothing to the other. */
function isReadable(replica: ServerFacts, source: ServerFacts): boolean {
  if (!source.server.usable || source.flavor === null || replica.flavor === null) return false
  return dialectOf(source.flavor) === dialectOf(replica.flavor)
}

async function observe({ server }: ServerFacts): Promise<GtidObservation> {
  const flavor = await server.control.flavor()
  return dialectOf(flavor).gtids(server.control)
}

function report(
  facts: ServerFacts,
  here: GtidObservation,
  sources: readonly (GtidObservation | null)[],
): void {
  const seen = sources.filter((source) => source !== null)
  // With one source unread, anything of it would look errant.
  const canTell = here.enabled && seen.length === sources.length && facts.flavor !== null
  const errant = canTell && facts.flavor ? dialectOf(facts.flavor).errant(here, seen) : null
  facts.gtid = {
    enabled: here.enabled,
    errant: errant?.count ?? null,
    errantSet: errant?.set ?? null,
    errantExact: errant?.exact ?? false,
  }
}

function remember(
  context: SetContext,
  facts: ServerFacts,
  { channel }: ChannelLink,
  here: GtidObservation,
  seen: GtidObservation | null,
): void {
  const key = gtidLinkKey(facts.server.config.name, channel.name)
  const before = context.gtidLinks.get(key)
  if (facts.flavor === null) throw new ServerError('internal', 'observed without a flavor')
  const dialect = dialectOf(facts.flavor)
  const previous = before?.previousSource ?? null
  context.gtidLinks.set(key, {
    previousSource: seen ?? previous,
    // Against the previous look: what is on its way within one interval is not missing.
    missing: previous === null || !here.enabled ? null : dialect.missing(previous, here),
    unrecoverable: seen === null || !here.enabled ? null : dialect.unrecoverable(seen, here),
  })
}
