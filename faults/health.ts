/** Whether all is well on some servers, as the exporter tells Prometheus. */
import type { Prometheus } from '../src/monitoring/api.ts'

/** Each finds something only where all is not well, or not known to be. */
const AILMENTS = [
  'mysql_drift_up{SERVERS} == 0',
  'mysql_drift_tables{SERVERS,state=~"drifted|missing|unknown"} > 0',
  'mysql_drift_check_success{SERVERS} == 0',
  'mysql_drift_replication_thread_running{SERVERS} == 0',
]

export async function isHealthy(
  prometheus: Prometheus,
  servers: readonly string[],
): Promise<boolean> {
  const of = `server=~"${servers.join('|')}"`
  const ailments = AILMENTS.map((expression) => expression.replace('SERVERS', of))
  const found = await prometheus.query(ailments.join(' or '))
  const up = await prometheus.query(`mysql_drift_up{${of}} == 1`)
  const compared = await prometheus.query(
    `mysql_drift_tables{${of},check="checksum",state="same"} > 0`,
  )
  // All but the source.
  return (
    found.length === 0 && up.length === servers.length && compared.length === servers.length - 1
  )
}

/** Whether every check has begun a look after that moment (milliseconds since the epoch), and ended it. */
export async function wasLookedAtSince(
  prometheus: Prometheus,
  servers: readonly string[],
  moment: number,
): Promise<boolean> {
  const of = `server=~"${servers.join('|')}"`
  const before = await prometheus.query(
    `mysql_drift_check_last_run_timestamp_seconds{${of}} <= ${moment / 1000}`,
  )
  return before.length === 0
}
