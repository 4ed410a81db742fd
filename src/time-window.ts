/** A part of each day in a time zone: `22:00-06:00 Europe/Madrid`. Pure. */
import { aheadOfUtcMs, isZone } from './wall-clock.ts'

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

function minuteOfDay(zone: string, now: Date): number {
  const shown = new Date(now.getTime() + aheadOfUtcMs(zone, now.getTime()))
  return shown.getUTCHours() * 60 + shown.getUTCMinutes()
}
