/** A server's contents, and its answers to the statements with which it is compared. */
import { ServerError } from '../../src/errors.ts'
import type { Row } from '../../src/mysql/query.ts'
import type { FakeBinlog } from './fake-binlog.ts'
import { mysql80Row } from './fake-status-rows.ts'

export interface FakeTableData {
  readonly kind: 'BASE TABLE' | 'VIEW' | 'SEQUENCE'
  readonly rows: Map<number, string>
  /** Added to `id` and `note`. */
  readonly columns: string[]
  hasKey: boolean
  madeAt: string
}

export interface FakeDatabase {
  readonly name: string
  /** By `schema.table`. */
  readonly tables: Map<string, FakeTableData>
  readonly channels: Row[]
  /** Of the group that it is a member of, by server name and state; empty = of none. */
  members: Readonly<Record<string, string>>
  /** Who replicates from it, as it tells. */
  readonly replicas: Row[]
  readonly identity: Record<string, string>
  /** `Binlog_Do_DB`, `Binlog_Ignore_DB`. */
  readonly logRules: Record<string, string>
  readonly grants: string[]
  /** Global variables that `variables` asks for. */
  readonly settings: Record<string, string>
  gtidExecuted: string
  /** null: this account may not read it. */
  binlog: FakeBinlog | null
  /** Of the table that is configured for it. */
  heartbeats: Row[]
  /** A replica that is behind has not applied what is asked for. */
  isBehind: boolean
  /** How long a reading of rows takes; all else takes 1 ms. */
  readMs: number
  /** Every statement fails. */
  trouble: ServerError | null
  /** Statements that match fail. */
  readonly refusals: [RegExp, ServerError][]
  /** How busy it is. */
  readonly load: { threadsRunning: number; historyList: number; waitingLocks: number }
  /** Rows that were read one by one or hashed. */
  rowsRead: number
  readonly asked: string[]
  answer(sql: string): Row[]
}

export const uuidOf = (name: string) =>
  `00000000-0000-0000-0000-${Buffer.from(name).toString('hex').padStart(12, '0').slice(-12)}`

/** A channel from that server. */
export function channelFrom(source: string, overrides: Row = {}): Row {
  return mysql80Row({ Source_Host: source, Source_UUID: uuidOf(source), ...overrides })
}

export function makeTableData(rows = 3, overrides: Partial<FakeTableData> = {}): FakeTableData {
  const contents = new Map(Array.from({ length: rows }, (_, key) => [key, 'a']))
  return { kind: 'BASE TABLE', rows: contents, columns: [], hasKey: true, madeAt: '', ...overrides }
}

export function fakeDatabase(name: string, channels: Row[] = []): FakeDatabase {
  const database: FakeDatabase = {
    name,
    tables: new Map(),
    channels,
    members: {},
    replicas: [],
    identity: {
      server_id: uuidOf(name).slice(-4),
      uuid: uuidOf(name),
      hostname: name,
      port: '3306',
      read_only: channels.length > 0 ? '1' : '0',
      super_read_only: '0',
      log_bin: '1',
      gtid_mode: 'ON',
    },
    logRules: {},
    grants: ['GRANT SELECT, PROCESS, REPLICATION CLIENT ON *.* TO `drift`@`%`'],
    binlog: null,
    heartbeats: [],
    settings: {
      log_bin: 'ON',
      sync_binlog: '1',
      sql_mode: 'ANSI_QUOTES',
      replica_exec_mode: 'STRICT',
    },
    gtidExecuted: `${uuidOf('db1')}:1-100`,
    isBehind: false,
    readMs: 1,
    trouble: null,
    refusals: [],
    load: { threadsRunning: 2, historyList: 5, waitingLocks: 0 },
    rowsRead: 0,
    asked: [],
    answer(sql) {
      database.asked.push(sql)
      if (database.trouble !== null) throw database.trouble
      const refusal = database.refusals.find(([pattern]) => pattern.test(sql))
      if (refusal !== undefined) throw refusal[1]
      return answerTo(database, sql)
    },
  }
  return database
}

function answerTo(database: FakeDatabase, sql: string): Row[] {
  const { gtidExecuted: executed } = database
  if (/^SELECT @@(global\.)?server_id/.test(sql)) return [database.identity]
  if (sql.startsWith('SELECT @@server_uuid AS own')) return membersOf(database)
  if (sql.startsWith("SHOW GLOBAL STATUS LIKE 'wsrep")) return []
  if (/^SHOW (REPLICA|SLAVE) STATUS/.test(sql)) return database.channels
  if (/^SHOW (REPLICAS|SLAVE HOSTS)/.test(sql)) return database.replicas
  if (sql.startsWith('SHOW GLOBAL VARIABLES')) return [{ Value: 'ROW' }]
  if (sql.startsWith('SELECT SCHEMA_NAME')) return schemasOf(database)
  if (sql.startsWith('SELECT TABLE_SCHEMA AS table_schema')) return listOf(database)
  if (sql.startsWith('SELECT t.TABLE_TYPE')) return madeOf(database, sql)
  if (sql.startsWith('SELECT t.TABLE_ROWS')) return estimateOf(database, sql)
  if (sql.startsWith('SELECT t.ENGINE')) return columnsOf(database, sql)
  if (sql.includes('information_schema.STATISTICS')) return keyOf(database, sql)
  if (sql.startsWith('EXPLAIN')) return [{ type: 'range' }]
  if (sql.startsWith('SELECT SQL_NO_CACHE')) return dataOf(database, sql)
  const { threadsRunning, historyList, waitingLocks } = database.load
  if (sql.includes("'Threads_running'")) return [{ Value: String(threadsRunning) }]
  if (sql.includes('INNODB_METRICS')) return [{ n: String(historyList) }]
  if (sql.includes('PROCESSLIST')) return [{ n: String(waitingLocks) }]
  if (sql.startsWith('SELECT @@global.gtid_owned')) return [{ owned: '' }]
  if (sql.startsWith('SELECT @@global.gtid_executed')) return [{ executed, mode: 'ON' }]
  if (sql.startsWith('SELECT GTID_SUBSET')) return [{ reached: database.isBehind ? '0' : '1' }]
  if (sql.startsWith('SELECT received_transaction_set')) return [{ received: executed }]
  if (/^SHOW (MASTER|BINARY LOG) STATUS$/.test(sql)) return endOf(database)
  if (/^SHOW (BINARY LOGS|BINLOG EVENTS)/.test(sql)) return binlogOf(database).answer(sql)
  if (sql.startsWith('SELECT h.server_id')) return database.heartbeats
  // As without performance_schema: the lag is that of the channel.
  if (sql.includes('replication_applier_status')) return []
  if (sql.startsWith('SELECT s.CHANNEL_NAME')) return receivedBy(database)
  if (sql.startsWith('SELECT @@global.gtid_mode')) return [{ mode: 'ON', executed, purged: '' }]
  if (sql.startsWith('SELECT VARIABLE_NAME')) {
    return Object.entries(database.settings).map(([name, value]) => ({ name, value }))
  }
  if (sql.startsWith('SELECT PLUGIN_STATUS')) return []
  if (sql.startsWith('SHOW GRANTS')) return database.grants.map((grant) => ({ grant }))
  if (sql.startsWith('SELECT CURRENT_USER()')) return [{ account: 'drift@%' }]
  throw new Error(`${database.name} does not know: ${sql}`)
}

/** Also without events that may be read: asking for the end takes another privilege. */
function endOf({ binlog, logRules }: FakeDatabase): Row[] {
  const { file, offset } = binlog?.end() ?? { file: 'binlog.000007', offset: 342n }
  return [{ File: file, Position: String(offset), ...logRules }]
}

function binlogOf({ name, binlog }: FakeDatabase): FakeBinlog {
  if (binlog !== null) return binlog
  throw new ServerError('privilege', `${name}: Access denied; you need REPLICATION SLAVE`, 1227)
}

function receivedBy({ channels, gtidExecuted: received }: FakeDatabase): Row[] {
  return channels.map(({ Channel_Name: channel = '' }) => ({ channel, by_gtid: '1', received }))
}

function membersOf({ name, members }: FakeDatabase): Row[] {
  return Object.entries(members).map(([member, state]) => ({
    own: uuidOf(name),
    member: uuidOf(member),
    state,
    group_name: 'aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa',
  }))
}

function schemasOf({ tables }: FakeDatabase): Row[] {
  const names = new Set([...tables.keys()].map((key) => key.split('.')[0] ?? ''))
  return [...names].map((name) => ({ schema_name: name, collation_name: 'utf8mb4_bin' }))
}

function listOf({ tables }: FakeDatabase): Row[] {
  return [...tables].map(([key, { kind }]) => {
    const [schema = '', table = ''] = key.split('.')
    return {
      table_schema: schema,
      table_name: table,
      table_type: kind,
      engine: kind === 'BASE TABLE' ? 'InnoDB' : null,
    }
  })
}

function madeOf(database: FakeDatabase, sql: string): Row[] {
  const table = tableIn(database, sql)
  return table === undefined ? [] : [{ table_type: table.kind, stamp: table.madeAt }]
}

function estimateOf(database: FakeDatabase, sql: string): Row[] {
  const table = tableIn(database, sql)
  return table === undefined ? [] : [{ table_rows: String(table.rows.size) }]
}

function tableIn({ tables }: FakeDatabase, sql: string): FakeTableData | undefined {
  const [, schema] = /TABLE_SCHEMA = '([^']*)'/.exec(sql) ?? []
  const [, table] = /TABLE_NAME = '([^']*)'/.exec(sql) ?? []
  return tables.get(`${schema}.${table}`)
}

function columnsOf(database: FakeDatabase, sql: string): Row[] {
  const table = tableIn(database, sql)
  if (table === undefined) return []
  const column = (name: string, type: string, charset: string | null): Row => ({
    engine: 'InnoDB',
    column_name: name,
    data_type: type.replace(/\(.*/, ''),
    column_type: type,
    charset_name: charset,
    collation_name: charset && `${charset}_bin`,
    is_nullable: 'NO',
  })
  return [
    column('id', 'bigint', null),
    column('note', 'varchar(20)', 'utf8mb4'),
    ...table.columns.map((name) => column(name, 'int', null)),
  ]
}

function keyOf(database: FakeDatabase, sql: string): Row[] {
  if (tableIn(database, sql)?.hasKey !== true) return []
  return [
    {
      index_name: 'PRIMARY',
      column_name: 'id',
      sub_part: null,
      direction: 'A',
      index_type: 'BTREE',
    },
  ]
}

/** Counts, digests and keys of a range of one table whose key is `id`. */
function dataOf(database: FakeDatabase, sql: string): Row[] {
  const [, schema, name, where = ''] =
    /FROM `(\w+)`\.`(\w+)` AS t.*? WHERE (.*?)(?: (?:ORDER|GROUP) BY .*)?$/s.exec(sql) ?? []
  const table = database.tables.get(`${schema}.${name}`)
  if (table === undefined) throw new ServerError('query', `${schema}.${name} is gone`, 1146)
  const conditions = where
    .split(' AND ')
    // A filter of the configuration, as it is put into a statement.
    .map((condition) => conditionOf(condition.replace(/^\((.*)\n\)$/, '$1')))
  const rows = [...table.rows]
    .filter(([key]) => conditions.every((holds) => holds(key)))
    .sort(([a], [b]) => a - b)
  if (sql.includes(' GROUP BY ')) return copiesOf(rows)
  if (/(COUNT\(\*\)|SUM\(1\), 0\)) AS n\b/.test(sql)) {
    database.rowsRead += rows.length
    const digest = { digest: JSON.stringify(rows), nulls: '0' }
    return [{ n: String(rows.length), ...(sql.includes(' AS digest') && digest) }]
  }
  if (sql.includes(' AS hash')) {
    const [, limit] = /LIMIT (\d+)$/.exec(sql) ?? []
    database.rowsRead += rows.length
    return rows.slice(0, Number(limit)).map(([key, hash]) => ({ k0: String(key), hash }))
  }
  if (/ORDER BY .* DESC LIMIT 1$/.test(sql)) rows.reverse()
  const row = rows[Number(/OFFSET (\d+)$/.exec(sql)?.[1] ?? 0)]
  return row === undefined ? [] : [{ k0: String(row[0]) }]
}

/** Rows that no key tells apart: each is a bucket of its own. */
function copiesOf(rows: readonly (readonly [number, string])[]): Row[] {
  return [...Map.groupBy(rows, ([, hash]) => hash)].map(([hash, { length }]) => ({
    ...{ bucket: hash, n: String(length), digest: hash },
    ...{ hash, copies: String(length) },
  }))
}

/** The condition on a row's key. */
function conditionOf(condition: string): (key: number) => boolean {
  if (condition.startsWith('RIGHT(')) return () => true
  if (condition === '1=1' || condition === '1=0') return () => condition === '1=1'
  const [, operator, literal] = /^t\.`id` (=|>=|<=|>|<) (-?\d+)$/.exec(condition) ?? []
  const value = Number(literal)
  switch (operator) {
    case '=':
      return (key) => key === value
    case '>=':
      return (key) => key >= value
    case '<=':
      return (key) => key <= value
    case '>':
      return (key) => key > value
    case '<':
      return (key) => key < value
    default:
      throw new Error(`cannot tell whether ${condition}`)
  }
}
