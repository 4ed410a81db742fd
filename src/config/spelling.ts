/** `; did you mean "interval"?`, or nothing when no candidate is near. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  let nearest: string | undefined
  let least = Math.max(1, Math.floor(written.length / 3)) + 1
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - written.length) >= least) continue
    const distance = editDistance(written.toLowerCase(), candidate.toLowerCase())
    if (distance < least) {
      nearest = candidate
      least = distance
    }
  }
  return nearest === undefined ? '' : `; did you mean ${JSON.stringify(nearest)}?`
}

/** Insertions, deletions, replacements and swaps of neighbours, row by row. */
function editDistance(from: string, to: string): number {
  let above: number[] = []
  let row = Array.from({ length: to.length + 1 }, (_, j) => j)
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1]
    for (let j = 0; j < to.length; j++) {
      const swapped = i > 0 && j > 0 && from[i] === to[j - 1] && from[i - 1] === to[j]
      next.push(
        Math.min(
          (row[j] ?? 0) + (from[i] === to[j] ? 0 : 1),
          (row[j + 1] ?? 0) + 1,
          (next[j] ?? 0) + 1,
          swapped ? (above[j - 1] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      )
    }
    above = row
    row = next
  }
  return row[to.length] ?? 0
}
