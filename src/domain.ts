/** The closed vocabularies of the product. Types and constants only: no I/O, no imports. */

/** Worst first among those that a set's verdict is made of; `skipped` never raises it. */
export const VERDICTS = ['drifted', 'missing', 'unknown', 'suspect', 'same', 'skipped'] as const
export type Verdict = (typeof VERDICTS)[number]

/** Why a table could not be judged. A metric label: bounded, never free text. */
export const UNKNOWN_REASONS = [
  'lag',
  'ahead',
  'delayed',
  'hot',
  'no_key',
  'key_differs',
  'definition_differs',
  'definition_changed',
  'engine',
  'multi_source',
  'cross_version',
  'no_fence',
  'no_privilege',
  'not_reached',
  'row_too_large',
  'timeout',
  'identity_changed',
  'throttled',
  'not_yet',
  'not_compared',
  'unreachable',
  'write_privileges',
] as const
export type UnknownReason = (typeof UNKNOWN_REASONS)[number]

/** Why no table is read on a server for a while. */
export const THROTTLE_REASONS = [
  'threads_running',
  'lag',
  'history_list',
  'metadata_lock',
  'window',
  'duty',
  'no_load_reading',
  'paused',
] as const
export type ThrottleReason = (typeof THROTTLE_REASONS)[number]

export const SKIPPED_REASONS = ['excluded', 'filtered', 'system', 'view', 'shared_storage'] as const
export type SkippedReason = (typeof SKIPPED_REASONS)[number]

export const MISSING_REASONS = ['missing_on_replica', 'extra_on_replica'] as const
export type MissingReason = (typeof MISSING_REASONS)[number]

export type Reason = UnknownReason | SkippedReason | MissingReason

/** Why a check could not look. `internal` is our own bug. */
export const FAILURE_REASONS = [
  'connect',
  'auth',
  'privilege',
  'timeout',
  'query',
  'write_privileges',
  'internal',
] as const
export type FailureReason = (typeof FAILURE_REASONS)[number]

export const CHECK_NAMES = [
  'threads',
  'gtid',
  'row_count',
  'checksum',
  'schema',
  'variables',
  'grants',
] as const
export type CheckName = (typeof CHECK_NAMES)[number]

/** The checks that compare the data of tables. */
export const TABLE_CHECKS = ['row_count', 'checksum'] as const satisfies readonly CheckName[]
export type TableCheck = (typeof TABLE_CHECKS)[number]

export const ROLES = ['source', 'replica', 'intermediate', 'member', 'detached', 'unknown'] as const
export type Role = (typeof ROLES)[number]

export const THREAD_STATES = ['running', 'connecting', 'stopped'] as const
export type ThreadState = (typeof THREAD_STATES)[number]

export const SCHEMA_OBJECTS = [
  'schema',
  'table',
  'column',
  'index',
  'foreign_key',
  'check',
  'partition',
  'view',
  'trigger',
  'procedure',
  'function',
  'event',
  'sequence',
] as const
export type SchemaObject = (typeof SCHEMA_OBJECTS)[number]

export const DIFFERENCE_KINDS = ['missing', 'extra', 'changed'] as const
export type DifferenceKind = (typeof DIFFERENCE_KINDS)[number]

export const SEVERITIES = ['critical', 'warning', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** Settings that are compared or judged: one name for all vendors and versions. A metric label. */
export const VARIABLE_NAMES = [
  'log_bin',
  'binlog_format',
  'binlog_row_image',
  'binlog_row_metadata',
  'binlog_expire_logs_seconds',
  'binlog_gtid_index',
  'gtid_mode',
  'enforce_gtid_consistency',
  'gtid_strict_mode',
  'server_id',
  'sql_mode',
  'time_zone',
  'character_set_server',
  'collation_server',
  'lower_case_table_names',
  'explicit_defaults_for_timestamp',
  'log_replica_updates',
  'sync_binlog',
  'innodb_flush_log_at_trx_commit',
  'replica_skip_errors',
  'replica_exec_mode',
  'binlog_filters',
  'replication_filters',
] as const
export type VariableName = (typeof VARIABLE_NAMES)[number]

export const VARIABLE_FINDING_KINDS = ['dangerous', 'difference'] as const
export type VariableFindingKind = (typeof VARIABLE_FINDING_KINDS)[number]

/** How a fenced look at one range ended; label of `chunk_rechecks_total`. */
export const RECHECK_RESULTS = ['same', 'moving', 'disagree', 'lag', 'ahead', 'invalid'] as const
export type RecheckResult = (typeof RECHECK_RESULTS)[number]

/** In what one object of a table's definition is not the same on both ends. */
export const CAUSE_ASPECTS = [
  'missing',
  'extra',
  'type',
  'charset',
  'order',
  'columns',
  'collation',
  'version',
] as const
export type CauseAspect = (typeof CAUSE_ASPECTS)[number]

export const CAUSE_OBJECTS = ['column', 'index'] as const
export type CauseObject = (typeof CAUSE_OBJECTS)[number]
