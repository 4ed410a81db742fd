import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const several = firing(
  'critical',
  'shop falls into 2 parts that can each be written and do not hear of each other: what is written to one is missing on the others. Run `mysql-drift-exporter check --set shop --checks threads` to see who replicates from whom.',
  { server: null },
)

export const multipleSources: AlertScenarios = {
  alert: 'MySQLDriftMultipleSources',
  scenarios: [
    {
      name: 'silent: none, which is another alert',
      series: [series('sources', '0x30')],
      at: { '10m': QUIET },
    },
    {
      name: 'silent: a failover during which both can be written for a minute',
      series: [series('sources', '1x5 2 1x20')],
      at: { '6m': [{ ...several, state: 'pending', description: null }], '8m': QUIET },
    },
    ...lifeOf({
      wait: 2,
      written: (values) => [series('sources', values)],
      good: '1',
      bad: '2',
      alert: several,
      silent: 'there is one',
      resolved: 'when one of them is read-only or replicates',
      isState: true,
    }),
  ],
}
