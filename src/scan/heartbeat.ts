/** How old the newest heartbeat is that a replica has of its sources. */
import { readHeartbeats } from '../mysql/heartbeat.ts'
import { PRIORITY } from '../server-pool.ts'
import type { Topology } from '../topology.ts'
import { isRefused, type ServerFacts, type SetContext } from './context.ts'

/**
 * @returns null where none is configured, none has come, or the server is none to compare.
 * @throws {ServerError} when the table cannot be read, or holds no times.
 */
export async function newestHeartbeat(
  context: SetContext,
  facts: ServerFacts,
): Promise<Date | null> {
  const { heartbeat } = context.config
  const { name } = facts.server.config
  const isReplica = (facts.sight.channels?.length ?? 0) > 0
  if (heartbeat === null || !isReplica || isRefused(context, name)) return null
  const options = { priority: PRIORITY.status, signal: context.signal }
  const written = await facts.server.read((session) => readHeartbeats(session, heartbeat), options)
  return heartbeatOf(name, written, {
    topology: context.topology(),
    serverIdOf: (server) => context.facts.get(server)?.sight.identity?.serverId ?? null,
  })
}

interface Known {
  readonly topology: Topology
  serverIdOf(server: string): string | null
}

/**
 * That of its sources: of each the row that it writes itself or, when it writes none, of its own sources. Of several
 * the oldest. Rows of writers that are no ancestors are of another time, or the server's own.
 */
function heartbeatOf(
  server: string,
  written: ReadonlyMap<string, Date>,
  known: Known,
  below: ReadonlySet<string> = new Set(),
): Date | null {
  const moments = known.topology.channels
    .filter(({ replica }) => replica === server)
    .flatMap(({ source, channel }) => {
      const id = (source === null ? null : known.serverIdOf(source)) ?? channel.sourceServerId
      const own = id === null ? undefined : written.get(id)
      if (own !== undefined) return [own]
      // In a ring everybody is everybody's ancestor.
      if (source === null || below.has(source)) return []
      return heartbeatOf(source, written, known, new Set([...below, server])) ?? []
    })
  return moments.length === 0 ? null : new Date(Math.min(...moments.map(Number)))
}
