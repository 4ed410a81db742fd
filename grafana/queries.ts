/** How our dashboards ask Prometheus. */
import { type FamilyName, PREFIX } from '../src/output/metrics/families.ts'
import { GREEN, ORANGE, RED, words, YELLOW } from './looks.ts'

/** A metric of ours, narrowed to what was chosen at the top of the page and by `more` matchers. */
export type Of = (metric: FamilyName, more?: string) => string

/** @param chosen matchers, as `job=~"$job",replication_set="$set"`. */
export function chosenBy(chosen: string): Of {
  return (metric, more) => `${PREFIX}${metric}{${chosen}${more ? `,${more}` : ''}}`
}

/** Several exporters may watch the same set, or one may be scraped twice: believe the worst of them. */
export function worstBy(labels: string, expression: string): string {
  return `max by (${labels}) (${expression})`
}

/** The same for what is good when it is high. */
export function leastBy(labels: string, expression: string): string {
  return `min by (${labels}) (${expression})`
}

/** 0 where `expression` finds nothing but `witness` does: no answer at all stays none. */
export function zeroIfNone(expression: string, witness: string): string {
  return `${expression} or 0 * count(${witness})`
}

export const SERVER = 'replication_set, server'
export const CHANNEL = `${SERVER}, channel`
export const TABLE = `${SERVER}, schema, table`

/** How long ago the oldest verification was, in checksum intervals; a configured delay is not held against it. */
export function coverageAge(of: Of, by: string): string {
  const oldest = of('oldest_verified_timestamp_seconds')
  const delay = `max without (channel) (${of('replication_configured_delay_seconds')})`
  const interval = of('check_interval_seconds', 'check="checksum"')
  const on = `on (job, instance, ${SERVER})`
  return worstBy(by, `(time() - ${oldest} - ${on} (${delay} or 0 * ${oldest})) / ${on} ${interval}`)
}

const VERDICTS = ['same', 'suspect', 'unknown', 'missing', 'drifted'] as const

/**
 * The worst verdict of any table as its place in `VERDICTS`.
 * No result where nothing was compared, for that is not "same". Skipped tables do not count.
 */
export function worstVerdict(of: Of, by: string): string {
  const places = VERDICTS.map((state, place) => {
    // A confirmed difference of counts is drift whatever the checksum says.
    const check =
      place > VERDICTS.indexOf('unknown') ? 'check=~"checksum|row_count"' : 'check="checksum"'
    return `(${of('tables', `${check},state="${state}"`)} > 0) * 0 + ${place}`
  })
  return `max${by && ` by (${by})`} (${places.toReversed().join(' or ')})`
}

export const VERDICT_WORDS = words([
  ['same', GREEN],
  ['suspect', YELLOW],
  ['unknown', ORANGE],
  ['missing', RED],
  ['drifted', RED],
])
