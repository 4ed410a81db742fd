/** Keeps the share of time in which tables are read on a server below `max_duty`. */

export interface DutyCycle {
  /** How long the next reading of a walk has to wait. */
  restMs(now: Date): number
  /** After a reading: a walk pays for its time at once, re-checks are debts that the walk pays later. */
  charge(kind: 'walk' | 'recheck', tookMs: number, now: Date): void
}

/** Many re-checks after a burst of writes must not end the walk. */
const MOST_DEBT_MS = 10_000

/** @param share of the time, 1 = no rest at all. */
export function dutyCycle(share: number): DutyCycle {
  const perMs = 1 / share - 1
  let restUntil = 0
  let debtMs = 0
  return {
    restMs: (now) => Math.max(0, restUntil - now.getTime()),
    charge(kind, tookMs, now) {
      const owed = tookMs * perMs
      if (kind === 'recheck') {
        debtMs = Math.min(MOST_DEBT_MS, debtMs + owed)
        return
      }
      restUntil = Math.max(restUntil, now.getTime()) + owed + debtMs
      debtMs = 0
    },
  }
}
