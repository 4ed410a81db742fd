/** What one walk finds on one link, chunk by chunk. */
import type { UnknownReason } from '../domain.ts'
import type { Range } from '../mysql/range.ts'
import type { Decision } from './decision.ts'
import { leaveOut } from './left-out.ts'
import type { Link } from './link.ts'
import type { OpenRanges } from './open-ranges.ts'
import type { Reading } from './series.ts'

/** The state of one link during one walk. */
export interface Lane {
  readonly link: Link
  /** Only ever added to; without what drifted. */
  readonly decisions: Decision[]
  /** What is confirmed to differ, and has not been seen to agree since. */
  drifted: readonly Decision[]
  readonly open: OpenRanges
  /** Set when the replica can no longer be read: the others go on. */
  lost: boolean
  /** Chunks in a row that were too much for the replica even at their smallest. */
  strikes: number
  /** Separate parts that were left out while the replica was held back. */
  gaps: number
}

/** A range and the start of its reading. */
export type Chunk = Pick<Decision, 'range' | 'startedAt'>

/** So many smallest chunks beyond the limit: the rest of the table would take for ever. */
const MOST_STRIKES = 3
/** What is left out so often is left out from then on: the list must not grow with the table. */
export const MOST_GAPS = 100

export function decide(lane: Lane, decision: Decision) {
  if (decision.verdict === 'drifted') lane.drifted = [...lane.drifted, decision]
  else lane.decisions.push(decision)
}

/**
 * What drifted agreed when it was looked at again while the walk went on.
 * @param ranges some of those in `drifted`.
 */
export function clearDrift(lane: Lane, ranges: readonly Range[]) {
  const cleared = lane.drifted.filter(({ range }) => ranges.includes(range))
  lane.drifted = lane.drifted.filter((decision) => !cleared.includes(decision))
  for (const { range, startedAt, rows } of cleared) {
    // What agrees has as many rows on both ends. The older reading is the one that the rest of the walk rests on.
    const equal = rows && { source: rows.source, replica: rows.source }
    lane.decisions.push({ range, startedAt, verdict: 'same', reason: null, rows: equal })
  }
}

/** For later in the same pass. */
export function skip(lanes: readonly Lane[], chunk: Chunk) {
  for (const lane of lanes) {
    if (!lane.lost && leaveOut(lane.decisions, chunk)) lane.gaps += 1
  }
}

/** @param isProof equal readings are enough to call the chunk the same. */
export function judge(
  lane: Lane,
  { range, startedAt }: Chunk,
  { source, replica, isProof }: { source: Reading; replica: Reading; isProof: boolean },
) {
  const { load } = lane.link.replica
  load.chunksChecked += 1
  load.rowsChecked += replica.rows
  if (source.token === replica.token && isProof) {
    const rows = { source: source.rows, replica: replica.rows }
    lane.decisions.push({ range, startedAt, verdict: 'same', reason: null, rows })
    return
  }
  if (source.token !== replica.token) load.chunkMismatches += 1
  lane.open.add(range, startedAt, source.rows > replica.rows ? source.rows : replica.rows)
}

/** This chunk is unknown; when the end cannot be read at all, so is the rest of the table. */
export function giveUp(lane: Lane, { range, startedAt }: Chunk, reason: UnknownReason) {
  // Only the connection was lost: the re-checks, which try again, have the last word on this chunk.
  if (reason === 'unreachable' && lane.link.source.usable && lane.link.replica.usable) {
    lane.open.add(range, startedAt, null)
    return
  }
  lane.decisions.push({ range, startedAt, verdict: 'unknown', reason, rows: null })
  if (reason === 'row_too_large') return
  lane.strikes += 1
  lane.lost = reason !== 'timeout' || lane.strikes >= MOST_STRIKES
}
