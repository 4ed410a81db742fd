/** One table on the links of one source: walked once, and what differs on the way decided beside the walk. */
import type { UnknownReason } from '../domain.ts'
import type { Range } from '../mysql/range.ts'
import { type TableOutcome, unknownOutcome } from './decision.ts'
import { delayedRanges } from './delayed-ranges.ts'
import { guardEnds } from './end-guard.ts'
import type { ConfirmOptions } from './fenced-look.ts'
import { clearDrift, decide, type Lane } from './lane.ts'
import { outcomeWithLeftOut } from './left-out.ts'
import type { Link } from './link.ts'
import type { Located } from './locate.ts'
import { openRanges } from './open-ranges.ts'
import type { TableReader } from './table-reader.ts'
import { type Done, type Progress, trailOf } from './trail.ts'
import { type WalkOptions, walk } from './walk.ts'

/** Whoever keeps the verdicts: what it knows, and what it is told before the outcome is there. */
export interface Keeper extends Pick<WalkOptions, 'isKnownToDiffer'> {
  readonly onSuspects: (link: Link, suspects: number) => void
  /** Told as soon as one range is confirmed to differ. */
  readonly onDrifted: (link: Link) => void
  /** What was found of its rows when it was looked at before. */
  readonly located: (link: Link) => Located | null
}

export interface CompareOptions
  extends ConfirmOptions,
    WalkOptions,
    Pick<Keeper, 'onSuspects' | 'onDrifted'> {
  /** Why a part is not decided now, but later in the same pass; default `HELD`. */
  readonly isLater?: ReadonlySet<UnknownReason>
  /** Of a walk that was broken off, what agreed outside of `ranges`. */
  readonly done?: ReadonlyMap<Link, Done>
  /** Of the steady clock: when it was asked which servers these are, and what the table is like. */
  readonly sinceMs: number
  /** When everything is decided: waits for whoever may still call `clear`. */
  readonly onDecided?: () => Promise<void>
}

export interface Comparison {
  /** The walk is over; what differed may still be looked at again. */
  readonly walked: Promise<void>
  /** One outcome per link, when everything is decided. */
  readonly outcomes: Promise<Map<Link, TableOutcome>>
  /** How far it came; null where it need not, or cannot, be gone on with later. */
  progressOf(link: Link): Progress | null
  /** What is confirmed to differ so far. */
  driftedOf(link: Link): readonly Range[]
  /** Some part has disagreed, and is not decided yet. */
  isSuspecting(link: Link): boolean
  /** Some of `driftedOf` agreed when they were looked at again. */
  clear(link: Link, ranges: readonly Range[]): void
}

/** What took longer is vouched for only by servers and definitions that are still the same at its end. */
const LONG_MS = 1_000

/**
 * @param ranges what to look at; the whole table, or what differed before.
 * @param links links of one source whose columns can be read by `reader`.
 */
export function compareTable(
  links: readonly Link[],
  reader: TableReader,
  ranges: readonly Range[],
  options: CompareOptions,
): Comparison {
  const startedAt = options.world.now()
  const lanes = links.map((link): Lane => {
    const opened = link.delayMs > 0 ? delayedRanges : openRanges
    const open = opened({
      ...options,
      link,
      reader,
      onDecision: (decision) => {
        decide(lane, decision)
        if (decision.verdict === 'drifted') options.onDrifted(link)
      },
      onSuspects: (suspects) => options.onSuspects(link, suspects),
    })
    const lane: Lane = {
      link,
      decisions: [],
      drifted: [],
      open,
      lost: false,
      strikes: 0,
      gaps: 0,
    }
    return lane
  })
  const doneBefore = ({ link }: Lane) => options.done?.get(link) ?? null
  const trail = trailOf(lanes, ranges, doneBefore)
  const walked = walk({ lanes, reader, options, trail }, ranges)
  const outcomes = walked.then(async () => {
    await Promise.all(lanes.map((lane) => lane.open.settled()))
    await options.onDecided?.()
    const isLong = options.world.steady().getTime() - options.sinceMs > LONG_MS
    const going = isLong ? lanes.filter(({ lost }) => !lost).map(({ link }) => link) : []
    const changed = await guardEnds(going, options)
    return new Map(
      lanes.map((lane) => {
        const outcome = outcomeWithLeftOut(
          [...lane.decisions, ...lane.drifted],
          startedAt,
          doneBefore(lane),
          options.isLater,
        )
        const reason = changed.get(lane.link)
        const isVoid = outcome.verdict === 'same' && reason !== undefined
        return [lane.link, isVoid ? unknownOutcome(reason, startedAt) : outcome]
      }),
    )
  })
  // Both promises fail together; whoever waits for one must not leave the other unhandled.
  outcomes.catch(() => undefined)
  const laneOf = (link: Link) => lanes.find((lane) => lane.link === link)
  return {
    walked,
    outcomes,
    progressOf(link) {
      const lane = laneOf(link)
      return lane === undefined ? null : trail.progressOf(lane)
    },
    driftedOf: (link) => laneOf(link)?.drifted.map(({ range }) => range) ?? [],
    isSuspecting: (link) => laneOf(link)?.open.isSuspecting() ?? false,
    clear(link, ranges) {
      const lane = laneOf(link)
      if (lane !== undefined) clearDrift(lane, ranges)
    },
  }
}
