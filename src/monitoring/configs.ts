/** What Prometheus and Alertmanager are told: the shipped files, as they are or in fast motion. */
import { readFileSync } from 'node:fs'
import { shortenDurations, shortenRules } from './shorten-rules.ts'

export const RULES_FILE = 'mysql-drift.rules.yml'

export interface Addresses {
  readonly exporter: string
  readonly prometheus: string
  readonly alertmanager: string
}

/** @param intervalSeconds between two scrapes, and between two evaluations of the rules. */
export function prometheusConfig(
  { exporter, alertmanager }: Addresses,
  intervalSeconds: number,
): string {
  const interval = `${Math.round(intervalSeconds * 1000)}ms`
  return `global:
  scrape_interval: ${interval}
  scrape_timeout: ${interval}
  evaluation_interval: ${interval}
rule_files: [${RULES_FILE}]
alerting:
  alertmanagers: [{ static_configs: [{ targets: ["${alertmanager}"] }] }]
scrape_configs:
  - job_name: mysql-drift
    static_configs: [{ targets: ["${exporter}"] }]
`
}

/** Every wait is divided by `divisor`, at least 1. */
export function rules(divisor: number): string {
  return shortenRules(shipped(RULES_FILE), divisor)
}

/** Only how long notifications are held back is divided, not who is told what. */
export function alertmanagerConfig(divisor: number): string {
  return shipped('alertmanager.yml').replace(
    /^(\s*group_(?:wait|interval):\s*)([^\s#]+)/gm,
    (_, key: string, duration: string) => `${key}${shortenDurations(duration, divisor)}`,
  )
}

function shipped(file: string): string {
  return readFileSync(new URL(`../../alerts/${file}`, import.meta.url), 'utf8')
}
