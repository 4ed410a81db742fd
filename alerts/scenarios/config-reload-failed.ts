import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const failed = firing(
  'warning',
  'drift-1:19104 (mysql-drift) runs with the configuration from before the last reload. Run `mysql-drift-exporter config validate` on its machine: it names the line and what was expected.',
  { replication_set: null, server: null },
)

const good = (values: string) => series('exporter_config_last_reload_successful', values)

export const configReloadFailed: AlertScenarios = {
  alert: 'MySQLDriftConfigReloadFailed',
  scenarios: [
    { name: 'silent: it was accepted', series: [good('1x30')], at: { '0m': QUIET, '20m': QUIET } },
    {
      name: 'firing: after 10 minutes, and no sooner',
      series: [good('1x5 0x30')],
      at: { '15m': [pending(failed)], '16m': [failed] },
    },
    {
      name: 'resolved: with the next reload that is accepted',
      series: [good('0x14 1x20')],
      at: { '14m': [failed], '15m': QUIET },
    },
    {
      name: 'restart gap: a restart would refuse the file altogether',
      series: [good('0x14 stale 1x20')],
      at: { '14m': [failed], '15m': QUIET, '16m': QUIET },
    },
    {
      name: 'start-up: with a configuration that is accepted',
      series: [good('_x2 1x20')],
      at: { '1m': QUIET, '20m': QUIET },
    },
    {
      name: 'two exporters: the one that refused it',
      series: [good('0x30'), second(good('1x30'))],
      at: { '10m': [failed] },
    },
  ],
}
