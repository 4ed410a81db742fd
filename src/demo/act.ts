/** What an act of the story is, and what it has to play with. */
import type { Feed } from '../lab/feed.ts'
import type { Lab } from '../lab/lab.ts'
import type { Labels, Series } from '../monitoring/api.ts'
import type { Monitoring } from '../monitoring/monitoring.ts'
import type { Screen } from './screen.ts'

export interface Stage {
  readonly lab: Lab
  readonly feed: Feed
  readonly monitoring: Monitoring
  readonly screen: Screen
  /** Names of the tables that are counted. */
  readonly tables: readonly string[]
  /** Ctrl+C. */
  readonly signal: AbortSignal
}

/** Something goes wrong, is noticed, and is made good. */
export interface Act {
  readonly title: string
  /** The fault, in two words. */
  readonly what: string
  /** Read before it happens. */
  readonly tells: string
  /** Does it, and shows what is done. */
  fault(stage: Stage): Promise<void>
  /** The series that moves from `values[0]` to `values[1]`, and back after the repair. */
  readonly series: Series
  readonly values: readonly [before: number, during: number]
  readonly alert: { readonly name: string; readonly labels: Labels }
  /** What else there is to see meanwhile. */
  evidence(stage: Stage): Promise<void>
  /** Makes it good, and shows how. */
  repair(stage: Stage): Promise<void>
}

/** Seconds from the fault, `resolved` from the repair; as measured. */
export interface Timing {
  readonly what: string
  readonly metric: number
  readonly prometheus: number
  readonly alertmanager: number
  readonly resolved: number
}
