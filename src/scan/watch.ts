/** Looks at a set all the time: every check at its interval, what was found again four times a minute. */
import type { Check, Scope } from '../checks/check.ts'
import { CHECKS } from '../checks/index.ts'
import type { SetContext } from './context.ts'
import { isAnyOwed, isOwedNow } from './resume.ts'
import { runCheck } from './run-check.ts'

/**
 * So that a repair resolves its alert within two minutes: a scrape, an evaluation (15 s each) and the rules'
 * `keep_firing_for` (60 s) come on top of this and of the look itself.
 */
const FINDINGS_INTERVAL_MS = 15_000

/** What a pass could not come to is tried again so often. */
const OWED_INTERVAL_MS = 60_000

/** Resolves when the context's signal comes. */
export async function watchSet(context: SetContext): Promise<void> {
  const checks = CHECKS.filter(({ name }) => context.mode.checks.includes(name))
  // Nothing is read from tables before we know who is who and that the account cannot write.
  for (const check of checks.filter(({ name }) => name === 'threads' || name === 'grants')) {
    await guarded(context, () => runCheck(context, check))
  }
  await Promise.all(checks.flatMap((check) => loopsOf(context, check)))
}

/** Each goes on until the context's signal comes. */
export function loopsOf(context: SetContext, check: Check): Promise<void>[] {
  const interval = context.config.intervals[check.name]
  if (interval === undefined) return []
  const findingsInterval = Math.min(interval, FINDINGS_INTERVAL_MS)
  if ('lookAtServer' in check) {
    // A server that hangs delays its own next look and nobody else's.
    return [...context.facts.values()].map((facts) =>
      repeat(
        context,
        () => (check.isOpen?.(context, facts) ? findingsInterval : interval),
        () => check.lookAtServer(context, facts),
      ),
    )
  }
  const { checksum, tables } = context.config
  let last: Promise<void> = Promise.resolve()
  const look = (scope: Scope): Promise<void> => {
    const run = () => runCheck(context, check, scope)
    if (!check.inTurn) return run()
    const mine = last.then(run)
    // Its caller is told of what went wrong.
    last = mine.catch(() => undefined)
    return mine
  }
  return [
    check.name === 'checksum'
      ? passes(context, check, interval)
      : repeat(context, interval, () => look('all')),
    repeat(context, findingsInterval, () =>
      look(check.name !== 'checksum' && couldNotLookAndMayNow(context, check) ? 'all' : 'findings'),
    ),
    ...(check.name === 'checksum' && tables.priority.length > 0
      ? [repeat(context, checksum.priorityIntervalMs, () => runCheck(context, check, 'priority'))]
      : []),
  ]
}

/** Since it could not look somewhere, a server has come back, or the account has other rights there. */
function couldNotLookAndMayNow({ facts, runs, tables }: SetContext, { name }: Check): boolean {
  const changes = [...facts.values()].flatMap(({ changedAt }) => changedAt ?? [])
  // One table that may not be read does not fail the check.
  const isAnyHidden = (server: string) =>
    name === 'row_count' &&
    tables
      .all()
      .some(
        ({ id, standings }) =>
          id.server === server && standings.row_count?.reason === 'no_privilege',
      )
  return [...facts.keys()].some((server) => {
    const { success, lastRun } = runs.status(name, server)
    if (lastRun === null || !changes.some((changedAt) => changedAt > lastRun)) return false
    return !success || isAnyHidden(server)
  })
}

/**
 * Pass after pass. The one of before a restart is brought to its end, and is an interval long from when it began.
 * What a pass could not come to, because an end was away, it comes back to as soon as it can.
 */
async function passes(context: SetContext, check: Check, intervalMs: number): Promise<void> {
  const { signal, world } = context
  // A clock that was set back must not hold up the next one.
  const began = Math.min(context.passStartedAt?.getTime() ?? 0, world.now().getTime())
  const isResumed = context.passStartedAt !== null
  let dueAt = isResumed ? world.steady().getTime() + began + intervalMs - world.now().getTime() : 0
  const restMs = () => dueAt - world.steady().getTime()
  let triedAt = world.steady().getTime()
  const isTryDue = () =>
    isOwedNow(context) ||
    (world.steady().getTime() - triedAt >= OWED_INTERVAL_MS && isAnyOwed(context))
  if (isResumed) await guarded(context, () => runCheck(context, check, 'rest'))
  while (!signal.aborted) {
    if (restMs() <= 0) {
      await guarded(context, () => runCheck(context, check))
      dueAt = world.steady().getTime() + intervalMs
      triedAt = world.steady().getTime()
    } else if (isTryDue()) {
      await guarded(context, () => runCheck(context, check, 'rest'))
      triedAt = world.steady().getTime()
    }
    const pauseMs = Math.max(0, Math.min(FINDINGS_INTERVAL_MS, restMs()))
    // Woken by the end, which the loop sees for itself.
    await world.sleep(pauseMs, signal).catch(() => undefined)
  }
}

/** @param interval in ms; one that changes is asked again while it rests: what turned up may have made it shorter. */
async function repeat(
  context: SetContext,
  interval: number | (() => number),
  look: () => Promise<void>,
): Promise<void> {
  const { signal, world } = context
  const [intervalMs, stepMs] =
    typeof interval === 'number' ? [() => interval, interval] : [interval, FINDINGS_INTERVAL_MS]
  while (!signal.aborted) {
    await guarded(context, look)
    const began = world.steady().getTime()
    const restMs = () => began + intervalMs() - world.steady().getTime()
    do {
      // Woken by the end, which the loops see for themselves.
      await world.sleep(Math.max(0, Math.min(stepMs, restMs())), signal).catch(() => undefined)
    } while (restMs() > 0 && !signal.aborted)
  }
}

/** Our own bug in one look is loud and counted, and does not end the watch over everything else. */
async function guarded(context: SetContext, look: () => Promise<void>): Promise<void> {
  try {
    await look()
  } catch (error) {
    if (context.signal.aborted) return
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    context.log.error('internal_error', { set: context.config.name, stack })
  }
}
