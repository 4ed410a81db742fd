import type { GtidObservation } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { unlessRefused } from '../mysql/query.ts'
import {
  assertUsable,
  factsOf,
  gtidLinkKey,
  type ServerFacts,
  type SetContext,
} from '../scan/context.ts'
import { locateErrant, NOT_TOLD } from '../scan/errant.ts'
import type { ChannelLink } from '../topology.ts'
import type { Check } from './check.ts'

/** What a replica has and its sources have not (errant), and what they have and it has not (missing). */
export const gtid: Check = {
  name: 'gtid',
  appliesTo: (_role, channels) => channels > 0,
  async lookAtServer(context, facts) {
    const { name } = facts.server.config
    const mine = context.topology().channels.filter((link) => link.replica === name)
    // Nobody's replica has nothing that is errant, whatever it had before it was promoted.
    if (mine.length === 0) facts.gtid = null
    else await look(context, facts, mine)
  },
}

async function look(
  context: SetContext,
  facts: ServerFacts,
  mine: readonly ChannelLink[],
): Promise<void> {
  await context.runs.attempt('gtid', facts.server.config.name, async () => {
    assertUsable(facts)
    const { control } = facts.server
    const dialect = dialectOf(await control.flavor())
    const began = context.world.now()
    const logEnd = await unlessRefused(dialect.logEnd(control))
    // The replica first: whatever its source executes afterwards cannot make a transaction look errant.
    const here = await dialect.gtids.observe(control, null)
    const links = await Promise.all(
      mine.map(async (link) => ({ link, seen: await seeSource(context, link, here) })),
    )
    const ended = context.world.now()
    const sources = links.flatMap(({ seen }) => seen ?? [])
    // With one source unread, anything of it would look errant.
    const canTell = here.enabled && sources.length === links.length
    const errant = canTell
      ? await locateErrant(context, facts, { here, sources, logEnd, began, ended })
      : NOT_TOLD
    facts.gtid = { enabled: here.enabled, ...errant }
    for (const { link, seen } of links) remember(context, link, here, seen)
  })
}

/** null while it cannot be read, and for one of the other vendor, whose GTIDs mean nothing here. */
async function seeSource(
  context: SetContext,
  link: ChannelLink,
  here: GtidObservation,
): Promise<GtidObservation | null> {
  const there = link.source === null ? null : factsOf(context, link.source)
  if (!there?.server.usable) return null
  const { control } = there.server
  const flavor = await control.flavor()
  if (flavor.vendor !== here.vendor) return null
  return await dialectOf(flavor).gtids.observe(control, knownOf(context, link, here))
}

/** The source as it was before; null when the channel had another source, or that one was of another kind. */
function knownOf(
  { gtidLinks }: SetContext,
  { replica, channel, source }: ChannelLink,
  here: GtidObservation,
): GtidObservation | null {
  const before = gtidLinks.get(gtidLinkKey(replica, channel.name))
  if (before === undefined || before.source !== source) return null
  return before.seen?.vendor === here.vendor ? before.seen : null
}

function remember(
  context: SetContext,
  link: ChannelLink,
  here: GtidObservation,
  seen: GtidObservation | null,
): void {
  const { gtids } = dialectOf(here)
  const channel = link.channel.name
  const before = knownOf(context, link, here)
  const now = here.enabled ? seen : null
  // Against the previous look: what is on its way within one interval is not missing.
  const earlier = here.enabled ? before : null
  context.gtidLinks.set(gtidLinkKey(link.replica, channel), {
    source: link.source,
    seen: seen ?? before,
    missing: earlier && gtids.missing({ source: earlier, replica: here, channel }),
    receiveGap: earlier && gtids.receiveGap({ source: earlier, replica: here, channel }),
    unrecoverable: now && gtids.unrecoverable({ source: now, replica: here, channel }),
  })
}
