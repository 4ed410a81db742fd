/** Where a range that moves is cut, so that what stands still in it can be decided. */
import { type Bound, type Range, splitAt } from '../mysql/range.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import type { Link } from './link.ts'
import type { TableReader } from './table-reader.ts'

export interface Division {
  /** Disjoint, in key order. */
  readonly parts: readonly Range[]
  /** What is behind the last key: it held no row on either end. */
  readonly empty: Range
}

/** Every part costs a query at each look, every level of division a fence. */
const PARTS = 8n

/**
 * @param rows that the range had at the last look, on the end that had more.
 * @returns null when it cannot be divided: a single row, rows without a key.
 * @throws {ServerError}
 */
export async function divide(
  link: Link,
  reader: TableReader,
  range: Range,
  rows: bigint,
  signal: AbortSignal,
): Promise<Division | null> {
  if (!reader.walkable || range.nulls) return null
  const at = { priority: PRIORITY.recheck, signal }
  const lastKey = (server: Server, within: Range) =>
    server.read((session) => reader.lastKey(session, within), at)
  const keyAt = (server: Server, within: Range, offset: bigint) =>
    server.read((session) => reader.keyAt(session, within, offset), at)

  async function pieces(whole: Range): Promise<Range[]> {
    const step = rows / PARTS > 1n ? rows / PARTS : 1n
    const found: Range[] = []
    let rest = whole
    while (rows > 1n && BigInt(found.length) < PARTS - 1n) {
      // Rows that only the replica has are cut by its own keys.
      const cut =
        (await keyAt(link.source, rest, step)) ??
        (found.length === 0 ? await keyAt(link.replica, rest, step) : null)
      if (cut === null) break
      const [left, right] = splitAt(rest, before(cut))
      found.push(left)
      rest = right
    }
    return [...found, rest]
  }

  if (rows <= 1n && range.upper !== null) return null
  // What grows at its end is cut behind its last key. What comes after was empty on both ends when they
  // were asked, and is decided with that: it could be chased for ever.
  const here = await lastKey(link.source, range)
  const parts = here === null ? [] : await pieces({ lower: range.lower, upper: after(here) })
  const behind: Range = { lower: here === null ? range.lower : after(here), upper: range.upper }
  const there = await lastKey(link.replica, behind)
  if (there === null) return { parts, empty: behind }
  // A row there that the source has not is told apart from what the source writes before it meanwhile.
  const [between, rest] = splitAt(behind, before(there))
  const [extra, empty] = splitAt(rest, after(there))
  return { parts: [...parts, between, extra], empty }
}

const before = ({ key }: Bound): Bound => ({ key, side: 'before' })
const after = ({ key }: Bound): Bound => ({ key, side: 'after' })
