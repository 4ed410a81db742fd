import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'

const omitted = firing(
  'info',
  'db2 in shop: 1 table(s) are compared and counted, and missing in the series by table. Run `mysql-drift-exporter check --set shop --output=json` to see all of them, or raise max_tables_per_set.',
  { reason: 'limit' },
)

export const tablesOmitted: AlertScenarios = {
  alert: 'MySQLDriftTablesOmitted',
  scenarios: [
    {
      name: 'silent: left out because they are not wanted (metrics.table_detail)',
      series: [
        series('tables_omitted', '5000x100', { reason: 'detail' }),
        series('tables_omitted', '0x100', { reason: 'limit' }),
      ],
      at: { '100m': QUIET },
    },
    ...lifeOf({
      wait: 60,
      written: (values) => [series('tables_omitted', values, { reason: 'limit' })],
      good: '0',
      bad: '1',
      alert: omitted,
      silent: 'all have series of their own',
      resolved: 'when the limit was raised',
    }),
  ],
}
