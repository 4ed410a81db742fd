import { describe, expect, it, test } from 'vitest'
import { VARIABLE_NAMES } from '../../src/domain.ts'
import { NO_CHANNEL_RULES, NO_LOG_RULES } from '../../src/mysql/filters.ts'
import { dangersOf, differencesOf } from '../../src/mysql/judge-variables.ts'
import type { Situation } from '../../src/mysql/variable-rules.ts'
import type { VariableReading } from '../../src/mysql/variables.ts'
import { MYSQL_57, mariadb, mysql } from '../support/recorded-variables.ts'

const CHANNEL = { name: '', rules: NO_CHANNEL_RULES, log: NO_LOG_RULES }
/** A filter on a schema, of a source that logs so. */
const filtered = (format: string, name = '') => ({
  name,
  rules: { ...NO_CHANNEL_RULES, ignoreDb: ['tmp'] },
  log: { ...NO_LOG_RULES, format },
})
const log = NO_LOG_RULES
const SOURCE: Situation = { isSource: true, channels: [], log }
const REPLICA: Situation = { isSource: false, channels: [CHANNEL], log }
const MIDDLE: Situation = { isSource: true, channels: [CHANNEL], log }
const ALONE: Situation = { isSource: false, channels: [], log }
/** Leaves a schema out of its binary log. */
const leavingOut = (format: string): Situation => ({
  ...SOURCE,
  log: { ...log, ignoreDb: ['tmp', 'old'], format },
})

const dangers = (reading: VariableReading, situation: Situation) =>
  dangersOf(reading, situation).found.map(({ name, value }) => `${name} ${value}`.trim())

describe('a sound server is in no danger', () => {
  it.for<[string, VariableReading]>([
    ['MySQL 9.7', mysql()],
    ['MySQL 5.7', { vendor: 'mysql', settings: MYSQL_57 }],
    ['MariaDB', mariadb()],
  ])('%s', ([, reading]) => {
    for (const situation of [SOURCE, REPLICA, MIDDLE, ALONE]) {
      expect(dangers(reading, situation)).toEqual([])
    }
  })
})

describe('dangerous', () => {
  const OFF = { log_bin: 'OFF' } as const

  it.for<[what: string, reading: VariableReading, where: Situation, found: string[]]>([
    ['a source that logs nothing', mysql(OFF), SOURCE, ['log_bin OFF']],
    ['a replica that logs nothing: not', mysql(OFF), REPLICA, []],
    ['MIXED', mariadb({ binlog_format: 'MIXED' }), SOURCE, ['binlog_format MIXED']],
    ['STATEMENT', mysql({ binlog_format: 'STATEMENT' }), REPLICA, ['binlog_format STATEMENT']],
    ['a format that is not used: not', mysql({ ...OFF, binlog_format: 'MIXED' }), REPLICA, []],
    [
      'an hour of binary logs',
      mysql({ binlog_expire_logs_seconds: '3600' }),
      SOURCE,
      ['binlog_expire_logs_seconds 3600'],
    ],
    [
      'an hour of them on a replica: not',
      mysql({ binlog_expire_logs_seconds: '3600' }),
      REPLICA,
      [],
    ],
    [
      'an hour that is not purged: not',
      mysql({ binlog_expire_logs_seconds: '3600', binlog_expire_logs_auto_purge: 'OFF' }),
      SOURCE,
      [],
    ],
    [
      'a day of them: not',
      { vendor: 'mysql', settings: { ...MYSQL_57, expire_logs_days: '1' } },
      SOURCE,
      [],
    ],
    [
      'part of a day, on MariaDB',
      mariadb({ binlog_expire_logs_seconds: '43200', expire_logs_days: '0.500000' }),
      SOURCE,
      ['binlog_expire_logs_seconds 43200'],
    ],
    [
      'lax GTIDs on a replica',
      mariadb({ gtid_strict_mode: 'OFF' }),
      REPLICA,
      ['gtid_strict_mode OFF'],
    ],
    ['lax GTIDs on a source: not', mariadb({ gtid_strict_mode: 'OFF' }), SOURCE, []],
    ['no server id', mysql({ server_id: '0' }), ALONE, ['server_id 0']],
    [
      'a chain that ends',
      mysql({ log_replica_updates: 'OFF' }),
      MIDDLE,
      ['log_replica_updates OFF'],
    ],
    ['by its old name', mariadb({ log_slave_updates: 'OFF' }), MIDDLE, ['log_slave_updates OFF']],
    ['the end of a chain: not', mariadb({ log_slave_updates: 'OFF' }), REPLICA, []],
    ['a binary log that is not synced', mariadb({ sync_binlog: '0' }), REPLICA, ['sync_binlog 0']],
    ['or not each time', mysql({ sync_binlog: '1000' }), SOURCE, ['sync_binlog 1000']],
    [
      'commits that are not flushed',
      mysql({ innodb_flush_log_at_trx_commit: '2' }),
      SOURCE,
      ['innodb_flush_log_at_trx_commit 2'],
    ],
    [
      'commits that are flushed twice: not',
      mariadb({ innodb_flush_log_at_trx_commit: '3' }),
      SOURCE,
      [],
    ],
    [
      'neither, where nothing is logged: not',
      mysql({ ...OFF, sync_binlog: '0', innodb_flush_log_at_trx_commit: '2' }),
      REPLICA,
      [],
    ],
    [
      'errors that are skipped',
      mysql({ replica_skip_errors: '1032,1062' }),
      REPLICA,
      ['replica_skip_errors 1032,1062'],
    ],
    ['errors that would be: not', mysql({ replica_skip_errors: 'ALL' }), SOURCE, []],
    [
      'rows that may be missing',
      mariadb({ slave_exec_mode: 'IDEMPOTENT' }),
      REPLICA,
      ['slave_exec_mode IDEMPOTENT'],
    ],
    ['filters by schema, of rows: not', mysql(), { ...REPLICA, channels: [filtered('ROW')] }, []],
    [
      'filters by schema, of statements',
      mysql(),
      { ...REPLICA, channels: [filtered('MIXED')] },
      ['replication_filters replicate_ignore_db=tmp'],
    ],
    [
      'on one channel of two',
      mysql(),
      { ...REPLICA, channels: [CHANNEL, filtered('STATEMENT', 'b')] },
      ['replication_filters b: replicate_ignore_db=tmp'],
    ],
    ['what is left out of the binary log, of rows: not', mysql(), leavingOut('ROW'), []],
    [
      'what is left out of the binary log, of statements',
      mysql(),
      leavingOut('MIXED'),
      ['binlog_filters binlog_ignore_db=tmp,old'],
    ],
  ])('%s', ([, reading, where, found]) => {
    expect(dangers(reading, where)).toEqual(found)
  })

  test('where it is not known whether it replicates, what rests on that is not judged', () => {
    const { looked, found } = dangersOf(mysql({ replica_exec_mode: 'IDEMPOTENT' }), {
      isSource: true,
      channels: null,
      log: null,
    })
    expect(found).toEqual([])
    for (const name of [
      'replica_exec_mode',
      'replica_skip_errors',
      'log_replica_updates',
    ] as const) {
      expect(looked).not.toContain(name)
    }
    expect(looked).toContain('sync_binlog')
  })

  test('what a server does not have is not judged', () => {
    expect(dangersOf(mysql(), REPLICA).looked).not.toContain('gtid_strict_mode')
    expect(dangersOf(mariadb(), REPLICA).looked).toContain('gtid_strict_mode')
  })
})

test('every setting of the list is judged or compared on one vendor or the other', () => {
  const looked = new Set(
    [mysql(), mariadb()].flatMap((reading) => [
      ...dangersOf(reading, MIDDLE).looked,
      ...differencesOf(reading, reading).looked,
    ]),
  )
  expect(VARIABLE_NAMES.filter((name) => !looked.has(name))).toEqual([])
})

test('filters that this account is not shown are not judged', () => {
  const looked = (situation: Partial<Situation>) =>
    dangersOf(mysql(), { ...REPLICA, ...situation }).looked.filter((name) =>
      name.endsWith('filters'),
    )
  const opaque = { ...CHANNEL, rules: { ...NO_CHANNEL_RULES, isOpaque: true } }
  expect(looked({})).toEqual(['binlog_filters', 'replication_filters'])
  expect(looked({ log: { ...log, isHidden: true }, channels: [opaque] })).toEqual([])
  expect(looked({ log: null, channels: null })).toEqual([])
})
