/** What the exporter, Prometheus and Alertmanager are told in the demo: the shipped files, in fast motion. */
import { readFileSync } from 'node:fs'
import type { Lab } from '../lab/lab.ts'
import { EXPORTER_ACCOUNT } from '../lab/start.ts'
import { shortenRules } from './shorten-rules.ts'

/** A wait of 10 minutes takes 5 seconds. With a scrape each second, the shortest range still holds two. */
export const DIVISOR = 120

/** The name of the replication set. */
export const SET = 'shop'

export const RULES_FILE = 'mysql-drift.rules.yml'

export function exporterConfig(lab: Lab): string {
  const servers = lab.servers.map(
    ({ name, host, port }) => `      - { name: ${name}, address: "${host}:${port}" }`,
  )
  return `# The intervals are short so that the story is; docs/config-example.yml has the defaults.
defaults:
  checks:
    threads: { interval: 1s }
    gtid: { interval: 1s }
    row_count: { interval: 2s }
    checksum: { interval: 5s, confirm_delay: 500ms }
    schema: { interval: 2s }
replication_sets:
  - name: ${SET}
    username: ${EXPORTER_ACCOUNT.username}
    password: ${EXPORTER_ACCOUNT.password}
    servers:
${servers.join('\n')}
`
}

export interface Addresses {
  readonly exporter: string
  readonly prometheus: string
  readonly alertmanager: string
}

export function prometheusConfig({ exporter, alertmanager }: Addresses): string {
  return `global:
  scrape_interval: 1s
  evaluation_interval: 1s
rule_files: [${RULES_FILE}]
alerting:
  alertmanagers: [{ static_configs: [{ targets: ["${alertmanager}"] }] }]
scrape_configs:
  - job_name: mysql-drift
    static_configs: [{ targets: ["${exporter}"] }]
`
}

export function rules(): string {
  return shortenRules(shipped(RULES_FILE), DIVISOR)
}

/** Only how long notifications are held back is changed, not who is told what. */
export function alertmanagerConfig(): string {
  return shipped('alertmanager.yml').replace(/^(\s*group_(?:wait|interval):\s*)[^\s#]+/gm, '$11s')
}

function shipped(file: string): string {
  return readFileSync(new URL(`../../alerts/${file}`, import.meta.url), 'utf8')
}
