import type { TableCheck } from '../../src/domain.ts'
import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, second } from '../scenario.ts'
import { tables } from '../written.ts'

const missing = (check: TableCheck) =>
  firing(
    'critical',
    'db2 in shop: 1 table(s) exist only here or only on the source. Run `mysql-drift-exporter check --set shop` to see which, and on which end.',
    { check, state: 'missing' },
  )

/** A table that is missing is so in both checks. */
const both = (values: string) => [
  ...tables('checksum', { missing: values, same: '1000x400' }),
  ...tables('row_count', { missing: values, same: '1000x400' }),
]

export const tablesMissing: AlertScenarios = {
  alert: 'MySQLDriftTablesMissing',
  scenarios: [
    {
      name: 'silent: tables that are there but drifted or unknown',
      series: [
        ...tables('checksum', { drifted: '2x40', unknown: '3x40' }),
        ...tables('row_count', { drifted: '2x40' }),
      ],
      at: { '0m': QUIET, '30m': QUIET },
    },
    {
      name: 'silent: nothing is missing where checksum is disabled',
      series: tables('row_count', { same: '1000x40' }),
      at: { '0m': QUIET, '30m': QUIET },
    },
    ...lifeOf({
      wait: 15,
      written: both,
      good: '0',
      bad: '1',
      alert: missing('checksum'),
      silent: 'both ends have all tables',
      resolved: 'when both ends have it',
    }),
    {
      name: 'firing: by row_count where checksum is disabled',
      series: tables('row_count', { missing: '1x40' }),
      at: { '15m': [missing('row_count')] },
    },
    {
      name: 'start-up: no table was looked for yet',
      series: [
        ...tables('checksum', { unknown: '1000x40' }),
        ...tables('row_count', { unknown: '1000x40' }),
      ],
      at: { '30m': QUIET },
    },
    {
      name: 'two exporters: each judged by its own checks, here one without checksum',
      series: [...both('1x40'), ...tables('row_count', { missing: '1x40' }).map(second)],
      at: { '15m': [missing('checksum'), second(missing('row_count'))] },
    },
  ],
}
