import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'
import { scraped } from '../written.ts'

const absent = firing(
  'warning',
  "No exporter is scraped, so nothing watches for drift. Check that the scrape configuration has a job for mysql-drift-exporter and that its targets are up; run `mysql-drift-exporter healthcheck` on the exporter's machine.",
  { job: null, instance: null, replication_set: null, server: null },
)

const build = (values: string) =>
  series('exporter_build_info', values, {
    version: '0.1.0',
    nodeversion: 'v24.21.0',
  })

export const exporterAbsent: AlertScenarios = {
  alert: 'MySQLDriftExporterAbsent',
  scenarios: [
    { name: 'silent: there is one', series: [build('1x60')], at: { '0m': QUIET, '50m': QUIET } },
    {
      name: 'firing: after 10 minutes, whether a target is down or none is configured',
      series: [scraped('0x60')],
      at: { '9m': [pending(absent)], '10m': [absent] },
    },
    {
      name: 'resolved: with the first scrape that works',
      series: [build('_x20 1x20')],
      at: { '19m': [absent], '20m': QUIET },
    },
    {
      name: 'restart gap: of the exporter, for 3 minutes',
      series: [build('1x10 stale _x2 1x20')],
      at: { '13m': [pending(absent)], '14m': QUIET, '25m': QUIET },
    },
    {
      name: 'start-up: Prometheus starts first',
      series: [build('_x5 1x30')],
      at: { '5m': QUIET, '20m': QUIET },
    },
    {
      name: 'two exporters: one is enough',
      series: [build('1x5 stale'), second(build('1x60'))],
      at: { '30m': QUIET },
    },
  ],
}
