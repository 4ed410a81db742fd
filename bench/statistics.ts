/** Figures out of repeated runs. Pure. */

/** The middle one, or the mean of the two in the middle. @throws {RangeError} for none. */
export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  const middle = sorted.slice(Math.ceil(half) - 1, Math.floor(half) + 1)
  if (middle.length === 0) throw new RangeError('no samples, no median')
  return middle.reduce((sum, each) => sum + each, 0) / middle.length
}

export interface Spread {
  readonly least: number
  readonly most: number
}

export function spreadOf(samples: readonly number[]): Spread {
  return { least: Math.min(...samples), most: Math.max(...samples) }
}

/** `ratio`: ours by theirs, of times. `loss`: the share of theirs that ours lacks, of throughputs. */
export type FigureKind = 'ratio' | 'loss'

/**
 * One figure per round, of what ran side by side in that round, so that a machine that changes its pace
 * between rounds changes both.
 *
 * @throws {RangeError} when one of the two ran more often.
 */
export function figuresOf(
  kind: FigureKind,
  ours: readonly number[],
  theirs: readonly number[],
): number[] {
  if (ours.length !== theirs.length) throw new RangeError('both must have run in each round')
  return ours.map((value, round) => {
    const ratio = value / (theirs[round] as number)
    return kind === 'ratio' ? ratio : 1 - ratio
  })
}
