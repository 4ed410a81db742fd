/**
 * The walk over a table: chunk after chunk is read once on the source and at the same time on each replica, without
 * a fence. Chunks get the size that takes the time they may take; what differs is left to its lane.
 */
import { GaveWay } from '../errors.ts'
import type { Session } from '../mysql/query.ts'
import type { Bound, Range } from '../mysql/range.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import { nextChunkRows } from './chunk-size.ts'
import { gaveWay, isOnlyConnection, isServerTimeout, isTooSlow } from './failed-reading.ts'
import type { ConfirmOptions } from './fenced-look.ts'
import { type Chunk, giveUp, judge, type Lane, MOST_GAPS, skip } from './lane.ts'
import type { Link } from './link.ts'
import type { Reading } from './series.ts'
import type { TableReader } from './table-reader.ts'
import type { Trail } from './trail.ts'
import { undecidedReason } from './undecided.ts'

export interface WalkOptions
  extends Pick<ConfirmOptions, 'world' | 'signal' | 'gate' | 'chunkTimeMs'> {
  /** Where readings are no more than counts, an equal one does not clear what is known. */
  readonly isKnownToDiffer: (link: Link) => boolean
}

export interface Walk {
  readonly lanes: readonly Lane[]
  readonly reader: TableReader
  readonly options: WalkOptions
  readonly trail: Trail<Lane>
}

/** How fast the walk goes by what it has met so far. */
interface Pace {
  chunkRows: number
  /** The last chunk had rows at half of its possible keys or more. */
  isDense: boolean
  /** Of connections that may be lost until the next chunk was read. */
  retries: number
  /** Readings in a row that gave way to a DDL. */
  gaveWay: number
}

interface ChunkRead {
  /** On the source; null when that could not be read. */
  readonly rows: bigint | null
  /** On the slowest server. */
  readonly tookMs: number
}

const FIRST_CHUNK_ROWS = 1_000
const CONNECTION_RETRIES = 3
/** A server on which a DDL waits all the time is left alone. */
const MOST_GAVE_WAY = 10

export async function walk(walking: Walk, ranges: readonly Range[]): Promise<void> {
  const pace: Pace = {
    chunkRows: FIRST_CHUNK_ROWS,
    isDense: false,
    retries: CONNECTION_RETRIES,
    gaveWay: 0,
  }
  for (const range of ranges) await walkRange(walking, range, pace)
}

async function walkRange(walking: Walk, range: Range, pace: Pace): Promise<void> {
  const { lanes, reader, options, trail } = walking
  const { world, signal, chunkTimeMs } = options
  let rest: Range | null = range
  while (rest !== null) {
    signal.throwIfAborted()
    if (lanes.every((lane) => lane.lost)) return
    const going = await lanesToRead(walking)
    if (going.length === 0 || pace.gaveWay > MOST_GAVE_WAY) {
      skip(lanes, { range: rest, startedAt: world.now() })
      trail.read(rest, null)
      return
    }
    const chunk: Range | { failed: unknown } = await nextChunk(walking, rest, pace)
    const canShrink = reader.needsWalk && pace.chunkRows > 1
    if ('failed' in chunk) {
      const isGivingWay = chunk.failed instanceof GaveWay
      if (isGivingWay) pace.gaveWay += 1
      if (canShrink && isServerTimeout(chunk.failed)) {
        pace.chunkRows = smaller(pace.chunkRows)
      } else if (isGivingWay) {
        continue
      } else if (pace.retries > 0 && isOnlyConnection(lanes[0]?.link.source, chunk.failed)) {
        pace.retries -= 1
      } else {
        loseAll(walking, rest, chunk.failed)
        return
      }
      continue
    }
    await Promise.all(serversRead(going).map((server) => server.rested(signal)))
    const startedAt = world.now()
    const read = await compareChunk(walking, going, chunk, canShrink)
    if (read === 'too_slow' || read === 'gave_way') {
      if (read === 'gave_way') pace.gaveWay += 1
      if (canShrink) pace.chunkRows = smaller(pace.chunkRows)
      continue
    }
    pace.gaveWay = 0
    const held = lanes.filter((lane) => !going.includes(lane))
    skip(held, { range: chunk, startedAt })
    const { rows, tookMs } = read
    if (rows !== null) pace.retries = CONNECTION_RETRIES
    const width = reader.widthOf(chunk)
    pace.isDense = width !== null && rows !== null && 2n * rows >= width
    // A chunk that went into a gap says nothing about time.
    const isTelling = width === null || pace.isDense
    if (isTelling) pace.chunkRows = nextChunkRows(pace.chunkRows, tookMs, chunkTimeMs)
    rest = chunk.upper === rest.upper ? null : { lower: chunk.upper, upper: rest.upper }
    trail.read(chunk, rest)
  }
}

/** Waits for the source; without the replicas that are held back. */
async function lanesToRead({ lanes, options: { gate } }: Walk): Promise<readonly Lane[]> {
  const there = lanes.filter(({ lost, gaps }) => !lost && gaps < MOST_GAPS)
  const [first] = there
  if (gate === undefined || first === undefined) return there
  if (!(await gate.untilFree(first.link.source, 'source'))) return []
  const held = await Promise.all(there.map(({ link }) => gate.isHeld(link.replica)))
  return there.filter((_, index) => held[index] === false)
}

/** All that is read at the same time. */
function serversRead(going: readonly Lane[]): Server[] {
  return [...new Set(going.flatMap(({ link }) => [link.source, link.replica]))]
}

const smaller = (rows: number) => Math.max(1, Math.floor(rows / 8))

async function nextChunk(
  { lanes, reader, options }: Walk,
  rest: Range,
  { chunkRows, isDense }: Pace,
): Promise<Range | { failed: unknown }> {
  const [lane] = lanes
  if (lane === undefined || !reader.needsWalk || rest.nulls) return rest
  // The key after so many rows costs the source a walk through the index, a sixth of what the digest costs.
  if (isDense && rest.lower !== null && rest.upper === null) {
    const upper = reader.boundAfter(rest.lower, BigInt(chunkRows))
    if (upper !== null) return { lower: rest.lower, upper }
  }
  const { signal } = options
  try {
    const end: Bound | null = await lane.link.source.read(
      (session) => reader.keyAt(session, rest, BigInt(chunkRows)),
      { priority: PRIORITY.walk, signal },
    )
    return end === null ? rest : { lower: rest.lower, upper: end }
  } catch (error) {
    if (signal.aborted) throw error
    return { failed: error }
  }
}

/**
 * One optimistic reading of one chunk.
 * @returns `too_slow` = it took more than the limit, and can be made smaller; `gave_way` = it was in the way of a DDL.
 */
async function compareChunk(
  { reader, options }: Walk,
  going: readonly Lane[],
  range: Range,
  canShrink: boolean,
): Promise<ChunkRead | 'too_slow' | 'gave_way'> {
  const { world, signal, isKnownToDiffer } = options
  const chunk: Chunk = { range, startedAt: world.now() }
  const [first] = going
  if (first === undefined) return { rows: null, tookMs: 0 }
  const { source } = first.link
  let tookMs = 0
  // Without the wait for a session: other tables are walked at the same time.
  async function timed(session: Session): Promise<Reading> {
    const started = world.steady().getTime()
    const reading = await reader.read(session, range)
    tookMs = Math.max(tookMs, world.steady().getTime() - started)
    return reading
  }
  const at = { priority: PRIORITY.walk, signal }
  const [ofSource, ...ofReplicas] = await Promise.allSettled([
    source.read(timed, at),
    ...going.map(({ link }) => link.replica.read(timed, at)),
  ])
  signal.throwIfAborted()
  if ([ofSource, ...ofReplicas].some(gaveWay)) return 'gave_way'
  if (ofSource.status === 'rejected') {
    if (canShrink && isTooSlow(ofSource)) return 'too_slow'
    const reason = undecidedReason(ofSource.reason)
    for (const lane of going) giveUp(lane, chunk, reason)
    return { rows: null, tookMs }
  }
  // Before anything is decided: the smaller chunks will decide it for every link.
  if (canShrink && ofReplicas.some(isTooSlow)) return 'too_slow'
  source.load.chunksChecked += 1
  source.load.rowsChecked += ofSource.value.rows
  for (const [index, lane] of going.entries()) {
    const reading = ofReplicas[index]
    if (reading === undefined) throw new Error('a reading for each replica was asked for')
    if (reading.status === 'rejected') {
      giveUp(lane, chunk, undecidedReason(reading.reason))
      continue
    }
    lane.strikes = 0
    const isProof = reader.isSound || !isKnownToDiffer(lane.link)
    judge(lane, chunk, { source: ofSource.value, replica: reading.value, isProof })
  }
  return { rows: ofSource.value.rows, tookMs }
}

function loseAll({ lanes, options }: Walk, range: Range, error: unknown) {
  const reason = undecidedReason(error)
  const startedAt = options.world.now()
  for (const lane of lanes.filter(({ lost }) => !lost)) {
    lane.decisions.push({ range, startedAt, verdict: 'unknown', reason, rows: null })
    lane.lost = true
  }
}
