/**
 * What differs on a replica that is delayed on purpose, and what comes of it when the delay is over. A pass does not
 * wait for that, nor does any connection: what stays is the ranges of a table, and its fences.
 */
import type { TableOutcome } from '../compare/decision.ts'
import { completed } from '../compare/left-out.ts'
import type { Link } from '../compare/link.ts'
import type { TableCheck } from '../domain.ts'
import type { SetContext } from './context.ts'
import { linksOf } from './groups.ts'
import type { Target } from './job.ts'
import { record } from './record.ts'
import type { TableState } from './table-store.ts'
import { visitTable } from './visit.ts'

interface Waiting {
  readonly target: Target
  readonly check: TableCheck
  /** Of the visit that found that it differs. */
  readonly before: TableOutcome
}

export interface AfterDelay {
  /** First come, first served; what a later pass found takes the place of what an earlier one did. */
  readonly waiting: Map<TableState, Waiting>
  readonly underWay: Map<TableState, Promise<void>>
}

/** Each holds a few dozen ranges, and reads the source a few dozen times. */
const MOST_AT_ONCE = 64

/** Of an outcome in which nothing is delayed nothing is left to be done. */
export function lookAfterDelay(
  context: SetContext,
  target: Target,
  check: TableCheck,
  before: TableOutcome,
): void {
  if (!before.delayed || target.link.afterDelay === null) return
  // A look at the contents counts the rows as well.
  if (check === 'row_count' && context.mode.checks.includes('checksum')) return
  context.afterDelay.waiting.set(target.state, { target, check, before })
  startWaiting(context)
}

function startWaiting(context: SetContext): void {
  const { waiting, underWay } = context.afterDelay
  for (const [state, next] of waiting) {
    if (underWay.size >= MOST_AT_ONCE || context.signal.aborted) return
    if (underWay.has(state)) continue
    waiting.delete(state)
    const look = lookAt(context, next)
      .catch((error: unknown) => {
        if (context.signal.aborted) return
        const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
        context.log.error('internal_error', { set: context.config.name, stack })
      })
      .finally(() => {
        underWay.delete(state)
        startWaiting(context)
      })
    underWay.set(state, look)
  }
}

/** Leaves the verdict of the passes as it is, unless more is known in the end. */
async function lookAt(context: SetContext, { target, check, before }: Waiting): Promise<void> {
  const { listed, state } = target
  const link = target.link.afterDelay
  const rest = before.delayed?.rest ?? null
  if (link === null || !isAsItWas(context, target)) return
  const visit = await visitTable(context, {
    check,
    table: listed,
    links: [link],
    ranges: rest,
    signature: rest?.signature ?? null,
    positions: new Map(),
    doubtOf: () => listed.doubt,
    isKnownToDiffer: () => state.standings[check]?.verdict === 'drifted',
    // All its looks are judged at once.
    onSuspects: () => undefined,
    onDrifted: () => undefined,
    located: () => null,
  })
  const outcome = (await visit.outcomes).get(link)
  if (outcome === undefined || !isAsItWas(context, target)) return
  const { delayed } = before
  const whole = completed({ ...before, ...(delayed && { leftOut: delayed }) }, outcome)
  const isNews = (state.standings[check]?.verifiedAt ?? before.startedAt) <= before.startedAt
  if (whole.leftOut || whole.verdict === 'unknown' || !isNews) return
  state.drifted[check] = { key: visit.keyOf(link), ranges: whole.drifted }
  record(context, target, check, whole)
}

/** Since then hours may have passed: with another source, or other filters, a difference means something else. */
function isAsItWas(context: SetContext, { link, state }: Target): boolean {
  const { server, channel } = state.id
  if (!context.tables.of(server, channel).includes(state)) return false
  const links = linksOf(context).groups.flatMap((group) => group.links)
  return links.some((now) => nameOf(now) === nameOf(link))
}

function nameOf({ source, replica, channel, rules, loop }: Link): string {
  return JSON.stringify([source.config.name, replica.config.name, channel, rules, loop])
}
