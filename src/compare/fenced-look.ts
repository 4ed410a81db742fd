/**
 * The fenced reading of design section 4: source, position, wait, replica, ceiling, reverse wait, source.
 * What it returns cannot be explained by lag, nor by a replica that is ahead of what its source shows.
 */
import type { Session } from '../mysql/query.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import type { World } from '../world.ts'
import type { Gate } from './gate.ts'
import type { Link } from './link.ts'
import type { Look, Reading } from './series.ts'
import { Undecided } from './undecided.ts'

/** Something that is read in the same way on both ends. */
export interface Probe {
  read(session: Session): Promise<Reading>
  /** Further readings of the source at random moments: a row that flips must not pass for drift. */
  readonly extraReadings: number
}

/** Throws Undecided when this server, or what is compared on it, is not what it was. */
export type Guard = (session: Session) => Promise<void>

export interface LookOptions {
  readonly fenceTimeoutMs: number
  /** How long the readings of a chunk should take, and with them a transaction. */
  readonly chunkTimeMs: number
  readonly world: World
  readonly signal: AbortSignal
  /** Run before the first and after the last reading on each end, in the session that reads. */
  readonly guard?: Guard
  /** Without one nothing is held back. */
  readonly gate?: Gate
  /**
   * For so long after a fence that was not reached in time no look waits, unless that one is reached by now: each
   * table would else wait in vain for a replica that is behind. Default 0: each look waits for itself.
   */
  readonly lagMemoryMs?: number
}

/** How often a difference is looked at before it is believed, and how far apart. */
export interface ConfirmOptions extends LookOptions {
  readonly confirmations: number
  readonly confirmDelayMs: number
}

/** Until the next look at what differed: a writer that runs every second must not stay in phase with us. */
export function pauseMs({ confirmDelayMs, world }: ConfirmOptions): number {
  return confirmDelayMs * (0.75 + 0.5 * world.random())
}

const POLL_MS = { least: 50, most: 200 } as const
/** While it is early: a delay of hours is not spent on asking, and one that is shortened is noticed all the same. */
const MOST_POLL_MS = 30_000

/**
 * Until the replica is asked again: ever less often at first, when the source is read more, and ever more often
 * towards the end of its delay, so that little is applied between the fence and the reading.
 */
export function pollMs(waitedMs: number, delayMs: number, random: number): number {
  const usual = POLL_MS.least + random * (POLL_MS.most - POLL_MS.least)
  if (waitedMs >= delayMs) return usual
  return Math.min(MOST_POLL_MS, Math.max(usual, Math.min(waitedMs, delayMs - waitedMs) / 4))
}

/**
 * One fence for all `probes` of one link, in their order.
 *
 * @throws {Undecided} `lag`, `ahead`, `throttled`, `no_fence`, `identity_changed`, or what the guard threw.
 * @throws {ServerError}
 */
export async function fencedLook(
  link: Link,
  probes: readonly Probe[],
  options: LookOptions,
): Promise<Look[]> {
  const { fencing } = link
  if ('none' in fencing) throw new Undecided(fencing.none, 'no position can be had on this link')
  const { world, signal } = options
  await untilFree(link, options)
  const started = world.steady().getTime()
  const { unreached } = link.memory
  const isTelling = unreached?.notation === fencing.notation && started < unreached.until
  if (isTelling) {
    if (!(await fencing.hasReached(link.replica.control, unreached.position, link.channel))) {
      throw new Undecided('lag', 'the replica has not reached an earlier position of the source')
    }
  }
  const sources: Reading[][] = probes.map(() => [])
  const poll = () => {
    const waitedMs = world.steady().getTime() - started
    return world.sleep(pollMs(waitedMs, link.delayMs, world.random()), signal)
  }
  const on = <T>(server: Server, task: (session: Session) => Promise<T>): Promise<T> =>
    server.read((session) => unbroken(session, task), { priority: PRIORITY.recheck, signal })

  /** As many of `wanted` as fit into `limitMs`, one at least. */
  async function readGuarded(
    session: Session,
    wanted: readonly Probe[] = probes,
    limitMs = Number.POSITIVE_INFINITY,
  ): Promise<Reading[]> {
    await options.guard?.(session)
    const began = world.steady().getTime()
    const readings: Reading[] = []
    let longestMs = 0
    for (const probe of wanted) {
      const at = world.steady().getTime()
      if (readings.length > 0 && at - began + longestMs > limitMs) break
      readings.push(await probe.read(session))
      longestMs = Math.max(longestMs, world.steady().getTime() - at)
    }
    await options.guard?.(session)
    return readings
  }
  function keep(readings: readonly Reading[], from = 0) {
    for (const [index, reading] of readings.entries()) sources[from + index]?.push(reading)
  }
  async function readMore(session: Session): Promise<void> {
    for (const [index, probe] of probes.entries()) {
      if (probe.extraReadings > 0) sources[index]?.push(await probe.read(session))
    }
  }

  keep(await on(link.source, (session) => readGuarded(session)))
  const position = await fencing.position(link.source.control)
  const fencedAt = world.steady().getTime()
  const lagDeadline = started + link.delayMs + options.fenceTimeoutMs
  // The wait may be over at once or take its whole limit: ever further apart, they are spread over either.
  const wanted = Math.max(0, ...probes.map((probe) => probe.extraReadings))
  let duringWait = 0
  let nextExtra = 0
  while (!(await fencing.hasReached(link.replica.control, position, link.channel))) {
    const now = world.steady().getTime()
    if (now > lagDeadline) {
      const until = now + (options.lagMemoryMs ?? 0)
      link.memory.unreached = { notation: fencing.notation, position, until }
    }
    // Within its delay an applier may stop for a while, and miss nothing.
    if (now > lagDeadline || (link.appliesNothing() && now > started + link.delayMs)) {
      throw new Undecided('lag', 'the replica did not reach the source position in time')
    }
    await poll()
    const waited = world.steady().getTime() - started
    if (duringWait < wanted && waited >= nextExtra) {
      duringWait += 1
      nextExtra = waited * (1.25 + world.random())
      await on(link.source, readMore)
    }
  }

  link.memory.waitedMs = world.steady().getTime() - fencedAt
  const replica = await on(link.replica, (session) => readGuarded(session))
  const ceiling = await fencing.ceiling(
    { source: link.source.control, replica: link.replica.control },
    link.channel,
    link.memory.received,
  )
  link.memory.received = ceiling.received

  // The window is as long as the lag; at least half of the readings fall at random moments after it.
  const afterWait = wanted - Math.min(duringWait, Math.floor(wanted / 2))
  const windowMs = world.steady().getTime() - started
  // What it had at the fence is what it has a delay later: the middle of the window says least.
  const pause = Math.max(2, (windowMs - link.delayMs) / Math.max(1, wanted))
  for (let extra = 0; extra < afterWait; extra += 1) {
    await world.sleep(world.random() * pause, signal)
    await on(link.source, readMore)
  }

  const aheadDeadline = world.steady().getTime() + options.fenceTimeoutMs
  for (let done = 0; done < probes.length; ) {
    const rest = probes.slice(done)
    // It may be a transaction, for whose end a DDL waits: what it has no time for goes into another one.
    const last = await on(link.source, (reader) =>
      fencing.readPast({ control: link.source.control, reader }, ceiling, (session) =>
        readGuarded(session, rest, options.chunkTimeMs),
      ),
    )
    if (last !== null) {
      keep(last.value, done)
      done += last.value.length
      continue
    }
    if (world.steady().getTime() > aheadDeadline) {
      throw new Undecided('ahead', 'the source did not show what its replica already had in time')
    }
    await poll()
  }

  return replica.map((reading, index) => ({ source: sources[index] ?? [], replica: reading }))
}

/**
 * Before a look begins: in its middle a wait would only widen the window.
 * @throws {Undecided} `throttled`
 */
export async function untilFree({ source, replica }: Link, { gate }: LookOptions): Promise<void> {
  if (gate === undefined) return
  if ((await gate.untilFree(source, 'source')) && (await gate.untilFree(replica, 'replica'))) return
  throw new Undecided('throttled', 'a server is held back for too long')
}

/** What was read over two connections may come from two servers, or from outside a transaction. */
async function unbroken<T>(session: Session, task: (session: Session) => Promise<T>): Promise<T> {
  await session.flavor()
  const { epoch } = session
  const result = await task(session)
  if (session.epoch === epoch) return result
  throw new Undecided('identity_changed', `the connection to ${session.server} was lost meanwhile`)
}
