const LEAST = 100
const MOST = 500_000
/** One slow chunk on a busy server must not throw the size away, nor a lucky one blow it up. */
const MAX_STEP = 4

/**
 * How many rows the next chunk should have so that reading it takes about `targetMs`.
 *
 * @param rows of the chunk just read, at least 1.
 * @param tookMs how long that took on the slowest server, wall time.
 * @returns at most 500,000, at most 4 times more or less than `rows`, and not made less than 100.
 * @see pt-table-checksum --chunk-time, the origin of the idea.
 */
export function nextChunkRows(rows: number, tookMs: number, targetMs: number): number {
  const step = Math.min(MAX_STEP, Math.max(1 / MAX_STEP, targetMs / Math.max(1, tookMs)))
  // From below the least, where only a server's limit brings it, it grows step by step.
  return Math.min(MOST, Math.max(Math.min(LEAST, rows * MAX_STEP), Math.round(rows * step)))
}
