/**
 * A session with one server, for as long as we run: read-only, one statement at a time, connected again when
 * the connection was lost. What takes too long or is no longer wanted is killed on the server.
 */
import { setTimeout as delay } from 'node:timers/promises'
import { ServerError } from '../errors.ts'
import {
  CLIENT_GRACE_MS,
  type Connection,
  type ConnectOptions,
  connect,
  drop,
  greeted,
  isFatal,
  isGone,
  NOT_KILLABLE,
  quit,
  send,
} from './connection.ts'
import { dialectOf } from './dialects.ts'
import { failureReason } from './failure.ts'
import { type Flavor, flavorOf } from './flavor.ts'
import type { QueryOptions, Row, Session } from './query.ts'

export interface OwnedSession extends Session {
  /** The next statement goes over a new connection: what an account may do everywhere is fixed when it connects. */
  renew(): void
  /** Kill what runs, then close. Never throws. */
  close(): Promise<void>
}

export interface SessionOptions extends ConnectOptions {
  /** Server-side limit on every statement, in milliseconds. */
  readonly queryTimeoutMs: number
  /** Who sends KILL QUERY: a session of its own, so that a stuck one can be ended. */
  readonly killer?: Session
  /** Told after each statement, whether or not it worked. */
  readonly onQuery?: (seconds: number) => void
  readonly onKill?: () => void
}

const UNKNOWN_VARIABLE = 1193
const CLOSE_TIMEOUT_MS = 2_500
const QUIT_TIMEOUT_MS = 500
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
    const connection = connect(options)
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
    if (opening === last || opening === null) opening = open()
    return await opening
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

function asServerError(server: string, error: unknown): unknown {
  if (error instanceof ServerError) {
    if (error.message.startsWith(`${server}:`)) return error
    return new ServerError(error.reason, `${server}: ${error.message}`, error.errno, error)
  }
  const { reason, errno } = failureReason(error)
  if (reason === null) return error
  return new ServerError(reason, `${server}: ${(error as Error).message}`, errno, error)
}
