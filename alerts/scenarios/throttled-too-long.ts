import type { ThrottleReason } from '../../src/domain.ts'
import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const throttled = (share: string, reason: ThrottleReason = 'threads_running') =>
  firing(
    'info',
    `db2 in shop was held back ${share} of the time because of ${reason}: its tables are not verified. Run \`mysql-drift-exporter check --set shop --checks threads\` and compare with the limits under \`throttle\` in the configuration.`,
    { reason },
  )

const held = (values: Readonly<Partial<Record<ThrottleReason, string>>>) =>
  (['threads_running', 'lag', 'window', 'paused', 'duty'] as const).map((reason) =>
    series('throttled', values[reason] ?? '0x100', { reason }),
  )

export const throttledTooLong: AlertScenarios = {
  alert: 'MySQLDriftThrottledTooLong',
  step: 10,
  scenarios: [
    {
      name: 'silent: most of the time it may be read',
      series: held({ threads_running: '1x18 0x80', lag: '0x18 1x12 0x70' }),
      at: { '0m': QUIET, '400m': QUIET, '800m': QUIET },
    },
    {
      name: 'silent: outside of its hours nothing is to be read, whatever would be in the way',
      series: held({ threads_running: '1x100', window: '1x100' }),
      at: { '450m': QUIET, '900m': QUIET },
    },
    {
      name: 'silent: hours that are shorter than six say nothing',
      series: held({ threads_running: '1x100', window: '1x40 0x23 1x40' }),
      at: { '430m': QUIET, '640m': QUIET, '800m': QUIET },
    },
    {
      name: 'silent: while the set is paused, and for six hours after',
      series: held({ lag: '1x100', paused: '0x10 1x11 0x90' }),
      at: { '450m': QUIET, '560m': QUIET },
    },
    {
      name: 'silent: a rest after every reading is meant',
      series: held({ duty: '1x100' }),
      at: { '900m': QUIET },
    },
    {
      name: 'silent: a server that is down is not held back',
      series: [...held({}), series('up', '0x100')],
      at: { '900m': QUIET },
    },
    {
      name: 'firing: half an hour after nine tenths of six hours',
      series: held({ threads_running: '0x6 1x80' }),
      at: {
        '380m': QUIET,
        '410m': [pending(throttled(''))],
        '430m': [throttled('100%')],
        '500m': [throttled('100%')],
      },
    },
    {
      name: 'firing: for six hours not outside of its hours any more',
      series: held({ lag: '1x100', window: '1x10 0x90' }),
      at: { '450m': QUIET, '500m': [throttled('100%', 'lag')] },
    },
    {
      name: 'resolved: when it may be read again for a while',
      series: held({ threads_running: '1x50 0x40' }),
      at: { '500m': [throttled('100%')], '550m': QUIET },
    },
    {
      name: 'restart gap: the history of before counts',
      series: held({ threads_running: '1x50 stale 1x20' }),
      at: { '500m': [throttled('100%')], '510m': [throttled('100%')], '520m': [throttled('100%')] },
    },
    {
      name: 'start-up: the first hours say nothing',
      series: held({ threads_running: '_x6 1x80' }),
      at: { '70m': QUIET, '410m': QUIET, '430m': [pending(throttled(''))] },
    },
    {
      name: 'two exporters: one of them is paused',
      series: [
        ...held({ threads_running: '1x100' }),
        ...held({ threads_running: '1x100', paused: '1x100' }).map(second),
      ],
      at: { '500m': [throttled('100%')] },
    },
  ],
}
