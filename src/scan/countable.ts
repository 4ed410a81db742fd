/** Tables whose COUNT(*) does not fit the time limit, so that they are left to the pass over their contents. */

/** A count that was ended by the limit. */
export interface CountTried {
  readonly at: Date
  /** As the server guessed then; null = it did not. */
  readonly approximateRows: number | null
}

const AGAIN_MS = 24 * 3_600_000

/** A day later, or when the table is half of what it was, it may fit. Pure. */
export function isWorthCounting(
  tried: CountTried | null,
  approximateRows: number | null,
  now: Date,
): boolean {
  if (tried === null || now.getTime() - tried.at.getTime() >= AGAIN_MS) return true
  if (tried.approximateRows === null || approximateRows === null) return false
  return approximateRows < tried.approximateRows / 2
}
