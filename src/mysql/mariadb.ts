/** MariaDB, 10.4 to 12. */
import { channelOf, OLD_WORDS } from './channel-row.ts'
import type { Dialect } from './dialect.ts'
import { readLogRules } from './filter-columns.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { galeraFencing, galeraMembership } from './galera.ts'
import { mariadbFencing } from './mariadb-fencing.ts'
import { mariadbGtids } from './mariadb-gtids.ts'
import { mariadbLogEnd } from './mariadb-log-end.ts'
import { type Session, statusNumber, text, unlessRefused } from './query.ts'
import { readSeenReplicas } from './seen-replicas.ts'

export const mariadb: Dialect = {
  vendor: 'mariadb',

  // The idle limit ends a snapshot that we forgot, should this process stall.
  sessionLimits: (queryTimeoutMs) => [
    `SET SESSION max_statement_time=${queryTimeoutMs / 1000}, idle_readonly_transaction_timeout=5`,
  ],

  async identity(session) {
    const [row] = await session.query(
      'SELECT @@global.server_id AS server_id, @@hostname AS hostname, @@port AS port, ' +
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
  hasHiddenMembers: async () => false,

  // SHOW SLAVE STATUS shows the default connection only.
  async channels(session, flavor) {
    const rows = await session.query('SHOW ALL SLAVES STATUS')
    const failed = await failedWorkers(session, flavor)
    return rows.map((row) => {
      const channel = channelOf(row, OLD_WORDS)
      return { ...channel, workersFailed: failed.get(channel.name) ?? null }
    })
  },

  logRules: (session) => readLogRules(session, 'SHOW MASTER STATUS'),

  seenReplicas: readSeenReplicas,

  gtids: mariadbGtids,
  logEnd: mariadbLogEnd,

  // The status variable is there since 10.5; INNODB_METRICS, where it has the same, has it switched off since.
  historyList: (session) => statusNumber(session, 'Innodb_history_list_length'),

  fencing: (ends) => (ends.source.binaryLog ? mariadbFencing(ends) : null),

  memberFencing: () => galeraFencing,
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
