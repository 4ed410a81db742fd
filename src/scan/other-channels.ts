/** What a replica with several channels has from its other sources is no business of a link. */
import type { Link } from '../compare/link.ts'
import { carriageOf } from '../mysql/filters.ts'
import type { ChannelLink } from '../topology.ts'
import type { SetContext } from './context.ts'
import { rulesOf } from './groups.ts'
import type { Listings } from './listing.ts'
import { keyOnReplica, type OnLink } from './tables-on-link.ts'

export function otherChannelsOf(
  context: SetContext,
  link: Link,
  listings: Listings,
): Pick<OnLink, 'others' | 'othersBefore'> {
  const { channels, closing } = context.topology()
  const mine = channels.filter(
    (each) => each.replica === link.replica.config.name && !closing.has(each),
  )
  const isThis = ({ channel }: ChannelLink) => channel.name === link.channel
  return {
    others: mine
      .filter((each) => !isThis(each))
      .map((each) => ({
        rules: rulesOf(context, each),
        carried: carriedBy(context, each, listings),
      })),
    othersBefore: Math.max(0, mine.findIndex(isThis)),
  }
}

/** Of a source that is away counts what it had when it was listed last. */
function carriedBy(
  context: SetContext,
  link: ChannelLink,
  listings: Listings,
): ReadonlySet<string> | null {
  const { source, replica, channel } = link
  const key = JSON.stringify([replica, channel.name, source])
  const listing = source === null ? undefined : listings.get(source)
  if (listing instanceof Map) {
    const rules = rulesOf(context, link)
    const carried = [...listing.values()].filter((entry) => carriageOf(rules, entry) !== 'filtered')
    context.carried.set(key, new Set(carried.map((entry) => keyOnReplica(rules, entry))))
  }
  return context.carried.get(key) ?? null
}
