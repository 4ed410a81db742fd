/** Why nothing may be read from the tables of a server now (design section 4, "Do no harm"). Pure. */
import type { ThrottleConfig } from '../config/config.ts'
import type { ThrottleReason } from '../domain.ts'
import type { LoadReading } from '../mysql/load.ts'
import { isAnyOpen } from '../time-window.ts'

export interface Circumstances {
  /** The last reading that worked; null = none ever did, so that nothing can be said of the load. */
  readonly load: { readonly reading: LoadReading; readonly ageMs: number } | null
  /** How far it is behind, beyond its configured delay; null = not known, or no replica. */
  readonly lagSeconds: number | null
  /** A pause on request ends then. */
  readonly pausedUntil: Date | null
}

/** A reading of the load that is older says nothing of now. */
export const STALE_LOAD_MS = 15_000

export function heldBy(
  { load, lagSeconds, pausedUntil }: Circumstances,
  limits: Omit<ThrottleConfig, 'queryTimeoutMs' | 'maxQueries' | 'maxDuty'>,
  now: Date,
): ThrottleReason[] {
  const { threadsRunning, historyList, waitingLocks } = load?.reading ?? UNREAD
  const isStale = load !== null && load.ageMs > STALE_LOAD_MS
  const holds = {
    paused: pausedUntil !== null && now < pausedUntil,
    window: !isAnyOpen(limits.windows, now),
    lag: (lagSeconds ?? 0) * 1000 > limits.maxLagMs,
    no_load_reading: isStale,
    threads_running: !isStale && (threadsRunning ?? 0) > limits.maxThreadsRunning,
    history_list: !isStale && (historyList ?? 0) > limits.maxHistoryList,
    metadata_lock: !isStale && (waitingLocks ?? 0) > 0,
  } as const satisfies Partial<Record<ThrottleReason, boolean>>
  return (Object.keys(holds) as (keyof typeof holds)[]).filter((reason) => holds[reason])
}

const UNREAD: LoadReading = { threadsRunning: null, historyList: null, waitingLocks: null }
