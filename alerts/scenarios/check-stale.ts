import type { CheckName, ThrottleReason } from '../../src/domain.ts'
import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const stale = (check: CheckName, last: string) =>
  firing(
    'warning',
    `db2 in shop: the last success of ${check} was ${last}; what it finds is old or unknown. Run \`mysql-drift-exporter check --set shop --checks ${check}\`.`,
    { check },
  )

/** @param due since when it is run. */
const check = (name: CheckName, lastSuccess: string, interval: string, due = '0x400') => [
  series('check_last_success_timestamp_seconds', lastSuccess, { check: name }),
  series('check_due_since_timestamp_seconds', due, { check: name }),
  series('check_interval_seconds', interval, { check: name }),
]

const up = series('up', '1x400')
/** Succeeds every minute, the last time after five. */
const stuck = '0+60x5 300x400'
const threads = check('threads', stuck, '15x400')

/** Row counts are stuck, everything else works. */
const held = (reason: ThrottleReason, values: string) => [
  ...check('row_count', stuck, '600x400'),
  ...check('threads', '0+60x400', '600x400'),
  series('throttled', values, { reason }),
  up,
]

export const checkStale: AlertScenarios = {
  alert: 'MySQLDriftCheckStale',
  scenarios: [
    {
      name: 'silent: every check succeeds in time',
      series: [
        ...check('threads', '0+60x60', '15x60'),
        ...check('checksum', '0x30 1800x30', '1800x60'),
        up,
      ],
      at: { '0m': QUIET, '20m': QUIET, '59m': QUIET },
    },
    {
      name: 'silent: on a server that is down, which is another alert',
      series: [...threads, series('up', '1x5 0x300')],
      at: { '30m': QUIET, '90m': QUIET },
    },
    {
      name: 'silent: outside of its hours no table is read, and for an hour after them',
      series: held('window', '1x200 0x200'),
      at: { '100m': QUIET, '199m': QUIET, '255m': QUIET },
    },
    {
      name: 'silent: nor does a pass over the contents, and the wait for the next hours may be long',
      series: [
        ...check('checksum', '0x400', '600x400'),
        series('throttled', '1x400', { reason: 'window' }),
        up,
      ],
      at: { '300m': QUIET },
    },
    {
      name: 'silent: while the set is paused',
      series: held('paused', '1x400'),
      at: { '100m': QUIET, '300m': QUIET },
    },
    {
      name: 'firing: what is long over explains nothing',
      series: held('window', '1x200 0x200'),
      at: { '290m': [stale('row_count', '4h 45m 0s ago')] },
    },
    {
      name: 'firing: what holds a server back otherwise is no reason to be silent',
      series: held('lag', '1x400'),
      at: { '100m': [stale('row_count', '1h 35m 0s ago')] },
    },
    {
      name: 'pending: three intervals, five minutes and less than 15 more',
      series: [...threads, up],
      at: {
        '10m': QUIET,
        '11m': [pending(stale('threads', ''))],
        '25m': [pending(stale('threads', ''))],
      },
    },
    {
      name: 'pending: three intervals of ten minutes are half an hour',
      series: [...check('threads', stuck, '600x400'), up],
      at: { '40m': QUIET, '41m': [pending(stale('threads', ''))] },
    },
    {
      name: 'firing: after 15 minutes of that, only the check that is stuck',
      series: [...threads, ...check('gtid', '0+60x60', '15x60'), up],
      at: { '26m': [stale('threads', '21m 0s ago')] },
    },
    {
      name: 'firing: on a server that comes and goes, too',
      series: [...threads, series('up', '1x5 0x8 1 0x8 1 0x8 1 0x8 1 0x8 1')],
      at: { '30m': [stale('threads', '25m 0s ago')] },
    },
    {
      name: 'firing: while the exporter itself is frozen',
      series: [...threads, up],
      at: { '60m': [stale('threads', '55m 0s ago')] },
    },
    {
      name: 'resolved: when it succeeds again',
      series: [...check('threads', '0+60x5 300x33 2400+60x60', '15x400'), up],
      at: { '39m': [stale('threads', '34m 0s ago')], '41m': QUIET },
    },
    {
      name: 'restart gap: an exporter that keeps its state grants no new grace',
      series: [
        ...check('threads', '0+60x5 300x33 stale 300x60', '15x39 stale 15x60', '0x39 stale 0x60'),
        series('up', '1x39 stale 1x60'),
      ],
      at: {
        '39m': [stale('threads', '34m 0s ago')],
        '40m': [stale('threads', '34m 0s ago')],
        '41m': [stale('threads', '36m 0s ago')],
      },
    },
    {
      name: 'restart gap: one that keeps none begins anew',
      series: [
        ...check('threads', '0+60x5 300x33 stale 0x60', '15x39 stale 15x60', '0x39 stale 2400x60'),
        series('up', '1x39 stale 1x60'),
      ],
      at: { '39m': [stale('threads', '34m 0s ago')], '42m': QUIET, '45m': QUIET },
    },
    {
      name: 'start-up: a check that never ran has three intervals since it is due',
      series: [...check('checksum', '_x30 0x300', '_x30 3600x300', '_x30 1800x300'), up],
      at: {
        '31m': QUIET,
        '215m': QUIET,
        '216m': [pending(stale('checksum', ''))],
        '231m': [stale('checksum', 'never')],
      },
    },
    {
      name: 'start-up: nor does the last success count of a server that was a source meanwhile',
      series: [
        ...check('checksum', '60x30 _x60 60x300', '3600x30 _x60 3600x300', '0x30 _x60 5400x300'),
        up,
      ],
      at: { '91m': QUIET, '275m': QUIET, '291m': [stale('checksum', '4h 50m 0s ago')] },
    },
    {
      name: 'two exporters: the one that is stuck',
      series: [...[...threads, up], ...[...check('threads', '0+60x60', '15x400'), up].map(second)],
      at: { '30m': [stale('threads', '25m 0s ago')] },
    },
    {
      name: 'two exporters: one cannot reach the server, the other can and is stuck',
      series: [...threads, series('up', '0x300'), ...[...threads, up].map(second)],
      at: { '30m': [second(stale('threads', '25m 0s ago'))] },
    },
    {
      name: 'two exporters: each with its own grace',
      series: [
        ...[...check('threads', '0x300', '15x300'), up],
        ...[...check('threads', '_x30 0x100', '_x30 15x100', '_x30 1800x100'), up].map(second),
      ],
      at: {
        '35m': [stale('threads', 'never')],
        '60m': [stale('threads', 'never'), second(stale('threads', 'never'))],
      },
    },
  ],
}
