/** How the alerts of a fault are written down in the matrix. */
import type { Severity } from '../src/domain.ts'

/** One alert that somebody would be told of; several series of one server are one. */
export interface ExpectedAlert {
  /** Without the prefix MySQLDrift. */
  readonly alert: AlertName
  readonly severity: Severity
  /** Its `server` label: a configured name, HERE, or null where the alert is about the set or the exporter. */
  readonly server: string | null
}

/** The server to which the fault is done: a replica, whichever was free. */
export const HERE = 'here'

/** Design section 9, without those whose checks come later. */
export const ALERT_NAMES = [
  'TablesDrifted',
  'RowCountDrifted',
  'TablesMissing',
  'SchemaDiffers',
  'ErrantTransactions',
  'MissingTransactions',
  'UnrecoverableReplica',
  'ReplicationStopped',
  'ReplicationMissing',
  'ReplicationLag',
  'LagUnknown',
  'HeartbeatStale',
  'ServerDown',
  'MultipleSources',
  'NoSource',
  'ReplicaWritable',
  'VariablesDiffer',
  'DangerousVariables',
  'ExcessPrivileges',
  'PrivilegesMissing',
  'DuplicateServerId',
  'SourceNotInSet',
  'ReplicaNotWatched',
  'CheckStale',
  'CheckFailing',
  'CoverageLow',
  'ThrottledTooLong',
  'TablesOmitted',
  'VerificationStalled',
  'TablesUnchecked',
  'ExporterDown',
  'ExporterAbsent',
  'ConfigReloadFailed',
] as const
export type AlertName = (typeof ALERT_NAMES)[number]

export const critical = of('critical')
export const warning = of('warning')
export const info = of('info')

function of(severity: Severity) {
  return (alert: AlertName, server: string | null): ExpectedAlert => ({ alert, severity, server })
}
