/** Waiting for what must come, and saying which it was when it does not. */
import { setTimeout as delay } from 'node:timers/promises'

/** Something of the story did not come. */
export class NotSeen extends Error {
  override readonly name = 'NotSeen'
}

const POLL_MS = 150
const PATIENCE_S = 60

export interface Stopwatch {
  /** Seconds since it was started. */
  seconds(): number
}

export function stopwatch(): Stopwatch {
  const start = performance.now()
  return { seconds: () => (performance.now() - start) / 1000 }
}

/**
 * Waits until `look` finds something. One that throws has not found it yet: whom it asks may be starting.
 *
 * @param what completes "not seen within 60 s: ...".
 * @throws {NotSeen} @throws what `signal` was aborted with.
 */
export async function eventuallySeen<T>(
  what: () => string,
  look: () => Promise<T | null>,
  signal: AbortSignal,
): Promise<T> {
  const waited = stopwatch()
  let problem = ''
  for (;;) {
    signal.throwIfAborted()
    try {
      const seen = await look()
      if (seen !== null) return seen
      problem = ''
    } catch (error) {
      problem = ` (${(error as Error).message})`
    }
    if (waited.seconds() > PATIENCE_S) {
      throw new NotSeen(`not seen within ${PATIENCE_S} s: ${what()}${problem}`)
    }
    await delay(POLL_MS, undefined, { signal }).catch(() => {})
  }
}

/** As one says it: tenths of a second, held together. */
export function secondsText(seconds: number): string {
  return `${seconds.toFixed(1)}\u00a0s`
}
