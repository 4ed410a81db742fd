import { setTimeout as delay } from 'node:timers/promises'
import type { World } from '../world.ts'

/** The real clock and real chance. */
export const realWorld: World = {
  now: () => new Date(),
  steady: () => new Date(performance.timeOrigin + performance.now()),
  sleep: (ms, signal) => delay(Math.max(0, ms), undefined, signal ? { signal } : {}),
  random: () => Math.random(),
}
