/**
 * MySQL from a Debian sid tree in the cache folder, which `scripts/setup.sh` makes.
 *
 * It is run by the tree's own dynamic loader with the tree's own libraries, not in a chroot: that needs neither
 * root nor mounts, so there is nothing to unmount afterwards and no way to delete through a mount.
 */
import { accessSync, constants, existsSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Engine, Place, Thread } from './engine.ts'
import { groupReplication } from './group-replication.ts'
import { asUser, outputOf } from './program.ts'

/** The loader and library folder of each processor that Debian builds mysqld for and that we know. */
const LOADERS: Readonly<Record<string, { loader: string; libraries: string }>> = {
  x64: { loader: 'usr/lib64/ld-linux-x86-64.so.2', libraries: 'usr/lib/x86_64-linux-gnu' },
  arm64: { loader: 'usr/lib/ld-linux-aarch64.so.1', libraries: 'usr/lib/aarch64-linux-gnu' },
}

const onChannel = (channel: string) => (channel === '' ? '' : ` FOR CHANNEL '${channel}'`)
const threadOf = (thread?: Thread) =>
  thread === undefined ? '' : ` ${thread.toUpperCase()}_THREAD`

function beginning(from: 'gtid' | 'first' | Place): string {
  if (from === 'gtid') return 'SOURCE_AUTO_POSITION = 1'
  if (from === 'first') return 'SOURCE_AUTO_POSITION = 0'
  return `SOURCE_AUTO_POSITION = 0, SOURCE_LOG_FILE = '${from.file}', SOURCE_LOG_POS = ${from.position}`
}

const SEMI_SYNC_PLUGINS = ['semisync_source.so', 'semisync_replica.so']

export const mysql: Engine = {
  vendor: 'mysql',

  async locate(cache) {
    const root = join(cache, 'sid')
    const paths = LOADERS[process.arch]
    const server = join(root, 'usr/sbin/mysqld')
    if (paths === undefined) throw new UserError(`no MySQL for the processor ${process.arch}`)
    try {
      accessSync(server, constants.X_OK)
    } catch {
      throw new UserError(`${server} is missing: "bash scripts/setup.sh test" as root makes it`)
    }
    const program = [
      join(root, paths.loader),
      '--library-path',
      join(root, paths.libraries),
      server,
    ]
    const version =
      /Ver ([\w.-]+)/.exec(await outputOf([...program, '--version']))?.[1] ?? 'unknown'
    return {
      version,
      program,
      settings: {
        ...asUser(),
        basedir: join(root, 'usr'),
        'lc-messages-dir': join(root, 'usr/share/mysql'),
        'character-sets-dir': join(root, 'usr/share/mysql/charsets'),
        'plugin-dir': join(root, 'usr/lib/mysql/plugin'),
      },
    }
  },

  initialise: ({ program, settings }, dataFolder) => [
    ...program,
    '--no-defaults',
    '--initialize-insecure',
    `--datadir=${dataFolder}`,
    '--secure-file-priv=NULL',
    '--innodb-redo-log-capacity=16M',
    ...Object.entries(settings).map(([name, value]) => `--${name}=${value}`),
  ],

  settings: {
    'gtid-mode': 'ON',
    'enforce-gtid-consistency': 'ON',
    // Its default folder belongs to the package's own service, and the server refuses to start without it.
    'secure-file-priv': 'NULL',
    mysqlx: 'OFF',
    'innodb-redo-log-capacity': '16M',
    'replica-transaction-retries': '4294967295',
    // A killed process loses nothing by it, only a power cut would.
    'innodb-flush-method': 'nosync',
  },

  special: {
    appliers: (count) => ({ 'replica-parallel-workers': String(count) }),
    withoutGtid: { 'gtid-mode': 'OFF', 'enforce-gtid-consistency': 'OFF' },
    semiSync({ settings }) {
      const folder = settings['plugin-dir'] ?? ''
      const missing = SEMI_SYNC_PLUGINS.filter((file) => !existsSync(join(folder, file)))
      if (missing.length > 0) {
        throw new UserError(`no semi-sync with this MySQL: ${folder} lacks ${missing.join(', ')}`)
      }
      return {
        'plugin-load-add': `'${SEMI_SYNC_PLUGINS.join(';')}'`,
        'rpl-semi-sync-replica-enabled': 'ON',
        'rpl-semi-sync-source-wait-point': 'AFTER_SYNC',
      }
    },
  },

  semiSync: { variable: 'rpl_semi_sync_source_enabled', clients: 'Rpl_semi_sync_source_clients' },

  cluster: groupReplication,

  tidy: [],

  exporterGrants:
    'SELECT, SHOW DATABASES, SHOW VIEW, TRIGGER, EVENT, PROCESS, REPLICATION CLIENT, REPLICATION SLAVE, SHOW_ROUTINE',

  sql: {
    replicateFrom: ({ channel, host, port }, from) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_HOST = '${host}', SOURCE_PORT = ${port},
       SOURCE_USER = 'repl', SOURCE_PASSWORD = 'repl', ${beginning(from)}, GET_SOURCE_PUBLIC_KEY = 1,
       SOURCE_CONNECT_RETRY = 1, SOURCE_RETRY_COUNT = 86400${onChannel(channel)}`,
    forget: (channel) => `RESET REPLICA ALL${onChannel(channel)}`,
    readOnly: (on) => `SET GLOBAL read_only = ${on ? 1 : 0}`,
    password: (channel, password) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_PASSWORD = '${password}'${onChannel(channel)}`,
    filledUpTo: (position) => [
      'RESET BINARY LOGS AND GTIDS',
      `SET GLOBAL gtid_purged = '${position}'`,
    ],
    ownAsReceived: [],
    logEnd: 'SHOW BINARY LOG STATUS',
    start: (channel, thread) => `START REPLICA${threadOf(thread)}${onChannel(channel)}`,
    stop: (channel, thread) => `STOP REPLICA${threadOf(thread)}${onChannel(channel)}`,
    delay: (channel, seconds) =>
      `CHANGE REPLICATION SOURCE TO SOURCE_DELAY = ${seconds}${onChannel(channel)}`,
    applyMode: (mode) => `SET GLOBAL replica_exec_mode = '${mode}'`,
    position: 'SELECT @@global.gtid_executed',
    hasApplied: (position) => `SELECT GTID_SUBSET('${position}', @@global.gtid_executed)`,
    status: 'SHOW REPLICA STATUS',
  },

  async received(session) {
    // Its own are left out: errant ones are nobody else's business, and a former source has handed its over.
    const [row] = await session.query(
      `SELECT GTID_SUBTRACT(@@global.gtid_executed, CONCAT(@@global.server_uuid, ':1-9223372036854775806')) AS applied,
         (SELECT received_transaction_set FROM performance_schema.replication_connection_status LIMIT 1) AS received`,
    )
    return [row?.applied, row?.received].filter(Boolean).join(',')
  },

  async hasLogged(session, position) {
    const [row] = await session.query(
      `SELECT GTID_SUBSET('${position}', @@global.gtid_executed) AS has`,
    )
    return row?.has === '1'
  },

  statusColumns: {
    channel: 'Channel_Name',
    io: 'Replica_IO_Running',
    sql: 'Replica_SQL_Running',
    lag: 'Seconds_Behind_Source',
    ioError: 'Last_IO_Error',
    sqlError: 'Last_SQL_Error',
    file: 'Relay_Source_Log_File',
    position: 'Exec_Source_Log_Pos',
  },
}
