import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, pending, QUIET, series } from '../scenario.ts'

const missing = (count: number, channel = '') =>
  firing(
    'warning',
    `db2 in shop${channel && `, channel ${channel},`} lacks ${count} transaction(s) of its source, and they become no fewer. Run \`mysql-drift-exporter check --set shop --checks threads,gtid\`.`,
    channel === '' ? {} : { channel },
  )

const count = (values: string, delay = '0x400', channel = '') => [
  series('gtid_missing_transactions', values, { channel }),
  series('replication_configured_delay_seconds', delay, { channel }),
]

export const missingTransactions: AlertScenarios = {
  alert: 'MySQLDriftMissingTransactions',
  scenarios: [
    ...lifeOf({
      wait: 15,
      written: (values) => count(values),
      good: '0',
      bad: '3',
      alert: missing(3),
      silent: 'none',
      resolved: 'when it has them',
      isState: true,
      isTrend: true,
    }).filter(({ name }) => !name.startsWith('firing')),
    {
      name: 'silent: a replica that catches up',
      series: count('90000-1000x60'),
      at: { '20m': QUIET, '50m': QUIET },
    },
    {
      name: 'silent: a replica that lags a little is behind by now more, now fewer',
      series: count('40 20 55 31 12 47 22 38 61 9 33 18 52 27 44 15 36 50 21 8 57 29 11 46 24 39'),
      at: { '15m': QUIET, '25m': [pending(missing(0))] },
    },
    {
      name: 'silent: a delayed replica lacks the transactions of its delay',
      series: count('0+10x60', '3600x60'),
      at: { '40m': QUIET, '60m': QUIET },
    },
    {
      name: 'firing: one that was skipped, while the rest goes on',
      series: count('0x5 1x60'),
      at: { '5m': QUIET, '20m': [pending(missing(1))], '21m': [missing(1)] },
    },
    {
      name: 'firing: more and more, on one channel of several',
      series: [...count('0x60', '0x60', 'from_a'), ...count('100+50x60', '0x60', 'from_b')],
      at: { '16m': [missing(900, 'from_b')] },
    },
    {
      name: 'start-up: a lag of before shrinks',
      series: count('_x5 5000-500x10 0x30'),
      at: { '5m': QUIET, '8m': QUIET, '30m': QUIET },
    },
  ],
}
