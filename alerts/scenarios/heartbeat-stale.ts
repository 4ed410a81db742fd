import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const stale = (age: string) =>
  firing(
    'warning',
    `db2 in shop: the newest entry of the heartbeat table that has come from its source is ${age} old, beyond the configured delay. Run \`mysql-drift-exporter check --set shop --checks threads\`.`,
  )

const beat = (values: string) => series('replication_heartbeat_timestamp_seconds', values)
const delay = (values: string, channel = '') =>
  series('replication_configured_delay_seconds', values, { channel })

/** Every minute, the last time after five. */
const STOPPED = '0+60x5 300x60'

export const heartbeatStale: AlertScenarios = {
  alert: 'MySQLDriftHeartbeatStale',
  scenarios: [
    {
      name: 'silent: it arrives every minute',
      series: [beat('0+60x60'), delay('0x60')],
      at: { '0m': QUIET, '60m': QUIET },
    },
    {
      name: 'silent: two minutes old at most',
      series: [beat('0x2 60+60x60'), delay('0x60')],
      at: { '10m': QUIET, '60m': QUIET },
    },
    {
      name: 'silent: on a replica that is an hour behind on purpose, in one of its channels',
      series: [beat('-3600+60x60'), delay('0x60', 'from_a'), delay('3600x60', 'from_b')],
      at: { '30m': QUIET, '60m': QUIET },
    },
    {
      name: 'firing: five minutes after two, and no sooner',
      series: [beat(STOPPED), delay('0x60')],
      at: { '7m': QUIET, '12m': [pending(stale(''))], '13m': [stale('8m 0s')] },
    },
    {
      name: 'firing: whether or not a delay is known',
      series: [beat(STOPPED)],
      at: { '13m': [stale('8m 0s')] },
    },
    {
      name: 'firing: beyond the delay of a replica that has one',
      series: [beat('-3600+60x5 -3300x60'), delay('3600x60')],
      at: { '12m': [pending(stale(''))], '13m': [stale('8m 0s')] },
    },
    {
      name: 'resolved: when it arrives again',
      series: [beat('0+60x5 300x23 1800+60x30'), delay('0x60')],
      at: { '29m': [stale('24m 0s')], '31m': QUIET },
    },
    {
      name: 'resolved: when its server is down, which is another alert',
      series: [beat('0+60x5 300x23 stale'), delay('0x29 stale')],
      at: { '29m': [stale('24m 0s')], '31m': QUIET },
    },
    {
      name: 'restart gap: it goes on firing',
      series: [beat('0+60x5 300x23 stale 300x30'), delay('0x29 stale 0x30')],
      at: { '29m': [stale('24m 0s')], '30m': [stale('24m 0s')], '32m': [stale('27m 0s')] },
    },
    {
      name: 'start-up: an old entry waits from the first reading on',
      series: [beat('_x20 300x60'), delay('_x20 0x60')],
      at: { '19m': QUIET, '24m': [pending(stale(''))], '25m': [stale('20m 0s')] },
    },
    {
      name: 'two exporters: one alert each, by its own delay',
      series: [beat(STOPPED), ...[beat(STOPPED), delay('600x60')].map(second)],
      at: { '13m': [stale('8m 0s')], '30m': [stale('25m 0s'), second(stale('15m 0s'))] },
    },
  ],
}
