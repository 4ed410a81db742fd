import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, second, series } from '../scenario.ts'

const none = firing(
  'critical',
  'Every server of shop answers, and none of them is a source that accepts writes, as when read_only was forgotten after a failover. Run `mysql-drift-exporter check --set shop --checks threads`.',
  { server: null },
)

const sources = (values: string, isInSet = '1x400') => [
  series('sources', values),
  series('replication_source_in_set', isInSet),
]

export const noSource: AlertScenarios = {
  alert: 'MySQLDriftNoSource',
  scenarios: [
    ...lifeOf({
      wait: 2,
      written: (values) => sources(values),
      good: '1',
      bad: '0',
      alert: none,
      silent: 'there is one',
      resolved: 'when it accepts writes',
      isState: true,
    }),
    {
      name: 'silent: a source that is down is another alert, and nobody is counted',
      series: [series('sources', '1x5 stale'), series('up', '1x5 0x30', { server: 'db1' })],
      at: { '20m': QUIET },
    },
    {
      name: 'silent: the source is not in the set, which is another alert',
      series: sources('0x30', '0x30'),
      at: { '10m': QUIET },
    },
    {
      name: 'two exporters: one of them does not have the source in its set',
      series: [...sources('0x30'), ...sources('0x30', '0x30').map(second)],
      at: { '2m': [none] },
    },
  ],
}
