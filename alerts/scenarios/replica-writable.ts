import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, QUIET, second, series } from '../scenario.ts'
import { info } from '../written.ts'

const writable = (server = 'db2') =>
  firing(
    'warning',
    `${server} in shop is a replica and not read_only: one client with the wrong address is enough for drift. Run \`mysql-drift-exporter check --set shop --checks threads\`.`,
    { server },
  )

const readOnly = (values: string, server = 'db2') => series('server_read_only', values, { server })

const source = [info('db1', 'source', '1x400'), readOnly('0x400', 'db1')]

export const replicaWritable: AlertScenarios = {
  alert: 'MySQLDriftReplicaWritable',
  scenarios: [
    {
      name: 'silent: a source, a detached and an unknown server may be written',
      series: [
        ...source,
        ...[info('db2', 'detached', '1x40'), readOnly('0x40')],
        ...[info('db3', 'unknown', '1x40'), readOnly('0x40', 'db3')],
      ],
      at: { '0m': QUIET, '30m': QUIET },
    },
    {
      name: 'silent: a pair that replicates in both directions',
      series: [
        ...[info('db1', 'intermediate', '1x40'), readOnly('0x40', 'db1')],
        ...[info('db2', 'intermediate', '1x40'), readOnly('0x40')],
      ],
      at: { '30m': QUIET },
    },
    {
      name: 'silent: a failover, after which the new source is known as one within minutes',
      series: [
        ...[info('db1', 'source', '1x5 stale'), info('db1', 'replica', '_x6 1x40')],
        readOnly('0x5 1x40', 'db1'),
        ...[info('db2', 'replica', '1x8 stale'), info('db2', 'source', '_x9 1x40')],
        readOnly('1x4 0x40'),
      ],
      at: { '12m': QUIET, '30m': QUIET },
    },
    ...lifeOf({
      wait: 10,
      written: (values) => [...source, info('db2', 'replica', '1x400'), readOnly(values)],
      good: '1',
      bad: '0',
      alert: writable(),
      silent: 'it is read-only',
      resolved: 'when it is read-only again',
      isState: true,
    }),
    {
      name: 'firing: a replica of a source that is not in the set',
      series: [info('db2', 'replica', '1x40'), readOnly('0x40')],
      at: { '10m': [writable()] },
    },
    {
      name: 'firing: an intermediate, which is a replica too',
      series: [...source, info('mid', 'intermediate', '1x40'), readOnly('0x40', 'mid')],
      at: { '10m': [writable('mid')] },
    },
    {
      name: 'firing: a replica of a pair that replicates in both directions',
      series: [
        ...[info('db1', 'intermediate', '1x40'), readOnly('0x40', 'db1')],
        ...[info('mid', 'intermediate', '1x40'), readOnly('0x40', 'mid')],
        ...[info('db2', 'replica', '1x40'), readOnly('0x40')],
      ],
      at: { '10m': [writable()] },
    },
    {
      name: 'firing: an upgrade of the server does not restart the wait',
      series: [
        ...source,
        info('db2', 'replica', '1x4 stale'),
        info('db2', 'replica', '_x5 1x40', { version: '8.4.7' }),
        readOnly('0x40'),
      ],
      at: { '10m': [writable()] },
    },
    {
      name: 'two exporters: one takes it for a source',
      series: [
        ...[...source, info('db2', 'replica', '1x40'), readOnly('0x40')],
        ...[info('db2', 'source', '1x40'), readOnly('0x40')].map(second),
      ],
      at: { '10m': [writable()] },
    },
  ],
}
