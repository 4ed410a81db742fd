import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { aheadOfUtcMs, isZone, momentOf } from '../src/wall-clock.ts'

describe('the moment that a clock on the wall shows', () => {
  it.for<[string, wall: string, zone: string, moment: string]>([
    ['in UTC', '2026-11-20T12:00:00', 'UTC', '2026-11-20T12:00:00.000Z'],
    ['with a fraction', '2026-11-20T12:00:00.020363', 'UTC', '2026-11-20T12:00:00.020Z'],
    ['as a DATETIME prints', '2026-11-20 12:00:00.5', 'UTC', '2026-11-20T12:00:00.500Z'],
    ['east of it', '2026-11-20T12:00:00', 'Asia/Kolkata', '2026-11-20T06:30:00.000Z'],
    ['west of it', '2026-11-20T23:30:00', 'America/New_York', '2026-11-21T04:30:00.000Z'],
    ['in winter', '2026-01-15T12:00:00', 'Europe/Madrid', '2026-01-15T11:00:00.000Z'],
    ['in summer', '2026-07-15T12:00:00', 'Europe/Madrid', '2026-07-15T10:00:00.000Z'],
    ['twice: the first time', '2026-10-25T02:30:00', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
    ['just after that hour', '2026-10-25T03:00:00', 'Europe/Madrid', '2026-10-25T02:00:00.000Z'],
    [
      'across the date line',
      '2026-11-20T00:15:00',
      'Pacific/Kiritimati',
      '2026-11-19T10:15:00.000Z',
    ],
  ])('%s', ([, wall, zone, moment]) => {
    expect(momentOf(wall, zone)?.toISOString()).toBe(moment)
  })

  it.for(['', 'now', '2026-11-20', '2026-13-20T12:00:00', '0000-00-00 00:00:00', '1764095000'])(
    'is none for %j',
    (text) => {
      expect(momentOf(text, 'UTC')).toBeUndefined()
    },
  )

  test('is found again from what the clock shows then', () => {
    const zones = fc.constantFrom('UTC', 'Europe/Madrid', 'America/St_Johns', 'Australia/Lord_Howe')
    const moments = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2040, 0) })
    fc.assert(
      fc.property(zones, moments, (zone, moment) => {
        const shown = new Date(moment + aheadOfUtcMs(zone, moment)).toISOString().replace('Z', '')
        const found = momentOf(shown, zone)?.getTime() ?? 0
        const isSame = found === moment
        const showsTheSame =
          found + aheadOfUtcMs(zone, found) === moment + aheadOfUtcMs(zone, moment)
        expect(isSame || (found < moment && showsTheSame)).toBe(true)
      }),
    )
  })
})

test.for([
  ['Europe/Madrid', true],
  ['UTC', true],
  ['Europe/Atlantis', false],
  ['', false],
] as const)('%j is a zone: %s', ([name, expected]) => {
  expect(isZone(name)).toBe(expected)
})
