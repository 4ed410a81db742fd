/** What every kind of planted drift is. The list of them is drifts.ts. */
import type { LabServer } from '../src/lab/server.ts'
import type { DifferenceObject, TableObject } from '../test/support/report.ts'

/** One planted drift, and where. */
export interface Site {
  readonly replica: LabServer
  /** Of the schema `soak`. */
  readonly table: string
  /** Keys of two old rows of the table. */
  readonly ids: readonly [number, number]
}

/** What the exporter says about the table on that replica. */
export interface View {
  readonly table: TableObject | undefined
  /** Of its definition. */
  readonly differences: readonly DifferenceObject[]
}

export interface Drift {
  readonly name: string
  /** What it happens to. Rows: in quiet and in busy tables. `new`: a table that nobody has yet. */
  readonly target: 'rows' | 'table' | 'new'
  /** Also rows that the load writes, which may undo it by chance: then `isThere` tells. */
  readonly anyRow: boolean
  plant(site: Site): readonly string[]
  repair(site: Site): readonly string[]
  /** A condition on the rows of the replica, true for as long as the drift is there. */
  isThere?(site: Site): string
  isSeen(view: View): boolean
  isBack(view: View): boolean
}
