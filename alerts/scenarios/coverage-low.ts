import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const low = (age: string) =>
  firing(
    'warning',
    `db2 in shop: the contents of its least recently verified table were last proven to agree ${age} ago. Run \`mysql-drift-exporter config validate --estimate\` to see what a pass takes, and \`mysql-drift-exporter check --set shop\` for what is unknown, and why.`,
  )

/** Checksums every 20 minutes, so that three of them are an hour. */
const written = (verified: string, server = 'db2') => [
  series('oldest_verified_timestamp_seconds', verified, { server }),
  series('check_interval_seconds', '1200x400', { server, check: 'checksum' }),
  series('check_interval_seconds', '60x400', { server, check: 'row_count' }),
]

const delay = (values: string, channel = '') =>
  series('replication_configured_delay_seconds', values, { channel })

export const coverageLow: AlertScenarios = {
  alert: 'MySQLDriftCoverageLow',
  scenarios: [
    {
      name: 'silent: verified in time',
      series: [...written('0x20 1200x20 2400x20 3600x100'), delay('0x200')],
      at: { '0m': QUIET, '60m': QUIET, '119m': QUIET },
    },
    {
      name: 'silent: a replica that is an hour behind on purpose agrees with what was an hour ago',
      series: [...written('0+60x300'), delay('3600x400')],
      at: { '120m': QUIET, '300m': QUIET },
    },
    {
      name: 'silent: a replica that is an hour behind on purpose has an hour more',
      series: [...written('0x200'), delay('0x400', 'from_a'), delay('3600x400', 'from_b')],
      at: { '120m': QUIET, '179m': [pending(low(''))], '181m': [low('3h 1m 0s')] },
    },
    {
      name: 'firing: an hour after three intervals, the oldest table of each server',
      series: [...written('0x200'), delay('0x400'), ...written('0+60x200', 'db3')],
      at: { '60m': QUIET, '120m': [pending(low(''))], '121m': [low('2h 1m 0s')] },
    },
    {
      name: 'firing: of a server without channels, which has no delay',
      series: written('600x200'),
      at: { '130m': [pending(low(''))], '131m': [low('2h 1m 0s')] },
    },
    {
      name: 'firing: while the server is down, too',
      series: [...written('0x200'), delay('0x30 stale'), series('up', '1x30 0x200')],
      at: { '121m': [low('2h 1m 0s')] },
    },
    {
      name: 'resolved: when the last of them was verified',
      series: [...written('0x130 7800x60'), delay('0x400')],
      at: { '130m': [low('2h 10m 0s')], '132m': QUIET },
    },
    {
      name: 'restart gap: an exporter that keeps its state goes on firing',
      series: [...written('0x129 stale 0x20'), delay('0x129 stale 0x20')],
      at: { '129m': [low('2h 9m 0s')], '130m': [low('2h 9m 0s')], '132m': [low('2h 12m 0s')] },
    },
    {
      name: 'start-up: tables count from when they were first seen',
      series: [...written('_x30 1800x200'), delay('_x30 0x200')],
      at: { '30m': QUIET, '90m': QUIET, '150m': [pending(low(''))] },
    },
    {
      name: 'two exporters: one alert each, by its own interval',
      series: [
        ...written('0x200'),
        ...[
          series('oldest_verified_timestamp_seconds', '0x200'),
          series('check_interval_seconds', '600x400', { check: 'checksum' }),
        ].map(second),
      ],
      at: { '91m': [second(low('1h 31m 0s'))], '121m': [low('2h 1m 0s'), second(low('2h 1m 0s'))] },
    },
  ],
}
