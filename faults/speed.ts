/** One factor that divides every duration: of the rules, of the exporter's checks, of the servers' timeouts. */

/** Prometheus and the exporter look no more often than this. */
const LEAST_S = 1

/**
 * What is configured at speed 1, in seconds. Prometheus and the `threads` and `gtid` checks have their usual
 * intervals; the others look more often than by default, or each fault would take as long as they do to be seen.
 */
const AT_REAL_DURATION = {
  scrape: 15,
  threads: 15,
  gtid: 15,
  rowCount: 300,
  schema: 300,
  variables: 300,
  grants: 300,
  checksum: 300,
  confirmDelay: 5,
  fenceTimeout: 30,
  /** After that long a replica knows that its source is silent (slave_net_timeout). */
  netTimeout: 60,
  /** Of a replica that is behind on purpose. */
  replicaDelay: 600,
  /** How long a fault that is to fire nothing is watched. */
  silence: 900,
} as const

export type Durations = { readonly [K in keyof typeof AT_REAL_DURATION]: number }

export function durationsAt(speed: number): Durations {
  const divided = Object.entries(AT_REAL_DURATION).map(([name, seconds]) => [
    name,
    Math.max(LEAST_S, seconds / speed),
  ])
  return {
    ...(Object.fromEntries(divided) as Durations),
    confirmDelay: Math.max(0.1, AT_REAL_DURATION.confirmDelay / speed),
    netTimeout: Math.max(2, Math.round(AT_REAL_DURATION.netTimeout / speed)),
    replicaDelay: Math.round(AT_REAL_DURATION.replicaDelay / speed),
  }
}
