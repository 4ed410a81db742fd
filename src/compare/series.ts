/** What a series of fenced looks at one range proves. Pure. */

/** What one server said about a range: equal tokens = equal contents. */
export interface Reading {
  readonly token: string
  readonly rows: bigint
  /** Differs once the thing was made anew, although it may look the same again. */
  readonly stamp?: string
}

/** One fenced look: every reading of the source from before the fence to after it, and the replica's. */
export interface Look {
  readonly source: readonly Reading[]
  readonly replica: Reading
}

/** Disagreements in a row with one token and stamp on each end; any change starts it again. */
export interface Series {
  readonly disagreements: number
  readonly sourceToken: string | null
  readonly replicaToken: string | null
  /** Of both ends. */
  readonly stamps: string
}

export const NEW_SERIES: Series = {
  disagreements: 0,
  sourceToken: null,
  replicaToken: null,
  stamps: '',
}

export type LookResult = 'same' | 'moving' | 'disagree'

/**
 * - `same`: the replica had what the source had at some moment of the look.
 * - `disagree`: the source stood still through the whole look and the replica, which had applied all of it
 *   and nothing that the source lacks, had something else.
 * - `moving`: the source changed while we looked; nothing is proven.
 *
 * @param isSound equal tokens are equal contents. Counts are not: a row that is missing and one that is on
 *   its way make the same number, so that only a source that stood still proves anything.
 */
export function judgeLook(
  series: Series,
  look: Look,
  { isSound }: { readonly isSound: boolean } = { isSound: true },
): { result: LookResult; series: Series } {
  const replicaToken = look.replica.token
  const tokens = new Set(look.source.map((reading) => reading.token))
  if (!isSound && tokens.size > 1) return { result: 'moving', series: NEW_SERIES }
  if (tokens.has(replicaToken)) return { result: 'same', series: NEW_SERIES }
  if (isSound && replicaToken === series.sourceToken) return { result: 'same', series: NEW_SERIES }
  const [sourceToken] = tokens
  const sourceStamps = new Set(look.source.map(({ stamp = '' }) => stamp))
  if (tokens.size !== 1 || sourceToken === undefined || sourceStamps.size > 1) {
    return { result: 'moving', series: NEW_SERIES }
  }
  const stamps = JSON.stringify([...sourceStamps, look.replica.stamp ?? ''])
  const goesOn =
    sourceToken === series.sourceToken &&
    replicaToken === series.replicaToken &&
    stamps === series.stamps
  const disagreements = goesOn ? series.disagreements + 1 : 1
  return { result: 'disagree', series: { disagreements, sourceToken, replicaToken, stamps } }
}

export function lastOf(readings: readonly Reading[]): Reading {
  const last = readings.at(-1)
  if (last === undefined) throw new Error('a look has at least one reading of the source')
  return last
}
