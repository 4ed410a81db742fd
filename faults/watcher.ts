/** Looks at one Prometheus and its Alertmanager, again and again, for all who wait for something there. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Alertmanager, Prometheus } from '../src/monitoring/api.ts'
import { errorsOf, type Look, Rounds, seenAlerts } from './look.ts'

export interface Watcher extends AsyncDisposable {
  /** Tells of every look from now on. @returns to be called when it is enough. */
  tell(listener: (look: Look) => void): () => void
  /** The next one. @throws why there are no more. */
  next(): Promise<Look>
}

export interface Watched {
  readonly prometheus: Prometheus
  readonly alertmanager: Alertmanager
}

/** Prometheus may be slow for a moment; it is gone when it does not answer so often in a row. */
const MOST_FAILURES = 10

export function watch({ prometheus, alertmanager }: Watched, everyMs: number): Watcher {
  const listeners = new Set<(look: Look) => void>()
  const ending = new AbortController()
  const rounds = new Rounds()
  let coming = Promise.withResolvers<Look>()

  async function look(): Promise<Look> {
    const at = Date.now()
    // In this order, or else one that comes in between would be seen at the receiver first.
    const told = await alertmanager.known()
    const rules = await prometheus.rules()
    return {
      at,
      round: rounds.count(rules),
      alerts: seenAlerts(rules, told),
      errors: errorsOf(rules),
    }
  }

  async function run(): Promise<void> {
    let failures = 0
    while (!ending.signal.aborted) {
      try {
        const seen = await look()
        failures = 0
        for (const listener of listeners) listener(seen)
        const waiting = coming
        coming = Promise.withResolvers()
        waiting.resolve(seen)
      } catch (error) {
        failures += 1
        if (failures >= MOST_FAILURES) throw error
      }
      await delay(everyMs, undefined, { signal: ending.signal }).catch(() => undefined)
    }
    throw new Error('the watch is over')
  }

  const running = run().catch((error: unknown) => {
    // Whoever waits is told; perhaps nobody does.
    coming.promise.catch(() => undefined)
    coming.reject(error)
  })
  return {
    tell(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    next: () => coming.promise,
    async [Symbol.asyncDispose]() {
      ending.abort()
      await running
    },
  }
}
