/** Settings as servers print them. */
import type { VariableReading } from '../../src/mysql/variables.ts'

export type Settings = VariableReading['settings']

export const UTC = {
  time_zone: 'SYSTEM',
  system_time_zone: 'UTC',
  utc_offset_january: '00:00:00',
  utc_offset_july: '00:00:00',
}

/** Recorded of a sound MySQL 9.7.4. */
export const MYSQL: Settings = {
  binlog_expire_logs_auto_purge: 'ON',
  binlog_expire_logs_seconds: '2592000',
  binlog_format: 'ROW',
  binlog_row_image: 'FULL',
  binlog_row_metadata: 'MINIMAL',
  character_set_server: 'utf8mb4',
  collation_server: 'utf8mb4_0900_ai_ci',
  enforce_gtid_consistency: 'ON',
  explicit_defaults_for_timestamp: 'ON',
  gtid_mode: 'ON',
  innodb_flush_log_at_trx_commit: '1',
  log_bin: 'ON',
  log_replica_updates: 'ON',
  log_slave_updates: 'ON',
  lower_case_table_names: '0',
  replica_exec_mode: 'STRICT',
  replica_skip_errors: 'OFF',
  server_id: '2',
  slave_exec_mode: 'STRICT',
  slave_skip_errors: 'OFF',
  sql_mode:
    'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION',
  sync_binlog: '1',
  ...UTC,
}

/** Recorded of a sound MariaDB 10.11.19; `binlog_gtid_index` as 11.4 has it. */
export const MARIADB: Settings = {
  binlog_expire_logs_seconds: '0',
  binlog_format: 'ROW',
  binlog_gtid_index: 'ON',
  binlog_row_image: 'FULL',
  binlog_row_metadata: 'NO_LOG',
  character_set_server: 'latin1',
  collation_server: 'latin1_swedish_ci',
  expire_logs_days: '0.000000',
  explicit_defaults_for_timestamp: 'ON',
  gtid_strict_mode: 'ON',
  innodb_flush_log_at_trx_commit: '1',
  log_bin: 'ON',
  log_slave_updates: 'ON',
  lower_case_table_names: '0',
  server_id: '2',
  slave_exec_mode: 'STRICT',
  slave_skip_errors: 'OFF',
  sql_mode:
    'STRICT_TRANS_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
  sync_binlog: '1',
  ...UTC,
}

/** A default 5.7, by its manual: no name begins with `replica`, and binary logs expire in days. */
export const MYSQL_57: Settings = {
  binlog_format: 'ROW',
  binlog_row_image: 'FULL',
  character_set_server: 'latin1',
  collation_server: 'latin1_swedish_ci',
  enforce_gtid_consistency: 'ON',
  expire_logs_days: '30',
  explicit_defaults_for_timestamp: 'OFF',
  gtid_mode: 'ON',
  innodb_flush_log_at_trx_commit: '1',
  log_bin: 'ON',
  log_slave_updates: 'ON',
  lower_case_table_names: '0',
  server_id: '2',
  slave_exec_mode: 'STRICT',
  slave_skip_errors: 'OFF',
  sql_mode:
    'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_AUTO_CREATE_USER,NO_ENGINE_SUBSTITUTION',
  sync_binlog: '1',
  ...UTC,
}

export const mysql = (settings: Settings = {}): VariableReading => ({
  vendor: 'mysql',
  settings: { ...MYSQL, ...settings },
})
export const mariadb = (settings: Settings = {}): VariableReading => ({
  vendor: 'mariadb',
  settings: { ...MARIADB, ...settings },
})
