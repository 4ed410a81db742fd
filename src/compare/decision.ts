import type { UnknownReason } from '../domain.ts'
import type { Range } from '../mysql/range.ts'
import type { Cause } from '../report.ts'
import type { LeftOut } from './left-out.ts'
import type { Located } from './locate.ts'

/** What was found about one range of one table on one link. */
export interface Decision {
  readonly range: Range
  /** Start of the reading on which it rests, or of the visit. */
  readonly startedAt: Date
  readonly verdict: 'same' | 'drifted' | 'unknown'
  /** Set for `unknown`. */
  readonly reason: UnknownReason | null
  readonly rows: { readonly source: bigint; readonly replica: bigint } | null
  /** Of the contents on both ends; set for `drifted`. */
  readonly fingerprint?: string
}

/** Everything found about one table on one link in one visit. */
export interface TableOutcome {
  readonly verdict: 'same' | 'drifted' | 'unknown'
  readonly reason: UnknownReason | null
  /** Why some part could not be judged, also when another part is drifted. */
  readonly unknownReason: UnknownReason | null
  /** Start of the oldest reading that it rests on. */
  readonly startedAt: Date
  /** null unless every chunk was decided with a count. */
  readonly rows: { readonly source: bigint; readonly replica: bigint } | null
  readonly chunks: number
  readonly chunksDrifted: number
  readonly drifted: readonly Range[]
  /** Of `drifted` and its contents: equal = nothing has changed in it. */
  readonly fingerprint: string
  /** Which rows; null when that was not asked, or has no answer. */
  readonly located: Located | null
  /** Only what differed before was looked at: `rows` and `chunks` are not those of the table. */
  readonly isPartial: boolean
  /** What of the table's definition keeps it from being compared as a whole. */
  readonly causes: readonly Cause[]
  /** What was held back and can be read later; it counts as unknown here. */
  readonly leftOut?: LeftOut
  /** What differs where the replica is delayed, and can be told when its delay is over; it counts as unknown here. */
  readonly delayed?: LeftOut
}

/** The worst of the decisions: a drift anywhere is a drift, else anything unknown is unknown. */
export function outcomeOf(decisions: readonly Decision[], startedAt: Date): TableOutcome {
  const drifted = decisions.filter((decision) => decision.verdict === 'drifted')
  const unknown = decisions.find((decision) => decision.verdict === 'unknown')
  let rows: TableOutcome['rows'] = { source: 0n, replica: 0n }
  for (const decision of decisions) {
    if (rows === null || decision.rows === null) {
      rows = null
      break
    }
    rows = {
      source: rows.source + decision.rows.source,
      replica: rows.replica + decision.rows.replica,
    }
  }
  return {
    verdict: drifted.length > 0 ? 'drifted' : unknown ? 'unknown' : 'same',
    reason: drifted.length > 0 ? null : (unknown?.reason ?? null),
    unknownReason: unknown?.reason ?? null,
    startedAt: oldest(decisions, startedAt),
    rows,
    chunks: decisions.length,
    chunksDrifted: drifted.length,
    drifted: drifted.map((decision) => decision.range),
    fingerprint: JSON.stringify(drifted.map(({ range, fingerprint }) => [range, fingerprint])),
    located: null,
    isPartial: false,
    causes: [],
  }
}

function oldest(decisions: readonly Decision[], start: Date): Date {
  return decisions.reduce(
    (oldestYet, { startedAt }) => (startedAt < oldestYet ? startedAt : oldestYet),
    start,
  )
}

/** Whatever the rows are, they may be somebody else's, or left out on purpose. */
const MEANINGLESS: ReadonlySet<UnknownReason> = new Set(['not_compared', 'multi_source'])

/** What a pass that saw every row says about the number of rows alone. */
export function countOutcome(outcome: TableOutcome): TableOutcome {
  // Counts of what is not to be compared say nothing either.
  if (outcome.rows === null || (outcome.reason !== null && MEANINGLESS.has(outcome.reason))) {
    const reason = outcome.unknownReason ?? 'not_compared'
    return { ...outcome, verdict: 'unknown', reason, chunksDrifted: 0, drifted: [] }
  }
  const isEqual = outcome.rows.source === outcome.rows.replica
  // Columns that are not compared have no part in it.
  const counted = { ...outcome, reason: null, causes: [] }
  if (isEqual) return { ...counted, verdict: 'same', chunksDrifted: 0, drifted: [] }
  return { ...counted, verdict: 'drifted' }
}

/** A visit that proved nothing. */
export function unknownOutcome(
  reason: UnknownReason,
  now: Date,
  causes: readonly Cause[] = [],
): TableOutcome {
  return {
    verdict: 'unknown',
    reason,
    unknownReason: reason,
    startedAt: now,
    rows: null,
    chunks: 0,
    chunksDrifted: 0,
    drifted: [],
    fingerprint: '',
    located: null,
    isPartial: false,
    causes,
  }
}
