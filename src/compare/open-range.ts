/** One range that differed and is not decided yet: what is known of it, and how it is to be read. */
import type { Range } from '../mysql/range.ts'
import type { Probe } from './fenced-look.ts'
import { NEW_SERIES, type Reading, type Series } from './series.ts'
import type { TableReader } from './table-reader.ts'

const MOST_BATCH = 64
const MOST_BATCH_ROWS = 5_000n
/** Further readings of the source, against rows that flip: of single rows always, of ranges once they are suspect. */
const EXTRA_READINGS = 8
const EXTRA_READINGS_LARGE = 3
const MOST_ROWS_READ_OFTEN = 1_000n

export interface OpenRange {
  readonly range: Range
  readonly startedAt: Date
  /** How many divisions made it out of a chunk. */
  readonly depth: number
  series: Series
  /** It, or what it was cut from, disagreed once: it stays so until it is decided. */
  isSuspicious: boolean
  /** Rows at the last reading on the end that had more; null when not known. */
  rows: bigint | null
  /** Looks at which it moved, and could not be divided. */
  movingVisits: number
  /** Looks that came to nothing. */
  invalid: number
  /** Together with others it was too large for one answer. */
  alone: boolean
  /** When it may be looked at, in ms of the steady clock. */
  dueAt: number
}

/** What is known of a range before its first fenced look. */
export type Opened = Pick<OpenRange, 'range' | 'startedAt' | 'depth' | 'rows' | 'isSuspicious'>

export function opened(what: Opened): OpenRange {
  return { ...what, movingVisits: 0, series: NEW_SERIES, invalid: 0, alone: false, dueAt: 0 }
}

export function probeOf(item: OpenRange, reader: TableReader): Probe {
  const rows = item.rows ?? MOST_ROWS_READ_OFTEN + 1n
  const isSuspect = item.series.disagreements > 0
  const often = rows <= 1n || (isSuspect && rows <= MOST_ROWS_READ_OFTEN)
  return {
    read: (session) => reader.read(session, item.range),
    extraReadings: often ? EXTRA_READINGS : isSuspect ? EXTRA_READINGS_LARGE : 0,
  }
}

/** What shares one fence: as many ranges as together are no more than a small chunk. */
export function batchOf(first: OpenRange, due: readonly OpenRange[]): OpenRange[] {
  const batch = [first]
  let rows = first.rows ?? MOST_BATCH_ROWS
  for (const item of due) {
    if (first.alone || batch.length >= MOST_BATCH) break
    if (item === first || item.alone || item.rows === null) continue
    if (rows + item.rows > MOST_BATCH_ROWS) continue
    rows += item.rows
    batch.push(item)
  }
  return batch
}

export function mostRows(readings: readonly Reading[]): bigint {
  return readings.reduce((most, { rows }) => (rows > most ? rows : most), 0n)
}
