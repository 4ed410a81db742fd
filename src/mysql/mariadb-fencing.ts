/**
 * How positions are proven on MariaDB. A replica tells of two: gtid_slave_pos, one number per domain, and by channel
 * the place in its source's binary log. Each proves nothing where the other does, or where neither does.
 */
import { ChannelChanged, NoFence, ServerError } from '../errors.ts'
import { type BinlogPlace, formatPlace, isBefore, parsePlace } from './binlog-place.ts'
import type { Ceiling, FencedEnds, Fencing } from './dialect.ts'
import {
  coversPosition,
  formatGtidPosition,
  type GtidPosition,
  parseGtidPosition,
} from './gtid-position.ts'
import { mariadbLogEnd } from './mariadb-log-end.ts'
import { type Row, type Session, text, understood } from './query.ts'
import { quoteText } from './sql.ts'

export function mariadbFencing({ source, others, isMixed }: FencedEnds): Fencing {
  const isAlone = others !== null && others.length === 0
  return isAlone && !isMixed ? plain(source.serverId) : mixed(source.serverId, others)
}

/**
 * From above it is all the same: whatever a replica has of its source came out of that one's binlog before its end.
 * @param sourceId of the server above: the channel may have been pointed at another meanwhile.
 */
const fromAbove = (sourceId: string): Pick<Fencing, 'ceiling' | 'readPast'> => ({
  async ceiling({ source, replica }, channel) {
    await statusOf(replica, channel, sourceId)
    return { target: formatPlace(await endOfLog(source)), received: '' }
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
})

/**
 * One channel, and above it one server that is written to. gtid_slave_pos moves also by file and position, and over
 * what a filter by domain or server id leaves out (MariaDB 10.11.19).
 */
const plain = (sourceId: string): Fencing => ({
  ...fromAbove(sourceId),
  notation: 'gtid_position',

  // Never gtid_current_pos: it can name transactions that are not in this binlog.
  async position(source) {
    const [row] = await source.query('SELECT @@global.gtid_binlog_pos AS position')
    return formatGtidPosition(gtidsIn(source, row, 'position'))
  },

  async hasReached(replica, position) {
    const [row] = await replica.query('SELECT @@global.gtid_slave_pos AS position')
    return coversPosition(gtidsIn(replica, row, 'position'), parseGtidPosition(position))
  },
})

interface MixedPosition {
  readonly place: string
  /** The last of each domain in the log. */
  readonly gtids: string
  /** No transaction of a domain is in the log behind one with a higher number. */
  readonly isOrdered: boolean
}

/**
 * Several channels, or several servers that write: of a domain that comes from two sides gtid_slave_pos is that of
 * whoever came last. The place of the channel is a low-water mark as long as one thread applies it; not with several,
 * which move it on while others are not done (at the end of a file, and between domains).
 *
 * With several threads GTIDs prove it, if no domain comes from two sides.
 * @param sourceId of the server whose log it is: the channel may have been pointed at another meanwhile.
 */
function mixed(sourceId: string, others: FencedEnds['others']): Fencing {
  return {
    ...fromAbove(sourceId),
    notation: 'place_and_gtids',

    async position(source) {
      const [row] = await source.query(
        'SELECT @@global.gtid_binlog_pos AS position, @@global.gtid_binlog_state AS state, @@global.gtid_strict_mode AS strict',
      )
      const [gtids, state] = ['position', 'state'].map((column) => gtidsIn(source, row, column))
      if (gtids === undefined || state === undefined) throw new Error('two columns were asked for')
      const place = formatPlace(await endOfLog(source))
      const isOrdered = isInOrder(gtids, state, text(row, 'strict') === '1')
      return JSON.stringify({ place, gtids: formatGtidPosition(gtids), isOrdered })
    },

    async hasReached(replica, position, channel) {
      const { place, gtids, isOrdered } = JSON.parse(position) as MixedPosition
      const [row] = await replica.query(
        'SELECT @@global.gtid_slave_pos AS position, @@global.gtid_binlog_state AS state, @@server_id AS id, @@global.slave_parallel_threads AS threads',
      )
      if (channel !== null && text(row, 'threads') === '0') {
        const applied = await appliedPlace(replica, channel, sourceId)
        return applied !== null && !isBefore(applied, parsePlace(place))
      }
      const wanted = parseGtidPosition(gtids)
      if (!isOrdered || others === null) throw unprovable(replica)
      const own = gtidsIn(replica, row, 'state').filter(
        ({ server }) => String(server) === text(row, 'id'),
      )
      const isReached = wanted.every(
        (entry) =>
          coversPosition(gtidsIn(replica, row, 'position'), [entry]) ||
          (String(entry.server) === text(row, 'id') && coversPosition(own, [entry])),
      )
      if (!isReached) return false
      // What came from elsewhere is in the log there by now.
      for (const other of others) {
        const [logged] = await other.query('SELECT @@global.gtid_binlog_state AS state')
        const domains = new Set(gtidsIn(other, logged, 'state').map(({ domain }) => domain))
        if (wanted.some(({ domain }) => domains.has(domain))) throw unprovable(replica)
      }
      return true
    },
  }
}

/** @param state the highest number of each server in each domain. */
function isInOrder(last: GtidPosition, state: GtidPosition, isStrict: boolean): boolean {
  return last.every(({ domain, sequence }) => {
    const servers = state.filter((entry) => entry.domain === domain)
    const isHighest = servers.every((entry) => entry.sequence <= sequence)
    return isHighest && (isStrict || servers.length <= 1)
  })
}

function unprovable({ server }: Session): NoFence {
  return new NoFence(
    `${server}: several threads apply domains that come from several sides, so that no position proves anything`,
  )
}

/** null = it cannot be told now. */
async function appliedPlace(
  replica: Session,
  channel: string,
  sourceId: string,
): Promise<BinlogPlace | null> {
  const row = await statusOf(replica, channel, sourceId)
  if (text(row, 'Master_Server_Id') !== sourceId) return null
  // After a crash the place may be ahead of the data, until a channel that goes by GTID is connected and told it anew.
  if (text(row, 'Using_Gtid') !== 'No' && text(row, 'Slave_IO_Running') !== 'Yes') return null
  const file = text(row, 'Relay_Master_Log_File')
  return file === '' ? null : { file, offset: BigInt(text(row, 'Exec_Master_Log_Pos')) }
}

/** @throws {ChannelChanged} when it is gone, or was connected to another server than `sourceId` last. */
async function statusOf(replica: Session, channel: string, sourceId: string): Promise<Row> {
  const rows = await replica.query('SHOW ALL SLAVES STATUS')
  const row = rows.find((each) => text(each, 'Connection_name') === channel)
  if (row === undefined) throw new ChannelChanged(replica.server, 'the channel is no more')
  // 0 until it was connected for the first time since the server started.
  if (['0', sourceId].includes(text(row, 'Master_Server_Id'))) return row
  throw new ChannelChanged(replica.server, 'the channel has another source')
}

async function endOfLog(source: Session): Promise<BinlogPlace> {
  const end = await mariadbLogEnd(source)
  if (end !== null) return end
  throw new ServerError('query', `${source.server}: it writes no binary log any more`)
}

function gtidsIn(session: Session, row: Row | undefined, column: string): GtidPosition {
  return understood(session, text(row, column), parseGtidPosition)
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
