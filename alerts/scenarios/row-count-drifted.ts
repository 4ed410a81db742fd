import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'
import { tables } from '../written.ts'

const drifted = firing(
  'warning',
  'db2 in shop: 1 table(s) with another number of rows than the source. Run `mysql-drift-exporter check --set shop --checks row_count` for the tables and both counts.',
  { check: 'row_count', state: 'drifted' },
)

export const rowCountDrifted: AlertScenarios = {
  alert: 'MySQLDriftRowCountDrifted',
  scenarios: [
    {
      name: 'silent: suspect and unknown counts, and drift that only the checksum sees',
      series: [
        ...tables('row_count', { unknown: '7x60', suspect: '3x60', same: '990x60' }),
        ...tables('checksum', { drifted: '2x60', same: '1000x60' }),
      ],
      at: { '0m': QUIET, '45m': QUIET },
    },
    ...lifeOf({
      wait: 30,
      written: (values) => tables('row_count', { drifted: values }),
      good: '0',
      bad: '1',
      alert: drifted,
      silent: 'no count differs',
      resolved: 'when the counts agree again',
    }),
    {
      name: 'firing: on a replica that always lags, too',
      series: [
        ...tables('row_count', { drifted: '1x60' }),
        series('replication_lag_seconds', '900x60'),
        series('replication_configured_delay_seconds', '0x60'),
      ],
      at: { '30m': [drifted] },
    },
    {
      name: 'start-up: nothing was counted yet',
      series: tables('row_count', { unknown: '1000x60' }),
      at: { '1m': QUIET, '45m': QUIET },
    },
  ],
}
