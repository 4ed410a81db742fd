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
  { replica, channel }: Pick<Link, 'replica' | 'channel'>,
  listings: Listings,
): Pick<OnLink, 'others' | 'othersBefore'> {
  return otherChannelsAt(context, { replica: replica.config.name, channel }, listings)
}

/** @param at the channel that they are the others of. */
export function otherChannelsAt(
  context: SetContext,
  at: { readonly replica: string; readonly channel: string },
  listings: Listings,
): Pick<OnLink, 'others' | 'othersBefore'> {
  const { channels, closing } = context.topology()
  const isOf = (each: ChannelLink) =>
    each.replica === at.replica && each.channel.name === at.channel
  // All that the members of a cluster have should be on each of them, whatever one gets over channels as well.
  if (!channels.some(isOf)) return { others: [], othersBefore: 0 }
  const mine = channels.filter((each) => each.replica === at.replica && !closing.has(each))
  const isThis = ({ channel }: ChannelLink) => channel.name === at.channel
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
