/** One table of a pass: looked at on all links on which it can be looked at together, and what comes of it. */
import type { Scope } from '../checks/check.ts'
import type { TableOutcome } from '../compare/decision.ts'
import { completed } from '../compare/left-out.ts'
import type { Link } from '../compare/link.ts'
import type { TableCheck, UnknownReason } from '../domain.ts'
import { isInconclusive } from '../state.ts'
import { visitAfterDelay } from './after-delay.ts'
import { approximateRowsOn } from './approximate-rows.ts'
import type { SetContext } from './context.ts'
import { record } from './record.ts'
import { positionsOf } from './resume.ts'
import type { KeyedRanges, TableState, WalkPosition } from './table-store.ts'
import type { ListedTable } from './tables-on-link.ts'
import { visitTable } from './visit.ts'

export interface Pass {
  readonly check: TableCheck
  readonly scope: Exclude<Scope, 'rest'>
  /** Of a pass over all contents: what it came to already is left out. */
  readonly startedAt: Date | null
  /** Why it comes back to a part later. */
  readonly isLater: ReadonlySet<UnknownReason>
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

/** The number of rows is an estimate: it is not over before it is over. */
function shareOf(position: WalkPosition | null, approximateRows: number | null): number {
  if (position === null || !approximateRows) return 0
  return Math.min(0.99, Number(position.done.rows.source) / approximateRows)
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
  { check, scope, startedAt, isLater }: Pass,
  leftOut: LeftOutJobs,
): Promise<{ walked: Promise<void>; settled: Promise<void> }> {
  const { on } = job
  const isOutdated = isStale(job)
  const before = isOutdated ? null : job.before
  if (isOutdated) for (const { state } of on) state.position = null
  const [first] = on
  if (first === undefined) throw new Error('a visit needs a table')
  const stateOf = new Map(on.map(({ link, state }) => [link, state]))
  // A look that became one of the whole table is the only one that may be under way.
  const isWalk = check === 'checksum' && scope !== 'findings' && job.isAfterRepair !== true
  // A count says nothing of what a walk over the contents found.
  const walkOn = check === 'checksum' && scope === 'findings' ? first.state.walk : null
  const ofWalk = walkOn?.drifted().ranges ?? []
  const found = scope === 'findings' ? knownDrift(first.state, check) : null
  const rest = before?.leftOut?.rest ?? null
  const visit = await visitTable(context, {
    check,
    table: first.listed,
    links: on.map(({ link }) => link),
    ranges: rest ?? found,
    signature: rest?.signature ?? null,
    isLater,
    positions: positionsOf(on),
    async onDecided(links) {
      // The walk that goes on beside a look at what it found is not over with that.
      if (!isWalk) return
      const states = links.flatMap((link) => stateOf.get(link) ?? [])
      for (const state of states) closeWalk(state)
      await Promise.all(states.map(({ relook }) => relook))
    },
    doubtOf: (link) => on.find((target) => target.link === link)?.listed.doubt ?? null,
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
  for (const [link, state] of isWalk ? stateOf : []) {
    const position = () => visit.positionOf(link)
    const done = () => shareOf(position(), visit.approximateRows) / stateOf.size
    state.approximateRows = visit.approximateRows
    state.walk = {
      position,
      share: () => (startedAt === null ? 0 : done()),
      drifted: () => ({ key: visit.keyOf(link), ranges: visit.driftedOf(link) }),
      isSuspecting: () => visit.isSuspecting(link),
      clear: (ranges) => visit.clear(link, ranges),
    }
  }
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
      // One that began meanwhile is closed only when this look is over.
      const walk = check === 'checksum' ? (walkOn ?? state.walk) : null
      const isAgreed = whole.isPartial && whole.verdict === 'same'
      // What it tells next is newer than what it has told: until then nothing is cleared.
      if (isAgreed && walk?.isSuspecting() === true) continue
      if (check === 'row_count' && whole.reason === 'timeout') {
        const { source } = target.listed
        state.approximateRows = await approximateRowsOn(context, link, source)
      }
      if (isAgreed) walkOn?.clear(ofWalk)
      if (whole.verdict !== 'unknown') {
        const ranges = whole.located?.ranges ?? whole.drifted
        state.drifted[check] = { key: visit.keyOf(link) || (rest?.key ?? ''), ranges }
      }
      record(context, target, check, whole, (walk?.drifted().ranges.length ?? 0) > 0)
      const isGone = job.isAfterRepair === true && whole.verdict === 'unknown'
      // What a delay leaves open no later visit tells, either.
      if (isGone && (whole.reason === 'delayed' || !isInconclusive(whole.reason))) {
        context.tables.turn(state, check, 'unknown', whole.reason)
      }
      if (scope !== 'findings') visitAfterDelay(context, target, check, whole)
      if (check === 'checksum' && !whole.isPartial) state.position = null
    }
    // What was drifted agrees now, and only the whole table tells of the rest.
    const repaired = on.filter(({ link, state }) => {
      const outcome = outcomes.get(link)
      const isSame = outcome?.isPartial === true && outcome.verdict === 'same'
      if (!isSame || before !== null || (check === 'checksum' && state.isRestSame)) return false
      if (walkOn === null) return true
      if (walkOn.isSuspecting()) return false
      // The walk that is under way tells.
      context.tables.turn(state, check, 'unknown', 'not_yet')
      return false
    })
    if (repaired.length === 0) return
    const whole: Pass = { check, scope: 'all', startedAt, isLater }
    const next: Job = { on: repaired, before: null, isAfterRepair: true }
    const again = await startVisit(context, next, whole, leftOut)
    await again.settled
  })
  // It fails with the walk, which may be the only one that is waited for.
  settled.catch(() => undefined)
  return { walked: visit.walked, settled }
}

/** What is to be looked at again: of earlier visits, and of the walk that is under way; null = there is nothing. */
export function knownDrift(state: TableState, check: TableCheck): KeyedRanges | null {
  const stored = state.drifted[check] ?? null
  const found = check === 'checksum' ? (state.walk?.drifted() ?? null) : null
  const all = [stored, found].filter((each) => each !== null && each.ranges.length > 0)
  const [last] = all.toReversed()
  if (last == null) return null
  return { key: last.key, ranges: all.flatMap((e) => (e?.key === last.key ? e.ranges : [])) }
}

/** Where it stands is known to the end; what it found is looked at again only after it is recorded. */
function closeWalk(state: TableState): void {
  state.position = state.walk?.position() ?? state.position
  state.walk = null
}
