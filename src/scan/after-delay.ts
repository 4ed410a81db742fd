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

/** A table on a link that has an `afterDelay`. */
interface Delayed {
  readonly link: Link
  readonly state: TableState
}

interface Waiting {
  readonly table: Delayed
  readonly look: LookAfterDelay
}

/**
 * Takes its fences and waits for them.
 * @param stands whether the table is still there, and the link what it was: else nothing that was found counts.
 */
export type LookAfterDelay = (link: Link, stands: () => boolean) => Promise<void>

export interface AfterDelay {
  /** First come, first served; what a later pass found takes the place of what an earlier one did. */
  readonly waiting: Map<TableState, Waiting>
  readonly underWay: Map<TableState, Promise<void>>
}

/** Each holds a few dozen ranges, and reads the source a few dozen times. */
const MOST_AT_ONCE = 64

/** As soon as it is the table's turn. */
export function lookAfterDelay(context: SetContext, table: Delayed, look: LookAfterDelay): void {
  if (table.link.afterDelay === null) return
  context.afterDelay.waiting.set(table.state, { table, look })
  startWaiting(context)
}

function startWaiting(context: SetContext): void {
  const { waiting, underWay } = context.afterDelay
  for (const [state, next] of waiting) {
    if (underWay.size >= MOST_AT_ONCE || context.signal.aborted) return
    if (underWay.has(state)) continue
    waiting.delete(state)
    const look = start(context, next)
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

async function start(context: SetContext, { table, look }: Waiting): Promise<void> {
  const stands = () => isAsItWas(context, table)
  const { afterDelay } = table.link
  if (afterDelay !== null && stands()) await look(afterDelay, stands)
}

/**
 * What differed in a visit. Leaves the verdict of the passes as it is, unless more is known in the end.
 * @param before its outcome; where nothing is delayed nothing is left to be done.
 */
export function visitAfterDelay(
  context: SetContext,
  { link, listed, state }: Target,
  check: TableCheck,
  before: TableOutcome,
): void {
  const { delayed } = before
  // A look at the contents counts the rows as well.
  if (!delayed || (check === 'row_count' && context.mode.checks.includes('checksum'))) return
  lookAfterDelay(context, { link, state }, async (waiting, stands) => {
    const visit = await visitTable(context, {
      check,
      table: listed,
      links: [waiting],
      ranges: delayed.rest,
      signature: delayed.rest?.signature ?? null,
      positions: new Map(),
      doubtOf: () => listed.doubt,
      isKnownToDiffer: () => state.standings[check]?.verdict === 'drifted',
      // All its looks are judged at once.
      onSuspects: () => undefined,
      onDrifted: () => undefined,
      located: () => null,
    })
    const outcome = (await visit.outcomes).get(waiting)
    if (outcome === undefined || !stands()) return
    const whole = completed({ ...before, leftOut: delayed }, outcome)
    const isNews = (state.standings[check]?.verifiedAt ?? before.startedAt) <= before.startedAt
    if (whole.leftOut || whole.verdict === 'unknown' || !isNews) return
    state.drifted[check] = { key: visit.keyOf(waiting), ranges: whole.drifted }
    record(context, { state }, check, whole)
  })
}

/** Since then hours may have passed: with another source, or other filters, a difference means something else. */
function isAsItWas(context: SetContext, { link, state }: Delayed): boolean {
  const { server, channel } = state.id
  if (!context.tables.of(server, channel).includes(state)) return false
  const links = linksOf(context).groups.flatMap((group) => group.links)
  return links.some((now) => nameOf(now) === nameOf(link))
}

function nameOf({ source, replica, channel, rules, loop }: Link): string {
  return JSON.stringify([source.config.name, replica.config.name, channel, rules, loop])
}
