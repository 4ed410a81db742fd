/** How names, times and counts are written for people, and how what servers say is made harmless. */

/** Controls, line and paragraph separators, and the invisible characters that turn text around. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu
const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** One line that a terminal prints as it is: what is invisible or a command to it shows as an escape. */
export function visible(text: string): string {
  return text.replaceAll('\\', '\\\\').replace(INVISIBLE, (character) => {
    const code = character.codePointAt(0) ?? 0
    const hex = code.toString(16)
    if (code < 0x100) return SHORT[character] ?? `\\x${hex.padStart(2, '0')}`
    return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
  })
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/** Safe as an element's text and in a quoted attribute; invisible characters are shown. */
export function html(text: string): string {
  return visible(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
}

/** `1 table`, `2 tables`. */
export function plural(count: number | bigint, noun: string): string {
  return `${count} ${noun}${Number(count) === 1 ? '' : 's'}`
}

/** `a, b, c and 4 more`. */
export function listed(names: readonly string[], limit: number): string {
  const shown = names.slice(0, limit).join(', ')
  return names.length > limit ? `${shown} and ${names.length - limit} more` : shown
}

/** `2026-11-20T12:00:00Z` */
export function isoSeconds(moment: Date): string {
  return moment.toISOString().replace(/\.\d{3}Z$/, 'Z')
}

const UNITS = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'm'],
] as const

/** `45s`, `3m`, `5h`, `12d`: rounded down to one unit. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  for (const [length, unit] of UNITS) {
    if (whole >= 2 * length) return `${Math.floor(whole / length)}${unit}`
  }
  return `${whole}s`
}

export function ageOf(moment: Date, now: Date): string {
  return duration((now.getTime() - moment.getTime()) / 1000)
}
