/** Who replicates from whom, found from what the servers say. Pure. */
import type { LinkConfig, ServerConfig } from './config/config.ts'
import type { Role } from './domain.ts'
import { loopsOf } from './loops.ts'
import { type MemberLink, memberLinksOf, writingTogether } from './memberships.ts'
import { type ChannelStatus, type Identity, identityText } from './mysql/dialect.ts'
import type { Membership } from './mysql/membership.ts'

/** One server as last seen; what was never read is null. A server that is down keeps its last sight. */
export interface Sight {
  readonly config: ServerConfig
  readonly identity: Identity | null
  /** null = it is part of no cluster. */
  readonly membership: Membership | null
  readonly channels: readonly ChannelStatus[] | null
  /** It had a channel at some time: remembered over a restart where there is a state file. */
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
  /** See `Loops`. */
  readonly loops: readonly (readonly string[])[]
  readonly closing: ReadonlyMap<ChannelLink, readonly ChannelLink[]>
  /** Configured links to servers that have no channel. */
  readonly declared: readonly LinkConfig[]
  /** Names under which a server is configured again, with the first. */
  readonly twins: ReadonlyMap<string, string>
  /** Connected parts of the set with a writable source; null while a server was never read. */
  readonly sources: number | null
}

export function topologyOf(sights: readonly Sight[], configured: readonly LinkConfig[]): Topology {
  const twins = twinsOf(sights)
  const channels = sights.flatMap((sight) =>
    (sight.channels ?? []).map((channel) => ({
      replica: sight.config.name,
      channel,
      source: sourceOf(channel, sights, sight.config.name, twins),
    })),
  )
  const declared = configured.filter(
    (link) => !channels.some(({ replica }) => replica === link.replica),
  )
  const roles = new Map(
    sights.map((sight) => [sight.config.name, roleOf(sight, channels, declared)]),
  )
  for (const [twin, first] of twins) roles.set(twin, roles.get(first) ?? 'unknown')
  const names = sights.map(({ config }) => config.name)
  return {
    roles,
    channels,
    ...loopsOf(
      names,
      channels.filter(({ replica }) => !twins.has(replica)),
    ),
    members: memberLinksOf(sights.filter(({ config }) => !twins.has(config.name))),
    declared,
    twins,
    sources: countSources(sights, { roles, channels, declared, twins }),
  }
}

/**
 * The same ids at the same host and port: it is compared once. Nodes of Galera may have all of that in common, server
 * id and host name as well, and are told apart by what they are called in their cluster.
 */
function twinsOf(sights: readonly Sight[]): Map<string, string> {
  const first = new Map<string, string>()
  const twins = new Map<string, string>()
  for (const { config, identity, membership } of sights) {
    if (identity === null) continue
    const text = JSON.stringify([identityText(identity), membership?.node ?? null])
    const known = first.get(text)
    if (known === undefined) first.set(text, config.name)
    else twins.set(config.name, known)
  }
  return twins
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
  twins: Topology['twins'],
): string | null {
  const itself = twins.get(replica) ?? replica
  const others = sights.filter(
    ({ config }) => config.name !== itself && config.name !== replica && !twins.has(config.name),
  )
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
  topology: Pick<Topology, 'roles' | 'channels' | 'declared' | 'twins'>,
): number | null {
  const { roles, channels, declared, twins } = topology
  if (sights.some((sight) => sight.identity === null)) return null
  const part = new Map(sights.map(({ config }) => [config.name, config.name]))
  const rootOf = (name: string): string => {
    const parent = part.get(name) ?? name
    return parent === name ? name : rootOf(parent)
  }
  for (const { source, replica } of [...channels, ...declared]) {
    if (source !== null) part.set(rootOf(replica), rootOf(source))
  }
  for (const [one, other] of writingTogether(sights)) part.set(rootOf(one), rootOf(other))
  for (const [twin, first] of twins) part.set(rootOf(twin), rootOf(first))
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
        .every((other) =>
          channels.some((link) => link.replica === other.config.name && link.source),
        ),
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
