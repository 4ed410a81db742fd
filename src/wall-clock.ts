/** Time as a clock on the wall shows it, in a zone that people name. Pure. */

/** 2026-11-20T12:00:00.250000, also with a space in the middle, and a fraction or none. */
const FORM = /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(\.\d+)?$/

/**
 * The moment at which a clock in that zone shows that time; undefined for what is no time.
 *
 * In the hour that comes twice when summer time ends it is the first.
 * @param zone an IANA name, such as Europe/Madrid.
 */
export function momentOf(wallTime: string, zone: string): Date | undefined {
  const [, year, month, day, hour, minute, second, fraction] = FORM.exec(wallTime) ?? []
  const inUtc = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(inUtc)) return undefined
  const wanted = inUtc + Math.floor(Number(fraction ?? 0) * 1000)
  // The zone's difference to UTC is that of a moment, which is what we look for: a day around it has them all.
  const differences = [-DAY_MS, 0, DAY_MS].map((ms) => aheadOfUtcMs(zone, wanted + ms))
  const moments = differences.map((ms) => wanted - ms)
  const shown = moments.filter((moment) => moment + aheadOfUtcMs(zone, moment) === wanted)
  return new Date(Math.min(...(shown.length > 0 ? shown : moments)))
}

const DAY_MS = 86_400_000

/** Whether a zone has this name. */
export function isZone(name: string): boolean {
  try {
    clockOf(name)
    return true
  } catch {
    return false
  }
}

/** Making one is slow, asking it is not. */
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timeZone: string): Intl.DateTimeFormat {
  const known = clocks.get(timeZone)
  if (known !== undefined) return known
  const clock = new Intl.DateTimeFormat('en', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  })
  clocks.set(timeZone, clock)
  return clock
}

/** What a clock there shows at that moment, less what one in UTC shows. */
export function aheadOfUtcMs(zone: string, moment: number): number {
  const whole = Math.floor(moment / 1000) * 1000
  const parts = clockOf(zone).formatToParts(whole)
  const at = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find((part) => part.type === type)?.value)
  const shown = Date.UTC(
    at('year'),
    at('month') - 1,
    at('day'),
    at('hour'),
    at('minute'),
    at('second'),
  )
  return shown - whole
}
