/** Who has which transactions, by the GTIDs of MySQL. */
import type { GtidEnds, GtidObservation, Gtids, Received } from './dialect.ts'
import {
  containsGtidSet,
  countGtids,
  formatGtidSet,
  type GtidSet,
  parseGtidOwned,
  parseGtidSet,
  subtractGtidSet,
} from './gtid-set.ts'
import { type Session, text, understood, unlessRefused } from './query.ts'

export const mysqlGtids: Gtids = {
  async observe(session) {
    const received = (await unlessRefused(receivedBy(session))) ?? new Map<string, Received>()
    // First what is about to commit: in between it is in both, never in neither.
    const owned = formatGtidSet(await ownedGtids(session))
    const [row] = await session.query(
      'SELECT @@global.gtid_mode AS mode, @@global.gtid_executed AS executed, @@global.gtid_purged AS purged',
    )
    const [executed, purged] = [text(row, 'executed'), text(row, 'purged')]
    for (const printed of [executed, purged]) understood(session, printed, parseGtidSet)
    return {
      vendor: 'mysql',
      enabled: text(row, 'mode').startsWith('ON'),
      executed,
      owned,
      applied: executed,
      purged,
      loggedSince: '',
      loggedFirst: '',
      received,
    }
  },

  errant(replica, sources) {
    const known = sources.flatMap((source) => [source.executed, source.owned].map(parseGtidSet))
    const set = known.reduce(subtractGtidSet, parseGtidSet(replica.executed))
    return {
      count: countGtids(set),
      set: formatGtidSet(set),
      exact: true,
      includes: (gtid) => containsGtidSet(set, parseGtidSet(gtid)),
      meets: (logged) => countGtids(subtractGtidSet(set, parseGtidSet(logged))) < countGtids(set),
      setOf: (gtids) => formatGtidSet(parseGtidSet(gtids.join(','))),
    }
  },

  missing: ({ source, replica }) => countGtids(without(source.executed, replica.executed)),

  receiveGap({ source, replica, channel }) {
    const received = replica.received.get(channel)
    if (received === undefined) return null
    return countGtids(without(source.executed, replica.executed, received.gtids))
  },

  unrecoverable(ends) {
    const received = ends.replica.received.get(ends.channel)
    const purged = countGtids(purgedAndNotHere(ends))
    // By file and position nobody asks for what is before the beginning, which may be in a backup without GTIDs.
    const isKnown = received?.byGtid === true || (received === undefined && purged === 0n)
    return isKnown ? purged : null
  },
}

/** What is received is in the relay log, also on a replica that is delayed beyond what its source keeps. */
function purgedAndNotHere({ source, replica, channel }: GtidEnds): GtidSet {
  const received = replica.received.get(channel)?.gtids ?? ''
  return without(source.purged ?? '', replica.executed, received)
}

function without(from: string, ...removed: readonly string[]): GtidSet {
  return removed.map(parseGtidSet).reduce(subtractGtidSet, parseGtidSet(from))
}

/** The tables and columns are in 5.7 to 9.7 alike. */
async function receivedBy(session: Session): Promise<GtidObservation['received']> {
  const rows = await session.query(
    'SELECT s.CHANNEL_NAME AS channel, c.AUTO_POSITION AS by_gtid, s.RECEIVED_TRANSACTION_SET AS received ' +
      'FROM performance_schema.replication_connection_status AS s ' +
      'JOIN performance_schema.replication_connection_configuration AS c USING (CHANNEL_NAME)',
  )
  return new Map(
    rows.map((row) => {
      const gtids = text(row, 'received')
      understood(session, gtids, parseGtidSet)
      return [text(row, 'channel'), { byGtid: text(row, 'by_gtid') === '1', gtids }]
    }),
  )
}

export async function ownedGtids(source: Session): Promise<GtidSet> {
  const [row] = await source.query('SELECT @@global.gtid_owned AS owned')
  return understood(source, text(row, 'owned'), parseGtidOwned)
}
