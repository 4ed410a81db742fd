import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const dangerous = firing(
  'warning',
  'db2 in shop: replica_skip_errors is set so that data may be lost or come out differently. Run `mysql-drift-exporter check --set shop --checks variables` for its value and what it can lead to.',
  { variable: 'replica_skip_errors' },
)

const danger = (values: string) =>
  series('dangerous_variables', values, { variable: 'replica_skip_errors' })

export const dangerousVariables: AlertScenarios = {
  alert: 'MySQLDriftDangerousVariables',
  scenarios: [
    ...lifeOf({
      wait: 30,
      written: (values) => [danger(values)],
      good: '0',
      bad: '1',
      alert: dangerous,
      silent: 'none is',
      resolved: 'when it was set otherwise',
    }),
    {
      name: 'firing: while the server is down, too',
      series: [danger('1x60'), series('up', '1x20 0x40')],
      at: { '30m': [dangerous] },
    },
    {
      name: 'start-up: no series before the settings were read',
      series: [series('up', '1x60')],
      at: { '60m': QUIET },
    },
  ],
}
