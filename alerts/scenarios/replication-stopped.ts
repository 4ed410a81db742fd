import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, second, series } from '../scenario.ts'

type Thread = 'io' | 'sql'

const stopped = (thread: Thread, { channel = '', error = '' } = {}) =>
  firing(
    'critical',
    `db2 in shop: the ${thread} thread${channel && ` of channel ${channel}`} is not running${error && `, error ${error}`}. Run \`mysql-drift-exporter check --set shop --checks threads\` and read SHOW REPLICA STATUS on the server.`,
    { thread, ...(channel !== '' && { channel }) },
  )

const thread = (thread: Thread, values: string, errors = '0x400', channel = '') => [
  series('replication_thread_running', values, { channel, thread }),
  series('replication_last_error_number', errors, { channel, thread }),
]

const up = series('up', '1x400')

export const replicationStopped: AlertScenarios = {
  alert: 'MySQLDriftReplicationStopped',
  scenarios: [
    {
      name: 'silent: while the server does not answer, whatever its threads did',
      series: [series('up', '0x30'), ...thread('io', '0x30'), ...thread('sql', '0x30')],
      at: { '10m': QUIET },
    },
    ...lifeOf({
      wait: 2,
      written: (values) => [up, ...thread('io', '1x400'), ...thread('sql', values)],
      good: '1',
      bad: '0',
      alert: stopped('sql'),
      silent: 'both threads run',
      resolved: 'when the thread runs again',
      isState: true,
    }),
    {
      name: 'firing: with its error',
      series: [up, ...thread('io', '1x30'), ...thread('sql', '0x30', '1062x30')],
      at: { '2m': [stopped('sql', { error: '1062' })] },
    },
    {
      name: 'firing: a thread that is connecting counts as 0, even without an error number',
      series: [up, ...thread('io', '0x30'), ...thread('sql', '1x30')],
      at: { '2m': [stopped('io')] },
    },
    {
      name: 'firing: of one channel of several, named',
      series: [
        up,
        ...thread('io', '1x30', '0x30', 'from_a'),
        ...thread('sql', '1x30', '0x30', 'from_a'),
        ...thread('io', '0x30', '2003x30', 'from_b'),
        ...thread('sql', '1x30', '0x30', 'from_b'),
      ],
      at: { '2m': [stopped('io', { channel: 'from_b', error: '2003' })] },
    },
    {
      name: 'resolved: both threads at once',
      series: [up, ...thread('io', '0x9 1x20'), ...thread('sql', '0x9 1x20')],
      at: { '9m': [stopped('io'), stopped('sql')], '11m': QUIET },
    },
    {
      name: 'start-up: no thread before it was read',
      series: [up, ...thread('io', '_x5 1x30'), ...thread('sql', '_x5 1x30')],
      at: { '1m': QUIET, '20m': QUIET },
    },
    {
      name: 'two exporters: one cannot reach the server, so it says nothing of its threads',
      series: [
        up,
        ...thread('sql', '0x30'),
        ...[series('up', '0x30'), ...thread('sql', '0x30')].map(second),
      ],
      at: { '2m': [stopped('sql')] },
    },
  ],
}
