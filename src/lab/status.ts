/** What a lab looks like right now. */
import { ServerError } from '../errors.ts'
import type { Lab } from './lab.ts'
import type { LabServer, ServerState } from './server.ts'
import type { RootSession } from './sql.ts'

export interface ServerStatus {
  readonly name: string
  /** `retired`: a former source, down while another was promoted. */
  readonly role: 'source' | 'replica' | 'intermediate' | 'member' | 'retired'
  readonly address: string
  readonly state: ServerState
  /** One per channel; null when the server does not answer. */
  readonly channels: readonly ChannelStatus[] | null
  /** Rows of all tables that are not the server's own; null when it does not answer. */
  readonly rows: number | null
}

interface ChannelStatus {
  /** As the server prints it: Yes, No, Connecting. */
  readonly io: string
  readonly sql: string
  /** Seconds, null when the server does not know. */
  readonly lag: number | null
}

/** How long a server may take before it counts as not answering. */
const PATIENCE_MS = 2_000

export function labStatus(lab: Lab): Promise<ServerStatus[]> {
  return Promise.all(lab.servers.map((server) => serverStatus(lab, server)))
}

async function serverStatus(lab: Lab, server: LabServer): Promise<ServerStatus> {
  const seen = { name: server.name, role: roleOf(lab, server), state: server.state }
  const address = `${server.host}:${server.port}`
  if (seen.state !== 'up') return { ...seen, address, channels: null, rows: null }
  try {
    return await server.session(
      async (session) => ({
        ...seen,
        address,
        channels: await channelsOf(session, server),
        rows: await rowsOf(session),
      }),
      PATIENCE_MS,
    )
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    return { ...seen, address, channels: null, rows: null }
  }
}

function roleOf(lab: Lab, server: LabServer): ServerStatus['role'] {
  if (server.isRetired) return 'retired'
  if (server.isMember) return 'member'
  if (server.sources.length === 0) return 'source'
  const hasReplicas = lab.servers.some((other) =>
    other.sources.some(({ name }) => name === server.name),
  )
  return hasReplicas ? 'intermediate' : 'replica'
}

async function channelsOf(session: RootSession, { engine }: LabServer): Promise<ChannelStatus[]> {
  const columns = engine.statusColumns
  const rows = await session.query(engine.sql.status)
  return rows.map((row) => {
    const lag = row[columns.lag]
    return {
      io: row[columns.io] ?? '?',
      sql: row[columns.sql] ?? '?',
      lag: lag === null || lag === undefined ? null : Number(lag),
    }
  })
}

async function rowsOf(session: RootSession): Promise<number> {
  await session.query('SET SESSION group_concat_max_len = 1000000')
  // A counted number: information_schema's table_rows is an estimate for InnoDB.
  const [counts] = await session.query(
    `SELECT GROUP_CONCAT('(SELECT COUNT(*) FROM \`', table_schema, '\`.\`', table_name, '\`)' SEPARATOR ' + ') AS total
     FROM information_schema.tables WHERE table_type = 'BASE TABLE'
       AND table_schema NOT IN ('mysql', 'sys', 'performance_schema', 'information_schema')`,
  )
  const [row] = await session.query(`SELECT ${counts?.total ?? '0'} AS total`)
  return Number(row?.total)
}
