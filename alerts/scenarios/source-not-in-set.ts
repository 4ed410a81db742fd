import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const outside = (channel = '') =>
  firing(
    'warning',
    `db2 in shop${channel && `, channel ${channel},`} has a source that the exporter does not know: its tables are compared with nothing. Run \`mysql-drift-exporter check --set shop --checks threads\`, and add the source to the configuration or point the replica elsewhere.`,
    channel === '' ? {} : { channel },
  )

const inSet = (values: string, channel = '') =>
  series('replication_source_in_set', values, { channel })

export const sourceNotInSet: AlertScenarios = {
  alert: 'MySQLDriftSourceNotInSet',
  scenarios: [
    ...lifeOf({
      wait: 10,
      written: (values) => [inSet(values)],
      good: '1',
      bad: '0',
      alert: outside(),
      silent: 'it replicates from a server of the set',
      resolved: 'when its source is in the set',
      isState: true,
    }),
    {
      name: 'silent: a source that is recognised as soon as it was read',
      series: [inSet('0x3 1x30')],
      at: { '20m': QUIET },
    },
    {
      name: 'firing: of one channel of several, named',
      series: [inSet('1x30', 'from_a'), inSet('0x30', 'from_b')],
      at: { '10m': [outside('from_b')] },
    },
  ],
}
