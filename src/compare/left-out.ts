/**
 * What was not read because a server is held back: remembered as undecided (`throttled`), so that nobody can
 * take it for compared, and as ranges, so that it can be read later in the same pass. In the same way, what
 * differed while its fence was out of reach (`lag`, `ahead`), and what cannot be told before the delay of its
 * replica is over (`delayed`).
 */
import type { DifferenceKind, UnknownReason } from '../domain.ts'
import type { Range } from '../mysql/range.ts'
import { type Decision, outcomeOf, type TableOutcome, unknownOutcome } from './decision.ts'
import type { Located } from './locate.ts'
import { type Done, withDone } from './trail.ts'

interface Rest {
  readonly ranges: readonly Range[]
  /** Of which the ranges are; '' = not filled in yet, like the next. */
  readonly key: string
  /** Of all that what was read rests on. */
  readonly signature: string
}

export interface LeftOut {
  /** null = all of it, whatever its key is. */
  readonly rest: Rest | null
  /** Of everything else; null when nothing was read at all. */
  readonly decided: TableOutcome | null
}

/** Adds `chunk`, which follows on what was left out before more often than not. @returns whether it did not. */
export function leaveOut(
  decisions: Decision[],
  chunk: Pick<Decision, 'range' | 'startedAt'>,
): boolean {
  const at = decisions.findLastIndex(({ reason }) => reason === 'throttled')
  const last = decisions[at]
  const { lower, upper } = chunk.range
  if (last !== undefined && lower !== null && last.range.upper === lower) {
    decisions[at] = { ...last, range: { lower: last.range.lower, upper } }
    return false
  }
  decisions.push({ ...chunk, verdict: 'unknown', reason: 'throttled', rows: null })
  return true
}

type Reasons = ReadonlySet<UnknownReason>

/** Why a part is left for later. */
export const HELD: Reasons = new Set(['throttled'])
export const HELD_OR_BEHIND: Reasons = new Set([...HELD, 'lag', 'ahead'])
const DELAYED: Reasons = new Set(['delayed'])

/** More are the rows of a table that is written all the time: the next pass tells. */
const MOST_BEHIND = 100

/**
 * @param done of a walk that was broken off before, and is gone on with.
 * @param isLater which parts are left out.
 */
export function outcomeWithLeftOut(
  decisions: readonly Decision[],
  startedAt: Date,
  done: Done | null = null,
  isLater: Reasons = HELD,
): TableOutcome {
  const outcomeOfAll = (all: readonly Decision[]): TableOutcome => {
    const outcome = withDone(outcomeOf(all, startedAt), done)
    const [later, rest] = apart(all, DELAYED)
    if (later === null) return outcome
    const isNothing = rest.length === 0 && done === null
    const decided = isNothing ? null : withDone(outcomeOf(rest, startedAt), done)
    return { ...outcome, delayed: { rest: later, decided } }
  }
  const outcome = outcomeOfAll(decisions)
  const isFew = decisions.filter(isFor(isLater)).length <= MOST_BEHIND
  // What is known to differ is looked at all the time; the rest of it tells nothing new that could not wait.
  const isDrifted = decisions.some(({ verdict }) => verdict === 'drifted')
  const [left, rest] = apart(decisions, isFew && !isDrifted ? isLater : HELD)
  if (left === null) return outcome
  const isNothing = rest.length === 0 && done === null
  return { ...outcome, leftOut: { rest: left, decided: isNothing ? null : outcomeOfAll(rest) } }
}

const isFor =
  (reasons: Reasons) =>
  ({ reason }: Decision) =>
    reason !== null && reasons.has(reason)

function apart(decisions: readonly Decision[], reasons: Reasons): [Rest | null, Decision[]] {
  const left = decisions.filter(isFor(reasons))
  if (left.length === 0) return [null, [...decisions]]
  const ranges = left.map(({ range }) => range)
  return [{ ranges, key: '', signature: '' }, decisions.filter((each) => !left.includes(each))]
}

/** Nothing was read. @param rest what was asked for; null = the whole table. */
export function allLeftOut(rest: Rest | null, now: Date): TableOutcome {
  return { ...unknownOutcome('throttled', now), leftOut: { rest, decided: null } }
}

/**
 * The outcome for the whole table.
 * @param later of what `before` left out, or of all of it when it is no longer what it was.
 */
export function completed(before: TableOutcome, later: TableOutcome): TableOutcome {
  const decided = before.leftOut?.decided ?? null
  const { leftOut, ...outcome } = later
  const isWhole = !later.isPartial && (leftOut !== undefined || later.verdict !== 'unknown')
  if (isWhole) return later
  if (leftOut === undefined) return merged(decided, outcome)
  const both = leftOut.decided === null ? decided : merged(decided, leftOut.decided)
  const rest = leftOut.rest ?? before.leftOut?.rest ?? null
  return { ...merged(decided, outcome), leftOut: { rest, decided: both } }
}

/** Of two disjoint parts of one table. */
function merged(a: TableOutcome | null, b: TableOutcome): TableOutcome {
  if (a === null) return { ...b, isPartial: false }
  const worst = [a, b].find(({ verdict }) => verdict === 'drifted')
  const unknown = [a, b].find(({ verdict }) => verdict === 'unknown')
  const rows = a.rows &&
    b.rows && {
      source: a.rows.source + b.rows.source,
      replica: a.rows.replica + b.rows.replica,
    }
  return {
    verdict: (worst ?? unknown)?.verdict ?? 'same',
    reason: worst ? null : (unknown?.reason ?? null),
    unknownReason: a.unknownReason ?? b.unknownReason,
    startedAt: a.startedAt < b.startedAt ? a.startedAt : b.startedAt,
    rows,
    chunks: a.chunks + b.chunks,
    chunksDrifted: a.chunksDrifted + b.chunksDrifted,
    drifted: [...a.drifted, ...b.drifted],
    ...rowsOfBoth(a, b),
    isPartial: false,
    causes: b.causes,
    ...delayedOfBoth(a, b),
  }
}

/** Of one pass, so that both are of the same key and definitions. */
function delayedOfBoth(a: TableOutcome, b: TableOutcome): Pick<TableOutcome, 'delayed'> {
  const rests = [a, b].flatMap(({ delayed }) => delayed?.rest ?? [])
  const [rest] = rests
  if (rest === undefined) return {}
  const [first, second] = [a, b].map((each) => (each.delayed ? each.delayed.decided : each))
  const decided = first && second ? merged(first, second) : (first ?? second ?? null)
  return { delayed: { rest: { ...rest, ranges: rests.flatMap(({ ranges }) => ranges) }, decided } }
}

function rowsOfBoth(a: TableOutcome, b: TableOutcome) {
  const fingerprint = JSON.stringify([a.fingerprint, b.fingerprint])
  const parts = [a, b].filter(({ verdict }) => verdict === 'drifted')
  const found = parts.flatMap(({ located }) => located ?? [])
  const sum = (kind: DifferenceKind) => found.reduce((all, { counts }) => all + counts[kind], 0n)
  const located: Located = {
    fingerprint,
    counts: { missing: sum('missing'), extra: sum('extra'), changed: sum('changed') },
    counted: found.every(({ counted }) => counted),
    rows: found.flatMap(({ rows }) => rows),
    ranges: found.flatMap(({ ranges }) => ranges),
  }
  // The ranges of a part whose rows were not found would be lost.
  const isWhole = parts.length > 0 && found.length === parts.length
  return { fingerprint, located: isWhole ? located : null }
}
