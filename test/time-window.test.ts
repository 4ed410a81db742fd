import { describe, expect, test } from 'vitest'
import { isAnyOpen, parseTimeWindow } from '../src/time-window.ts'

function openAt(text: string, moment: string): boolean {
  const window = parseTimeWindow(text)
  if (window === undefined) throw new Error(`no window: ${text}`)
  return isAnyOpen([window], new Date(moment))
}

describe('a time window', () => {
  test('begins with its first minute and is over with its last', () => {
    const minutes = ['08:59:59', '09:00:00', '16:59:59', '17:00:00']
    const seen = minutes.map((time) => openAt('09:00-17:00', `2026-11-20T${time}Z`))
    expect(seen).toEqual([false, true, true, false])
  })

  test('goes across midnight', () => {
    const hours = ['21:59', '22:00', '23:59', '00:00', '05:59', '06:00', '12:00']
    const seen = hours.map((time) => openAt('22:00-06:00', `2026-11-20T${time}:00Z`))
    expect(seen).toEqual([false, true, true, true, true, false, false])
  })

  test('may go to the end of the day, or be all of it', () => {
    expect(openAt('20:00-24:00', '2026-11-20T23:59:59Z')).toBe(true)
    expect(openAt('20:00-24:00', '2026-11-21T00:00:00Z')).toBe(false)
    expect(openAt('00:00-24:00', '2026-11-20T00:00:00Z')).toBe(true)
  })

  test.for([
    ['in winter', '2026-01-15T20:59:00Z', false],
    ['in winter', '2026-01-15T21:00:00Z', true],
    ['in summer', '2026-07-15T19:59:00Z', false],
    ['in summer', '2026-07-15T20:00:00Z', true],
    ['in summer', '2026-07-16T04:00:00Z', false],
  ] as const)('follows the clocks of its zone %s: at %s it is %s', ([, moment, expected]) => {
    expect(openAt('22:00-06:00 Europe/Madrid', moment)).toBe(expected)
  })

  test('has an hour less in the night when the clocks go forward, and one more when they go back', () => {
    const minutesOpen = (from: string) => {
      const start = Date.parse(from)
      const moments = Array.from({ length: 24 * 60 }, (_, minute) => start + minute * 60_000)
      return moments.filter((at) => openAt('22:00-06:00 Europe/Madrid', new Date(at).toISOString()))
        .length
    }
    expect(minutesOpen('2026-03-28T12:00:00Z')).toBe(7 * 60)
    expect(minutesOpen('2026-10-24T12:00:00Z')).toBe(9 * 60)
  })

  test('of a zone on the half hour is open by its minutes', () => {
    expect(openAt('09:30-10:00 Asia/Kolkata', '2026-11-20T04:00:00Z')).toBe(true)
    expect(openAt('09:30-10:00 Asia/Kolkata', '2026-11-20T04:30:00Z')).toBe(false)
  })

  test('is one of several, or always there when none is configured', () => {
    const windows = ['01:00-02:00', '12:00-13:00'].flatMap((text) => parseTimeWindow(text) ?? [])
    expect(windows).toHaveLength(2)
    expect(isAnyOpen(windows, new Date('2026-11-20T12:30:00Z'))).toBe(true)
    expect(isAnyOpen(windows, new Date('2026-11-20T11:30:00Z'))).toBe(false)
    expect(isAnyOpen([], new Date('2026-11-20T11:30:00Z'))).toBe(true)
  })
})
