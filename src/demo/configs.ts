/** What the exporter is told in the demo. */
import type { Lab } from '../lab/lab.ts'
import { EXPORTER_ACCOUNT } from '../lab/start.ts'

/** A wait of 10 minutes takes 5 seconds. With a scrape each second, the shortest range still holds two. */
export const DIVISOR = 120

/** The name of the replication set. */
export const SET = 'shop'

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
