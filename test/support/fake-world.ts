/** Virtual time: a sleep takes none, and whoever sleeps shortest goes on first. */
import { nextTick } from 'node:process'
import { randomNumbers } from '../../src/lab/random.ts'
import type { World } from '../../src/world.ts'

export interface FakeWorld extends World {
  /** Milliseconds since the test began. */
  elapsed(): number
  /** The machine's clock is set forward, or back. */
  jump(ms: number): void
}

interface Timer {
  readonly at: number
  readonly resolve: () => void
  readonly reject: (error: Error) => void
}

const BEGINNING = Date.UTC(2026, 10, 20, 12)
/** Whatever still sleeps then is a hang. */
const END_MS = 7 * 24 * 3_600_000

/** @param seed of all that is left to chance: print it where a test fails. */
export function fakeWorld(seed = 1): FakeWorld {
  const timers: Timer[] = []
  const random = randomOf(seed)
  let elapsed = 0
  let skew = 0
  let isTurning = false
  let turns = 0

  // A tick that a microtask asks for comes when no promise is left to be followed up: everybody waits
  // for the clock. Now and then an immediate, so that the test runner is heard as well.
  function later() {
    isTurning = true
    turns += 1
    if (turns % 1_000 === 0) setImmediate(turn)
    else queueMicrotask(() => nextTick(turn))
  }

  function turn() {
    const next = timers.shift()
    isTurning = next !== undefined
    if (next === undefined) return
    elapsed = Math.max(elapsed, next.at)
    if (elapsed > END_MS) next.reject(new Error(`still asleep after ${END_MS} ms of virtual time`))
    else next.resolve()
    later()
  }

  function add(timer: Timer) {
    const place = timers.findLastIndex(({ at }) => at <= timer.at)
    timers.splice(place + 1, 0, timer)
    if (!isTurning) later()
  }

  return {
    now: () => new Date(BEGINNING + elapsed + skew),
    steady: () => new Date(BEGINNING + elapsed),
    jump(ms) {
      skew += ms
    },
    elapsed: () => elapsed,
    random,
    sleep(ms, signal) {
      if (signal?.aborted) return Promise.reject(signal.reason)
      return new Promise((resolve, reject) => {
        const timer = { at: elapsed + Math.max(0, ms), resolve: done, reject }
        function done() {
          signal?.removeEventListener('abort', onAbort)
          resolve()
        }
        function onAbort() {
          timers.splice(timers.indexOf(timer), 1)
          reject(signal?.reason)
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        add(timer)
      })
    },
  }
}

/** 0 <= x < 1, the same for the same seed. Seeds in a row, 1, 2, 3, are spread first. */
export function randomOf(seed: number): () => number {
  return randomNumbers(Math.imul(seed, 0x9e3779b1))
}
