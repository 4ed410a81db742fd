/**
 * The ranges of one table on one link that differed and are not decided yet: each is looked at behind a
 * fence until it agrees, until its disagreement is confirmed, or until it is split into what stands still
 * and single rows that move.
 */
import type { UnknownReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { Range } from '../mysql/range.ts'
import { onBoth } from './both-ends.ts'
import type { Decision } from './decision.ts'
import { type Division, divide } from './division.ts'
import { type ConfirmOptions, fencedLook, pauseMs } from './fenced-look.ts'
import type { Link } from './link.ts'
import { batchOf, mostRows, type Opened, type OpenRange, opened, probeOf } from './open-range.ts'
import { judgeLook, type Look, lastOf } from './series.ts'
import type { TableReader } from './table-reader.ts'
import { Undecided, undecidedReason } from './undecided.ts'

export interface OpenRangesOptions extends ConfirmOptions {
  readonly link: Link
  readonly reader: TableReader
  readonly onDecision: (decision: Decision) => void
  /** Told of the number of ranges with at least one disagreement, whenever it changes. */
  readonly onSuspects: (suspects: number) => void
}

export interface OpenRanges {
  /** A range that differed in an optimistic reading, and its rows on the end that had more, if known. */
  add(range: Range, startedAt: Date, rows: bigint | null): void
  /** Resolves when every range is decided; nothing is added after it was asked for. */
  settled(): Promise<void>
  /** Some range has disagreed, and is not decided yet. */
  isSuspecting(): boolean
}

/** A row that moved at so many looks is hot (design section 4). */
const HOT_VISITS = 8
/** A range into which rows come faster than it is divided: hot as well. */
const MAX_DEPTH = 32
/** A replica that took longer to reach a fence is behind. */
const LAGGING_MS = 300
const INCONCLUSIVE_LOOKS = 2
const INVALID_LOOKS = 3
const RETRY_MS = 200
/** A replica that is started again needs a moment. */
const INCONCLUSIVE_RETRY_MS = 1_000

const UNDECIDED = { verdict: 'unknown', rows: null } as const

export function openRanges(options: OpenRangesOptions): OpenRanges {
  const { link, reader, world, signal } = options
  const items = new Set<OpenRange>()
  let running: Promise<void> | null = null
  let failure: { readonly error: unknown } | null = null
  let wake: (() => void) | null = null
  let suspects = 0
  /** Fences in a row that were not reached, of this table on this link. */
  let inconclusive = 0

  function open(what: Opened) {
    items.add(opened(what))
    wake?.()
    start()
  }

  function start() {
    running ??= work()
      .catch((error: unknown) => {
        failure ??= { error }
      })
      .finally(() => {
        running = null
        // What was added after the last look at the list is not forgotten.
        if (items.size > 0 && failure === null) start()
      })
  }

  function decide(item: OpenRange, decision: Omit<Decision, 'range' | 'startedAt'>) {
    items.delete(item)
    options.onDecision({ range: item.range, startedAt: item.startedAt, ...decision })
    tellSuspects()
  }

  function tellSuspects() {
    const now = [...items].filter((item) => item.isSuspicious).length
    if (now === suspects) return
    suspects = now
    options.onSuspects(now)
  }

  async function work(): Promise<void> {
    while (items.size > 0) {
      signal.throwIfAborted()
      const now = world.steady().getTime()
      const due = [...items].filter((item) => item.dueAt <= now)
      const [first] = due
      if (first === undefined) {
        await untilDue(now)
        continue
      }
      await visit(batchOf(first, due))
    }
  }

  function untilDue(now: number): Promise<unknown> {
    const next = Math.min(...[...items].map((item) => item.dueAt))
    const added = new Promise<void>((resolve) => {
      wake = resolve
    })
    return Promise.race([world.sleep(next - now, signal), added])
  }

  async function visit(batch: readonly OpenRange[]): Promise<void> {
    let looks: Look[]
    try {
      looks = await fencedLook(
        link,
        batch.map((item) => probeOf(item, reader)),
        options,
      )
    } catch (error) {
      if (signal.aborted) throw error
      fail(batch, error)
      return
    }
    inconclusive = 0
    for (const [index, item] of batch.entries()) {
      const look = looks[index]
      if (look === undefined) throw new Error('a look for each range was promised')
      await judge(item, look)
    }
    tellSuspects()
  }

  async function judge(item: OpenRange, look: Look): Promise<void> {
    const before = item.series.disagreements
    const { result, series } = judgeLook(item.series, look, reader)
    link.source.load.rechecks[result] += 1
    item.series = series
    item.isSuspicious ||= result === 'disagree'
    item.rows = mostRows([...look.source, look.replica])
    const rows = { source: lastOf(look.source).rows, replica: look.replica.rows }
    if (result === 'same') {
      // It is the replica's contents that the source had: the counts are equal by the token.
      decide(item, {
        verdict: 'same',
        reason: null,
        rows: { source: rows.replica, replica: rows.replica },
      })
    } else if (result === 'moving') {
      await takeApart(item, RETRY_MS * world.random())
    } else if (series.disagreements <= before && reader.walkable) {
      // It stood still through each look and was something else at the next: that is no less of a move.
      await takeApart(item, pauseMs(options))
    } else if (series.disagreements >= options.confirmations) {
      const fingerprint = JSON.stringify([series.sourceToken, series.replicaToken])
      decide(item, { verdict: 'drifted', reason: null, rows, fingerprint })
    } else {
      item.dueAt = world.steady().getTime() + pauseMs(options)
    }
  }

  /** @param retryMs until the next look at what cannot be divided. */
  async function takeApart(item: OpenRange, retryMs: number): Promise<void> {
    const startedAt = world.now()
    let division: Division | null
    try {
      division = await divide(link, reader, item.range, item.rows ?? 0n, signal)
    } catch (error) {
      if (signal.aborted) throw error
      fail([item], error)
      return
    }
    if (division === null) {
      item.movingVisits += 1
      if (item.movingVisits >= HOT_VISITS) decide(item, { ...UNDECIDED, reason: 'hot' })
      else item.dueAt = world.steady().getTime() + retryMs
      return
    }
    if (item.depth >= MAX_DEPTH) {
      decide(item, { ...UNDECIDED, reason: 'hot' })
      return
    }
    const rows = { source: 0n, replica: 0n }
    options.onDecision({ range: division.empty, startedAt, verdict: 'same', reason: null, rows })
    const share = (item.rows ?? 0n) / BigInt(Math.max(1, division.parts.length)) + 1n
    for (const part of division.parts) await readPart(part, item, share)
    items.delete(item)
  }

  /** An optimistic reading of a part; only what differs is opened. */
  async function readPart(range: Range, parent: OpenRange, share: bigint): Promise<void> {
    const startedAt = world.now()
    const depth = parent.depth + 1
    const { isSuspicious } = parent
    // Behind a replica that lags, every part with a recent write differs: its fence may as well come at once.
    if (!reader.isSound || link.memory.waitedMs > LAGGING_MS) {
      open({ range, startedAt, depth, rows: share, isSuspicious })
      return
    }
    let rows: bigint | null = null
    try {
      const [source, replica] = await onBoth(link, signal, (session) => reader.read(session, range))
      if (source.token === replica.token) {
        const both = { source: source.rows, replica: replica.rows }
        options.onDecision({ range, startedAt, verdict: 'same', reason: null, rows: both })
        return
      }
      rows = mostRows([source, replica])
    } catch (error) {
      // The fenced look will meet the same trouble and say what it means.
      if (signal.aborted || !(error instanceof ServerError || error instanceof Undecided))
        throw error
    }
    open({ range, startedAt, depth, rows, isSuspicious })
  }

  function fail(batch: readonly OpenRange[], error: unknown): void {
    const reason = undecidedReason(error)
    if (reason === 'row_too_large' && batch.length > 1) {
      for (const item of batch) item.alone = true
      return
    }
    if (reason === 'lag' || reason === 'ahead') {
      link.source.load.rechecks[reason] += 1
      inconclusive += 1
      // A fence that is out of reach is so for every range.
      for (const item of [...items]) {
        if (inconclusive >= INCONCLUSIVE_LOOKS) decide(item, { ...UNDECIDED, reason })
        else item.dueAt = world.steady().getTime() + INCONCLUSIVE_RETRY_MS
      }
      return
    }
    link.source.load.rechecks.invalid += 1
    for (const item of batch) {
      item.invalid += 1
      const isOver = item.invalid >= INVALID_LOOKS || !isWorthRetrying(reason, link)
      if (isOver) decide(item, { ...UNDECIDED, reason })
      else item.dueAt = world.steady().getTime() + RETRY_MS
    }
  }

  return {
    add: (range, startedAt, rows) =>
      open({ range, startedAt, rows, depth: 0, isSuspicious: false }),
    async settled() {
      while (running !== null) await running
      if (failure !== null) throw failure.error
    },
    isSuspecting: () => [...items].some((item) => item.isSuspicious),
  }
}

/** A connection lost on a server that still answers is worth another try. */
function isWorthRetrying(reason: UnknownReason, { source, replica }: Link): boolean {
  return reason === 'unreachable' ? source.usable && replica.usable : !FINAL.has(reason)
}

const FINAL: ReadonlySet<UnknownReason> = new Set([
  'row_too_large',
  'no_fence',
  'no_privilege',
  'delayed',
])
