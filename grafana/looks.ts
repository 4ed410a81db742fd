/** Colours, words for numbers, and the limits at which a panel changes its colour. */
import type { Mapping, Step } from './model.ts'

export const GREEN = 'green'
export const YELLOW = 'yellow'
export const ORANGE = 'orange'
export const RED = 'red'
/** Neither good nor bad. */
export const PLAIN = 'text'

/** Texts for 0, 1, 2... */
export function words(texts: readonly (readonly [string, string])[]): Mapping {
  return {
    type: 'value',
    options: Object.fromEntries(
      texts.map(([text, color], index) => [String(index), { text, color, index }]),
    ),
  }
}

/** Green below the first limit. */
export function from(...limits: readonly (readonly [number, string])[]): Step[] {
  return [{ color: GREEN, value: null }, ...limits.map(([value, color]) => ({ color, value }))]
}

/** A number that says nothing of good or bad. */
export const NEUTRAL: readonly Step[] = [{ color: PLAIN, value: null }]

/** Any at all is one too many. */
export const NONE_EXPECTED = from([1, RED])

export const RED_UNTIL_ONE: readonly Step[] = [
  { color: RED, value: null },
  { color: GREEN, value: 1 },
]

export const YES_NO = words([
  ['no', PLAIN],
  ['yes', PLAIN],
])

/** Of servers, by `up`. */
export const OUT_OR_UP = words([
  ['OUT', RED],
  ['up', GREEN],
])

/** Of checks, by `check_success`. */
export const FAILS_OR_WORKS = words([
  ['fails', RED],
  ['works', GREEN],
])
