/** What is told once, on request: by `diff`, and by `config validate --estimate`. Types only. */
import type { DifferenceKind, MissingReason, UnknownReason } from './domain.ts'
import type { Cause } from './report.ts'

/** One row that is confirmed to differ. */
export interface RowDifference {
  readonly kind: DifferenceKind
  /** For people, by key column; empty when no key tells the row apart. */
  readonly key: Readonly<Record<string, string>>
  /** How often it is missing or extra: more than 1n only without a key. */
  readonly copies: bigint
  /** Columns that differ in a changed row; empty too when it changed again before it could be read. */
  readonly columns: readonly string[]
  /** By column, of each end that has the row; null = not asked for. Bytes as `0x...`. */
  readonly values: { readonly source: RowValues | null; readonly replica: RowValues | null } | null
}

export type RowValues = Readonly<Record<string, string | null>>

/** What `diff` tells of one table on one link. */
export interface TableDiff {
  readonly schema: string
  readonly table: string
  /** The examined end. */
  readonly server: string
  readonly source: string | null
  readonly verdict: 'same' | 'drifted' | 'missing' | 'unknown'
  readonly reason: UnknownReason | MissingReason | null
  /** The first ones. */
  readonly rows: readonly RowDifference[]
  /** How many there are, a lower bound unless `counted`; null = not even that. */
  readonly count: bigint | null
  readonly counted: boolean
  readonly causes: readonly Cause[]
}

/** What a pass over the tables of one source and its replicas would take. */
export interface PassEstimate {
  readonly source: string
  readonly replicas: readonly string[]
  readonly tables: number
  /** As the source estimates them. */
  readonly rows: number
  readonly bytes: number
  /** Tables without a unique key. */
  readonly withoutKey: number
  /** Of the largest table with a key, read as a pass reads it; null = there was nothing to read. */
  readonly sample: {
    readonly schema: string
    readonly table: string
    readonly rows: number
    readonly bytesPerSecond: number
  } | null
  /** Of the time, in which tables may be read: `max_duty`. */
  readonly share: number
  /** At that share; null without a sample. */
  readonly passSeconds: number | null
}
