/** As much of PromQL as tests need: which metrics and labels an expression speaks of. */
import {
  CHECK_NAMES,
  DIFFERENCE_KINDS,
  ROLES,
  SCHEMA_OBJECTS,
  SEVERITIES,
  VARIABLE_NAMES,
  VERDICTS,
} from '../../src/domain.ts'
import { FAMILIES, type Family, PREFIX } from '../../src/output/metrics/families.ts'

export interface Matcher {
  readonly label: string
  readonly value: string
}

export interface Selector {
  readonly metric: string
  readonly matchers: readonly Matcher[]
}

export interface Speech {
  readonly selectors: readonly Selector[]
  /** Of by, without, on, ignoring, group_left and group_right. */
  readonly groupings: readonly string[]
}

const GROUPING = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)/g
const WORDS_THAT_ARE_NO_METRIC = new Set(['and', 'or', 'unless', 'bool', 'offset', 'inf', 'nan'])

export function readPromQL(expression: string): Speech {
  const groupings: string[] = []
  const code = expression
    .replace(/#.*$/gm, '')
    .replace(/\[[^\]]*\]|\boffset \w+/g, '')
    .replace(GROUPING, (_, names: string) => {
      groupings.push(...wordsOf(names))
      return ' '
    })
  const selectors: Selector[] = []
  const selector =
    /"(?:[^"\\]|\\.)*"|([a-zA-Z_:][\w:]*)\s*(?:\{((?:"(?:[^"\\]|\\.)*"|[^"}])*)\}|(\()|)/g
  for (const [, metric = '', matchers = '', call] of code.matchAll(selector)) {
    if (metric === '' || call || WORDS_THAT_ARE_NO_METRIC.has(metric.toLowerCase())) continue
    selectors.push({ metric, matchers: readMatchers(matchers) })
  }
  return { selectors, groupings }
}

function readMatchers(text: string): Matcher[] {
  return [...text.matchAll(/(\w+)\s*(?:=~|!~|!=|=)\s*("(?:[^"\\]|\\.)*"|%q)/g)].map(
    ([, label = '', value = '']) => ({ label, value: value.replace(/^"|"$/g, '') }),
  )
}

function wordsOf(text: string): string[] {
  return text
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

/** Prometheus adds these to every series that it scrapes. */
export const TARGET_LABELS = ['job', 'instance']

/** Metrics that Prometheus makes itself. */
const METRICS_OF_PROMETHEUS: Readonly<Record<string, readonly string[]>> = {
  up: [],
  scrape_duration_seconds: [],
  scrape_samples_scraped: [],
  // With the labels of the rule and of the series that it is about.
  ALERTS: ['alertname', 'alertstate', 'severity', 'replication_set', 'server'],
}

/** Metrics of the exporter that its declaration does not have: those of prom-client. */
export const METRICS_OF_PROCESS: readonly string[] = [
  'process_start_time_seconds',
  'process_cpu_seconds_total',
  'process_resident_memory_bytes',
  'nodejs_heap_size_used_bytes',
  'nodejs_eventloop_lag_mean_seconds',
  'nodejs_eventloop_lag_p99_seconds',
]

/** Labels of a series as Prometheus stores it; undefined = no such metric. */
export function labelsOf(metric: string): readonly string[] | undefined {
  const families: Readonly<Record<string, Family>> = FAMILIES
  const own = metric.startsWith(PREFIX) ? families[metric.slice(PREFIX.length)] : undefined
  const others = METRICS_OF_PROCESS.includes(metric) ? [] : METRICS_OF_PROMETHEUS[metric]
  const labels = own?.labels ?? others
  return labels && [...TARGET_LABELS, ...labels]
}

const VOCABULARIES: Readonly<Record<string, readonly string[]>> = {
  state: VERDICTS,
  check: CHECK_NAMES,
  role: ROLES,
  object: SCHEMA_OBJECTS,
  kind: DIFFERENCE_KINDS,
  severity: SEVERITIES,
  thread: ['io', 'sql'],
  variable: VARIABLE_NAMES,
}

/** What in `expression` no exporter would ever answer, in words; empty = nothing. */
export function nonsenseIn(expression: string): string[] {
  const { selectors, groupings } = readPromQL(expression)
  const known = new Set<string>(selectors.flatMap(({ metric }) => labelsOf(metric) ?? []))
  return [
    ...selectors.flatMap((selector) => nonsenseInSelector(selector)),
    ...groupings
      .filter((label) => !known.has(label))
      .map((label) => `no metric has the label ${label}`),
  ]
}

function nonsenseInSelector({ metric, matchers }: Selector): string[] {
  const labels = labelsOf(metric)
  if (labels === undefined) return [`there is no metric ${metric}`]
  return matchers.flatMap(({ label, value }) => {
    if (!labels.includes(label)) return [`${metric} has no label ${label}`]
    const words = /^[\w|]+$/.test(value) ? value.split('|') : []
    return words
      .filter((word) => VOCABULARIES[label] && !VOCABULARIES[label].includes(word))
      .map((word) => `${metric}: ${label} is never ${word}`)
  })
}
