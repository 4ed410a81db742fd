import { type AlertScenarios, firing, pending, QUIET } from '../scenario.ts'
import { scraped } from '../written.ts'

const down = firing(
  'warning',
  "drift-1:19104 (mysql-drift) does not answer: its servers are not watched. Run `curl http://drift-1:19104/-/healthy` from the Prometheus machine and `mysql-drift-exporter healthcheck` on the exporter's.",
  { replication_set: null, server: null },
)

export const exporterDown: AlertScenarios = {
  alert: 'MySQLDriftExporterDown',
  scenarios: [
    {
      name: 'silent: it is scraped, and the exporter of somebody else is not our business',
      series: [scraped('1x30'), scraped('0x30', { job: 'node', instance: 'db2:9100' })],
      at: { '0m': QUIET, '20m': QUIET },
    },
    {
      name: 'restart gap: two scrapes that fail',
      series: [scraped('1x5 0x2 1x30')],
      at: { '6m': [pending(down)], '9m': QUIET, '20m': QUIET },
    },
    {
      name: 'firing: after 5 minutes, and no sooner',
      series: [scraped('0x30')],
      at: { '4m': [pending(down)], '5m': [down] },
    },
    {
      name: 'resolved: with the first scrape that works',
      series: [scraped('0x9 1x20')],
      at: { '9m': [down], '10m': QUIET },
    },
    {
      name: 'start-up: of the exporter after Prometheus, within 5 minutes',
      series: [scraped('0x4 1x30')],
      at: { '5m': QUIET, '20m': QUIET },
    },
    {
      name: 'two exporters: the one that is down',
      series: [scraped('0x30'), scraped('1x30', { instance: 'drift-2:19104' })],
      at: { '5m': [down] },
    },
  ],
}
