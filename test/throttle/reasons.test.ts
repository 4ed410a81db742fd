import { describe, expect, test } from 'vitest'
import { DEFAULTS } from '../../src/config/defaults.ts'
import type { ThrottleReason } from '../../src/domain.ts'
import { type Circumstances, heldBy, STALE_LOAD_MS } from '../../src/throttle/reasons.ts'
import { parseTimeWindow } from '../../src/time-window.ts'

const NOW = new Date('2026-11-20T12:00:00Z')

const CALM = { threadsRunning: 2, historyList: 10, waitingLocks: 0 } as const
const FREE: Circumstances = {
  load: { reading: CALM, ageMs: 1_000 },
  lagSeconds: 0,
  pausedUntil: null,
}
const LIMITS = DEFAULTS.throttle

const loaded = (reading: Partial<typeof CALM | Record<keyof typeof CALM, number | null>>) => ({
  ...FREE,
  load: { reading: { ...CALM, ...reading }, ageMs: 1_000 },
})

describe('a server', () => {
  test('that is calm is not held back', () => {
    expect(heldBy(FREE, LIMITS, NOW)).toEqual([])
  })

  test.for<[what: string, circumstances: Circumstances, reasons: ThrottleReason[]]>([
    ['runs as many statements as it may', loaded({ threadsRunning: 25 }), []],
    ['runs one statement too many', loaded({ threadsRunning: 26 }), ['threads_running']],
    ['has as long a history list as it may', loaded({ historyList: 100_000 }), []],
    ['purges too slowly', loaded({ historyList: 100_001 }), ['history_list']],
    ['has a DDL waiting', loaded({ waitingLocks: 1 }), ['metadata_lock']],
    ['is as far behind as it may be', { ...FREE, lagSeconds: 30 }, []],
    ['is further behind', { ...FREE, lagSeconds: 31 }, ['lag']],
    ['is behind nobody knows how far', { ...FREE, lagSeconds: null }, []],
    ['is paused', { ...FREE, pausedUntil: new Date(NOW.getTime() + 1) }, ['paused']],
    ['was paused until now', { ...FREE, pausedUntil: NOW }, []],
  ])('that %s', ([, circumstances, reasons]) => {
    expect(heldBy(circumstances, LIMITS, NOW)).toEqual(reasons)
  })

  test('is held back outside its hours', () => {
    const windows = ['13:00-14:00', '22:00-06:00'].flatMap((text) => parseTimeWindow(text) ?? [])
    expect(heldBy(FREE, { ...LIMITS, windows }, NOW)).toEqual(['window'])
    expect(heldBy(FREE, { ...LIMITS, windows }, new Date('2026-11-20T13:00:00Z'))).toEqual([])
  })

  test('whose load can be told no longer is held back, whatever it was', () => {
    const stale = { reading: { ...CALM, threadsRunning: 99 }, ageMs: STALE_LOAD_MS + 1 }
    expect(heldBy({ ...FREE, load: stale }, LIMITS, NOW)).toEqual(['no_load_reading'])
    const fresh = { reading: CALM, ageMs: STALE_LOAD_MS }
    expect(heldBy({ ...FREE, load: fresh }, LIMITS, NOW)).toEqual([])
  })

  test('whose load could never be read is not held back for that', () => {
    expect(heldBy({ ...FREE, load: null }, LIMITS, NOW)).toEqual([])
    const refused = { threadsRunning: null, historyList: null, waitingLocks: null }
    expect(heldBy(loaded(refused), LIMITS, NOW)).toEqual([])
  })

  test('may have several reasons at a time', () => {
    const busy = { ...loaded({ threadsRunning: 50, waitingLocks: 2 }), lagSeconds: 90 }
    expect(heldBy(busy, LIMITS, NOW)).toEqual(['lag', 'threads_running', 'metadata_lock'])
  })
})
