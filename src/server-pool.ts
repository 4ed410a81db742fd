/** One configured server as the rest of the program uses it; how many queries run at once is decided here. */
import PQueue from 'p-queue'
import type { ServerConfig, SetConfig } from './config/config.ts'
import type { RecheckResult } from './domain.ts'
import { ServerError } from './errors.ts'
import type { Logger } from './log.ts'
import { DEFINITION_MOVED, NO_SUCH_TABLE } from './mysql/failure.ts'
import { waitingLocks } from './mysql/load.ts'
import type { Session } from './mysql/query.ts'
import { openSession } from './mysql/session.ts'
import type { LoadCounters } from './report.ts'
import { dutyCycle } from './throttle/duty.ts'
import { givingWay } from './throttle/give-way.ts'
import { type HoldLedger, holdLedger } from './throttle/ledger.ts'
import type { World } from './world.ts'

/** What runs first when several readings wait for one server. */
export const PRIORITY = { walk: 0, recheck: 1, status: 2 } as const

export interface Server {
  readonly config: ServerConfig
  /** For status, positions and KILL: never for the data of tables. */
  readonly control: Session
  /**
   * false after a reading failed because the server could not be reached or said nothing, until a status
   * query works again. Spares everybody else the wait for a server that hangs.
   */
  readonly usable: boolean
  setUsable(usable: boolean): void
  readonly load: MutableLoad
  readonly holds: HoldLedger
  /** Resolves when a walk may read again: each of its readings is followed by a rest, as `max_duty` wants it. */
  rested(signal: AbortSignal): Promise<void>
  /**
   * Run `task` with a reading session of its own, when one is free.
   * @throws {ServerError}
   */
  read<T>(task: (session: Session) => Promise<T>, options: ReadOptions): Promise<T>
  /** What comes next goes over new connections, with the rights that the account has by now. */
  renew(): void
  close(): Promise<void>
}

interface ReadOptions {
  readonly priority: number
  readonly signal: AbortSignal
}

export type MutableLoad = { -readonly [K in keyof LoadCounters]: LoadCounters[K] } & {
  rechecks: Record<RecheckResult, number>
}

const CONNECT_TIMEOUT_MS = 3_000
const ANSWER_TIMEOUT_MS = 1_000

export interface PoolOptions {
  /** Readings in flight at once, 1 or 2: with the control session at most 3 connections. */
  readonly maxQueries: number
  /** Share of the time in which tables are walked. */
  readonly maxDuty: number
  readonly world: World
  readonly log: Logger
}

export function openServer(
  set: SetConfig,
  config: ServerConfig,
  { maxQueries, maxDuty, world, log }: PoolOptions,
): Server {
  const load: MutableLoad = {
    queries: 0,
    querySeconds: 0,
    queriesKilled: 0,
    chunksChecked: 0,
    chunkMismatches: 0,
    rowsChecked: 0n,
    rechecks: { same: 0, moving: 0, disagree: 0, lag: 0, ahead: 0, invalid: 0 },
  }
  const options = {
    server: config,
    credentials: set.credentials,
    tls: set.tls,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    queryTimeoutMs: set.throttle.queryTimeoutMs,
    onQuery: (seconds: number) => {
      load.queries += 1
      load.querySeconds += seconds
    },
    onKill: () => {
      load.queriesKilled += 1
    },
  }
  const control = openSession(options)
  const readers = Array.from({ length: maxQueries }, () =>
    openSession({ ...options, killer: control }),
  )
  const idle = [...readers]
  const queue = new PQueue({ concurrency: maxQueries })
  const duty = dutyCycle(maxDuty)
  const holds = holdLedger()
  let usable = true

  async function lease<T>(
    task: (session: Session) => Promise<T>,
    { priority, signal }: ReadOptions,
  ): Promise<T> {
    const session = idle.pop()
    if (session === undefined) throw new Error(`${config.name}: more readings than sessions`)
    const started = world.steady().getTime()
    try {
      if (!usable) throw new ServerError('connect', `${config.name}: not answering`)
      return await task(considerate(session, signal))
    } catch (error) {
      if (error instanceof ServerError && !signal.aborted) await learnFrom(error)
      throw error
    } finally {
      idle.push(session)
      const now = world.steady()
      const kind = priority === PRIORITY.walk ? 'walk' : 'recheck'
      duty.charge(kind, now.getTime() - started, now)
    }
  }

  /** Before it takes a place among the readings: re-checks do not wait for the walk's rest. */
  async function rested(signal: AbortSignal): Promise<void> {
    const restMs = () => duty.restMs(world.steady())
    if (restMs() === 0) return
    await holds.resting(world.steady, async () => {
      for (let ms = restMs(); ms > 0; ms = restMs()) await world.sleep(ms, signal)
    })
  }

  /** The same session, whose statements are killed when `signal` comes or when they are in the way. */
  function considerate(session: Session, signal: AbortSignal): Session {
    return {
      server: session.server,
      get epoch() {
        return session.epoch
      },
      flavor: () => session.flavor(),
      query: (sql, options) =>
        givingWay(
          (inTheWay) => {
            const ends = AbortSignal.any([options?.signal ?? signal, inTheWay])
            return session.query(sql, { ...options, signal: ends })
          },
          {
            server: config.name,
            everyMs: set.checksum.chunkTimeMs,
            isAnyoneWaiting: async () => (await waitingLocks(control)) > 0,
            world,
          },
        ),
    }
  }

  function isAnswering(): Promise<boolean> {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS)
    return control.query('SELECT 1', { signal }).then(
      () => true,
      // Why it does not is what the reading that failed says already.
      () => false,
    )
  }

  /** One connection lost is not the server lost; a statement refused is not to go unnoticed. */
  async function learnFrom({ errno, reason, message }: ServerError): Promise<void> {
    const fields = { set: set.name, server: config.name, errno, error: message }
    if (errno !== null) {
      const isOdd = reason === 'query' && !NO_SUCH_TABLE.has(errno) && !DEFINITION_MOVED.has(errno)
      log[isOdd ? 'warn' : 'debug']('reading_refused', fields)
      return
    }
    // A connection can be lost alone; a server that says nothing to one says nothing to the other.
    const answers = reason !== 'timeout' && (await isAnswering())
    if (!answers && usable) log.warn('server_lost', fields)
    usable = answers
  }

  return {
    config,
    control,
    get usable() {
      return usable
    },
    setUsable(now) {
      usable = now
    },
    load,
    holds,
    rested,
    async read(task, options) {
      if (options.priority === PRIORITY.walk) await rested(options.signal)
      return await queue.add(() => lease(task, options), options)
    },
    renew() {
      for (const session of [control, ...readers]) session.renew()
    },
    async close() {
      await Promise.all(readers.map((session) => session.close()))
      await control.close()
    },
  }
}
