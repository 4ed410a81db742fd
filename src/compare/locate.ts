/**
 * Narrows ranges that are confirmed to differ down to their rows. Ranges are cut by optimistic readings, which
 * prove only where nothing differs; each row that is left is confirmed behind fences like the range it is in.
 */
import type { DifferenceKind } from '../domain.ts'
import type { Session } from '../mysql/query.ts'
import type { Range } from '../mysql/range.ts'
import { attempt, onBoth } from './both-ends.ts'
import { type Confirmed, confirm } from './confirm.ts'
import type { TableOutcome } from './decision.ts'
import type { DifferingRow } from './differing-row.ts'
import { divide } from './division.ts'
import { type ConfirmOptions, untilFree } from './fenced-look.ts'
import type { Link } from './link.ts'
import { locateCopies } from './locate-copies.ts'
import type { RowReading, TableReader } from './table-reader.ts'
import { Undecided } from './undecided.ts'

export interface Located {
  /** Of what was narrowed: equal = the same ranges with the same contents. */
  readonly fingerprint: string
  readonly counts: Readonly<Record<DifferenceKind, bigint>>
  /** false: `counts` are lower bounds. */
  readonly counted: boolean
  /** In key order of each range; at most `MOST_ROWS`. */
  readonly rows: readonly DifferingRow[]
  /** What holds all of `rows` and as little else as one range for each place can. */
  readonly ranges: readonly Range[]
}

/** Rows of one reading: about one small chunk. */
const LEAF_ROWS = 1_000
/** The budget: what is beyond it is drifted all the same, and not counted row by row. */
const MOST_LEAVES = 64
const MOST_READINGS = 1_000
const MOST_ROWS = 10_000
/** Rows that share one fence, as in open-ranges.ts. */
const MOST_BATCH_ROWS = 5_000
/** Against rows that flip. */
const EXTRA_READINGS = 8

/** Rows of a range that differed when they were read, and the range that just holds them. */
interface Suspects {
  readonly hull: Range
  readonly rows: number
  /** JSON of the key, by which one row is known on both ends. */
  readonly names: readonly string[]
}

/**
 * @param drifted confirmed ranges.
 * @throws {ServerError} never for what a server does: then fewer rows are counted, and `counted` is false.
 */
export async function locate(
  link: Link,
  reader: TableReader,
  { drifted, fingerprint }: Pick<TableOutcome, 'drifted' | 'fingerprint'>,
  options: ConfirmOptions,
): Promise<Located> {
  const { signal } = options
  let counted = true
  const suspects: Suspects[] = []
  const isKeyed = (range: Range) => reader.walkable && !range.nulls
  const keyless = drifted.filter((range) => !isKeyed(range))
  const { leaves, isComplete } = await narrow(link, reader, drifted.filter(isKeyed), options)
  counted &&= isComplete
  let names = 0
  for (const leaf of leaves) {
    const found = await attempt(signal, () => suspectsIn(link, reader, leaf, options))
    counted &&= found?.isComplete === true
    if (!found?.suspects) continue
    if (names + found.suspects.names.length > MOST_ROWS) {
      counted = false
      break
    }
    names += found.suspects.names.length
    suspects.push(found.suspects)
  }
  const rows: DifferingRow[] = []
  const ranges: Range[] = []
  await Promise.all(
    batchesOf(suspects).map(async (batch) => {
      const found = await confirmRows(link, reader, batch, options)
      for (const { hull, names: inHull } of batch) {
        const differing = inHull.flatMap((name) => differingRow(name, found.get(name)))
        counted &&= inHull.every((name) => found.get(name)?.verdict !== 'unknown')
        if (differing.length > 0) ranges.push(hull)
        rows.push(...differing)
      }
    }),
  )
  for (const range of keyless) {
    const found = await locateCopies(link, reader, range, options)
    counted &&= found.counted
    if (found.rows.length > 0) ranges.push(range)
    rows.push(...found.rows)
  }
  const countOf = (kind: DifferenceKind) =>
    rows.reduce((sum, row) => (row.kind === kind ? sum + row.copies : sum), 0n)
  return {
    fingerprint,
    counts: { missing: countOf('missing'), extra: countOf('extra'), changed: countOf('changed') },
    counted,
    rows,
    // What was not narrowed to its end stays as wide as it was.
    ranges: counted && ranges.length > 0 ? ranges : drifted,
  }
}

/** Depth first, so that a budget that ends has whole rows to show. */
async function narrow(
  link: Link,
  reader: TableReader,
  drifted: readonly Range[],
  options: ConfirmOptions,
): Promise<{ readonly leaves: readonly Range[]; readonly isComplete: boolean }> {
  const { signal } = options
  const leaves: Range[] = []
  const open = [...drifted]
  let readings = 0
  let isComplete = true
  for (let range = open.shift(); range !== undefined; range = open.shift()) {
    readings += 1
    if (leaves.length >= MOST_LEAVES || readings > MOST_READINGS)
      return { leaves, isComplete: false }
    const wide = range
    const parts = await attempt(signal, async () => {
      await untilFree(link, options)
      const [source, replica] = await onBoth(link, signal, (session) => reader.read(session, wide))
      if (source.token === replica.token) return []
      const rows = source.rows > replica.rows ? source.rows : replica.rows
      if (rows <= LEAF_ROWS) return 'leaf'
      return (await divide(link, reader, wide, rows, signal))?.parts ?? null
    })
    if (parts === 'leaf') leaves.push(range)
    else if (parts === null) isComplete = false
    else open.unshift(...parts)
  }
  return { leaves, isComplete }
}

async function suspectsIn(
  link: Link,
  reader: TableReader,
  leaf: Range,
  options: ConfirmOptions,
): Promise<{ readonly suspects: Suspects | null; readonly isComplete: boolean }> {
  await untilFree(link, options)
  const [source, replica] = await onBoth(link, options.signal, (session) =>
    reader.rows(session, leaf, LEAF_ROWS + 1),
  )
  const isComplete = source.length <= LEAF_ROWS && replica.length <= LEAF_ROWS
  // Lists that were cut off end at different keys.
  if (!isComplete) return { suspects: null, isComplete }
  const [here, there] = [byName(source), byName(replica)]
  const names = [...new Set([...here.keys(), ...there.keys()])].filter(
    (name) => here.get(name) !== there.get(name),
  )
  if (names.length === 0) return { suspects: null, isComplete }
  // Only the server knows the order of keys: the rows before and behind are those that both lists share.
  const before = sharedRows(source, replica)
  const behind = sharedRows(source.toReversed(), replica.toReversed())
  const [last, next] = [source[before - 1], source[source.length - behind]]
  const hull: Range = {
    lower: last === undefined ? leaf.lower : { key: last.key, side: 'after' },
    upper: next === undefined ? leaf.upper : { key: next.key, side: 'before' },
  }
  const rows = Math.max(source.length, replica.length) - before - behind
  return { suspects: { hull, rows, names }, isComplete }
}

/** Rows at the beginning that are the same in both lists. */
function sharedRows(a: readonly RowReading[], b: readonly RowReading[]): number {
  const end = a.findIndex((row, i) => {
    const other = b[i]
    return other === undefined || row.hash !== other.hash || nameOf(row) !== nameOf(other)
  })
  return end === -1 ? a.length : end
}

/** Few ranges under one fence: together no more rows than a small chunk. */
function batchesOf(suspects: readonly Suspects[]): Suspects[][] {
  const batches: Suspects[][] = []
  let room = 0
  for (const each of suspects) {
    if (each.rows > room) {
      batches.push([])
      room = MOST_BATCH_ROWS
    }
    room -= each.rows
    batches.at(-1)?.push(each)
  }
  return batches
}

function confirmRows(
  link: Link,
  reader: TableReader,
  batch: readonly Suspects[],
  options: ConfirmOptions,
): Promise<ReadonlyMap<string, Confirmed>> {
  const names = batch.flatMap((each) => each.names)
  const parts = batch.map(({ hull }) => async (session: Session) => {
    const rows = await reader.rows(session, hull, LEAF_ROWS + 1)
    if (rows.length > LEAF_ROWS) throw new Undecided('hot', 'rows came faster than they were read')
    return new Map(rows.map((row) => [nameOf(row), { text: row.hash }]))
  })
  return confirm(link, names, parts, { ...options, extraReadings: EXTRA_READINGS })
}

function differingRow(name: string, found: Confirmed | undefined): DifferingRow[] {
  if (found?.verdict !== 'differs') return []
  const { source, replica } = found
  const kind = replica === null ? 'missing' : source === null ? 'extra' : 'changed'
  return [{ key: JSON.parse(name) as string[], kind, source, replica, copies: 1n }]
}

function byName(rows: readonly RowReading[]): ReadonlyMap<string, string> {
  return new Map(rows.map((row) => [nameOf(row), row.hash]))
}

function nameOf({ key }: RowReading): string {
  return JSON.stringify(key)
}
