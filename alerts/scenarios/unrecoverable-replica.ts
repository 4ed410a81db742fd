import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const unrecoverable = (channel = '') =>
  firing(
    'critical',
    `db2 in shop${channel && `, channel ${channel},`} lacks 1 transaction(s) that are in no binary log of its source any more: it cannot catch up and must be built anew. Run \`mysql-drift-exporter check --set shop --checks threads,gtid\`.`,
    channel === '' ? {} : { channel },
  )

const count = (values: string, channel = '') =>
  series('gtid_unrecoverable_transactions', values, { channel })

export const unrecoverableReplica: AlertScenarios = {
  alert: 'MySQLDriftUnrecoverableReplica',
  scenarios: [
    ...lifeOf({
      wait: 5,
      written: (values) => [count(values)],
      good: '0',
      bad: '1',
      alert: unrecoverable(),
      silent: 'what it lacks can still be had',
      resolved: 'when it was built anew',
      isState: true,
    }),
    {
      name: 'firing: of one channel of several, named',
      series: [count('0x30', 'from_a'), count('1x30', 'from_b')],
      at: { '5m': [unrecoverable('from_b')] },
    },
    {
      name: 'start-up: no series before the second look',
      series: [series('gtid_enabled', '1x30')],
      at: { '20m': QUIET },
    },
  ],
}
