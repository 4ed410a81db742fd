import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const duplicate = firing(
  'warning',
  'shop: 2 servers have a server_id or server_uuid that another one has too, or are one server under several names. Run `mysql-drift-exporter check --set shop --checks threads` to see which.',
  { server: null },
)

export const duplicateServerId: AlertScenarios = {
  alert: 'MySQLDriftDuplicateServerId',
  scenarios: [
    ...lifeOf({
      wait: 5,
      written: (values) => [series('server_identity_duplicates', values)],
      good: '0',
      bad: '2',
      alert: duplicate,
      silent: 'each has its own',
      resolved: 'when each has its own',
    }),
    {
      name: 'start-up: no series before a server was read',
      series: [series('up', '0x30')],
      at: { '30m': QUIET },
    },
  ],
}
