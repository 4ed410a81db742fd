/** What Prometheus and Alertmanager say at one moment, in the words of the matrix. Pure. */
import { SEVERITIES } from '../src/domain.ts'
import type { Alert, AlertingRule } from '../src/monitoring/api.ts'
import { ALERT_NAMES, type ExpectedAlert } from './expected.ts'

export interface SeenAlert extends ExpectedAlert {
  readonly isPending: boolean
  /** In Prometheus. */
  readonly isFiring: boolean
  /** Alertmanager knows of it, and tells somebody or mutes it for a worse one. */
  readonly isTold: boolean
}

export interface Look {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How often every rule was evaluated since the watch began, by what was seen. */
  readonly round: number
  /** Several series of one server are one. */
  readonly alerts: readonly SeenAlert[]
  /** Rules that could not be evaluated, with Prometheus' reason. */
  readonly errors: readonly string[]
}

/** `critical TablesDrifted db2`. */
export function keyOf({ alert, severity, server }: ExpectedAlert): string {
  return [severity, alert, server ?? ''].join(' ').trimEnd()
}

export function seenAlerts(
  rules: readonly AlertingRule[],
  told: readonly Alert[],
): readonly SeenAlert[] {
  const seen = new Map<string, SeenAlert>()
  const note = (alert: Alert, how: Partial<SeenAlert>) => {
    const what = whatIs(alert)
    const key = keyOf(what)
    const before = seen.get(key) ?? { ...what, isPending: false, isFiring: false, isTold: false }
    seen.set(key, { ...before, ...how })
  }
  for (const alert of rules.flatMap(({ alerts }) => alerts)) {
    note(alert, alert.state === 'firing' ? { isFiring: true } : { isPending: true })
  }
  for (const alert of told) note(alert, { isTold: true })
  return [...seen.values()]
}

export function errorsOf(rules: readonly AlertingRule[]): string[] {
  return rules.flatMap(({ name, error }) => (error === null ? [] : [`${name}: ${error}`]))
}

/** @throws when it is none of ours: the matrix knows all of them. */
function whatIs({ labels }: Alert): ExpectedAlert {
  const name = labels['alertname']?.replace(/^MySQLDrift/, '')
  const alert = ALERT_NAMES.find((one) => one === name)
  const severity = SEVERITIES.find((one) => one === labels['severity'])
  if (alert === undefined || severity === undefined) {
    throw new Error(`not in the matrix: ${JSON.stringify(labels)}`)
  }
  return { alert, severity, server: labels['server'] ?? null }
}

/** Counts rounds: one is over when every rule was evaluated after the end of the one before. */
export class Rounds {
  #count = 0
  #since = Number.NEGATIVE_INFINITY

  /** @returns how many are over. */
  count(rules: readonly AlertingRule[]): number {
    const times = rules.map(({ evaluatedAt }) => evaluatedAt ?? Number.NEGATIVE_INFINITY)
    if (times.length > 0 && Math.min(...times) > this.#since) {
      this.#count += 1
      this.#since = Math.max(...times)
    }
    return this.#count
  }
}
