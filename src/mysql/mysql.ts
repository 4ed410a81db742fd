/** MySQL and Percona Server, 5.7 to 26.x. */
import { NoFence } from '../errors.ts'
import type { Dialect, Fencing } from './dialect.ts'
import { readLogRules } from './filter-columns.ts'
import { galeraMembership } from './galera.ts'
import { groupFencing, groupMembership, mayBeInGroup } from './group-replication.ts'
import { containsGtidSet, formatGtidSet, parseGtidSet, unionGtidSets } from './gtid-set.ts'
import { readChannels, stillBrings } from './mysql-channels.ts'
import { mysqlGtids, ownedGtids } from './mysql-gtids.ts'
import { logEnd, logStatusIn, placeFencing } from './mysql-places.ts'
import { type Session, text, understood } from './query.ts'
import { readSeenReplicas } from './seen-replicas.ts'
import { quoteText } from './sql.ts'

/** @param sourceUuid of the server above: the channel may have been pointed at another meanwhile. null = any. */
function gtidFencing(sourceUuid: string | null): Fencing {
  return {
    notation: 'gtid_set',

    // A commit is visible a moment before its GTID is in gtid_executed; in that moment it is in gtid_owned.
    async position(source) {
      const owned = await ownedGtids(source)
      const [row] = await source.query(
        'SELECT @@global.gtid_executed AS executed, @@global.gtid_mode AS mode',
      )
      // It was ON when the pass began.
      if (!hasGtidsOnly(text(row, 'mode'))) {
        throw new NoFence(`${source.server}: not all that it executes has a GTID any more`)
      }
      const executed = understood(source, text(row, 'executed'), parseGtidSet)
      return formatGtidSet(unionGtidSets(owned, executed))
    },

    hasReached: (replica, position) => isExecuted(replica, position),

    // What the channel received, never what the replica executed: errant transactions are in the latter
    // and the source will never have them, so that waiting for them would end no fence on a drifted replica.
    async ceiling({ source, replica }, channel, lastReceived) {
      const [row] = await replica.query(
        `SELECT received_transaction_set AS received, source_uuid AS uuid FROM performance_schema.replication_connection_status WHERE channel_name=${quoteText(channel)}`,
      )
      const received = text(stillBrings(replica, row, { column: 'uuid', sourceUuid }), 'received')
      const receivedSet = understood(replica, received, parseGtidSet)
      const startedAnew =
        received === '' || !containsGtidSet(receivedSet, parseGtidSet(lastReceived))
      if (!startedAnew) return { target: received, received }
      const owned = await ownedGtids(source)
      return { target: formatGtidSet(unionGtidSets(owned, receivedSet)), received }
    },

    async readPast(source, ceiling, read) {
      if (!(await isExecuted(source.control, ceiling.target))) return null
      return { value: await read(source.reader) }
    },
  }
}

export const mysql: Dialect = {
  vendor: 'mysql',

  sessionLimits: (queryTimeoutMs) => [`SET SESSION max_execution_time=${queryTimeoutMs}`],

  async identity(session) {
    const [row] = await session.query(
      'SELECT @@server_id AS server_id, @@server_uuid AS uuid, @@hostname AS hostname, @@port AS port, ' +
        '@@global.read_only AS read_only, @@global.super_read_only AS super_read_only, ' +
        '@@log_bin AS log_bin, @@global.gtid_mode AS gtid_mode',
    )
    return {
      serverId: text(row, 'server_id'),
      uuid: text(row, 'uuid'),
      hostname: text(row, 'hostname'),
      port: Number(text(row, 'port')),
      readOnly: text(row, 'read_only') === '1' || text(row, 'super_read_only') === '1',
      binaryLog: text(row, 'log_bin') === '1',
      gtidEnabled: hasGtidsOnly(text(row, 'gtid_mode')),
    }
  },

  async membership(session) {
    return (await groupMembership(session)) ?? (await galeraMembership(session))
  },

  hasHiddenMembers: mayBeInGroup,

  channels: readChannels,

  logRules: (session, flavor) => readLogRules(session, logStatusIn(flavor)),

  seenReplicas: readSeenReplicas,

  gtids: mysqlGtids,
  logEnd,

  async historyList(session) {
    const [row] = await session.query(
      "SELECT `COUNT` AS n FROM information_schema.INNODB_METRICS WHERE NAME='trx_rseg_history_len' AND STATUS='enabled'",
    )
    return row === undefined ? null : Number(text(row, 'n'))
  },

  fencing({ source, replica }) {
    if (!source.binaryLog) return null
    return source.gtidEnabled && replica.gtidEnabled
      ? gtidFencing(source.uuid)
      : placeFencing(source.uuid)
  },

  // Percona XtraDB Cluster numbers a commit before it is visible (PXC-2061).
  memberFencing: (kind) => (kind === 'group_replication' ? groupFencing(gtidFencing(null)) : null),
}

/** While a server goes over to GTIDs, or back, it executes also what has none, and is in no GTID set. */
function hasGtidsOnly(mode: string): boolean {
  return mode === 'ON'
}

async function isExecuted(session: Session, gtids: string): Promise<boolean> {
  const [row] = await session.query(
    `SELECT GTID_SUBSET(${quoteText(gtids)}, @@global.gtid_executed) AS reached`,
  )
  return text(row, 'reached') === '1'
}
