/** The links of a set as the comparison uses them, grouped by source; and those that cannot be compared. */
import { type Group, type Link, type LinkMemory, newLinkMemory } from '../compare/link.ts'
import type { FailureReason, UnknownReason } from '../domain.ts'
import { dialectOf } from '../mysql/dialects.ts'
import type { ChannelLink } from '../topology.ts'
import { factsOf, isRefused, type ServerFacts, type SetContext } from './context.ts'
import { memberLink, standsApart } from './member-links.ts'

export interface BlockedLink {
  readonly replica: string
  readonly source: string | null
  readonly channel: string
  readonly reason: UnknownReason
}

export interface Links {
  readonly groups: readonly Group[]
  readonly blocked: readonly BlockedLink[]
}

/** As what a check counts that it could not look at such a link. */
export function failureOf(reason: UnknownReason): FailureReason {
  if (reason === 'write_privileges') return 'write_privileges'
  return reason === 'no_privilege' ? 'privilege' : 'connect'
}

export function linksOf(context: SetContext): Links {
  const { channels, members, roles, declared } = context.topology()
  const blocked: BlockedLink[] = []
  const bySource = new Map<string, Link[]>()
  const add = (source: string, link: Link) => {
    bySource.set(source, [...(bySource.get(source) ?? []), link])
  }
  for (const link of channels) {
    const { source, replica } = link
    if (isReverse(context, link, channels)) continue
    const reason = source === null ? 'unreachable' : blockedBy(context, source, replica)
    if (source === null || reason !== null) {
      blocked.push({ replica, source, channel: link.channel.name, reason: reason ?? 'unreachable' })
      continue
    }
    const isHub = channels.filter((other) => other.replica === replica).length > 1
    add(source, linkOf(context, link, source, isHub))
  }
  for (const { source, replica } of declared) {
    const reason = blockedBy(context, source, replica)
    if (reason === null) add(source, declaredLink(context, source, replica))
    else blocked.push({ replica, source, channel: '', reason })
  }
  for (const link of members) {
    const { source, replica, kind } = link
    const reason = blockedBy(context, source, replica) ?? standsApart(link)
    if (reason !== null) blocked.push({ replica, source, channel: kind, reason })
    else add(source, memberLink(context, link, memoryOf(context, `${source}>${replica}/${kind}`)))
  }
  const linked = new Set(
    [...channels, ...members, ...declared].flatMap(({ source, replica }) => [source, replica]),
  )
  for (const [name, role] of roles) {
    const isAlone = role === 'member' && !linked.has(name)
    if (role !== 'unknown' && role !== 'detached' && !isAlone) continue
    blocked.push({ replica: name, source: null, channel: '', reason: loneReason(context, name) })
  }
  const groups = [...bySource].map(([source, links]) => ({
    source: factsOf(context, source).server,
    links,
  }))
  return { groups, blocked }
}

/** A pair that replicates both ways is compared once: source = first in the configuration. */
function isReverse(
  context: SetContext,
  { source, replica }: ChannelLink,
  channels: readonly ChannelLink[],
): boolean {
  if (source === null) return false
  const order = [...context.facts.keys()]
  return (
    channels.some((other) => other.source === replica && other.replica === source) &&
    order.indexOf(replica) < order.indexOf(source)
  )
}

/** Why a server without a link is not compared. */
function loneReason(context: SetContext, name: string): UnknownReason {
  const { server, sight } = factsOf(context, name)
  if (!server.usable || sight.identity === null) return 'unreachable'
  // It answers, and will not say whom it replicates from.
  return sight.channels === null ? 'no_privilege' : 'no_fence'
}

function blockedBy(context: SetContext, source: string, replica: string): UnknownReason | null {
  for (const name of [source, replica]) {
    if (isRefused(context, name)) return 'write_privileges'
    const { server, sight, flavor } = factsOf(context, name)
    if (!server.usable || sight.identity === null || flavor === null) return 'unreachable'
  }
  return null
}

/** `links: kind: none`: what is equal is the same; what differs cannot be proven. */
function declaredLink(context: SetContext, source: string, replica: string): Link {
  return {
    source: factsOf(context, source).server,
    replica: factsOf(context, replica).server,
    channel: '',
    fencing: { none: 'no_fence' },
    memory: newLinkMemory(),
    appliesNothing: () => false,
    isFiltered: false,
  }
}

function linkOf(
  context: SetContext,
  { replica, channel }: ChannelLink,
  source: string,
  isHub: boolean,
): Link {
  const [from, to] = [factsOf(context, source), factsOf(context, replica)]
  return {
    source: from.server,
    replica: to.server,
    channel: channel.name,
    fencing: fencingOf(context, from, to, channel.delaySeconds, isHub),
    memory: memoryOf(context, `${source}>${replica}/${channel.name}`),
    // As last seen: it may stop while a pass is under way.
    appliesNothing: () =>
      to.sight.channels?.find(({ name }) => name === channel.name)?.sql === 'stopped',
    isFiltered: channel.filtered,
  }
}

function fencingOf(
  context: SetContext,
  source: ServerFacts,
  replica: ServerFacts,
  delaySeconds: number,
  isHub: boolean,
): Link['fencing'] {
  const [here, there] = [source.sight.identity, replica.sight.identity]
  if (source.flavor === null || replica.flavor === null || here === null || there === null) {
    return { none: 'no_fence' }
  }
  if (dialectOf(source.flavor) !== dialectOf(replica.flavor)) return { none: 'no_fence' }
  // In one full look a fence that takes as long as the delay would only time out.
  if (context.mode.once && delaySeconds * 1000 > context.config.checksum.fenceTimeoutMs) {
    return { none: 'delayed' }
  }
  return dialectOf(source.flavor).fencing(here, there, isHub) ?? { none: 'no_fence' }
}

function memoryOf(context: SetContext, key: string): LinkMemory {
  const memory = context.linkMemories.get(key) ?? newLinkMemory()
  context.linkMemories.set(key, memory)
  return memory
}
