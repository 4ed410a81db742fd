import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const errant = (count: number) =>
  firing(
    'critical',
    `db2 in shop: ${count} errant transaction(s). Somebody wrote to the replica, and a failover to it would spread or break on them. Run \`mysql-drift-exporter check --set shop --checks gtid --output=json\` for the GTIDs.`,
  )

const count = (values: string) => series('gtid_errant_transactions', values)

export const errantTransactions: AlertScenarios = {
  alert: 'MySQLDriftErrantTransactions',
  scenarios: [
    ...lifeOf({
      wait: 5,
      written: (values) => [count(values)],
      good: '0',
      bad: '1',
      alert: errant(1),
      silent: 'none',
      resolved: 'when the source has them too',
      isState: true,
    }),
    {
      name: 'firing: however many they became meanwhile',
      series: [count('2x3 1500000x30')],
      at: { '5m': [errant(1_500_000)] },
    },
    {
      name: 'start-up: no series before the first reading',
      series: [series('gtid_enabled', '1x30')],
      at: { '1m': QUIET, '20m': QUIET },
    },
  ],
}
