/** One table of a pass: looked at on all links on which it can be looked at together, and what comes of it. */
import type { Scope } from '../checks/check.ts'
import { countOutcome, type TableOutcome } from '../compare/decision.ts'
import { completed } from '../compare/left-out.ts'
import type { Link } from '../compare/link.ts'
import type { TableCheck } from '../domain.ts'
import { isInconclusive } from '../state.ts'
import type { SetContext } from './context.ts'
import type { ListedTable } from './listing.ts'
import { positionsOf } from './resume.ts'
import type { TableState } from './table-store.ts'
import { visitTable } from './visit.ts'

export interface Pass {
  readonly check: TableCheck
  readonly scope: Exclude<Scope, 'rest'>
  /** Of a pass over all contents: what it came to already is left out. */
  readonly startedAt: Date | null
}

/** One table on the links on which it is looked at together. */
export interface Job {
  readonly on: readonly Target[]
  /** What is known of it already, from a visit that left parts out; null = the visit is the first. */
  readonly before: TableOutcome | null
  /** `looks` of its state when `before` was found: later news is not overwritten by it. */
  readonly looks?: number
  /** What differed was seen to agree: what cannot be judged now is no drift any more. */
  readonly isAfterRepair?: boolean
}

/** What is known from before is older than what was found since. */
export function isStale({ on, before, looks }: Job): boolean {
  return before !== null && on.some(({ state }) => state.looks !== looks)
}

export type LeftOutJobs = Map<TableState, Job>

export type Target = {
  readonly link: Link
  readonly listed: ListedTable
  readonly state: TableState
}

/** @param leftOut told of what is to be looked at again, because a server was held back. */
export async function startVisit(
  context: SetContext,
  job: Job,
  { check, scope, startedAt }: Pass,
  leftOut: LeftOutJobs,
): Promise<{ walked: Promise<void>; settled: Promise<void> }> {
  const { on } = job
  const isOutdated = isStale(job)
  const before = isOutdated ? null : job.before
  if (isOutdated) for (const { state } of on) state.position = null
  const [first] = on
  if (first === undefined) throw new Error('a visit needs a table')
  const stateOf = new Map(on.map(({ link, state }) => [link, state]))
  const known = first.state.drifted[check] ?? null
  const found = scope !== 'findings' || known?.ranges.length === 0 ? null : known
  const rest = before?.leftOut?.rest ?? null
  const visit = await visitTable(context, {
    check,
    entry: first.listed.entry,
    links: on.map(({ link }) => link),
    ranges: rest ?? found,
    signature: rest?.signature ?? null,
    positions: positionsOf(on),
    isKnownToDiffer: (link) => stateOf.get(link)?.standings[check]?.verdict === 'drifted',
    onSuspects(link, suspects) {
      const state = stateOf.get(link)
      if (state !== undefined) context.tables.suspect(state, check, suspects > 0)
    },
    located: (link) => stateOf.get(link)?.located ?? null,
    // The rest of a large table may take hours.
    onDrifted(link) {
      const state = stateOf.get(link)
      if (state !== undefined) context.tables.turn(state, check, 'drifted', null)
    },
  })
  for (const [link, state] of stateOf) state.progress = () => visit.positionOf(link)
  const settled = visit.outcomes.then(async (outcomes) => {
    for (const [link, outcome] of outcomes) {
      const target = on.find((each) => each.link === link)
      if (target === undefined) continue
      const whole = before === null ? outcome : completed(before, outcome)
      if (whole.leftOut && scope !== 'findings') {
        leftOut.set(target.state, { on: [target], before: whole, looks: target.state.looks })
        continue
      }
      const { state } = target
      if (whole.verdict !== 'unknown') {
        const ranges = whole.located?.ranges ?? whole.drifted
        state.drifted[check] = { key: visit.keyOf(link) || (rest?.key ?? ''), ranges }
      }
      record(context, target, check, whole)
      const isGone = job.isAfterRepair === true && whole.verdict === 'unknown'
      if (isGone && !isInconclusive(whole.reason)) {
        context.tables.turn(state, check, 'unknown', whole.reason)
      }
      state.progress = null
      if (check === 'checksum' && !whole.isPartial) state.position = null
    }
    // What was drifted agrees now, and only the whole table tells of the rest.
    const repaired = on.filter(({ link }) => {
      const outcome = outcomes.get(link)
      return before === null && outcome?.isPartial === true && outcome.verdict === 'same'
    })
    if (repaired.length === 0) return
    const whole: Pass = { check, scope: 'all', startedAt }
    const next: Job = { on: repaired, before: null, isAfterRepair: true }
    const again = await startVisit(context, next, whole, leftOut)
    await again.settled
  })
  // It fails with the walk, which may be the only one that is waited for.
  settled.catch(() => undefined)
  return { walked: visit.walked, settled }
}

export function record(
  context: SetContext,
  target: Target,
  check: TableCheck,
  outcome: TableOutcome,
) {
  const { state, listed } = target
  if (check === 'row_count') {
    const { approximateRows } = listed.entry
    const at = context.world.now()
    state.countTried = outcome.reason === 'timeout' ? { at, approximateRows } : null
  }
  // How many is enough to know; which ones may be many.
  if (check === 'checksum' && outcome.verdict !== 'unknown') {
    state.located = outcome.located && { ...outcome.located, rows: [] }
  }
  // A count that did not fit the limit leaves what the pass over the contents counted.
  const counted = state.standings.row_count?.verifiedAt ?? null
  if (check === 'row_count' && outcome.reason === 'timeout' && counted !== null) return
  if (check === 'checksum') {
    state.looks += 1
    // Where an earlier walk stood counts that as done.
    if (outcome.verdict === 'drifted') state.position = null
  }
  // What differed agrees now; the look at the whole table that follows says the rest.
  if (outcome.isPartial && outcome.verdict === 'same') return
  context.tables.visited(state, check, outcome)
  if (check !== 'checksum' || outcome.isPartial) return
  if (context.mode.checks.includes('row_count')) {
    context.tables.visited(state, 'row_count', countOutcome(outcome))
  }
}
