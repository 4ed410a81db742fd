/** The settings that are looked at, as a server tells them. Nothing outside this list is ever read. */
import type { Vendor } from './flavor.ts'
import { type Session, text } from './query.ts'

/** By the servers' own names, old and new: whatever a server does not have is left out of its answer. */
const SETTINGS = [
  'binlog_expire_logs_auto_purge',
  'binlog_expire_logs_seconds',
  'binlog_format',
  'binlog_gtid_index',
  'binlog_row_image',
  'binlog_row_metadata',
  'character_set_server',
  'collation_server',
  'enforce_gtid_consistency',
  'expire_logs_days',
  'explicit_defaults_for_timestamp',
  'gtid_mode',
  'gtid_strict_mode',
  'innodb_flush_log_at_trx_commit',
  'log_bin',
  'log_replica_updates',
  'log_slave_updates',
  'lower_case_table_names',
  'replica_exec_mode',
  'replica_skip_errors',
  'server_id',
  'slave_exec_mode',
  'slave_skip_errors',
  'sql_mode',
  'sync_binlog',
  'system_time_zone',
  'time_zone',
] as const

/**
 * How far the server's time zone is from UTC, as `01:00:00`, in winter and in summer. Names say too little: SYSTEM
 * is another zone on another machine, and `system_time_zone` is CET or CEST by the season in which a server started.
 */
const OFFSETS = {
  utc_offset_january: '2025-01-01 00:00:00',
  utc_offset_july: '2025-07-01 00:00:00',
} as const

export const SETTING_NAMES = [
  ...SETTINGS,
  ...(Object.keys(OFFSETS) as (keyof typeof OFFSETS)[]),
] as const
export type SettingName = (typeof SETTING_NAMES)[number]

export interface VariableReading {
  readonly vendor: Vendor
  /** As the server prints them. */
  readonly settings: Readonly<Partial<Record<SettingName, string>>>
}

/** MariaDB's performance_schema is switched off by default; MySQL shows its table to every account. */
const TABLES = {
  mysql: 'performance_schema.global_variables',
  mariadb: 'information_schema.GLOBAL_VARIABLES',
} as const satisfies Record<Vendor, string>

/** One statement that needs no privilege. @throws {ServerError} */
export async function readVariables(session: Session): Promise<VariableReading> {
  const { vendor } = await session.flavor()
  const names = SETTINGS.map((name) => `'${name}'`).join(', ')
  const offsets = Object.entries(OFFSETS).map(
    ([name, at]) =>
      ` UNION ALL SELECT '${name}', TIMEDIFF(CONVERT_TZ('${at}', '+00:00', @@global.time_zone), '${at}')`,
  )
  const rows = await session.query(
    `SELECT VARIABLE_NAME AS name, VARIABLE_VALUE AS value FROM ${TABLES[vendor]} ` +
      `WHERE VARIABLE_NAME IN (${names})${offsets.join('')}`,
  )
  const told = new Map(rows.map((row) => [text(row, 'name').toLowerCase(), row['value'] ?? null]))
  const known = SETTING_NAMES.flatMap((name): [SettingName, string][] => {
    const value = told.get(name) ?? null
    return value === null ? [] : [[name, value.toString()]]
  })
  return { vendor, settings: Object.fromEntries(known) }
}
