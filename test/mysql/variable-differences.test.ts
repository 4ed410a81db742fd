import { describe, expect, it, test } from 'vitest'
import type { VariableName } from '../../src/domain.ts'
import { differencesOf } from '../../src/mysql/judge-variables.ts'
import type { VariableReading } from '../../src/mysql/variables.ts'
import {
  MARIADB,
  MYSQL,
  MYSQL_57,
  mariadb,
  mysql,
  type Settings,
  UTC,
} from '../support/recorded-variables.ts'

/** MariaDB before 11.4. */
const { binlog_gtid_index: _, ...OLDER } = MARIADB

const differences = (source: VariableReading, replica: VariableReading) =>
  differencesOf(source, replica).found.map(
    ({ name, value, source: there }) => `${name}: ${there} -> ${value}`,
  )

describe('the ends of a link', () => {
  const zone = (name: string, january: string, july: string): Settings => ({
    time_zone: name,
    system_time_zone: 'CET',
    utc_offset_january: january,
    utc_offset_july: july,
  })

  it.for<[what: string, source: VariableReading, replica: VariableReading, found: string[]]>([
    ['that are alike', mysql(), mysql({ server_id: '3' }), []],
    ['sql_mode', mysql(), mysql({ sql_mode: '' }), [`sql_mode: ${MYSQL.sql_mode} -> `]],
    [
      'sql_mode in another order',
      mysql({ sql_mode: 'ANSI_QUOTES,IGNORE_SPACE' }),
      mysql({ sql_mode: 'IGNORE_SPACE,ANSI_QUOTES' }),
      [],
    ],
    ['sql_mode of 5.7 and later', mysql({ sql_mode: MYSQL_57.sql_mode ?? '' }), mysql(), []],
    [
      'a character set by its old name',
      mariadb({ character_set_server: 'utf8', collation_server: 'utf8_general_ci' }),
      mariadb({ character_set_server: 'utf8mb3', collation_server: 'utf8mb3_general_ci' }),
      [],
    ],
    [
      'a collation',
      mysql(),
      mysql({ collation_server: 'utf8mb4_bin' }),
      ['collation_server: utf8mb4_0900_ai_ci -> utf8mb4_bin'],
    ],
    [
      'GTIDs',
      mysql(),
      mysql({ gtid_mode: 'ON_PERMISSIVE', enforce_gtid_consistency: 'WARN' }),
      ['gtid_mode: ON -> ON_PERMISSIVE', 'enforce_gtid_consistency: ON -> WARN'],
    ],
    [
      'the strictness of GTIDs',
      mariadb(),
      mariadb({ gtid_strict_mode: 'OFF' }),
      ['gtid_strict_mode: ON -> OFF'],
    ],
    [
      'an index of GTIDs',
      mariadb(),
      mariadb({ binlog_gtid_index: 'OFF' }),
      ['binlog_gtid_index: ON -> OFF'],
    ],
    ['one of which is too old for it', mariadb(), { vendor: 'mariadb', settings: OLDER }, []],
    [
      'how long binary logs stay, in days and in seconds',
      { vendor: 'mysql', settings: MYSQL_57 },
      {
        vendor: 'mysql',
        settings: { ...MYSQL_57, expire_logs_days: '0', binlog_expire_logs_seconds: '2592000' },
      },
      [],
    ],
    [
      'how long binary logs stay',
      mysql(),
      mysql({ binlog_expire_logs_seconds: '86400' }),
      ['binlog_expire_logs_seconds: 2592000 -> 86400'],
    ],
    [
      'what is logged of rows',
      mysql(),
      mysql({ binlog_row_image: 'MINIMAL', binlog_row_metadata: 'FULL' }),
      ['binlog_row_image: FULL -> MINIMAL', 'binlog_row_metadata: MINIMAL -> FULL'],
    ],
    [
      'a replica that logs nothing',
      mysql(),
      mysql({
        log_bin: 'OFF',
        binlog_row_image: 'MINIMAL',
        binlog_expire_logs_seconds: '0',
        log_replica_updates: 'OFF',
      }),
      [],
    ],
    [
      'what is logged of what is received',
      mysql(),
      mysql({ log_replica_updates: 'OFF' }),
      ['log_replica_updates: ON -> OFF'],
    ],
    [
      'the case of names',
      mysql(),
      mysql({ lower_case_table_names: '1' }),
      ['lower_case_table_names: 0 -> 1'],
    ],
    [
      'defaults of TIMESTAMP',
      mysql(),
      mysql({ explicit_defaults_for_timestamp: 'OFF' }),
      ['explicit_defaults_for_timestamp: ON -> OFF'],
    ],
    [
      'a zone by another name',
      mysql(zone('SYSTEM', '01:00:00', '02:00:00')),
      mysql(zone('Europe/Berlin', '01:00:00', '02:00:00')),
      [],
    ],
    [
      'one zone, seen from winter and from summer',
      mysql(zone('SYSTEM', '01:00:00', '02:00:00')),
      mysql({ ...zone('SYSTEM', '01:00:00', '02:00:00'), system_time_zone: 'CEST' }),
      [],
    ],
    ['UTC by three names', mysql(), mysql({ ...UTC, time_zone: '+00:00' }), []],
    [
      'two zones of one name',
      mysql(zone('SYSTEM', '01:00:00', '02:00:00')),
      mysql(zone('SYSTEM', '01:00:00', '01:00:00')),
      ['time_zone: SYSTEM (CET, UTC+01:00, in July +02:00) -> SYSTEM (CET, UTC+01:00)'],
    ],
    [
      'west of Greenwich',
      mysql(),
      mysql(zone('-03:30', '-03:30:00', '-03:30:00')),
      ['time_zone: SYSTEM (UTC, UTC+00:00) -> -03:30 (UTC-03:30)'],
    ],
    [
      'what is only dangerous',
      mysql(),
      mysql({
        sync_binlog: '0',
        innodb_flush_log_at_trx_commit: '2',
        replica_exec_mode: 'IDEMPOTENT',
      }),
      [],
    ],
  ])('%s', ([, source, replica, found]) => {
    expect(differences(source, replica)).toEqual(found)
  })
})

describe('between MySQL and MariaDB', () => {
  const alike = {
    sql_mode: 'STRICT_TRANS_TABLES',
    character_set_server: 'utf8mb4',
    binlog_expire_logs_seconds: '2592000',
  }

  test('only what means the same is compared', () => {
    const { looked, found } = differencesOf(mysql(alike), mariadb(alike))
    expect(found).toEqual([])
    expect(looked).toEqual([
      'binlog_expire_logs_seconds',
      'sql_mode',
      'time_zone',
      'character_set_server',
      'lower_case_table_names',
      'explicit_defaults_for_timestamp',
      'log_replica_updates',
    ] satisfies VariableName[])
  })

  test('sql_mode by what both of them know, and what changes data', () => {
    const source = mysql({
      ...alike,
      sql_mode: 'STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,TIME_TRUNCATE_FRACTIONAL',
    })
    const replica = mariadb({
      ...alike,
      sql_mode: 'STRICT_TRANS_TABLES,EMPTY_STRING_IS_NULL,NO_ZERO_DATE',
    })
    expect(differences(source, replica)).toEqual([
      'sql_mode: STRICT_TRANS_TABLES,ONLY_FULL_GROUP_BY,TIME_TRUNCATE_FRACTIONAL -> ' +
        'STRICT_TRANS_TABLES,EMPTY_STRING_IS_NULL,NO_ZERO_DATE',
    ])
  })
})
