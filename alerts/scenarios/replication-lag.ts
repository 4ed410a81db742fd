import type { Severity } from '../../src/domain.ts'
import { lifeOf } from '../life.ts'
import { type AlertScenarios, firing, pending, QUIET, series } from '../scenario.ts'

const lags = (severity: Severity, by: string, channel = '') =>
  firing(
    severity,
    `db2 in shop${channel && `, channel ${channel},`} is ${by} behind its source, beyond the configured delay. Run \`mysql-drift-exporter check --set shop --checks threads\`.`,
    channel === '' ? {} : { channel },
  )

const lag = (values: string, delay = '0x400', channel = '') => [
  series('replication_lag_seconds', values, { channel }),
  series('replication_configured_delay_seconds', delay, { channel }),
]

const quarter = [lags('warning', '15m 0s'), lags('critical', '15m 0s')]

export const replicationLag: AlertScenarios = {
  alert: 'MySQLDriftReplicationLag',
  scenarios: [
    {
      name: 'silent: a minute of lag',
      series: lag('60x60'),
      at: { '0m': QUIET, '30m': QUIET },
    },
    {
      name: 'silent: a replica that is delayed on purpose',
      series: lag('3630x60', '3600x60'),
      at: { '30m': QUIET },
    },
    {
      name: 'silent: a replica that catches up',
      series: lag('900-60x15 0x40'),
      at: { '6m': QUIET, '8m': QUIET, '14m': QUIET },
    },
    {
      name: 'silent: catching up by 0.6 seconds per second',
      series: lag('900-36x15 0x40'),
      at: { '9m': QUIET },
    },
    {
      name: 'silent: unknown lag is no lag',
      series: lag('_x30'),
      at: { '30m': QUIET },
    },
    {
      name: 'firing: warning, after 5 minutes',
      series: lag('0+60x40'),
      at: { '6m': [pending(lags('warning', ''))], '7m': [lags('warning', '7m 0s')] },
    },
    ...lifeOf({
      wait: 5,
      written: (values) => lag(values),
      good: '0',
      bad: '120',
      alert: lags('warning', '2m 0s'),
      silent: 'no lag',
      resolved: 'when it has caught up',
      isState: true,
      isTrend: true,
    }),
    {
      name: 'firing: critical, after 10 minutes beyond 10 minutes, and warning with it',
      series: lag('601x40'),
      at: {
        '9m': [lags('warning', '10m 1s'), pending(lags('critical', ''))],
        '10m': [lags('warning', '10m 1s'), lags('critical', '10m 1s')],
      },
    },
    {
      name: 'firing: warning, and no more than that, at ten minutes',
      series: lag('600x40'),
      at: { '30m': [lags('warning', '10m 0s')] },
    },
    {
      name: 'firing: critical, although it catches up, for the data is old',
      series: lag('7200-60x40'),
      at: { '10m': [lags('critical', '1h 50m 0s')] },
    },
    {
      name: 'firing: warning, catching up by only 0.4 seconds per second',
      series: lag('500-24x15'),
      at: { '6m': [lags('warning', '5m 56s')] },
    },
    {
      name: 'firing: of one channel of several, beyond its own delay',
      series: [...lag('0x60', '0x60', 'from_a'), ...lag('3720x60', '3600x60', 'from_b')],
      at: { '6m': [lags('warning', '2m 0s', 'from_b')] },
    },
    {
      name: 'resolved: both severities, when it has caught up',
      series: lag('900x29 0x30'),
      at: { '29m': quarter, '31m': QUIET },
    },
    {
      name: 'resolved: when the lag is unknown, which is another alert',
      series: lag('900x29 stale'),
      at: { '29m': quarter, '31m': QUIET },
    },
    {
      name: 'restart gap: both severities go on firing',
      series: lag('900x29 stale 900x20'),
      at: { '29m': quarter, '30m': quarter, '32m': quarter },
    },
    {
      name: 'firing: warning, while it falls behind again after it had caught up',
      series: lag('600-60x9 60+60x20'),
      at: { '15m': [pending(lags('warning', ''))], '18m': [lags('warning', '9m 0s')] },
    },
  ],
}
