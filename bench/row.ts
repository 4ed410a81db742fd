/** What a benchmark is, and what it found. Nouns. */
import type { Vendor } from '../src/mysql/flavor.ts'
import type { Machine, OthersLoad } from './machine.ts'
import type { Rig } from './rig.ts'

export const ROW_NAMES = ['verification', 'bound', 'digest', 'oltp', 'schema'] as const

export type RowName = (typeof ROW_NAMES)[number]

/** One row of the table of targets: one file under rows/. */
export interface Row {
  readonly name: RowName
  measure(rig: Rig, bench: Bench): Promise<Finding[]>
}

export interface Bench {
  readonly repeat: number
  /** Of one run of sysbench. */
  readonly seconds: number
  /** Longest wait for a quiet machine before each round. */
  readonly patienceSeconds: number
  /** Ctrl+C. */
  readonly signal: AbortSignal
  readonly say: (line: string) => void
}

/** What one contender did, one sample per round. */
export interface Result {
  readonly name: string
  /** Seconds of wall time, or a throughput. */
  readonly samples: readonly number[]
  /** Of all servers, and of the program that ran. A busy machine makes it little dearer. */
  readonly cpuSeconds: readonly number[]
}

/** What a figure is made of: seconds, CPU seconds, or transactions per second. */
export type Measure = 'wall' | 'cpu' | 'throughput'

/** What one comparison found. */
export interface Finding {
  /** Tells the findings of one row apart. */
  readonly what: string
  readonly measure: Measure
  readonly ours: Result
  readonly theirs: Result
  /** The most that the figure may be: times, or the share that is lost of a throughput. null = reported only. */
  readonly target: number | null
  readonly others: OthersLoad
  readonly notes: readonly string[]
}

/** A finding with all that is needed to judge it later. */
export interface Measurement extends Finding {
  readonly row: RowName
  readonly flavor: Vendor
  /** E.g. `MariaDB 10.11.14`. */
  readonly server: string
  /** Rows of the table. */
  readonly size: number
  readonly machine: Machine
}
