import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, second, series } from '../scenario.ts'
import { tables } from '../written.ts'

const drifted = (count: number, worst = '') =>
  firing(
    'critical',
    `db2 in shop: ${count} drifted table(s), confirmed by checksum${worst}. Run \`mysql-drift-exporter check --set shop\` for the tables, how much of each differs and since when.`,
    { check: 'checksum', state: 'drifted' },
  )

const chunks = (table: string, count: number) =>
  series('table_chunks_drifted', `${count}x40`, { schema: 'shop', table })

const four = [
  ...tables('checksum', { drifted: '4x40', same: '1000x40' }),
  ...[chunks('orders', 7), chunks('users', 3), chunks('items', 2), chunks('log', 1)],
]
const ofFour = drifted(4, ', the worst: shop.orders shop.users shop.items')

const HOSTILE = { replication_set: 'my "shop" & {{sons}}\\', server: 'db"2' }

export const tablesDrifted: AlertScenarios = {
  alert: 'MySQLDriftTablesDrifted',
  scenarios: [
    {
      name: 'silent: suspect, unknown and missing tables, and counts, are other alerts',
      series: [
        ...tables('checksum', {
          missing: '2x40',
          unknown: '5x40',
          suspect: '3x40',
          same: '990x40',
        }),
        ...tables('row_count', { drifted: '2x40', same: '1000x40' }),
      ],
      at: { '0m': QUIET, '30m': QUIET },
    },
    {
      name: 'firing: once per server, naming the worst tables',
      series: [...four, ...tables('checksum', { same: '1000x40' }, 'db3')],
      at: { '10m': [ofFour] },
    },
    {
      name: 'firing: whatever sets and tables are called',
      series: [
        series('tables', '1x40', { ...HOSTILE, check: 'checksum', state: 'drifted' }),
        series('table_chunks_drifted', '1x40', { ...HOSTILE, schema: 'a"b', table: 'c\\d {{.}}' }),
      ],
      at: {
        '10m': [
          firing(
            'critical',
            `db"2 in my "shop" & {{sons}}\\: 1 drifted table(s), confirmed by checksum, the worst: a"b.c\\d {{.}}. Run \`mysql-drift-exporter check --set my "shop" & {{sons}}\\\` for the tables, how much of each differs and since when.`,
            { ...HOSTILE, check: 'checksum', state: 'drifted' },
          ),
        ],
      },
    },
    ...lifeOf({
      wait: 10,
      written: (values) => tables('checksum', { drifted: values }),
      good: '0',
      bad: '1',
      alert: drifted(1),
      silent: 'no drift',
      resolved: 'when the rows are repaired',
    }),
    {
      name: 'restart gap: an exporter without state lets go after a minute',
      series: tables('checksum', { drifted: '4x19 stale 0x20' }),
      at: { '20m': [drifted(4)], '21m': QUIET },
    },
    {
      name: 'start-up: tables not yet looked at are no drift',
      series: tables('checksum', { unknown: '1000x40' }),
      at: { '1m': QUIET, '30m': QUIET },
    },
    {
      name: 'two exporters: no table is named twice',
      series: [...four, ...four.map(second)],
      at: { '10m': [ofFour, second(ofFour)] },
    },
  ],
}
