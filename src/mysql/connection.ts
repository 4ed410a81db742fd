/**
 * The only door to a database server: one connection of mysql2, and one statement at a time on it.
 */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { type Connection, createConnection, type FieldPacket } from 'mysql2'
import type { Credentials, ServerConfig, TlsConfig } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { MARK, type Row, type Value } from './query.ts'

export type { Connection }

export interface ConnectOptions {
  readonly server: ServerConfig
  readonly credentials: Credentials
  readonly tls: TlsConfig
  readonly connectTimeoutMs: number
}

/** The server's own limit should strike first; the client steps in when the server does not answer at all. */
export const CLIENT_GRACE_MS = 1_000
const BINARY_CHARSET = 63
/** Protocol type numbers of strings, blobs, bits, geometry and vectors: bytes when their charset is binary. */
const BYTE_TYPES = new Set([0x0f, 0x10, 0xf2, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff])

/** Says no word yet: see `greeted`. */
export function connect(options: ConnectOptions): Connection {
  const { endpoint } = options.server
  return createConnection({
    ...('host' in endpoint
      ? { host: endpoint.host, port: endpoint.port }
      : { socketPath: endpoint.socketPath }),
    user: options.credentials.username,
    password: options.credentials.password,
    charset: 'utf8mb4',
    // Ours comes first: it tells a server that accepts and says nothing from one that is not there.
    connectTimeout: options.connectTimeoutMs + CLIENT_GRACE_MS,
    ...tlsOptions(options.tls),
  })
}

function tlsOptions(tls: TlsConfig) {
  if (tls.mode === 'off') return {}
  return {
    ssl: {
      ...(tls.caFile === null ? {} : { ca: readFileSync(tls.caFile, 'utf8') }),
      rejectUnauthorized: tls.mode !== 'required',
      verifyIdentity: tls.mode === 'verify_identity',
    },
  }
}

/** mysql2's own limit covers the TCP connect alone; a frozen server accepts and then says nothing. */
export function greeted(connection: Connection, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new ServerError('timeout', `no handshake within ${timeoutMs} ms`)),
      timeoutMs,
    )
    // Every query reports its own failure; without a listener the same error would end the process.
    connection.on('error', () => undefined)
    connection.connect((error) => {
      clearTimeout(timer)
      if (error) reject(error)
      else resolve()
    })
  })
}

/** mysql2's destroy() only half-closes: a server that never answers would keep the socket, and us, for ever. */
export function drop(connection: Connection): void {
  connection.destroy()
  streamOf(connection).destroy()
}

export function isGone(connection: Connection): boolean {
  return streamOf(connection).destroyed
}

function streamOf(connection: Connection): Socket {
  return (connection as Connection & { readonly stream: Socket }).stream
}

export function quit(connection: Connection): Promise<void> {
  return new Promise((resolve) => connection.end(() => resolve()))
}

export function isFatal(error: unknown): boolean {
  return (error as { fatal?: boolean }).fatal === true
}

export interface Interruptible {
  readonly signal: AbortSignal | null
  /** Resolves when KILL QUERY was answered, or was not. */
  kill(): Promise<void>
}

export const NOT_KILLABLE: Interruptible = { signal: null, kill: () => Promise.resolve() }

/**
 * One statement. When time runs out or the signal comes it is killed on the server, and its own answer to
 * that is waited for: the connection stays whole, and nothing of ours still runs when the caller is told.
 */
export function send(
  connection: Connection,
  sql: string,
  timeoutMs: number,
  { signal, kill }: Interruptible,
): Promise<Row[]> {
  return new Promise((resolve, reject) => {
    let interrupted: { readonly error: unknown; readonly killed: Promise<void> } | null = null
    let timer = setTimeout(() => {
      interrupt(new ServerError('timeout', `no answer within ${timeoutMs} ms`))
    }, timeoutMs)
    const onAbort = () => interrupt(signal?.reason)
    signal?.addEventListener('abort', onAbort, { once: true })

    function interrupt(error: unknown) {
      clearTimeout(timer)
      interrupted = { error, killed: kill() }
      timer = setTimeout(() => {
        // Nothing comes any more, and nothing else runs on this connection that a late KILL could hit.
        drop(connection)
        signal?.removeEventListener('abort', onAbort)
        reject(error)
      }, CLIENT_GRACE_MS)
    }
    function settle(answer: () => void) {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      // A KILL that is still on its way must not hit the next statement.
      if (interrupted === null) answer()
      else interrupted.killed.then(answer, answer)
    }
    connection.query(
      { sql: MARK + sql, rowsAsArray: true, typeCast: (field) => field.buffer() },
      (error, rows, fields) => {
        settle(() => {
          if (interrupted !== null) reject(interrupted.error)
          else if (error) reject(error)
          else resolve(Array.isArray(rows) ? toRows(rows as Raw[], fields ?? []) : [])
        })
      },
    )
  })
}

/** The values of one row in the order of the columns. */
type Raw = (Buffer | null)[]

function toRows(rows: readonly Raw[], fields: readonly FieldPacket[]): Row[] {
  return rows.map((row) =>
    Object.fromEntries(
      fields.map((field, index) => [field.name, decode(row[index] ?? null, field)]),
    ),
  )
}

function decode(bytes: Buffer | null, field: FieldPacket): Value {
  if (bytes === null) return null
  const { characterSet, columnType } = field as FieldPacket & { characterSet?: number }
  const isBytes = characterSet === BINARY_CHARSET && BYTE_TYPES.has(columnType ?? -1)
  return isBytes ? bytes : bytes.toString('utf8')
}
