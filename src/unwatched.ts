/** Replicas that the servers of a set know of and the configuration does not. Pure. */
import type { Identity } from './mysql/dialect.ts'
import type { NamedReplica, SeenReplicas } from './mysql/seen-replicas.ts'

/** What one server of the set is known by, and whom it sees. */
export interface Watcher {
  readonly name: string
  readonly identity: Identity | null
  /** null = it was not read, or may not be told in full. */
  readonly seen: SeenReplicas | null
  /** By account, how many configured replicas read its log, or did when they were last seen. */
  readonly watched: ReadonlyMap<string, number>
}

/**
 * For people, one text each; null when somebody does not tell, or a configured server was never read: it may be the
 * one that is seen.
 */
export function unwatchedReplicas(watchers: readonly Watcher[]): readonly string[] | null {
  const identities = watchers.flatMap(({ identity }) => identity ?? [])
  if (identities.length < watchers.length) return null
  const accounts = new Set(watchers.flatMap(({ watched }) => [...watched.keys()]))
  const found = new Set<string>()
  const extra: string[] = []
  for (const { name, seen, watched } of watchers) {
    if (seen === null) return null
    if (seen.by === 'name') {
      for (const replica of seen.replicas) {
        if (!identities.some((identity) => isThis(replica, identity))) found.add(shown(replica))
      }
      continue
    }
    // A consumer of the log most often has an account of its own.
    const readers = seen.readers.filter(
      ({ account }) => accounts.size === 0 || accounts.has(account),
    )
    const known = [...watched.values()].reduce((sum, count) => sum + count, 0)
    // It does not show us all of them.
    if (readers.length < known) return null
    const hosts = [...new Set(readers.map(({ host }) => host))].join(' or ')
    for (let more = known; more < readers.length; more += 1)
      extra.push(`a replica of ${name} on ${hosts}`)
  }
  return [...found, ...extra]
}

function isThis({ serverId, uuid }: NamedReplica, identity: Identity): boolean {
  return uuid === null || identity.uuid === null
    ? serverId === identity.serverId
    : uuid === identity.uuid
}

function shown({ serverId, host, port }: NamedReplica): string {
  return `server_id ${serverId}${host === '' ? '' : ` on ${host}:${port}`}`
}
