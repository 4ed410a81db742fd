import type { DifferenceKind, SchemaObject, Severity } from '../../src/domain.ts'
import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, pending, QUIET, series } from '../scenario.ts'

const differs = (severity: Severity, count: number, what: string) =>
  firing(
    severity,
    `db2 in shop: ${count} schema difference(s) of severity ${severity}: ${what}. Run \`mysql-drift-exporter check --set shop --checks schema\`.`,
  )

const difference = (
  values: string,
  severity: Severity,
  object: SchemaObject,
  kind: DifferenceKind,
) => series('schema_differences', values, { object, kind, severity })

/** As many of each severity, over time. */
const written = (critical: string, warning: string, info: string) => [
  difference(critical, 'critical', 'column', 'missing'),
  difference('0x400', 'critical', 'column', 'changed'),
  difference(warning, 'warning', 'view', 'changed'),
  difference('0x400', 'warning', 'index', 'missing'),
  difference(info, 'info', 'index', 'extra'),
]

const column = differs('critical', 1, 'column missing (1)')
const view = differs('warning', 1, 'view changed (1)')
const index = differs('info', 1, 'index extra (1)')
const all = [column, view, index]

export const schemaDiffers: AlertScenarios = {
  alert: 'MySQLDriftSchemaDiffers',
  scenarios: [
    {
      name: 'silent: an online schema change that takes 25 minutes to reach the replica',
      series: written('0x5 1x24 0x20', '0x50', '0x50'),
      at: { '35m': QUIET, '45m': QUIET },
    },
    ...lifeOf({
      wait: 30,
      written: (values) => written(values, '0x400', '0x400'),
      good: '0',
      bad: '1',
      alert: column,
      silent: 'definitions are the same',
      resolved: 'when the definitions agree again',
    }),
    {
      name: 'firing: summed over objects and kinds, each named',
      series: [
        difference('2x50', 'critical', 'column', 'missing'),
        difference('1x50', 'critical', 'column', 'changed'),
        difference('1x50', 'critical', 'index', 'missing'),
      ],
      at: {
        '30m': [differs('critical', 4, 'column changed (1) column missing (2) index missing (1)')],
      },
    },
    {
      name: 'firing: one alert for each severity',
      series: written('1x50', '1x50', '1x50'),
      at: { '29m': all.map(pending), '30m': all },
    },
    {
      name: 'resolved: all severities at once',
      series: written('1x39 0x20', '1x39 0x20', '1x39 0x20'),
      at: { '39m': all, '41m': QUIET },
    },
    {
      name: 'restart gap: all severities go on firing',
      series: written('1x39 stale 1x20', '1x39 stale 1x20', '1x39 stale 1x20'),
      at: { '39m': all, '40m': all, '42m': all },
    },
    {
      name: 'start-up: no series before the first reading',
      series: [series('up', '1x50')],
      at: { '1m': QUIET, '45m': QUIET },
    },
  ],
}
