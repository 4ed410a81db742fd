import type { VariableName } from '../../src/domain.ts'
import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, pending, QUIET, series } from '../scenario.ts'

const differs = (variable: VariableName) =>
  firing(
    'warning',
    `db2 in shop has ${variable} otherwise than its source. Run \`mysql-drift-exporter check --set shop --checks variables\` for both values and what it can lead to.`,
    { variable },
  )

const differences = (variable: VariableName, values: string) =>
  series('variable_differences', values, { variable })

export const variablesDiffer: AlertScenarios = {
  alert: 'MySQLDriftVariablesDiffer',
  scenarios: [
    ...lifeOf({
      wait: 30,
      written: (values) => [
        differences('sql_mode', values),
        differences('collation_server', '0x400'),
      ],
      good: '0',
      bad: '1',
      alert: differs('sql_mode'),
      silent: 'they are the same',
      resolved: 'when they are the same again',
    }),
    {
      name: 'firing: each setting for itself, also while the server is down',
      series: [
        differences('sql_mode', '1x60'),
        differences('collation_server', '0x10 1x60'),
        series('up', '1x20 0x40'),
      ],
      at: { '30m': [differs('sql_mode'), pending(differs('collation_server'))] },
    },
    {
      name: 'start-up: no series before the settings were read',
      series: [series('up', '1x60')],
      at: { '60m': QUIET },
    },
  ],
}
