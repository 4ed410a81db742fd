import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const unknown = (channel = '') =>
  firing(
    'warning',
    `db2 in shop${channel && `, channel ${channel},`} does not know how far it is behind its source: a thread is stopped or cannot connect, or nothing has been applied yet. Run \`mysql-drift-exporter check --set shop --checks threads\`.`,
    channel === '' ? {} : { channel },
  )

const known = (values: string, channel = '') => series('replication_lag_known', values, { channel })

export const lagUnknown: AlertScenarios = {
  alert: 'MySQLDriftLagUnknown',
  scenarios: [
    ...lifeOf({
      wait: 10,
      written: (values) => [known(values)],
      good: '1',
      bad: '0',
      alert: unknown(),
      silent: 'it is known, whatever it is',
      resolved: 'when it is known again',
      isState: true,
    }),
    {
      name: 'silent: the source restarts, and the thread connects again',
      series: [known('1x5 0x5 1x20')],
      at: { '10m': [{ ...unknown(), state: 'pending', description: null }], '15m': QUIET },
    },
    {
      name: 'firing: of one channel of several, named',
      series: [known('1x30', 'from_a'), known('0x30', 'from_b')],
      at: { '10m': [unknown('from_b')] },
    },
    {
      name: 'start-up: no series before the first reading',
      series: [series('up', '1x30')],
      at: { '20m': QUIET },
    },
  ],
}
