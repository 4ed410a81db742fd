/** What a visit of a table found, as it is kept. */
import { countOutcome, type TableOutcome } from '../compare/decision.ts'
import type { TableCheck } from '../domain.ts'
import { isInconclusive } from '../state.ts'
import type { SetContext } from './context.ts'
import type { TableState } from './table-store.ts'

/** @param isMoreFound a walk beside this look, or just over, has found more since it began. */
export function record(
  context: SetContext,
  { state }: { readonly state: TableState },
  check: TableCheck,
  outcome: TableOutcome,
  isMoreFound = false,
) {
  if (check === 'row_count') {
    const { approximateRows } = state
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
    if (outcome.verdict === 'drifted' && state.walk === null) state.position = null
    if (!outcome.isPartial) state.isRestSame = isRestSame(state, outcome)
  }
  if (outcome.isPartial && outcome.verdict === 'same') {
    // Otherwise the look at the whole table that follows says the rest.
    if (check === 'checksum' && state.isRestSame && !isMoreFound) clear(context, state, outcome)
    return
  }
  context.tables.visited(state, check, outcome)
  if (check !== 'checksum' || outcome.isPartial) return
  if (context.mode.checks.includes('row_count')) {
    context.tables.visited(state, 'row_count', countOutcome(outcome))
  }
}

function isRestSame(state: TableState, { verdict, reason, unknownReason }: TableOutcome): boolean {
  if (verdict !== 'unknown') return unknownReason === null
  const saysNothing = isInconclusive(reason) || reason === 'unreachable'
  return saysNothing && state.isRestSame
}

/** All that differed agrees, and the rest did when the whole table was last looked at: so it is as old as that. */
function clear(context: SetContext, state: TableState, agreed: TableOutcome): void {
  const { verifiedAt, rows, chunks } = state.standings.checksum ?? NEVER
  const whole: TableOutcome = {
    ...agreed,
    startedAt: verifiedAt ?? agreed.startedAt,
    rows: rows && { source: rows.source, replica: rows.source },
    chunks,
    isPartial: false,
  }
  context.tables.visited(state, 'checksum', whole)
  // A table that is too large to be counted again on its own was counted by the walk.
  if (state.standings.row_count?.verdict === 'drifted') {
    context.tables.visited(state, 'row_count', countOutcome(whole))
  }
}

const NEVER = { verifiedAt: null, rows: null, chunks: 0 }
