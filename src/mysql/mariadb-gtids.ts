/** Who has which transactions, by the GTIDs of MariaDB. */
import { logEvent } from './binlog-events.ts'
import type { GtidEnds, GtidObservation, Gtids } from './dialect.ts'
import {
  coversPosition,
  errantRuns,
  formatGtidPosition,
  formatGtidRuns,
  type GtidEntry,
  type GtidPosition,
  type GtidRun,
  lowestByDomain,
  missingCount,
  parseGtidPosition,
  type SourceGtids,
} from './gtid-position.ts'
import { type Session, text, understood, unlessRefused } from './query.ts'

export const mariadbGtids: Gtids = {
  async observe(session, before) {
    const received = (await unlessRefused(receivedBy(session))) ?? new Map()
    const log = await unlessRefused(beginningOfLog(session))
    const [row] = await session.query(
      'SELECT @@global.gtid_binlog_state AS state, @@global.gtid_slave_pos AS applied, ' +
        '@@global.log_slave_updates AS logs_all',
    )
    const logsAll = ['1', 'ON'].includes(text(row, 'logs_all'))
    const executed = text(row, 'state')
    const applied = text(row, 'applied')
    for (const printed of [executed, applied]) understood(session, printed, parseGtidPosition)
    return {
      vendor: 'mariadb',
      enabled: true,
      executed,
      owned: '',
      applied,
      purged: log === null ? null : formatGtidPosition(log.purged),
      ...(logsAll && log !== null ? beginnings(log, executed, before) : UNTOLD),
      received,
    }
  },

  errant(replica, sources) {
    const here = parseGtidPosition(replica.executed)
    const there = sources.map(logOf)
    const runs = errantRuns(here, there)
    // What may be errant, and is not called so.
    const isAnyOpen = errantRuns(here, sources.map(withoutDoubt)).length > runs.length
    const entries = runs.map(({ last, ...writer }) => ({ ...writer, sequence: last }))
    return {
      count: BigInt(runs.length),
      set: formatGtidPosition(entries),
      exact: runs.length === 0 && !isAnyOpen,
      includes: (gtid) =>
        parseGtidPosition(gtid).some((entry) =>
          runs.some((run) => isOf(run, entry) && entry.sequence <= run.last),
        ),
      meets: (logged) =>
        parseGtidPosition(logged).some((entry) => runs.some((run) => isOf(run, entry))),
      setOf: (gtids) => formatGtidRuns(gtids.flatMap(parseGtidPosition)),
    }
  },

  missing: (ends) => missingCount(carried(ends), hereOf(ends)),

  receiveGap(ends) {
    const received = receivedOf(ends)
    if (received.length === 0) return null
    return missingCount(carried(ends), [...received, ...hereOf(ends)])
  },

  unrecoverable(ends) {
    const { purged } = ends.source
    if (purged === null) return null
    const wanted = parseGtidPosition(purged).filter(isCarried(ends))
    return missingCount(wanted, [...receivedOf(ends), ...hereOf(ends)])
  },
}

function logOf({ executed, applied, loggedSince }: GtidObservation): SourceGtids {
  return {
    logged: parseGtidPosition(executed),
    applied: parseGtidPosition(applied),
    loggedSince: parseGtidPosition(loggedSince),
  }
}

/**
 * As if it had only what is known. Where its log begins is not told of every domain; and where the beginning is
 * purged, it may have been long before what is left, so that what the log lacks was never applied, either.
 */
function withoutDoubt(source: GtidObservation): SourceGtids {
  const told = new Set(parseGtidPosition(source.loggedFirst).map(({ domain }) => domain))
  const log = logOf(source)
  return { ...log, applied: log.applied.filter(({ domain }) => told.has(domain)) }
}

function isOf({ domain, server, after }: GtidRun, entry: GtidEntry): boolean {
  return entry.domain === domain && entry.server === server && entry.sequence > after
}

/** What the source has and the channel brings. */
function carried(ends: GtidEnds): GtidPosition {
  return parseGtidPosition(ends.source.executed).filter(isCarried(ends))
}

/**
 * By file and position a replica knows of a domain only since something of it came: what is before that may
 * have come with a backup.
 */
function isCarried({ replica, channel }: GtidEnds): (entry: { domain: number }) => boolean {
  if (replica.received.get(channel)?.byGtid !== false) return () => true
  const known = new Set(parseGtidPosition(replica.applied).map(({ domain }) => domain))
  return ({ domain }) => known.has(domain)
}

/** Applied, or written by the replica itself when it was the source, as far as its source has it since. */
function hereOf({ source, replica }: GtidEnds): GtidPosition {
  const there = parseGtidPosition(source.executed)
  const own = parseGtidPosition(replica.executed).filter(({ domain, server, sequence }) =>
    there.some(
      (entry) => entry.domain === domain && entry.server === server && entry.sequence >= sequence,
    ),
  )
  return [...parseGtidPosition(replica.applied), ...own]
}

/** Empty too on a channel that finds its place by file and position: then nothing is told. */
function receivedOf({ replica, channel }: GtidEnds): GtidPosition {
  return parseGtidPosition(replica.received.get(channel)?.gtids ?? '')
}

async function receivedBy(session: Session): Promise<GtidObservation['received']> {
  const rows = await session.query('SHOW ALL SLAVES STATUS')
  return new Map(
    rows.map((row) => {
      const gtids = text(row, 'Gtid_IO_Pos')
      understood(session, gtids, parseGtidPosition)
      return [text(row, 'Connection_name'), { byGtid: text(row, 'Using_Gtid') !== 'No', gtids }]
    }),
  )
}

interface BeginningOfLog {
  /** What was logged before the oldest file that is left. */
  readonly purged: GtidPosition
  /** The first transaction of that file, where it is seen. */
  readonly first: GtidPosition
}

/**
 * Format_desc, Start_encryption where there is encryption, Gtid_list, Binlog_checkpoint, and then the first
 * transaction; more would be statements of unknown length. Without a binary log there are no rows.
 */
async function beginningOfLog(session: Session): Promise<BeginningOfLog | null> {
  const events = (await session.query('SHOW BINLOG EVENTS LIMIT 4')).map(logEvent)
  const head = events.find(({ type }) => type === 'head')
  if (head === undefined) return null
  const first = events.find(({ type }) => type === 'begin')
  return {
    purged: understood(session, head.what, parseGtidPosition),
    first: understood(session, first?.what ?? '', parseGtidPosition),
  }
}

const UNTOLD = { loggedSince: '', loggedFirst: '' }

/** Purging takes what was known of the beginnings away; an earlier look may have seen them. */
function beginnings(
  { purged, first }: BeginningOfLog,
  executed: string,
  before: GtidObservation | null,
): Pick<GtidObservation, 'loggedSince' | 'loggedFirst'> {
  const isSameLog =
    before !== null &&
    coversPosition(parseGtidPosition(executed), parseGtidPosition(before.executed))
  const known = (of: keyof typeof UNTOLD) => (isSameLog ? parseGtidPosition(before[of]) : [])
  const cut = new Set(purged.map(({ domain }) => domain))
  const begun = first.filter(({ domain }) => !cut.has(domain))
  return {
    loggedSince: formatGtidPosition(lowestByDomain([...purged, ...first, ...known('loggedSince')])),
    loggedFirst: formatGtidPosition(lowestByDomain([...begun, ...known('loggedFirst')])),
  }
}
