import type { TableCheck, UnknownReason } from '../../src/domain.ts'
import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const unchecked = (count: number, age: string, { check = 'checksum', reason = 'no_key' } = {}) =>
  firing(
    'warning',
    `db2 in shop: ${count} table(s) that ${check} cannot judge, reason ${reason}, the oldest for ${age}. Run \`mysql-drift-exporter check --set shop\` to see which.`,
    { check, reason },
  )

const unknown = (
  since: string,
  {
    check = 'checksum',
    reason = 'no_key',
    count = 2,
  }: { check?: TableCheck; reason?: UnknownReason; count?: number } = {},
) => [
  series('oldest_unknown_since_timestamp_seconds', since, { check, reason }),
  series('tables_unknown', `${count}x200`, { check, reason }),
]

export const tablesUnchecked: AlertScenarios = {
  alert: 'MySQLDriftTablesUnchecked',
  step: 30,
  scenarios: [
    {
      name: 'silent: unknown for two days',
      series: unknown('0x96 stale'),
      at: { '0m': QUIET, '2880m': QUIET, '4500m': QUIET },
    },
    {
      name: 'silent: what no pass has come to yet, and what a delayed replica has not come to yet',
      series: [
        ...unknown('0x200', { reason: 'not_yet' }),
        ...unknown('0x200', { reason: 'delayed' }),
      ],
      at: { '5000m': QUIET },
    },
    {
      name: 'firing: an hour after three days, each reason for itself',
      series: [...unknown('0x200'), ...unknown('3600x200', { reason: 'hot', count: 1_500_000 })],
      at: {
        '4320m': QUIET,
        '4380m': [pending(unchecked(2, ''))],
        '4410m': [unchecked(2, '3d 1h 30m 0s'), pending(unchecked(0, '', { reason: 'hot' }))],
        '4470m': [
          unchecked(2, '3d 2h 30m 0s'),
          unchecked(1_500_000, '3d 1h 30m 0s', { reason: 'hot' }),
        ],
      },
    },
    {
      name: 'firing: of either check',
      series: unknown('0x200', { check: 'row_count', reason: 'timeout' }),
      at: { '4440m': [unchecked(2, '3d 2h 0m 0s', { check: 'row_count', reason: 'timeout' })] },
    },
    {
      name: 'resolved: when the last of them was compared, or excluded',
      series: unknown('0x150 stale'),
      at: { '4500m': [unchecked(2, '3d 3h 0m 0s')], '4560m': QUIET },
    },
    {
      name: 'restart gap: an exporter that keeps its state goes on firing',
      series: unknown('0x150 stale 0x20'),
      at: {
        '4500m': [unchecked(2, '3d 3h 0m 0s')],
        '4530m': [unchecked(2, '3d 3h 0m 0s')],
        '4560m': [unchecked(2, '3d 4h 0m 0s')],
      },
    },
    {
      name: 'start-up: an exporter without state begins to count anew',
      series: unknown('0x150 stale 271800x20'),
      at: { '4500m': [unchecked(2, '3d 3h 0m 0s')], '4560m': QUIET, '4800m': QUIET },
    },
    {
      name: 'two exporters: one of them can judge them',
      series: [...unknown('0x200'), second(series('up', '1x200'))],
      at: { '4440m': [unchecked(2, '3d 2h 0m 0s')] },
    },
  ],
}
