/** The distribution's own MariaDB programs, with nothing of its service: no folder, no user, no settings. */
import { accessSync, constants } from 'node:fs'
import { UserError } from '../errors.ts'
import type { Engine, Place, Thread } from './engine.ts'
import { galera } from './galera.ts'
import { asUser, outputOf } from './program.ts'

const SERVER = '/usr/sbin/mariadbd'
const INSTALLER = '/usr/bin/mariadb-install-db'

const onChannel = (channel: string) => (channel === '' ? '' : ` '${channel}'`)
const threadOf = (thread?: Thread) =>
  thread === undefined ? '' : ` ${thread.toUpperCase()}_THREAD`

function beginning(from: 'gtid' | 'first' | Place): string {
  if (from === 'gtid') return 'MASTER_USE_GTID = slave_pos'
  if (from === 'first') return 'MASTER_USE_GTID = no'
  return `MASTER_USE_GTID = no, MASTER_LOG_FILE = '${from.file}', MASTER_LOG_POS = ${from.position}`
}

/** `0-1-17` as the place of its writer, and how many it wrote there. */
function parts(gtid: string): readonly [writer: string, sequence: bigint] {
  const [domain, server, sequence = '0'] = gtid.trim().split('-')
  return [`${domain}-${server}`, BigInt(sequence)]
}

const gtidsOf = (list: string) => list.split(',').filter((gtid) => gtid.trim() !== '')

export const mariadb: Engine = {
  vendor: 'mariadb',

  async locate() {
    for (const path of [SERVER, INSTALLER]) {
      try {
        accessSync(path, constants.X_OK)
      } catch {
        throw new UserError(
          `${path} is missing: apt-get install --no-install-recommends mariadb-server`,
        )
      }
    }
    const version = /Ver ([\d.]+)/.exec(await outputOf([SERVER, '--version']))?.[1] ?? 'unknown'
    return { version, program: [SERVER], settings: asUser() }
  },

  initialise: (_, dataFolder) => [
    INSTALLER,
    '--no-defaults',
    `--datadir=${dataFolder}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--innodb-log-file-size=16M',
    ...Object.entries(asUser()).map(([name, value]) => `--${name}=${value}`),
  ],

  settings: {
    'binlog-format': 'ROW',
    'log-slave-updates': 'ON',
    'gtid-strict-mode': 'ON',
    'innodb-log-file-size': '16M',
    'slave-transaction-retries': '4294967295',
    // A killed process loses nothing by it, only a power cut would.
    'debug-no-sync': 'ON',
  },

  special: {
    appliers: (count) => ({
      'slave-parallel-threads': String(count),
      'slave-parallel-mode': 'optimistic',
    }),
    // Every server writes GTIDs all the same: only its replicas ask for a file and a position.
    withoutGtid: {},
    semiSync: () => ({
      'rpl-semi-sync-slave-enabled': 'ON',
      'rpl-semi-sync-master-wait-point': 'AFTER_SYNC',
    }),
  },

  semiSync: { variable: 'rpl_semi_sync_master_enabled', clients: 'Rpl_semi_sync_master_clients' },

  cluster: galera,

  // The installer lets root in without a password over TCP as well.
  tidy: [
    "DELETE FROM mysql.global_priv WHERE User = '' OR (User = 'root' AND Host <> 'localhost')",
    'FLUSH PRIVILEGES',
  ],

  exporterGrants:
    'SELECT, SHOW DATABASES, SHOW VIEW, TRIGGER, EVENT, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE, SLAVE MONITOR, BINLOG MONITOR',

  sql: {
    replicateFrom: ({ channel, host, port }, from) =>
      `CHANGE MASTER${onChannel(channel)} TO MASTER_HOST = '${host}', MASTER_PORT = ${port},
       MASTER_USER = 'repl', MASTER_PASSWORD = 'repl', MASTER_CONNECT_RETRY = 1, ${beginning(from)}`,
    forget: (channel) => `RESET SLAVE${onChannel(channel)} ALL`,
    readOnly: (on) => `SET GLOBAL read_only = ${on ? 1 : 0}`,
    password: (channel, password) =>
      `CHANGE MASTER${onChannel(channel)} TO MASTER_PASSWORD = '${password}'`,
    filledUpTo: (position) => ['RESET MASTER', `SET GLOBAL gtid_slave_pos = '${position}'`],
    ownAsReceived: ['SET GLOBAL gtid_slave_pos = @@global.gtid_binlog_pos'],
    logEnd: 'SHOW MASTER STATUS',
    start: (channel, thread) => `START SLAVE${onChannel(channel)}${threadOf(thread)}`,
    stop: (channel, thread) => `STOP SLAVE${onChannel(channel)}${threadOf(thread)}`,
    delay: (channel, seconds) => `CHANGE MASTER${onChannel(channel)} TO MASTER_DELAY = ${seconds}`,
    applyMode: (mode) => `SET GLOBAL slave_exec_mode = '${mode}'`,
    position: 'SELECT @@global.gtid_binlog_pos',
    hasApplied: (position) => `SELECT MASTER_GTID_WAIT('${position}', 0) = 0`,
    status: 'SHOW ALL SLAVES STATUS',
  },

  async received(session) {
    const [channel] = await session.query('SHOW ALL SLAVES STATUS')
    const [applied] = await session.query('SELECT @@global.gtid_slave_pos AS gtids')
    return channel?.Gtid_IO_Pos || (applied?.gtids ?? '')
  },

  async hasLogged(session, position) {
    // Not gtid_binlog_pos: of two writers of a domain it shows only the last.
    const [row] = await session.query('SELECT @@global.gtid_binlog_state AS gtids')
    const logged = new Map(gtidsOf(row?.gtids ?? '').map(parts))
    return gtidsOf(position)
      .map(parts)
      .every(([writer, sequence]) => (logged.get(writer) ?? -1n) >= sequence)
  },

  statusColumns: {
    channel: 'Connection_name',
    io: 'Slave_IO_Running',
    sql: 'Slave_SQL_Running',
    lag: 'Seconds_Behind_Master',
    ioError: 'Last_IO_Error',
    sqlError: 'Last_SQL_Error',
    file: 'Relay_Master_Log_File',
    position: 'Exec_Master_Log_Pos',
  },
}
