/** Prometheus's grammar: whole numbers with units, from large to small, each at most once. `0` needs no unit. */
const GRAMMAR = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const UNITS = [365 * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND, 1]

/** Node's timers fire at once beyond 2^31 ms (24.8 days), so nothing longer may be configured. */
export const LONGEST_MS = 24 * DAY

/** Milliseconds, or undefined if `text` is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const parts = text === '' ? null : GRAMMAR.exec(text)
  return parts?.slice(1).reduce((sum, part, i) => sum + Number(part ?? 0) * (UNITS[i] ?? 0), 0)
}

/** Days only where they are whole and more than one: `24h` is what people compare with `15m`, `7d` with nothing. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s'
  if (ms > DAY && ms % DAY === 0) return `${ms / DAY}d`
  const part = (amount: number, unit: string) => (amount > 0 ? `${amount}${unit}` : '')
  return [
    part(Math.floor(ms / HOUR), 'h'),
    part(Math.floor((ms % HOUR) / MINUTE), 'm'),
    part(Math.floor((ms % MINUTE) / SECOND), 's'),
    part(ms % SECOND, 'ms'),
  ].join('')
}
