/** Which tables each server has. */
import { type Group, serversOf } from '../compare/link.ts'
import { ServerError } from '../errors.ts'
import { listTables, type TableEntry } from '../mysql/catalog.ts'
import type { TableName } from '../mysql/filters.ts'
import { PRIORITY } from '../server-pool.ts'

/** By `tableKey`; a server that could not be listed has its error instead. */
export type Listing = ReadonlyMap<string, TableEntry> | ServerError
export type Listings = ReadonlyMap<string, Listing>

export function tableKey({ schema, table }: TableName) {
  return JSON.stringify([schema, table])
}

export async function listAll(groups: readonly Group[], signal: AbortSignal): Promise<Listings> {
  const listed = await Promise.all(
    serversOf(groups).map(async (server): Promise<[string, Listing]> => {
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
