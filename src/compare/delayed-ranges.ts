/**
 * What differed on a replica that is delayed on purpose: what a pass cannot wait for. Its fences are taken now, and
 * stay pending until the delay is over; no connection is held meanwhile.
 *
 * A fence proves what it proves anywhere, but its window is as long as the delay. What the replica has when it gets
 * there is what the source had at the fence, so that what is right is seen to be, however often it is written later.
 * What is not can be told from what is on its way only if the source stood still for the whole window; else a second
 * delay would be needed, at which the same would happen. So ranges are cut down to rows first, and each is looked at
 * under all its fences at once; what neither agrees nor stands still stays `delayed`.
 */
import type { UnknownReason } from '../domain.ts'
import type { Range } from '../mysql/range.ts'
import { onBoth } from './both-ends.ts'
import type { Decision } from './decision.ts'
import { divide } from './division.ts'
import type { Probe } from './fenced-look.ts'
import type { OpenRanges, OpenRangesOptions } from './open-ranges.ts'
import { pendingLooks } from './pending-looks.ts'
import { judgeLook, type Look, type LookResult, lastOf, NEW_SERIES } from './series.ts'
import { undecidedReason } from './undecided.ts'

interface Item {
  readonly range: Range
  readonly startedAt: Date
  /** On the end that has more; null when not known. */
  readonly rows: bigint | null
  readonly depth: number
}

/** Of one table: so many fit under its fences. Others have their turn at a later look, by chance. */
const MOST_PENDING = 64
const MOST_PENDING_ROWS = 5_000n
const MAX_DEPTH = 32
/** At random moments of the window: a row that flips must not pass for drift. */
const EXTRA_READINGS = 8
const EXTRA_READINGS_LARGE = 3
const MOST_ROWS_READ_OFTEN = 1_000n

export function delayedRanges(options: OpenRangesOptions): OpenRanges {
  const { link, reader, world, signal, onDecision } = options
  const open = new Set<Item>()

  function decide(item: Item, decision: Omit<Decision, 'range' | 'startedAt'>) {
    open.delete(item)
    onDecision({ range: item.range, startedAt: item.startedAt, ...decision })
  }
  const giveUp = (item: Item, reason: UnknownReason) =>
    decide(item, { verdict: 'unknown', reason, rows: null })
  const fail = (items: Iterable<Item>, error: unknown) => {
    if (signal.aborted) throw error
    const reason = undecidedReason(error)
    for (const item of items) giveUp(item, reason)
  }

  /** Whoever is drawn goes: what is behind the first hundred rows that are new has its chance as well. */
  function shed() {
    while (open.size > MOST_PENDING) {
      const drawn = [...open][Math.floor(world.random() * open.size)]
      if (drawn !== undefined) giveUp(drawn, 'delayed')
    }
  }

  async function cutDown(): Promise<void> {
    for (;;) {
      shed()
      const wide = [...open].find(isDivisible)
      if (wide === undefined) return
      try {
        await cut(wide)
      } catch (error) {
        fail([wide], error)
      }
    }
  }

  function isDivisible({ range, rows, depth }: Item): boolean {
    if (!reader.walkable || !reader.isSound || range.nulls || depth >= MAX_DEPTH) return false
    return rows === null || rows > 1n || range.upper === null
  }

  async function cut(wide: Item): Promise<void> {
    const { range, depth } = wide
    const startedAt = world.now()
    const division = await divide(link, reader, range, wide.rows ?? MOST_PENDING_ROWS, signal)
    if (division === null) {
      giveUp(wide, 'delayed')
      return
    }
    const parts: Item[] = []
    const equal: Decision[] = []
    const none = { source: 0n, replica: 0n }
    equal.push({ range: division.empty, startedAt, verdict: 'same', reason: null, rows: none })
    for (const part of division.parts) {
      const readAt = world.now()
      const [source, replica] = await onBoth(link, signal, (session) => reader.read(session, part))
      const rows = { source: source.rows, replica: replica.rows }
      const at = { range: part, startedAt: readAt }
      if (source.token === replica.token) {
        equal.push({ ...at, verdict: 'same', reason: null, rows })
      } else {
        const most = rows.source > rows.replica ? rows.source : rows.replica
        parts.push({ ...at, rows: most, depth: depth + 1 })
      }
    }
    // All of them or none: a connection that is lost on the way leaves the range as it was.
    open.delete(wide)
    for (const decision of equal) onDecision(decision)
    for (const part of parts) open.add(part)
  }

  /** As many as share fences, by chance. */
  function batch(): Item[] {
    const chosen: Item[] = []
    let rows = 0n
    for (const item of [...open].sort(() => world.random() - 0.5)) {
      rows += item.rows ?? MOST_PENDING_ROWS
      if (chosen.length > 0 && rows > MOST_PENDING_ROWS) giveUp(item, 'delayed')
      else chosen.push(item)
    }
    return chosen
  }

  function probeOf({ range, rows }: Item): Probe {
    const isSmall = rows !== null && rows <= MOST_ROWS_READ_OFTEN
    return {
      read: (session) => reader.read(session, range),
      extraReadings: isSmall ? EXTRA_READINGS : EXTRA_READINGS_LARGE,
    }
  }

  function judge(item: Item, looks: readonly Look[]): void {
    let series = NEW_SERIES
    let result: LookResult = 'moving'
    for (const look of looks) {
      ;({ result, series } = judgeLook(series, look, reader))
      link.source.load.rechecks[result] += 1
      if (result !== 'disagree') break
    }
    const last = looks.at(-1)
    if (last === undefined) throw new Error('there is at least one look')
    const rows = { source: lastOf(last.source).rows, replica: last.replica.rows }
    if (result === 'same') {
      // It is the replica's contents that the source had.
      const { replica } = rows
      decide(item, { verdict: 'same', reason: null, rows: { source: replica, replica } })
    } else if (series.disagreements >= options.confirmations) {
      const fingerprint = JSON.stringify([series.sourceToken, series.replicaToken])
      decide(item, { verdict: 'drifted', reason: null, rows, fingerprint })
    } else giveUp(item, 'delayed')
  }

  return {
    add: (range, startedAt, rows) => open.add({ range, startedAt, rows, depth: 0 }),
    // All its looks are judged at once.
    isSuspecting: () => false,
    async settled() {
      await cutDown()
      const items = batch()
      if (items.length === 0) return
      try {
        const looks = await pendingLooks(link, items.map(probeOf), options)
        for (const [index, item] of items.entries()) {
          const ofItem = looks.flatMap((look) => look[index] ?? [])
          judge(item, ofItem)
        }
      } catch (error) {
        fail(items, error)
      }
    },
  }
}
