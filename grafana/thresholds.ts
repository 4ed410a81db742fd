/** The limits of the alerts, so that a panel turns red when somebody is told. */
import { thresholdOf } from '../alerts/thresholds.ts'

/** Seconds beyond the configured delay. */
export const LAG_LIMITS = {
  warning: thresholdOf('MySQLDriftReplicationLag', 'warning'),
  critical: thresholdOf('MySQLDriftReplicationLag', 'critical'),
}

/** Checksum intervals: MySQLDriftCoverageLow. */
export const COVERAGE_LIMIT = 3

/** Intervals of a check: MySQLDriftCheckStale. */
export const STALE_LIMIT = 3
