/** How a table's standing changes with each visit. Pure. */
import type { TableOutcome } from './compare/decision.ts'
import type { Reason, UnknownReason, Verdict } from './domain.ts'
import type { TableStanding } from './report.ts'

/** An inconclusive visit leaves the standing verdict; so many in a row do not. */
const INCONCLUSIVE_VISITS = 3
const INCONCLUSIVE: ReadonlySet<UnknownReason> = new Set([
  'lag',
  'ahead',
  'delayed',
  'definition_changed',
  'identity_changed',
  'throttled',
])

/** A visit that ended so says nothing about the data. */
export function isInconclusive(reason: Reason | null): boolean {
  return INCONCLUSIVE.has(reason as UnknownReason)
}

/** A standing and what must be remembered to judge the next visit. */
export interface Standing extends TableStanding {
  readonly inconclusiveVisits: number
  /** A range disagrees and is not confirmed yet; shown instead of any verdict that it may overturn. */
  readonly isSuspect: boolean
}

export function standingAt(verdict: Verdict, reason: Reason | null, now: Date): Standing {
  return {
    verdict,
    reason,
    since: now,
    verifiedAt: null,
    rows: null,
    chunks: 0,
    chunksDrifted: 0,
    rowsDrifted: null,
    counted: false,
    causes: [],
    inconclusiveVisits: 0,
    isSuspect: false,
  }
}

/** @param standing null = this table was never visited on this link. */
export function afterVisit(standing: Standing | null, outcome: TableOutcome, now: Date): Standing {
  if (outcome.verdict === 'unknown') return afterUnknown(standing, outcome, now)
  const base = turned(standing, outcome.verdict, null, now)
  return {
    ...base,
    // The rest of the table is as old as it was.
    verifiedAt: (outcome.isPartial && base.verifiedAt) || outcome.startedAt,
    rows: outcome.isPartial ? base.rows : (outcome.rows ?? base.rows),
    chunks: outcome.isPartial ? base.chunks : outcome.chunks,
    // What is looked at again is a part of a chunk, or parts of it.
    chunksDrifted: outcome.isPartial ? base.chunksDrifted : outcome.chunksDrifted,
    rowsDrifted: outcome.located?.counts ?? null,
    counted: outcome.located?.counted ?? false,
    causes: outcome.causes,
    inconclusiveVisits: 0,
  }
}

/** Only agreement clears a disagreement, and a fence that was not reached says nothing about the data. */
function afterUnknown(standing: Standing | null, outcome: TableOutcome, now: Date): Standing {
  const reason = outcome.reason ?? 'not_compared'
  const { causes } = outcome
  if (standing === null) return { ...standingAt('unknown', reason, now), causes }
  const inconclusiveVisits = standing.inconclusiveVisits + 1
  // All that could be compared agrees: what differed is gone, and what is left is no drift.
  const hasAgreed = outcome.unknownReason === null && outcome.drifted.length === 0
  if (standing.verdict === 'drifted' && hasAgreed) {
    const agreed = { chunksDrifted: 0, rowsDrifted: null, causes }
    return { ...turned(standing, 'unknown', reason, now), ...agreed }
  }
  if (standing.verdict === 'drifted' || standing.verdict === 'missing') {
    return { ...standing, inconclusiveVisits, isSuspect: false }
  }
  // How long an end may be out of sight is decided where it is reported.
  if (reason === 'unreachable' && standing.verdict === 'same') {
    return { ...standing, isSuspect: false }
  }
  const isInconclusive = INCONCLUSIVE.has(reason)
  if (isInconclusive && standing.verdict === 'same' && inconclusiveVisits < INCONCLUSIVE_VISITS) {
    return { ...standing, inconclusiveVisits, isSuspect: false }
  }
  return { ...turned(standing, 'unknown', reason, now), inconclusiveVisits, causes }
}

/** Between the first disagreement and its confirmation; a known drift stays a drift. */
export function shown(standing: Standing): TableStanding {
  const { inconclusiveVisits: _visits, isSuspect, ...table } = standing
  const canBeOverturned = table.verdict === 'same' || table.verdict === 'unknown'
  return isSuspect && canBeOverturned ? { ...table, verdict: 'suspect', reason: null } : table
}

/** The same standing under a new verdict; `since` moves only when the verdict does. */
export function turned(
  standing: Standing | null,
  verdict: Verdict,
  reason: Reason | null,
  now: Date,
): Standing {
  if (standing === null) return standingAt(verdict, reason, now)
  const since = standing.verdict === verdict ? standing.since : now
  return { ...standing, verdict, reason, since, causes: [], isSuspect: false }
}
