/** How many rows each server has, counted there and now. */
import type { Lab } from '../lab/lab.ts'
import type { LabServer } from '../lab/server.ts'
import { inColumns } from './columns.ts'

/** Where the feed writes. */
export const SCHEMA = 'shop'

export interface Counts {
  readonly tables: readonly string[]
  readonly servers: readonly ServerCounts[]
}

export interface ServerCounts {
  readonly name: string
  /** One per table, null where it cannot be counted; null altogether when the server does not answer. */
  readonly rows: readonly (number | null)[] | null
}

const PATIENCE_MS = 2_000

export async function countRows(lab: Lab, tables: readonly string[]): Promise<Counts> {
  const servers = await Promise.all(
    lab.servers.map(async (server) => ({
      name: server.name,
      rows: server.state === 'up' ? await rowsOf(server, tables) : null,
    })),
  )
  return { tables, servers }
}

export async function tablesOf(server: LabServer): Promise<string[]> {
  const rows = await server.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${SCHEMA}'`,
  )
  return rows.map(({ name }) => name ?? '').sort()
}

async function rowsOf(
  server: LabServer,
  tables: readonly string[],
): Promise<(number | null)[] | null> {
  try {
    return await server.session(async (session) => {
      const counts: (number | null)[] = []
      for (const table of tables) {
        const [row] = await session
          .query(`SELECT COUNT(*) AS count FROM ${SCHEMA}.${table}`)
          .catch(() => [])
        counts.push(row === undefined ? null : Number(row['count']))
      }
      // Killed while we counted.
      return counts.every((count) => count === null) ? null : counts
    }, PATIENCE_MS)
  } catch {
    return null
  }
}

/** One line per server; a server that does not answer is OUT. */
export function countLines({ tables, servers }: Counts): string[] {
  const header = ['', ...tables, 'all']
  const lines = servers.map(({ name, rows }) => [
    name,
    ...tables.map((_, index) => (rows === null ? 'OUT' : numeral(rows[index] ?? null))),
    rows === null ? 'OUT' : numeral(total(rows)),
  ])
  return inColumns([header, ...lines], 'right')
}

export function total(rows: readonly (number | null)[]): number {
  return rows.reduce<number>((sum, count) => sum + (count ?? 0), 0)
}

export function numeral(count: number | null): string {
  return count === null ? '-' : count.toLocaleString('en-US')
}
