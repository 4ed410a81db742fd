/** The links of a set as the comparison uses them, grouped by source; and those that cannot be compared. */
import { type Group, type Link, type LinkMemory, newLinkMemory } from '../compare/link.ts'
import { STANDING } from '../compare/standing.ts'
import type { FailureReason, UnknownReason } from '../domain.ts'
import { isFedBySeveral, leadsTo } from '../loops.ts'
import type { Fencing } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { hasRules, NO_LOG_RULES, NO_RULES, type Rules } from '../mysql/filters.ts'
import { mutual } from '../mysql/mutual.ts'
import type { ChannelLink } from '../topology.ts'
import { factsOf, isRefused, type SetContext } from './context.ts'
import { memberLink, standsApart } from './member-links.ts'

export interface BlockedLink {
  readonly replica: string
  readonly source: string | null
  readonly channel: string
  readonly rules: Rules
  readonly reason: UnknownReason
}

export interface Links {
  readonly groups: readonly Group[]
  readonly blocked: readonly BlockedLink[]
}

/** As what a check counts that it could not look at such a link. */
export function failureOf(reason: UnknownReason): FailureReason {
  if (reason === 'write_privileges') return 'write_privileges'
  if (reason === 'lag') return 'timeout'
  return reason === 'no_privilege' ? 'privilege' : 'connect'
}

export function linksOf(context: SetContext): Links {
  const { channels, members, closing, roles, declared, twins } = context.topology()
  const blocked: BlockedLink[] = []
  const bySource = new Map<string, Link[]>()
  const add = (source: string, link: Link) => {
    bySource.set(source, [...(bySource.get(source) ?? []), link])
  }
  for (const link of channels) {
    const { source, replica } = link
    if (twins.has(replica)) continue
    const loop = closing.get(link)?.map((other) => rulesOf(context, other)) ?? []
    if (closing.has(link) && !loop.some(hasRules)) continue
    const reason = source === null ? 'unreachable' : blockedBy(context, source, replica)
    if (source === null || reason !== null) {
      const { name } = link.channel
      const rules = rulesOf(context, link)
      blocked.push({ replica, source, channel: name, rules, reason: reason ?? 'unreachable' })
      continue
    }
    add(source, { ...linkOf(context, link, source), loop })
  }
  for (const { source, replica } of declared) {
    // A server is no replica of itself.
    if ([source, replica].some((name) => twins.has(name))) continue
    const reason = blockedBy(context, source, replica)
    if (reason === null) add(source, declaredLink(context, source, replica))
    else blocked.push({ replica, source, channel: '', rules: NO_RULES, reason })
  }
  for (const link of members) {
    const { source, replica, kind } = link
    const reason = blockedBy(context, source, replica) ?? standsApart(link)
    if (reason !== null) blocked.push({ replica, source, channel: kind, rules: NO_RULES, reason })
    else add(source, memberLink(context, link, memoryOf(context, `${source}>${replica}/${kind}`)))
  }
  const linked = new Set(
    [...channels, ...members, ...declared].flatMap(({ source, replica }) => [source, replica]),
  )
  for (const [name, role] of roles) {
    const isAlone = role === 'member' && !linked.has(name)
    if (twins.has(name)) continue
    if (role !== 'unknown' && role !== 'detached' && !isAlone) continue
    const reason = loneReason(context, name)
    blocked.push({ replica: name, source: null, channel: '', rules: NO_RULES, reason })
  }
  const groups = [...bySource].map(([source, links]) => ({
    source: factsOf(context, source).server,
    links,
  }))
  return { groups, blocked }
}

export function rulesOf(context: SetContext, { source, channel }: ChannelLink): Rules {
  const log = source === null ? null : factsOf(context, source).log
  return { log: log?.rules ?? NO_LOG_RULES, channel: channel.rules }
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

/** `links: kind: none` */
function declaredLink(context: SetContext, source: string, replica: string): Link {
  return {
    source: factsOf(context, source).server,
    replica: factsOf(context, replica).server,
    channel: '',
    fencing: STANDING,
    memory: newLinkMemory(),
    appliesNothing: () => false,
    rules: NO_RULES,
    loop: [],
    delayMs: 0,
    afterDelay: null,
  }
}

function linkOf(context: SetContext, { replica, channel }: ChannelLink, source: string): Link {
  const [from, to] = [factsOf(context, source), factsOf(context, replica)]
  const name = `${source}>${replica}/${channel.name}`
  const fencing = fencingOf(context, { replica, channel, source })
  const delayMs = channel.delaySeconds * 1000
  const link: Link = {
    source: from.server,
    replica: to.server,
    channel: channel.name,
    fencing,
    memory: memoryOf(context, name),
    // As last seen: it may stop while a pass is under way.
    appliesNothing: () =>
      to.sight.channels?.find(({ name }) => name === channel.name)?.sql === 'stopped',
    rules: rulesOf(context, { replica, channel, source }),
    loop: [],
    delayMs: 0,
    afterDelay: null,
  }
  // Before the delay is over a fence would only time out, and hold up the other replicas.
  if (delayMs <= context.config.checksum.fenceTimeoutMs) return link
  const waiting = { ...link, delayMs, memory: memoryOf(context, `${name} after its delay`) }
  const canWait = !context.mode.once && !('none' in fencing)
  return { ...link, fencing: { none: 'delayed' }, afterDelay: canWait ? waiting : null }
}

function fencingOf(
  context: SetContext,
  link: ChannelLink & { readonly source: string },
): Link['fencing'] {
  const { source, replica, channel } = link
  const { channels } = context.topology()
  const forward = provenBetween(context, source, replica, channel.name)
  if (forward === null) return { none: 'no_fence' }
  if (!leadsTo(replica, source, channels)) return forward
  const direct = channels.find((each) => each.replica === source && each.source === replica)
  const backChannel = direct?.channel.name ?? null
  const back = provenBetween(context, replica, source, backChannel)
  return back === null
    ? { none: 'no_fence' }
    : mutual(forward, { fencing: back, channel: backChannel })
}

/** @param channel of `to`; null = it gets what `from` logs over other servers. */
function provenBetween(
  context: SetContext,
  from: string,
  to: string,
  channel: string | null,
): Fencing | null {
  const [source, replica] = [from, to].map((name) => factsOf(context, name))
  const [here, there] = [source?.sight.identity, replica?.sight.identity]
  if (!source?.flavor || !replica?.flavor || !here || !there) return null
  const dialect = dialectOf(source.flavor)
  if (dialect !== dialectOf(replica.flavor)) return null
  const { channels } = context.topology()
  const ofReplica = channels.filter((each) => each.replica === to)
  const brings = (each: ChannelLink) =>
    channel === null
      ? each.source !== null && leadsTo(from, each.source, channels)
      : each.channel.name === channel
  const others = ofReplica.filter((each) => !brings(each))
  const servers = others.flatMap((each) =>
    each.source === null ? [] : factsOf(context, each.source).server,
  )
  const isOneWay = ofReplica.length === others.length + 1
  const canAskAll = servers.length === others.length && servers.every(({ usable }) => usable)
  return dialect.fencing({
    source: here,
    replica: there,
    others: isOneWay && canAskAll ? servers.map(({ control }) => control) : null,
    isMixed: isFedBySeveral(from, channels),
  })
}

function memoryOf(context: SetContext, key: string): LinkMemory {
  const memory = context.linkMemories.get(key) ?? newLinkMemory()
  context.linkMemories.set(key, memory)
  return memory
}
