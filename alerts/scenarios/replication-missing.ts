import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, series } from '../scenario.ts'
import { info } from '../written.ts'

const missing = firing(
  'critical',
  'db2 in shop was a replica, or is declared as one, and replicates from nobody: nothing reaches it any more. Run `mysql-drift-exporter check --set shop --checks threads`; if it was removed on purpose, take it out of the configuration.',
)

export const replicationMissing: AlertScenarios = {
  alert: 'MySQLDriftReplicationMissing',
  scenarios: [
    {
      name: 'silent: every other role',
      series: [
        info('db1', 'source', '1x40'),
        info('db2', 'replica', '1x40'),
        info('mid', 'intermediate', '1x40'),
        info('one', 'member', '1x40'),
        info('db3', 'unknown', '1x40'),
      ],
      at: { '0m': QUIET, '20m': QUIET },
    },
    ...lifeOf({
      wait: 5,
      written: (values) => [info('db1', 'source', '1x400'), info('db2', 'detached', values)],
      good: 'stale _',
      bad: '1',
      alert: missing,
      silent: 'nobody is detached',
      resolved: 'when it has another role',
    }),
    {
      name: 'firing: an upgrade of the server does not restart the wait',
      series: [
        info('db2', 'detached', '1x2 stale'),
        info('db2', 'detached', '_x3 1x20', { version: '8.4.7' }),
      ],
      at: { '5m': [missing] },
    },
    {
      name: 'firing: while the server is down, too',
      series: [info('db2', 'detached', '1x40'), series('up', '1x2 0x38')],
      at: { '5m': [missing] },
    },
    {
      name: 'resolved: when it replicates again',
      series: [info('db2', 'detached', '1x9 stale'), info('db2', 'replica', '_x10 1x20')],
      at: { '9m': [missing], '11m': QUIET },
    },
    {
      name: 'start-up: a server that was not read yet has the role unknown',
      series: [info('db2', 'unknown', '1x2 stale'), info('db2', 'replica', '_x3 1x20')],
      at: { '1m': QUIET, '10m': QUIET },
    },
  ],
}
