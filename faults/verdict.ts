/** What the outcomes add up to. Pure. */
import type { AlertOutcome, Outcome } from './outcome.ts'

export interface Score {
  /** Alerts that were expected and fired; a silent fault that stayed silent counts for nothing here. */
  readonly found: number
  readonly missed: number
  readonly unexpected: number
  /** found / (found + unexpected), 1 when nothing fired. */
  readonly precision: number
  /** found / (found + missed), 1 when nothing was expected. */
  readonly recall: number
}

/** Of an alert after its repair, at real durations. */
const RESOLVE_LIMIT_S = 120

/**
 * What nothing divides: the servers' own work, a look at it, a second each for a scrape and an evaluation. On a
 * machine with ten times as much to do as it can, at speed 30, the slowest of 85 alerts took 22 s in all.
 */
const ROOM_AT_SPEED_S = 60

/** Seconds from the repair. */
export function resolveLimitAt(speed: number): number {
  return speed === 1 ? RESOLVE_LIMIT_S : Math.ceil(RESOLVE_LIMIT_S / speed) + ROOM_AT_SPEED_S
}

export function isGood({ problems, alerts, speed }: Outcome): boolean {
  return problems.length === 0 && alerts.every((alert) => isRight(alert) && !isLate(alert, speed))
}

/** Expected and fired, and gone after the repair; or true as well. */
export function isRight({ as, told, resolved }: AlertOutcome): boolean {
  return as === 'later' || (as === 'expected' && told !== null && resolved !== null)
}

/** What was not awaited lasts until a replica has caught up, or until all was looked at again. */
export function isLate({ as, resolved }: AlertOutcome, speed: number): boolean {
  return as === 'expected' && resolved !== null && resolved > resolveLimitAt(speed)
}

/** Seconds of the last one; null when there is none. */
export function longest(
  alerts: readonly AlertOutcome[],
  what: 'fired' | 'told' | 'resolved',
): number | null {
  const times = alerts.flatMap((alert) => alert[what] ?? [])
  return times.length === 0 ? null : Math.max(...times)
}

export function scoreOf(outcomes: readonly Outcome[]): Score {
  const alerts = outcomes.flatMap((outcome) => outcome.alerts)
  const expected = alerts.filter(({ as }) => as === 'expected')
  const found = expected.filter(({ told }) => told !== null).length
  const missed = expected.length - found
  const unexpected = alerts.filter(({ as }) => as === 'unexpected').length
  return {
    found,
    missed,
    unexpected,
    precision: ratio(found, found + unexpected),
    recall: ratio(found, found + missed),
  }
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 1 : part / whole
}
