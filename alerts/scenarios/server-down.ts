import type { Severity } from '../../src/domain.ts'
import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'
import { info } from '../written.ts'

const down = (severity: Severity, server: string, instance = 'drift-1:19104') =>
  firing(
    severity,
    `${server} in shop answers no query, as seen from ${instance}; its tables cannot be verified. Run \`mysql-drift-exporter check --set shop\` on the exporter's machine for the reason.`,
    { server, instance },
  )

const pair = (source: string, replica: string) => [
  series('up', source, { server: 'db1' }),
  info('db1', 'source', '1x400'),
  series('up', replica),
  info('db2', 'replica', '1x400'),
]

export const serverDown: AlertScenarios = {
  alert: 'MySQLDriftServerDown',
  scenarios: [
    {
      name: 'silent: a restart of the server that takes two minutes',
      series: pair('1x40', '1x4 0x2 1x20'),
      at: { '8m': QUIET, '12m': QUIET },
    },
    {
      name: 'firing: critical for a source, which others wait for',
      series: pair('0x40', '1x40'),
      at: { '2m': [pending(down('critical', 'db1'))], '3m': [down('critical', 'db1')] },
    },
    {
      name: 'firing: critical for an intermediate, which is a source to others',
      series: [series('up', '0x40', { server: 'mid' }), info('mid', 'intermediate', '1x40')],
      at: { '3m': [down('critical', 'mid')] },
    },
    {
      name: 'firing: warning for a replica, on MariaDB',
      series: [
        series('up', '0x40'),
        info('db2', 'replica', '1x40', { flavor: 'mariadb', version: '11.8.3' }),
      ],
      at: { '3m': [down('warning', 'db2')] },
    },
    {
      name: 'firing: warning for a server that was never read',
      series: [series('up', '0x40', { server: 'db3' }), info('db3', 'unknown', '1x40')],
      at: { '3m': [down('warning', 'db3')] },
    },
    {
      name: 'firing: an upgrade and a change of the role while it is down do not restart the wait',
      series: [
        series('up', '0x40'),
        info('db2', 'replica', '1x1 stale'),
        info('db2', 'unknown', '_x2 1x40'),
      ],
      at: { '3m': [down('warning', 'db2')] },
    },
    ...lifeOf({
      wait: 3,
      written: (values) => pair('1x400', values),
      good: '1',
      bad: '0',
      alert: down('warning', 'db2'),
      silent: 'every server answers',
      resolved: 'when it answers again',
    }).filter(({ name }) => !name.startsWith('two exporters')),
    {
      name: 'resolved: source and replica, when they answer again',
      series: pair('0x9 1x20', '0x9 1x20'),
      at: { '9m': [down('critical', 'db1'), down('warning', 'db2')], '11m': QUIET },
    },
    {
      name: 'restart gap: a source that is down, too',
      series: [
        series('up', '0x9 stale 0x20', { server: 'db1' }),
        info('db1', 'source', '1x9 stale 1x20'),
      ],
      at: {
        '9m': [down('critical', 'db1')],
        '10m': [down('critical', 'db1')],
        '12m': [down('critical', 'db1')],
      },
    },
    {
      name: 'start-up: nothing answered yet, for a minute',
      series: [
        series('up', '0 1x20', { server: 'db1' }),
        info('db1', 'unknown', '1 stale'),
        info('db1', 'source', '_ 1x20'),
      ],
      at: { '1m': QUIET, '5m': QUIET },
    },
    {
      name: 'two exporters: one of them cannot reach the source',
      series: [...pair('1x40', '1x40'), ...pair('0x40', '1x40').map(second)],
      at: { '3m': [down('critical', 'db1', 'drift-2:19104')] },
    },
    {
      name: 'two exporters: one never read the source, so it does not know that it is one',
      series: [
        ...pair('1x40', '1x40'),
        second(series('up', '0x40', { server: 'db1' })),
        second(info('db1', 'unknown', '1x40')),
      ],
      at: { '3m': [down('warning', 'db1', 'drift-2:19104')] },
    },
    {
      name: 'two exporters: neither reaches the source',
      series: [...pair('0x40', '1x40'), ...pair('0x40', '1x40').map(second)],
      at: { '3m': [down('critical', 'db1'), down('critical', 'db1', 'drift-2:19104')] },
    },
  ],
}
