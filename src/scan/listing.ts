/** Which tables each server has, and which of them are compared on which link. */
import type { Group, Link } from '../compare/link.ts'
import type { SetConfig } from '../config/config.ts'
import type { SkippedReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import { listTables, type TableEntry } from '../mysql/catalog.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import { matchesTable } from '../table-pattern.ts'
import type { Topology } from '../topology.ts'

/** By `tableKey`; a server that could not be listed has its error instead. */
export type Listing = ReadonlyMap<string, TableEntry> | ServerError
export type Listings = ReadonlyMap<string, Listing>

export function tableKey({ schema, table }: { readonly schema: string; readonly table: string }) {
  return JSON.stringify([schema, table])
}

export async function listAll(groups: readonly Group[], signal: AbortSignal): Promise<Listings> {
  const servers = new Set<Server>(
    groups.flatMap(({ source, links }) => [source, ...links.map(({ replica }) => replica)]),
  )
  const listed = await Promise.all(
    [...servers].map(async (server): Promise<[string, Listing]> => {
      try {
        const tables = await server.read((session) => listTables(session, { signal }), {
          priority: PRIORITY.status,
          signal,
        })
        return [server.config.name, new Map(tables.map((entry) => [tableKey(entry), entry]))]
      } catch (error) {
        if (signal.aborted || !(error instanceof ServerError)) throw error
        return [server.config.name, error]
      }
    }),
  )
  return new Map(listed)
}

/** One table on one link as the two lists have it. */
export interface ListedTable {
  readonly entry: TableEntry
  readonly on: 'both' | 'source' | 'replica'
  readonly skipped: SkippedReason | null
  /** Another source of the same replica has a table of this name. */
  readonly isContested: boolean
}

/**
 * @param others what else this replica carries.
 * @returns every table of either end; on a hub, without those that another source carries.
 */
export function tablesOf(
  config: SetConfig,
  source: ReadonlyMap<string, TableEntry>,
  replica: ReadonlyMap<string, TableEntry>,
  others: OtherSources,
): ListedTable[] {
  const keys = new Set([...source.keys(), ...replica.keys()])
  return [...keys].flatMap((key) => {
    const [here, there] = [source.get(key), replica.get(key)]
    const entry = here ?? there
    if (entry === undefined) return []
    const isContested = others.listed.some((other) => other.has(key))
    // It may have come over another channel, from a source that cannot be asked now.
    if (here === undefined && (isContested || !others.isComplete || !others.isFirstLink)) return []
    const on = here === undefined ? 'replica' : there === undefined ? 'source' : 'both'
    return [{ entry, on, skipped: skippedReason(config, entry), isContested }]
  })
}

function skippedReason(config: SetConfig, entry: TableEntry): SkippedReason | null {
  const { include, exclude } = config.tables
  const { schema, table } = entry
  if (include.length > 0 && !matchesTable(include, schema, table)) return 'excluded'
  if (matchesTable(exclude, schema, table)) return 'excluded'
  if (entry.kind === 'view') return 'view'
  // A sequence is a generator, not data: its cached numbers differ between servers as they should.
  return entry.kind === 'sequence' ? 'system' : null
}

/** Whatever a replica with several channels has from its other sources is no business of this link. */
export interface OtherSources {
  readonly listed: readonly ReadonlyMap<string, TableEntry>[]
  /** false: one of them could not be listed. */
  readonly isComplete: boolean
  /** Of the channels of this replica: what no source has is told once. */
  readonly isFirstLink: boolean
}

export const NO_OTHERS: OtherSources = { listed: [], isComplete: true, isFirstLink: true }

export function otherSourcesOf(
  { channels }: Topology,
  link: Link,
  listings: Listings,
): OtherSources {
  const mine = channels.filter(({ replica }) => replica === link.replica.config.name)
  // All that the members of a cluster have should be on each of them, whatever one gets over channels as well.
  if (!mine.some(({ channel }) => channel.name === link.channel)) return NO_OTHERS
  const others = mine.filter(({ channel }) => channel.name !== link.channel)
  const lists = others.map(({ source }) => (source === null ? undefined : listings.get(source)))
  return {
    listed: lists.filter((list) => list instanceof Map),
    isComplete: lists.every((list) => list instanceof Map),
    isFirstLink: mine[0]?.channel.name === link.channel,
  }
}
