/** What the exporters write in the course of time, and what Prometheus is to make of it at some moments. */
import type { Severity } from '../src/domain.ts'
import { FAMILIES, type FamilyName, type LabelsOf, PREFIX } from '../src/output/metrics/families.ts'

type Labels = Readonly<Record<string, string>>

export interface Series {
  readonly metric: string
  readonly labels: Labels
  /** As promtool writes it: one each minute, `1x9` = ten times 1, `_x5` = five times nothing, `stale`. */
  readonly values: string
}

/** One alert at one moment. */
export interface Expected {
  readonly state: 'pending' | 'firing'
  readonly severity: Severity
  /** Without alertname and severity. */
  readonly labels: Labels
  /** null while it is pending: nobody reads it. */
  readonly description: string | null
}

export interface Scenario {
  /** `silent`, `pending`, `firing`, `resolved`, `restart gap`, `start-up` or `two exporters`, a colon, and what it shows. */
  readonly name: string
  readonly series: readonly Series[]
  /**
   * By moment, earliest first: all alerts of the name that there are. Not where a range just begins to hold a value:
   * Prometheus 3 leaves out its left end.
   */
  readonly at: Readonly<Record<`${number}m`, readonly Expected[]>>
}

export interface AlertScenarios {
  readonly alert: string
  /** Minutes between two values, and between two looks at the rules, where the story takes days: 1. */
  readonly step?: number
  readonly scenarios: readonly Scenario[]
}

/** How Prometheus calls the first exporter. */
export const TARGET = { job: 'mysql-drift', instance: 'drift-1:19104' }
const SECOND = { job: 'mysql-drift', instance: 'drift-2:19104' }
/** Where nothing else is said. */
const PLACE = { replication_set: 'shop', server: 'db2', channel: '' }

type Place = keyof typeof PLACE
type Own<Name extends FamilyName> = Exclude<LabelsOf<Name>, Place>
type Given<Name extends FamilyName> = { readonly [Label in Own<Name>]: string } & {
  readonly [Label in Place]?: string
}

/** A series of the exporter, with exactly the labels that it has; of `db2` in `shop` where nothing else is said. */
export function series<Name extends FamilyName>(
  name: Name,
  values: string,
  ...[given]: [Own<Name>] extends [never] ? [given?: Given<Name>] : [given: Given<Name>]
): Series {
  const known: Labels = { ...PLACE, ...given }
  const own = FAMILIES[name].labels.map((label): [string, string] => [label, known[label] ?? ''])
  return { metric: PREFIX + name, labels: { ...TARGET, ...Object.fromEntries(own) }, values }
}

/** Labels beside those of the exporter, the set and the server; null = it has no such label. */
type Differing = Readonly<Record<string, string | null>>

export function firing(severity: Severity, description: string, labels: Differing = {}): Expected {
  const all = { ...TARGET, replication_set: 'shop', server: 'db2', ...labels }
  const own = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== null)
  return { state: 'firing', severity, labels: Object.fromEntries(own), description }
}

/** Not long enough to fire. */
export function pending(alert: Expected): Expected {
  return { ...alert, state: 'pending', description: null }
}

/** The same series, or alert, of a second exporter that watches the same set. */
export function second<T extends { readonly labels: Labels }>(it: T): T {
  return { ...it, labels: { ...it.labels, ...SECOND } }
}

/** Not even pending. */
export const QUIET: readonly Expected[] = []
