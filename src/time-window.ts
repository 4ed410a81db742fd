/** A part of each day in a time zone: `22:00-06:00 Europe/Madrid`. Pure. */

export interface TimeWindow {
  /** As written. */
  readonly text: string
  /** Minutes since midnight, the first inside and the first after; `from` > `to` goes across midnight. */
  readonly from: number
  readonly to: number
  /** An IANA name, such as Europe/Madrid. */
  readonly zone: string
}

/** For messages: what `parseTimeWindow` takes. */
export const TIME_WINDOW_FORM = '"HH:MM-HH:MM ZONE" (zone such as Europe/Madrid, none = UTC)'

const FORM = /^(\d\d):(\d\d)-(\d\d):(\d\d)(?: (\S+))?$/
const DAY = 24 * 60

/** Undefined if `text` is none. 24:00 is the end of the day; a window that has no length is a mistake. */
export function parseTimeWindow(text: string): TimeWindow | undefined {
  const parts = FORM.exec(text)
  if (parts === null) return
  const [fromHour = 0, fromMinute = 0, toHour = 0, toMinute = 0] = parts.slice(1, 5).map(Number)
  const zone = parts[5] ?? 'UTC'
  const [from, to] = [fromHour * 60 + fromMinute, toHour * 60 + toMinute]
  if (fromMinute > 59 || toMinute > 59 || from >= DAY || to > DAY || from === to) return
  return isZone(zone) ? { text, from, to, zone } : undefined
}

/** Whether any of them is open. None configured: always. */
export function isAnyOpen(windows: readonly TimeWindow[], now: Date): boolean {
  return windows.length === 0 || windows.some((window) => isOpen(window, now))
}

/** By the wall clock of the zone: on a day of 23 or 25 hours the window is shorter or longer, as people expect. */
function isOpen({ from, to, zone }: TimeWindow, now: Date): boolean {
  const minute = minuteOfDay(zone, now)
  return from < to ? minute >= from && minute < to : minute >= from || minute < to
}

/** Making one is slow, asking it is not. */
const clocks = new Map<string, Intl.DateTimeFormat>()

function minuteOfDay(zone: string, now: Date): number {
  const clock = clocks.get(zone) ?? clockOf(zone)
  clocks.set(zone, clock)
  const parts = clock.formatToParts(now)
  const at = (type: 'hour' | 'minute') => Number(parts.find((part) => part.type === type)?.value)
  return at('hour') * 60 + at('minute')
}

function clockOf(timeZone: string): Intl.DateTimeFormat {
  return new Intl.DateTimeFormat('en', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  })
}

function isZone(name: string): boolean {
  try {
    clockOf(name)
    return true
  } catch {
    return false
  }
}
