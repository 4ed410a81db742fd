/**
 * The only door to a database server: connect read-only, run one statement, and kill it on the server
 * when it takes too long or is no longer wanted.
 */
import { readFileSync } from 'node:fs'
import type { Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { type Connection, type ConnectionOptions, createConnection, type FieldPacket } from 'mysql2'
import type { Credentials, ServerConfig, TlsConfig } from '../config/config.ts'
import { ServerError } from '../errors.ts'
import { dialectOf } from './dialects.ts'
import { failureReason } from './failure.ts'
import { type Flavor, flavorOf } from './flavor.ts'
import { MARK, type QueryOptions, type Row, type Session, type Value } from './query.ts'

export interface OwnedSession extends Session {
  /** The next statement goes over a new connection: what an account may do everywhere is fixed when it connects. */
  renew(): void
  /** Kill what runs, then close. Never throws. */
  close(): Promise<void>
}

export interface SessionOptions {
  readonly server: ServerConfig
  readonly credentials: Credentials
  readonly tls: TlsConfig
  readonly connectTimeoutMs: number
  /** Server-side limit on every statement, in milliseconds. */
  readonly queryTimeoutMs: number
  /** Who sends KILL QUERY: a session of its own, so that a stuck one can be ended. */
  readonly killer?: Session
  /** Told after each statement, whether or not it worked. */
  readonly onQuery?: (seconds: number) => void
  readonly onKill?: () => void
}

/** The server's own limit should strike first; the client steps in when the server does not answer at all. */
const CLIENT_GRACE_MS = 1_000
const UNKNOWN_VARIABLE = 1193
const CLOSE_TIMEOUT_MS = 2_500
const QUIT_TIMEOUT_MS = 500
const BINARY_CHARSET = 63
/** Protocol type numbers of strings, blobs, bits, geometry and vectors: bytes when their charset is binary. */
const BYTE_TYPES = new Set([0x0f, 0x10, 0xf2, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff])

interface Open {
  readonly connection: Connection
  readonly flavor: Flavor
}

export function openSession(options: SessionOptions): OwnedSession {
  const name = options.server.name
  const closing = new AbortController()
  /** Every socket that is open, also one that has not said hello yet. */
  const live = new Set<Connection>()
  let opening: Promise<Open> | null = null
  let isWorn = false
  let epoch = 0
  let turn: Promise<unknown> = Promise.resolve()

  function discard(connection: Connection) {
    live.delete(connection)
    drop(connection)
  }

  async function open(): Promise<Open> {
    if (closing.signal.aborted) throw new ServerError('connect', `${name}: the session was closed`)
    epoch += 1
    const connection = createConnection(connectionOptions(options))
    live.add(connection)
    try {
      await greeted(connection, options.connectTimeoutMs)
      const run = (sql: string) => send(connection, sql, options.connectTimeoutMs, NOT_KILLABLE)
      await run(READ_AT_ONCE).catch(unlessUnknownVariable)
      const [banner] = await run('SELECT VERSION() AS version, @@version_comment AS comment')
      const [version, comment] = [String(banner?.['version']), String(banner?.['comment'])]
      const flavor = flavorOf(version, comment)
      if (flavor === null) {
        const what = `${name}: neither MySQL nor MariaDB: it says ${version} (${comment})`
        throw new ServerError('query', what)
      }
      for (const sql of sessionSettings(flavor, options.queryTimeoutMs)) await run(sql)
      return { connection, flavor }
    } catch (error) {
      discard(connection)
      throw error
    }
  }

  /** The open connection, or a new one when it was lost since. */
  async function opened(): Promise<Open> {
    const last = opening
    const known = await last?.catch(() => null)
    if (known && live.has(known.connection) && !isGone(known.connection)) return known
    // Unless somebody else has seen it meanwhile.
    if (opening === last) opening = open()
    return await (opening ?? open())
  }

  /** In its turn: nothing runs on the old one. */
  async function retire(): Promise<void> {
    isWorn = false
    const old = await opening?.catch(() => null)
    if (!old) return
    await Promise.race([quit(old.connection), atMost(QUIT_TIMEOUT_MS)])
    discard(old.connection)
  }

  async function runNow(sql: string, query: QueryOptions): Promise<Row[]> {
    const signals = query.signal ? [closing.signal, query.signal] : [closing.signal]
    const signal = AbortSignal.any(signals)
    signal.throwIfAborted()
    if (isWorn) await retire()
    const { connection } = await opened()
    signal.throwIfAborted()
    const timeoutMs = query.timeoutMs ?? options.queryTimeoutMs + CLIENT_GRACE_MS
    const started = performance.now()
    try {
      return await send(connection, sql, timeoutMs, { signal, kill: () => kill(connection) })
    } catch (error) {
      if (isFatal(error) || isGone(connection)) discard(connection)
      throw error
    } finally {
      options.onQuery?.((performance.now() - started) / 1000)
    }
  }

  /** Needs no privilege for a connection of the same account. */
  async function kill({ threadId }: Connection): Promise<void> {
    options.onKill?.()
    if (options.killer === undefined || threadId === null) return
    // From now on, its turn included: behind other looks at a server that hangs it would come much too late.
    const limits = { timeoutMs: CLIENT_GRACE_MS, signal: AbortSignal.timeout(CLIENT_GRACE_MS) }
    // In vain when it has just ended by itself, or the server is gone: `send` drops what does not answer.
    await options.killer.query(`KILL QUERY ${threadId}`, limits).catch(() => undefined)
  }

  return {
    server: name,
    get epoch() {
      return epoch
    },
    flavor: async () => {
      try {
        return (await opened()).flavor
      } catch (error) {
        throw asServerError(name, error)
      }
    },
    query(sql, query = {}) {
      const before = turn
      const mine = turnOrAbort(before, query.signal).then(() => runNow(sql, query))
      // Its own caller is told; the next statement only waits for its end.
      // It holds no answer: each would hold the one before, for as long as we run.
      turn = Promise.allSettled([before, mine]).then(() => undefined)
      return mine.catch((error: unknown) => {
        throw asServerError(name, error)
      })
    },
    renew() {
      isWorn = true
    },
    async close() {
      closing.abort(new ServerError('connect', `${name}: the session was closed`))
      // A server that hangs must not hold up our end.
      await Promise.race([turn, atMost(CLOSE_TIMEOUT_MS)])
      await Promise.race([Promise.all([...live].map(quit)), atMost(QUIT_TIMEOUT_MS)])
      for (const connection of [...live]) discard(connection)
    },
  }
}

/**
 * Whatever the server's defaults are. A global autocommit=0 would leave metadata locks behind an idle
 * connection; another isolation level would read uncommitted rows; time zone and sql_mode change how values
 * print (research on real servers: see docs/how-it-compares.md).
 */
function sessionSettings(flavor: Flavor, queryTimeoutMs: number): string[] {
  return [
    'SET NAMES utf8mb4',
    "SET SESSION sql_mode='', time_zone='+00:00', autocommit=1, lock_wait_timeout=1, sql_big_selects=1",
    'SET SESSION TRANSACTION ISOLATION LEVEL REPEATABLE READ',
    'SET SESSION TRANSACTION READ ONLY',
    ...dialectOf(flavor).sessionLimits(queryTimeoutMs),
  ]
}

/**
 * So that no reading waits until a member of a cluster has what the others have, whatever the server's default: not
 * even the question what it is, and no limit ends such a wait. The first comment is one to MySQL, the second to MariaDB.
 */
const READ_AT_ONCE =
  "SET SESSION /*M!100400 wsrep_sync_wait=0, */ /*!80014 group_replication_consistency='EVENTUAL', */ sql_big_selects=1"

/** A server that cannot be in a cluster has no setting for it. */
function unlessUnknownVariable(error: unknown): void {
  if ((error as { errno?: number }).errno !== UNKNOWN_VARIABLE) throw error
}

function connectionOptions(options: SessionOptions): ConnectionOptions {
  const { endpoint } = options.server
  return {
    ...('host' in endpoint
      ? { host: endpoint.host, port: endpoint.port }
      : { socketPath: endpoint.socketPath }),
    user: options.credentials.username,
    password: options.credentials.password,
    charset: 'utf8mb4',
    // Ours comes first: it tells a server that accepts and says nothing from one that is not there.
    connectTimeout: options.connectTimeoutMs + CLIENT_GRACE_MS,
    ...tlsOptions(options.tls),
  }
}

/** mysql2's own limit covers the TCP connect alone; a frozen server accepts and then says nothing. */
function greeted(connection: Connection, timeoutMs: number): Promise<void> {
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
function drop(connection: Connection): void {
  connection.destroy()
  streamOf(connection).destroy()
}

function isGone(connection: Connection): boolean {
  return streamOf(connection).destroyed
}

function streamOf(connection: Connection): Socket {
  return (connection as Connection & { readonly stream: Socket }).stream
}

/** Does not keep the process when there is nothing left to wait for. */
function atMost(ms: number): Promise<void> {
  return delay(ms, undefined, { ref: false })
}

/** Whoever no longer wants an answer does not wait for its turn behind a server that hangs. */
async function turnOrAbort(turn: Promise<unknown>, signal: AbortSignal | undefined): Promise<void> {
  if (signal === undefined) {
    await turn
    return
  }
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const onAbort = () => aborted.reject(signal.reason)
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    await Promise.race([turn, aborted.promise])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}

function quit(connection: Connection): Promise<void> {
  return new Promise((resolve) => connection.end(() => resolve()))
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

interface Interruptible {
  readonly signal: AbortSignal | null
  /** Resolves when KILL QUERY was answered, or was not. */
  kill(): Promise<void>
}

const NOT_KILLABLE: Interruptible = { signal: null, kill: () => Promise.resolve() }

/**
 * One statement. When time runs out or the signal comes it is killed on the server, and its own answer to
 * that is waited for: the connection stays whole, and nothing of ours still runs when the caller is told.
 */
function send(
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

function isFatal(error: unknown): boolean {
  return (error as { fatal?: boolean }).fatal === true
}

function asServerError(server: string, error: unknown): unknown {
  if (error instanceof ServerError) {
    if (error.message.startsWith(`${server}:`)) return error
    return new ServerError(error.reason, `${server}: ${error.message}`, error.errno, error)
  }
  const { reason, errno } = failureReason(error)
  if (reason === null) return error
  return new ServerError(reason, `${server}: ${(error as Error).message}`, errno, error)
}
