/** What held readings back on one server, now and in sum. */
import { THROTTLE_REASONS, type ThrottleReason } from '../domain.ts'
import type { ThrottleReport } from '../report.ts'

export interface HoldLedger {
  /** What holds the server back at the moment; none = it is free. Noted whenever somebody wants to read. */
  note(reasons: readonly ThrottleReason[], now: Date): void
  /** Since when something or other has held it back; null = it is free. */
  heldSince(now: Date): Date | null
  /** A reading rests for the sake of `max_duty` while `rest` runs. */
  resting(clock: () => Date, rest: () => Promise<void>): Promise<void>
  report(now: Date): ThrottleReport
}

/** Nobody has wanted to read for so long: what held the last one back may be over. */
const FORGET_MS = 30_000

export function holdLedger(): HoldLedger {
  const seconds = Object.fromEntries(THROTTLE_REASONS.map((reason) => [reason, 0])) as Record<
    ThrottleReason,
    number
  >
  let held: readonly ThrottleReason[] = []
  let notedAt: Date | null = null
  let since: Date | null = null
  let resters = 0
  let restingSince: Date | null = null

  /** What is still true of the last note. */
  function current(now: Date): readonly ThrottleReason[] {
    return notedAt !== null && millis(notedAt, now) <= FORGET_MS ? held : []
  }

  return {
    note(reasons, now) {
      const before = current(now)
      for (const reason of before) seconds[reason] += notedAt ? millis(notedAt, now) / 1000 : 0
      if (before.length === 0) since = now
      if (reasons.length === 0) since = null
      held = reasons
      notedAt = now
    },
    heldSince: (now) => (current(now).length === 0 ? null : since),
    async resting(clock, rest) {
      resters += 1
      restingSince ??= clock()
      try {
        await rest()
      } finally {
        resters -= 1
        if (resters === 0 && restingSince !== null) {
          seconds.duty += millis(restingSince, clock()) / 1000
          restingSince = null
        }
      }
    },
    report(now) {
      const since = (reason: ThrottleReason): Date | null => {
        if (reason === 'duty') return restingSince
        return current(now).includes(reason) ? notedAt : null
      }
      return Object.fromEntries(
        THROTTLE_REASONS.map((reason) => {
          const from = since(reason)
          const open = from === null ? 0 : millis(from, now) / 1000
          return [reason, { held: from !== null, seconds: seconds[reason] + open }]
        }),
      ) as ThrottleReport
    },
  }
}

function millis(from: Date, to: Date): number {
  return Math.max(0, to.getTime() - from.getTime())
}
