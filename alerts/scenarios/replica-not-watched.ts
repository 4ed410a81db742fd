import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const unwatched = firing(
  'warning',
  'shop: 1 replica(s) take part in replication and are not in the configuration: nothing is compared on them. Run `mysql-drift-exporter check --set shop --checks threads` to see which.',
  { server: null },
)

export const replicaNotWatched: AlertScenarios = {
  alert: 'MySQLDriftReplicaNotWatched',
  scenarios: [
    {
      name: 'silent: a replica that is gone again after 20 minutes',
      series: [series('replicas_unwatched', '0x5 1x19 0x30')],
      at: { '5m': QUIET, '50m': QUIET },
    },
    ...lifeOf({
      wait: 30,
      written: (values) => [series('replicas_unwatched', values)],
      good: '0',
      bad: '1',
      alert: unwatched,
      silent: 'all are configured',
      resolved: 'when it is configured, or gone',
    }),
    {
      name: 'start-up: no series where the account may not know',
      series: [series('up', '1x60')],
      at: { '60m': QUIET },
    },
  ],
}
