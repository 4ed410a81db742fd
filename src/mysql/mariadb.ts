/** MariaDB, 10.4 to 12. */
import { ServerError } from '../errors.ts'
import { type BinlogPlace, formatPlace, isBefore, parsePlace } from './binlog-place.ts'
import { channelOf, OLD_WORDS } from './channel-row.ts'
import type { Ceiling, Dialect, Fencing } from './dialect.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { galeraFencing, galeraMembership } from './galera.ts'
import { coversPosition, formatGtidPosition, parseGtidPosition } from './gtid-position.ts'
import { mariadbGtids } from './mariadb-gtids.ts'
import { type Session, statusNumber, text, understood, unlessRefused } from './query.ts'
import { quoteText } from './sql.ts'

const fencing: Fencing = {
  // Never gtid_current_pos: it can name transactions that are not in this binlog.
  async position(source) {
    const [row] = await source.query('SELECT @@global.gtid_binlog_pos AS position')
    return formatGtidPosition(understood(source, text(row, 'position'), parseGtidPosition))
  },

  async hasReached(replica, position) {
    const [row] = await replica.query('SELECT @@global.gtid_slave_pos AS position')
    const applied = understood(replica, text(row, 'position'), parseGtidPosition)
    return coversPosition(applied, parseGtidPosition(position))
  },

  // Whatever a replica has came out of the source's binlog before its end.
  async ceiling({ source }) {
    const end = await logEnd(source)
    if (end === null)
      throw new ServerError('query', `${source.server}: it writes no binary log any more`)
    return { target: formatPlace(end), received: '' }
  },

  // The binlog moves before the engine commits: a semi-sync source can stay behind its replica for hours
  // while gtid_binlog_pos says otherwise. Only a consistent snapshot knows what is visible in it.
  async readPast({ reader }, ceiling, read) {
    await reader.query('START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY')
    try {
      if (!(await snapshotCovers(reader, ceiling))) return null
      return { value: await read(reader) }
    } finally {
      await reader.query('COMMIT')
    }
  },
}

export const mariadb: Dialect = {
  vendor: 'mariadb',

  // The idle limit ends a snapshot that we forgot, should this process stall.
  sessionLimits: (queryTimeoutMs) => [
    `SET SESSION max_statement_time=${queryTimeoutMs / 1000}, idle_readonly_transaction_timeout=5`,
  ],

  async identity(session) {
    const [row] = await session.query(
      'SELECT @@server_id AS server_id, @@hostname AS hostname, @@port AS port, ' +
        '@@global.read_only AS read_only, @@log_bin AS log_bin',
    )
    return {
      serverId: text(row, 'server_id'),
      uuid: null,
      hostname: text(row, 'hostname'),
      port: Number(text(row, 'port')),
      // 12.x counts NO_LOCK, NO_LOCK_NO_ADMIN... above 1; text on some versions.
      readOnly: !['0', 'OFF'].includes(text(row, 'read_only')),
      binaryLog: text(row, 'log_bin') === '1',
      gtidEnabled: true,
    }
  },

  membership: galeraMembership,

  // SHOW SLAVE STATUS shows the default connection only.
  async channels(session, flavor) {
    const rows = await session.query('SHOW ALL SLAVES STATUS')
    const failed = await failedWorkers(session, flavor)
    return rows.map((row) => {
      const channel = channelOf(row, OLD_WORDS)
      return { ...channel, workersFailed: failed.get(channel.name) ?? null }
    })
  },

  gtids: mariadbGtids,
  logEnd,

  // The status variable is there since 10.5; INNODB_METRICS, where it has the same, has it switched off since.
  historyList: (session) => statusNumber(session, 'Innodb_history_list_length'),

  // gtid_slave_pos moves as well where a replica finds its place by file and position.
  fencing(source, _replica, isHub) {
    // Two sources that write one domain: the replica's position is that of whoever is further.
    return source.binaryLog && !isHub ? fencing : null
  },

  memberFencing: () => galeraFencing,
}

async function logEnd(session: Session): Promise<BinlogPlace | null> {
  const [row] = await session.query('SHOW MASTER STATUS')
  if (row === undefined) return null
  return { file: text(row, 'File'), offset: BigInt(text(row, 'Position')) }
}

/** By channel; the table came with 10.6, and is empty with performance_schema=OFF and without parallel appliers. */
async function failedWorkers(session: Session, flavor: Flavor): Promise<Map<string, number>> {
  if (!atLeast(flavor, 'mariadb', 10, 6)) return new Map()
  const rows = await unlessRefused(
    session.query(
      'SELECT CHANNEL_NAME AS channel, SUM(LAST_ERROR_NUMBER <> 0) AS failed ' +
        'FROM performance_schema.replication_applier_status_by_worker GROUP BY CHANNEL_NAME',
    ),
  )
  return new Map((rows ?? []).map((row) => [text(row, 'channel'), Number(text(row, 'failed'))]))
}

async function snapshotCovers(reader: Session, ceiling: Ceiling): Promise<boolean> {
  const rows = await reader.query("SHOW STATUS LIKE 'binlog_snapshot_%'")
  const status = new Map(
    rows.map((row) => [text(row, 'Variable_name').toLowerCase(), text(row, 'Value')]),
  )
  const snapshot = {
    file: status.get('binlog_snapshot_file') ?? '',
    offset: BigInt(status.get('binlog_snapshot_position') || '0'),
  }
  if (snapshot.file === '') return false
  if (!isBefore(snapshot, parsePlace(ceiling.target))) return true
  return isOnlyTailApart(reader, snapshot)
}

/**
 * On an idle source the snapshot stays behind the end by events that are no transactions (after FLUSH
 * BINARY LOGS, for one). BINLOG_GTID_POS() scans the file, so it is asked for this tail alone.
 */
async function isOnlyTailApart(reader: Session, snapshot: BinlogPlace): Promise<boolean> {
  const [row] = await reader.query(
    `SELECT BINLOG_GTID_POS(${quoteText(snapshot.file)}, ${snapshot.offset}) AS at_snapshot, @@global.gtid_binlog_pos AS at_end`,
  )
  const at = (column: string) => row?.[column]?.toString() ?? null
  const [snapshotGtids, endGtids] = [at('at_snapshot'), at('at_end')]
  if (snapshotGtids === null || endGtids === null) return false
  // The order of the domains is not told.
  const canonical = (text: string) => formatGtidPosition(parseGtidPosition(text))
  return canonical(snapshotGtids) === canonical(endGtids)
}
