/** Who replicates from whom, found from what the servers say. Pure. */
import type { LinkConfig, ServerConfig } from './config/config.ts'
import type { Role } from './domain.ts'
import { type MemberLink, memberLinksOf, writingTogether } from './memberships.ts'
import type { ChannelStatus, Identity } from './mysql/dialect.ts'
import type { Membership } from './mysql/membership.ts'

/** One server as last seen; what was never read is null. A server that is down keeps its last sight. */
export interface Sight {
  readonly config: ServerConfig
  readonly identity: Identity | null
  /** null = it is part of no cluster. */
  readonly membership: Membership | null
  readonly channels: readonly ChannelStatus[] | null
  /** It had a channel at some time since start. */
  readonly wasReplica: boolean
}

export interface ChannelLink {
  readonly replica: string
  readonly channel: ChannelStatus
  /** Configured name, or null when the source is not in the set. */
  readonly source: string | null
}

export interface Topology {
  readonly roles: ReadonlyMap<string, Role>
  /** Every channel of every server, in the order of the configuration. */
  readonly channels: readonly ChannelLink[]
  readonly members: readonly MemberLink[]
  /** Configured links between servers that have no channel. */
  readonly declared: readonly LinkConfig[]
  /** Connected parts of the set with a writable source; null while a server was never read. */
  readonly sources: number | null
}

export function topologyOf(sights: readonly Sight[], declared: readonly LinkConfig[]): Topology {
  const channels = sights.flatMap((sight) =>
    (sight.channels ?? []).map((channel) => ({
      replica: sight.config.name,
      channel,
      source: sourceOf(channel, sights, sight.config.name),
    })),
  )
  const roles = new Map(
    sights.map((sight) => [sight.config.name, roleOf(sight, channels, declared)]),
  )
  const members = memberLinksOf(sights)
  return {
    roles,
    channels,
    members,
    declared,
    sources: countSources(sights, roles, channels, declared),
  }
}

function roleOf(
  { config, identity, membership, channels, wasReplica }: Sight,
  links: readonly ChannelLink[],
  declared: readonly LinkConfig[],
): Role {
  if (membership !== null) return 'member'
  const isSource =
    links.some((link) => link.source === config.name) ||
    declared.some((link) => link.source === config.name)
  const isReplica =
    (channels !== null && channels.length > 0) ||
    declared.some((link) => link.replica === config.name)
  if (isReplica) return isSource ? 'intermediate' : 'replica'
  // Promoted: it can be written, and others replicate from it.
  const isPromoted = isSource && identity?.readOnly === false && config.role !== 'replica'
  if (channels !== null && !isPromoted && (wasReplica || config.role === 'replica')) {
    return 'detached'
  }
  return isSource ? 'source' : 'unknown'
}

/** By UUID, else by server id, else by address: names resolve differently on each machine. */
function sourceOf(
  channel: ChannelStatus,
  sights: readonly Sight[],
  replica: string,
): string | null {
  const others = sights.filter((sight) => sight.config.name !== replica)
  const byUuid = others.filter(
    ({ identity }) => channel.sourceUuid !== null && identity?.uuid === channel.sourceUuid,
  )
  const byAddress = others.filter((sight) => isAt(sight, channel) && !isAnother(sight, channel))
  const byServerId = others.filter(
    ({ identity }) =>
      channel.sourceUuid === null &&
      channel.sourceServerId !== null &&
      identity?.serverId === channel.sourceServerId,
  )
  for (const found of [byUuid, byServerId, byAddress]) {
    const [only] = found
    if (only !== undefined && found.length === 1) return only.config.name
  }
  return null
}

/** Behind one address there may be another server by now: its UUID says so. */
function isAnother({ identity }: Sight, { sourceUuid }: ChannelStatus): boolean {
  return sourceUuid !== null && identity !== null && identity.uuid !== sourceUuid
}

function isAt({ config, identity }: Sight, { sourceHost, sourcePort }: ChannelStatus): boolean {
  const { endpoint } = config
  if ('host' in endpoint && endpoint.host === sourceHost && endpoint.port === sourcePort)
    return true
  return identity?.hostname === sourceHost && identity.port === sourcePort
}

function countSources(
  sights: readonly Sight[],
  roles: ReadonlyMap<string, Role>,
  links: readonly ChannelLink[],
  declared: readonly LinkConfig[],
): number | null {
  if (sights.some((sight) => sight.identity === null)) return null
  const part = new Map(sights.map(({ config }) => [config.name, config.name]))
  const rootOf = (name: string): string => {
    const parent = part.get(name) ?? name
    return parent === name ? name : rootOf(parent)
  }
  for (const { source, replica } of [...links, ...declared]) {
    if (source !== null) part.set(rootOf(replica), rootOf(source))
  }
  for (const [one, other] of writingTogether(sights)) part.set(rootOf(one), rootOf(other))
  const headed = sights.filter(
    ({ config, identity, membership }) =>
      identity?.readOnly === false &&
      membership?.refusesWrites !== true &&
      ['source', 'member', 'detached', 'unknown'].includes(roles.get(config.name) ?? ''),
  )
  // A two-way pair or a ring has no head, and is one source all the same.
  const ringed = sights.filter(
    ({ config, identity }) =>
      identity?.readOnly === false &&
      sights
        .filter((other) => rootOf(other.config.name) === rootOf(config.name))
        .every((other) => links.some((link) => link.replica === other.config.name && link.source)),
  )
  return new Set([...headed, ...ringed].map(({ config }) => rootOf(config.name))).size
}

/** Whether it is the end of a link that is judged. */
export function isExamined({ roles, members }: Topology, server: string): boolean {
  const role = roles.get(server)
  return (
    role === 'replica' ||
    role === 'intermediate' ||
    members.some(({ replica }) => replica === server)
  )
}
