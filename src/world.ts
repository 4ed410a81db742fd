/** Clock and chance, handed in so that tests decide what time it is. */
export interface World {
  /** What the machine's clock says: it may jump. For people, and for what outlives this process. */
  now(): Date
  /** A clock that never jumps, for spans of time alone. */
  steady(): Date
  /** Resolves after `ms`, rejects with the signal's reason when it is aborted first. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** 0 <= x < 1. */
  random(): number
}
