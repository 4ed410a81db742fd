/** The limits of the alerts, so that a panel turns red when somebody is told. */
import { thresholdOf } from '../alerts/thresholds.ts'

/** Seconds beyond the configured delay. */
export const LAG_LIMITS = {
  warning: thresholdOf('MySQLDriftReplicationLag', 'warning'),
  critical: thresholdOf('MySQLDriftReplicationLag', 'critical'),
}

/** Checksum intervals. */
export const COVERAGE_LIMIT = thresholdOf('MySQLDriftCoverageLow', 'warning')

/** Intervals of a check. */
export const STALE_LIMIT = thresholdOf('MySQLDriftCheckStale', 'warning')
