import type { DifferenceKind } from '../domain.ts'

/** One row that is confirmed to differ. */
export interface DifferingRow {
  /** SQL literals, one per key column; none when no key tells it from others. */
  readonly key: readonly string[]
  readonly kind: DifferenceKind
  /** Hashes of the row; null where it is not there, or there less often. */
  readonly source: string | null
  readonly replica: string | null
  /** How often it is missing or extra: 1n of a row with a key. */
  readonly copies: bigint
}
