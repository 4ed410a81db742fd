/** How far the walk over a table came, so that after a restart it goes on from there. Pure. */
import type { Bound, Range } from '../mysql/range.ts'
import type { Decision, TableOutcome } from './decision.ts'

/** All that agreed so far on one link. */
export interface Done {
  readonly chunks: number
  readonly rows: { readonly source: bigint; readonly replica: bigint }
  /** Start of the oldest reading that it rests on. */
  readonly startedAt: Date
}

/** Where a walk over a whole table stands on one link. */
export interface Progress {
  readonly done: Done
  /**
   * What is not in `done`, in key order: what was not read, what is not decided yet, and what drifted or could
   * not be judged, which is the first to be looked at again.
   */
  readonly open: readonly Range[]
}

export interface TrailLane {
  /** Only ever added to. */
  readonly decisions: readonly Decision[]
  readonly lost: boolean
}

export interface Trail<L> {
  /** `chunk` was read on all lanes, and `rest` is left of the range from which it was cut. */
  read(chunk: Range, rest: Range | null): void
  /** null: there is nothing yet that would be lost. */
  progressOf(lane: L): Progress | null
}

interface Track {
  /** Decisions that were looked at. */
  seen: number
  /** Those that agreed and belong to a chunk that is not done, by their lower bound. */
  readonly agreed: Map<string, Decision>
  done: Done | null
  progress: Progress | null
}

/** As many ranges are kept at most: with more of them undecided the walk is remembered where it was before. */
const MOST_OPEN = 500

/** @param ranges what is walked, disjoint, in key order: the lanes walk together, and share what is open. */
export function trailOf<L extends TrailLane>(
  lanes: readonly L[],
  ranges: readonly Range[],
  doneBefore: (lane: L) => Done | null,
): Trail<L> {
  let unread = ranges
  let pending: Range[] = []
  const tracks = new Map(
    lanes.map((lane): [L, Track] => [
      lane,
      { seen: 0, agreed: new Map(), done: doneBefore(lane), progress: null },
    ]),
  )

  function look() {
    for (const [lane, track] of tracks) {
      for (const decision of lane.decisions.slice(track.seen)) {
        if (decision.verdict === 'same' && decision.rows !== null) {
          track.agreed.set(textOf(decision.range.lower), decision)
        }
      }
      track.seen = lane.decisions.length
    }
    const going = [...tracks].flatMap(([lane, track]) => (lane.lost ? [] : [track]))
    pending = pending.filter((chunk) => !isDone(chunk, going))
    const open = joined([...pending, ...unread])
    if (open.length > MOST_OPEN) return
    for (const track of going) track.progress = track.done && { done: track.done, open }
  }

  return {
    read(chunk, rest) {
      pending.push(chunk)
      unread = rest === null ? unread.slice(1) : [rest, ...unread.slice(1)]
    },
    progressOf(lane) {
      look()
      return lane.lost ? null : (tracks.get(lane)?.progress ?? null)
    },
  }
}

/** The chunk agreed on every lane, in one piece or in parts that lie side by side: it is counted as done. */
function isDone(chunk: Range, tracks: readonly Track[]): boolean {
  const parts = tracks.map(({ agreed }) => partsOf(chunk, agreed))
  if (tracks.length === 0 || parts.some((each) => each === null)) return false
  for (const [index, track] of tracks.entries()) {
    for (const part of parts[index] ?? []) {
      track.agreed.delete(textOf(part.range.lower))
      track.done = plus(track.done, part)
    }
  }
  return true
}

function partsOf({ lower, upper }: Range, agreed: ReadonlyMap<string, Decision>) {
  const parts: Decision[] = []
  const end = textOf(upper)
  let next = agreed.get(textOf(lower))
  // Bounds cannot be put in order here: what does not lead to the end is no proof.
  while (next !== undefined && parts.length <= agreed.size) {
    parts.push(next)
    const at = textOf(next.range.upper)
    if (at === end) return parts
    next = agreed.get(at)
  }
  return null
}

function plus(done: Done | null, { rows, startedAt }: Decision): Done {
  const more = rows ?? { source: 0n, replica: 0n }
  if (done === null) return { chunks: 1, rows: more, startedAt }
  return {
    chunks: done.chunks + 1,
    rows: sum(done.rows, more),
    startedAt: older(done.startedAt, startedAt),
  }
}

/** What the rest of a walk found, with what was done before it. */
export function withDone(outcome: TableOutcome, done: Done | null): TableOutcome {
  if (done === null) return outcome
  return {
    ...outcome,
    rows: outcome.rows && sum(outcome.rows, done.rows),
    chunks: outcome.chunks + done.chunks,
    startedAt: older(outcome.startedAt, done.startedAt),
  }
}

const sum = (a: Done['rows'], b: Done['rows']): Done['rows'] => ({
  source: a.source + b.source,
  replica: a.replica + b.replica,
})

const older = (a: Date, b: Date): Date => (a < b ? a : b)

function joined(ranges: readonly Range[]): Range[] {
  const result: Range[] = []
  for (const range of ranges) {
    const last = result.at(-1)
    const touches = last?.upper != null && textOf(last.upper) === textOf(range.lower)
    if (last !== undefined && touches) result[result.length - 1] = { ...last, upper: range.upper }
    else result.push(range)
  }
  return result
}

function textOf(bound: Bound | null): string {
  return JSON.stringify(bound && [bound.key, bound.side])
}
