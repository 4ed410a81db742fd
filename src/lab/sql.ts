/** Statements of root and of an application over a server's socket. Writes: for the lab only, never for the exporter. */
import type { Socket } from 'node:net'
import { type Connection, createConnection } from 'mysql2/promise'
import { ServerError } from '../errors.ts'

/** Every value as the server prints it. */
export type Row = Readonly<Record<string, string | null>>

export interface RootSession {
  query(sql: string): Promise<Row[]>
}

interface Account {
  readonly username: string
  readonly password: string
}

/** It gets in by the socket alone, without a password. */
export const ROOT: Account = { username: 'root', password: '' }

/** Writes data and changes tables, and is kept out by read_only, which root is not. */
export const APP_ACCOUNT: Account = { username: 'app', password: 'app' }

export interface SocketTarget extends Account {
  /** For messages. */
  readonly name: string
  readonly socketPath: string
}

/**
 * One connection per call: nothing to reconnect after a server was killed, nothing to close when a lab goes down.
 * Over a UNIX socket it costs a millisecond.
 *
 * @throws {ServerError} whatever the server does; also when one statement takes longer than `timeoutMs`.
 */
export async function onSocket<T>(
  target: SocketTarget,
  work: (session: RootSession) => Promise<T>,
  timeoutMs = 30_000,
): Promise<T> {
  const connection = await connect(target, timeoutMs)
  try {
    return await work({
      query: async (sql) => {
        try {
          const [rows] = await connection.query({ sql, timeout: timeoutMs })
          return Array.isArray(rows) ? (rows as Row[]) : []
        } catch (error) {
          throw asServerError(target, error)
        }
      },
    })
  } finally {
    // Not end(): a frozen server would never answer the goodbye, and destroy() alone only half-closes.
    connection.destroy()
    const core = (connection as unknown as { readonly connection: { readonly stream: Socket } })
      .connection
    core.stream.destroy()
  }
}

async function connect(target: SocketTarget, timeoutMs: number): Promise<Connection> {
  try {
    return await createConnection({
      socketPath: target.socketPath,
      user: target.username,
      password: target.password,
      connectTimeout: timeoutMs,
      multipleStatements: true,
      // Numbers beyond 2^53, dates and decimals all come as the server prints them.
      typeCast: (field) => field.string(),
    })
  } catch (error) {
    throw asServerError(target, error)
  }
}

function asServerError(target: SocketTarget, error: unknown): ServerError {
  const { message, errno, code } = error as Error & { errno?: number; code?: string }
  const answered = errno !== undefined && errno > 0
  const reason = code === 'PROTOCOL_SEQUENCE_TIMEOUT' ? 'timeout' : answered ? 'query' : 'connect'
  return new ServerError(reason, `${target.name}: ${message}`, answered ? errno : null, error)
}
