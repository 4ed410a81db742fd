/** What comes before and after the acts: who plays, that all is well, and what was measured. */
import type { LabServer } from '../lab/server.ts'
import { VERSION } from '../version.ts'
import type { Stage, Timing } from './act.ts'
import { inColumns } from './columns.ts'
import { DIVISOR, SET } from './configs.ts'
import { numeral } from './counts.ts'
import { showCounts } from './look.ts'
import type { Screen } from './screen.ts'
import { eventuallySeen } from './waiting.ts'

export function introduction(screen: Screen): void {
  screen.title(`mysql-drift-exporter ${VERSION}: is my replica really the same as my source?`)
  screen.say(
    'Three real servers, writes that do not stop, the exporter, Prometheus and Alertmanager: all of it on this machine only, and gone when this ends. Starting ...',
  )
}

/** Who plays; then waits until every table was found to be the same. */
export async function opening(stage: Stage, perSecond: number): Promise<void> {
  const { lab, monitoring, screen } = stage
  const { prometheus, alertmanager, exporter } = monitoring
  const servers = await Promise.all(
    lab.servers.map(async (server) => [
      server.name,
      server.sources.length === 0
        ? 'source'
        : `replica of ${server.sources.map(({ name }) => name).join(', ')}`,
      `${lab.flavor} ${await versionOf(server)}, ${server.host}:${server.port}`,
    ]),
  )
  const rules = await prometheus.rules()
  screen.block(
    inColumns([
      ...servers,
      ['feed', 'writes to db1', `${perSecond} transactions a second`],
      ['exporter', 'reads all three', exporter.url],
      ['Prometheus', await prometheus.version(), `${prometheus.url}/alerts, ${rules.length} rules`],
      ['Alertmanager', await alertmanager.version(), alertmanager.url],
    ]),
  )
  screen.say(
    `The alerting rules are those of alerts/, with every wait divided by ${DIVISOR}; the exporter looks every few seconds instead of every few minutes or hours.`,
  )
  screen.title('All is well')
  screen.say(
    'The rows of each table, counted on each server by itself at this moment. Writes go on meanwhile, so the numbers may be a few apart. The exporter compares them, and what is in them, at a position that both ends have reached.',
  )
  await showCounts(stage)
  await showHealth(stage)
}

/** A replica's tables, as many as there are, all the same. */
async function showHealth({ monitoring, screen, tables, lab, signal }: Stage): Promise<void> {
  for (const { name, sources } of lab.servers) {
    if (sources.length === 0) continue
    const labels = { server: name, check: 'checksum', state: 'same' }
    const series = { name: 'mysql_drift_tables', labels }
    const same = await eventuallySeen(
      () => `all ${tables.length} tables of ${name} the same as on their source`,
      async () => {
        const value = await monitoring.prometheus.value(series)
        return value === tables.length ? value : null
      },
      signal,
    )
    screen.fact(`mysql_drift_tables{server="${name}",check="checksum",state="same"} ${same}`)
  }
  const firing = await monitoring.prometheus.firing()
  const names = firing.map(({ labels }) => labels['alertname'])
  screen.fact(`alerts firing in Prometheus: ${names.length === 0 ? 'none' : names.join(', ')}`)
}

/** What was measured, and every alert that fired, told of or not. */
export async function closing(stage: Stage, timings: readonly Timing[]): Promise<void> {
  const { monitoring, screen, feed } = stage
  screen.title('What was measured')
  const lines = timings.map((timing) => [
    timing.what,
    ...[timing.metric, timing.prometheus, timing.alertmanager, timing.resolved].map((seconds) =>
      seconds.toFixed(1),
    ),
  ])
  screen.block(
    inColumns(
      [['seconds until', 'metric', 'Prometheus', 'Alertmanager', 'resolved'], ...lines],
      'right',
    ),
  )
  screen.gap()
  const fired = await monitoring.prometheus.query(
    'count by (alertname) (max_over_time(ALERTS{alertstate="firing"}[1h]))',
  )
  const names = fired.map(({ labels }) => labels['alertname']).sort()
  screen.fact(`Alerts that fired, as Prometheus recorded them: ${names.join(', ')}.`)
  const { inserts, updates, deletes, errors } = feed.counters
  screen.fact(
    `The feed made ${numeral(inserts)} inserts, ${numeral(updates)} updates and ${numeral(deletes)} deletes meanwhile, with ${numeral(errors)} errors.`,
  )
}

const DASHBOARDS = ['fleet', 'set', 'table', 'exporter'].map(
  (name) => `grafana/mysql-drift-${name}.json`,
)

export function urls({ monitoring, screen, lab }: Stage): void {
  const { exporter, prometheus, alertmanager } = monitoring
  screen.title('Look around')
  screen.block(
    inColumns([
      ['status page', `${exporter.url}/`],
      ['metrics', `${exporter.url}/metrics`],
      ['what it knows', `${exporter.url}/api/v1/sets/${SET}`],
      ['Prometheus', `${prometheus.url}/alerts`],
      ['Alertmanager', `${alertmanager.url}/#/alerts`],
    ]),
  )
  screen.say(
    `Grafana is not started, for Debian does not have it. In one of yours, take ${prometheus.url} as a Prometheus data source and import these, or see grafana/provisioning:`,
  )
  screen.block(DASHBOARDS)
  screen.say('The feed goes on. Break something yourself, in another terminal, and make it good:')
  screen.block([
    `npm run lab -- break delete-row db3 --name ${lab.id}`,
    `npm run lab -- fix --name ${lab.id}`,
  ])
  screen.say('Ctrl+C ends all of it.')
}

/** `10.11.19` of `10.11.19-MariaDB-0+deb12u1-log`. */
async function versionOf(server: LabServer): Promise<string> {
  return (await server.value('SELECT VERSION()'))?.split('-')[0] ?? ''
}
