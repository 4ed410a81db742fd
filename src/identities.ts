/** Servers of a set that cannot be told apart, or should not be alike. Pure. */

import type { Identity } from './mysql/dialect.ts'
import type { SharedIdentity } from './report.ts'
import type { Topology } from './topology.ts'

interface Known {
  readonly name: string
  readonly identity: Identity
  /** The cluster that it is a member of; null = of none. */
  readonly cluster: string | null
}

/**
 * One server under several names; then those that share a UUID (a copied data directory), and among those that
 * replicate a server id: a replica takes what a namesake wrote for its own, and a source serves only one of them.
 */
export function sharedIdentities(
  known: readonly Known[],
  { channels, twins }: Pick<Topology, 'channels' | 'twins'>,
): SharedIdentity[] {
  const each = known.filter(({ name }) => !twins.has(name))
  // Members of a cluster may share theirs, and most often should.
  const isFirstMember = ({ cluster }: Known, index: number, all: readonly Known[]) =>
    cluster === null || all.findIndex((other) => other.cluster === cluster) === index
  const replicating = each
    .filter(({ name }) =>
      channels.some(({ source, replica }) => source === name || replica === name),
    )
    .filter(isFirstMember)
  const uuids = groups(each, ({ uuid }) => uuid).map(named('server_uuid', ({ uuid }) => uuid ?? ''))
  const isTold = (servers: readonly string[]) =>
    uuids.some((shared) => servers.every((name) => shared.servers.includes(name)))
  return [
    ...several(Map.groupBy(known, ({ name }) => twins.get(name) ?? name)).map(
      named('server', ({ hostname, port }) => `${hostname}:${port}`),
    ),
    ...uuids,
    ...groups(replicating, ({ serverId }) => serverId)
      .map(named('server_id', ({ serverId }) => serverId))
      .filter(({ servers }) => !isTold(servers)),
  ]
}

function groups(known: readonly Known[], by: (identity: Identity) => string | null): Known[][] {
  const found = Map.groupBy(known, ({ identity }) => by(identity))
  found.delete(null)
  return several(found)
}

function several(found: ReadonlyMap<string | null, Known[]>): Known[][] {
  return [...found.values()].filter(({ length }) => length > 1)
}

function named(what: SharedIdentity['what'], id: (identity: Identity) => string) {
  return (servers: readonly Known[]): SharedIdentity => ({
    what,
    id: servers[0] === undefined ? '' : id(servers[0].identity),
    servers: servers.map(({ name }) => name),
  })
}
