import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const missing = firing(
  'warning',
  'db2 in shop: 1 privilege(s) are missing, so that something is not seen there. Run `mysql-drift-exporter check --set shop --checks grants`: it prints the GRANT statements.',
)

export const privilegesMissing: AlertScenarios = {
  alert: 'MySQLDriftPrivilegesMissing',
  scenarios: [
    ...lifeOf({
      wait: 30,
      written: (values) => [series('missing_privileges', values)],
      good: '0',
      bad: '1',
      alert: missing,
      silent: 'it has what it needs',
      resolved: 'when it was granted',
    }),
    {
      name: 'start-up: no series before the grants were read',
      series: [series('up', '1x60')],
      at: { '60m': QUIET },
    },
  ],
}
