/** Which tables each server has. */
import { type Group, serversOf } from '../compare/link.ts'
import { ServerError } from '../errors.ts'
import { listTables, type TableEntry } from '../mysql/catalog.ts'
import type { TableName } from '../mysql/filters.ts'
import { PRIORITY } from '../server-pool.ts'
import { toldBy } from './told-by.ts'

/** By `tableKey`; a server that could not be listed has its error instead. */
export type Listing = ReadonlyMap<string, TableEntry> | ServerError
export type Listings = ReadonlyMap<string, Listing>

export function tableKey({ schema, table }: TableName) {
  return JSON.stringify([schema, table])
}

export async function listAll(groups: readonly Group[], signal: AbortSignal): Promise<Listings> {
  const listed = await Promise.all(
    serversOf(groups).map(async (server): Promise<[string, Listing]> => {
      const { name } = server.config
      const tables = await toldBy(server, (session) => listTables(session, { signal }), {
        priority: PRIORITY.status,
        signal,
      })
      if (tables instanceof ServerError) return [name, tables]
      return [name, new Map(tables.map((entry) => [tableKey(entry), entry]))]
    }),
  )
  return new Map(listed)
}
