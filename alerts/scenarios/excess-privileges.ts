import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const excess = firing(
  'warning',
  'db2 in shop: the account of the exporter holds 1 privilege(s) that it does not need. If one of them lets it write, no table is compared there. Run `mysql-drift-exporter check --set shop --checks grants` to see which.',
)

const held = (values: string) => series('excess_privileges', values)

export const excessPrivileges: AlertScenarios = {
  alert: 'MySQLDriftExcessPrivileges',
  scenarios: [
    ...lifeOf({
      wait: 30,
      written: (values) => [held(values)],
      good: '0',
      bad: '1',
      alert: excess,
      silent: 'it holds what it needs',
      resolved: 'when they were revoked',
    }),
    {
      name: 'firing: while the server is down, too',
      series: [held('1x40'), series('up', '1x10 0x30')],
      at: { '30m': [excess] },
    },
    {
      name: 'start-up: no series before the grants were read',
      series: [series('up', '1x60')],
      at: { '60m': QUIET },
    },
  ],
}
