/**
 * Rows that no key tells apart: those of a table without one, and those that hold a NULL in it. Equal rows may be
 * there several times, so what differs is how often. A row that was changed is one that is missing and one that is
 * extra: nobody can say that they were the same.
 */
import type { Range } from '../mysql/range.ts'
import { attempt, onBoth } from './both-ends.ts'
import { type Confirmed, confirm } from './confirm.ts'
import type { DifferingRow } from './differing-row.ts'
import { type ConfirmOptions, untilFree } from './fenced-look.ts'
import type { Link } from './link.ts'
import type { TableReader } from './table-reader.ts'

/** The budget: about one in sixty of all rows is looked at one by one. */
const MOST_BUCKETS = 64
const MOST_HASHES = 10_000
/** Each of them goes through the whole range. */
const EXTRA_READINGS = 3

/** @param range confirmed to differ. */
export async function locateCopies(
  link: Link,
  reader: TableReader,
  range: Range,
  options: ConfirmOptions,
): Promise<{ readonly rows: readonly DifferingRow[]; readonly counted: boolean }> {
  const suspects = await attempt(options.signal, () => suspectsIn(link, reader, range, options))
  if (suspects === null) return { rows: [], counted: false }
  const { hashes, buckets, isComplete } = suspects
  const found = await confirm(
    link,
    hashes,
    [
      async (session) => {
        const copies = await reader.copies(session, range, buckets, MOST_HASHES)
        return new Map([...copies].map(([hash, count]) => [hash, { text: count.toString() }]))
      },
    ],
    { ...options, extraReadings: EXTRA_READINGS },
  )
  const isDecided = [...found.values()].every(({ verdict }) => verdict !== 'unknown')
  return {
    rows: [...found].flatMap(([hash, result]) => differingCopies(hash, result)),
    counted: isComplete && isDecided,
  }
}

async function suspectsIn(
  link: Link,
  reader: TableReader,
  range: Range,
  options: ConfirmOptions,
): Promise<{ hashes: string[]; buckets: string[]; isComplete: boolean }> {
  await untilFree(link, options)
  const [ours, theirs] = await onBoth(link, options.signal, (session) =>
    reader.buckets(session, range),
  )
  const differing = namesOfDifferent(ours, theirs)
  const buckets = differing.slice(0, MOST_BUCKETS)
  if (buckets.length === 0) return { hashes: [], buckets, isComplete: true }
  const [here, there] = await onBoth(link, options.signal, (session) =>
    reader.copies(session, range, buckets, MOST_HASHES),
  )
  const isComplete = buckets.length === differing.length
  return { hashes: namesOfDifferent(here, there), buckets, isComplete }
}

function namesOfDifferent<T>(a: ReadonlyMap<string, T>, b: ReadonlyMap<string, T>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name))
}

function differingCopies(hash: string, found: Confirmed): DifferingRow[] {
  if (found.verdict !== 'differs') return []
  const [here, there] = [BigInt(found.source ?? 0), BigInt(found.replica ?? 0)]
  return here > there
    ? [{ key: [], kind: 'missing', source: hash, replica: null, copies: here - there }]
    : [{ key: [], kind: 'extra', source: null, replica: hash, copies: there - here }]
}
