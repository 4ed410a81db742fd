/** Who replicates from a server, as that server tells it. */
import { atLeast, type Flavor } from './flavor.ts'
import { type Row, type Session, text, unlessRefused } from './query.ts'

/** A replica that said who it is when it connected. */
export interface NamedReplica {
  readonly serverId: string
  readonly uuid: string | null
  /** As it calls itself, which it need not. */
  readonly host: string
  readonly port: string
}

/** A connection over which the binary log is read. */
export interface LogReader {
  readonly account: string
  /** Without the port. */
  readonly host: string
}

export type SeenReplicas =
  | { readonly by: 'name'; readonly replicas: readonly NamedReplica[] }
  /** Only as many as the account may see: without PROCESS none but its own. */
  | { readonly by: 'connection'; readonly readers: readonly LogReader[] }

/**
 * The list needs REPLICATION SLAVE on MySQL and before MariaDB 10.5.2; there it needs REPLICATION MASTER ADMIN since
 * (seen on 10.11.19 and 9.7.4), which no account of ours has. Whoever may not ask sees the connections.
 */
export async function readSeenReplicas(session: Session, flavor: Flavor): Promise<SeenReplicas> {
  const rows = await unlessRefused(session.query(listIn(flavor)))
  if (rows !== null) return { by: 'name', replicas: rows.map(namedReplica) }
  const readers = await session.query(
    "SELECT USER AS account, HOST AS host FROM information_schema.PROCESSLIST WHERE COMMAND LIKE 'Binlog Dump%'",
  )
  return {
    by: 'connection',
    readers: readers.map((row) => ({
      account: text(row, 'account'),
      host: text(row, 'host').replace(/:\d+$/, ''),
    })),
  }
}

/** SHOW SLAVE HOSTS is gone in 8.4, SHOW REPLICAS came with 8.0.22. */
function listIn(flavor: Flavor): string {
  return atLeast(flavor, 'mysql', 8, 0, 22) ? 'SHOW REPLICAS' : 'SHOW SLAVE HOSTS'
}

function namedReplica(row: Row): NamedReplica {
  const uuid = row['Replica_UUID'] ?? row['Slave_UUID'] ?? null
  return {
    serverId: String(row['Server_Id'] ?? row['Server_id'] ?? ''),
    uuid: uuid === null ? null : String(uuid),
    host: String(row['Host'] ?? ''),
    port: String(row['Port'] ?? ''),
  }
}
