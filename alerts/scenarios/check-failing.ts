import type { CheckName } from '../../src/domain.ts'
import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const failing = (check: CheckName, reason = '') =>
  firing(
    'warning',
    `db2 in shop: every run of ${check} fails${reason && `, reason: ${reason}`}. Run \`mysql-drift-exporter check --set shop --checks ${check}\`.`,
    { check },
  )

interface Runs {
  readonly success: string
  readonly lastRun: string
  readonly lastSuccess: string
  readonly runs: string
}

const check = (name: CheckName, interval: number | string, runs: Runs) => [
  series('check_interval_seconds', typeof interval === 'string' ? interval : `${interval}x400`, {
    check: name,
  }),
  series('check_success', runs.success, { check: name }),
  series('check_last_run_timestamp_seconds', runs.lastRun, { check: name }),
  series('check_last_success_timestamp_seconds', runs.lastSuccess, { check: name }),
  series('check_runs_total', runs.runs, { check: name }),
]

const up = series('up', '1x400')

/** Of every 15 seconds: one success, then nothing but failures. */
const schema = check('gtid', 15, {
  success: '1 0x400',
  lastRun: '0+60x400',
  lastSuccess: '0x400',
  runs: '1+4x400',
})

/**
 * Of every 15 minutes: succeeds once, after a minute, and fails ever since. The exporter is started again after an
 * hour, and the check fails at once and 15 minutes later.
 * @param lastSuccess what it writes of that afterwards.
 */
const restarted = (lastSuccess: string) => [
  ...check('schema', '900x61 stale 900x33', {
    success: '_ 1x14 0x45 stale 0x33',
    lastRun: '_ 60x14 960x14 1860x14 2760x15 stale 3770x14 4670x18',
    lastSuccess: `0 60x60 stale ${lastSuccess}`,
    runs: '0 1x14 2x14 3x14 4x15 stale 1x14 2x18',
  }),
  series('up', '0 1x60 stale 1x33'),
]

/** Of every hour: fails at the second run, and succeeds at the third. */
const once = {
  success: '1x59 0x59 1x60',
  lastRun: '0x59 3600x59 7200x60',
  lastSuccess: '0x119 7200x60',
  runs: '1x59 2x59 3x60',
}

export const checkFailing: AlertScenarios = {
  alert: 'MySQLDriftCheckFailing',
  scenarios: [
    {
      name: 'silent: it succeeds',
      series: [
        ...check('gtid', 15, {
          success: '1x60',
          lastRun: '0+60x60',
          lastSuccess: '0+60x60',
          runs: '1+4x60',
        }),
        up,
      ],
      at: { '0m': QUIET, '60m': QUIET },
    },
    {
      name: 'silent: a check that runs every hour fails once',
      series: [...check('grants', 3600, once), up],
      at: { '100m': QUIET, '119m': QUIET, '150m': QUIET },
    },
    {
      name: 'silent: on a server that is down, which is another alert',
      series: [...schema, series('up', '0x60')],
      at: { '60m': QUIET },
    },
    {
      name: 'firing: after 30 minutes, with the reasons',
      series: [
        ...schema,
        series('check_failures_total', '0+4x60', { check: 'gtid', reason: 'timeout' }),
        series('check_failures_total', '0x30 5x30', { check: 'gtid', reason: 'connect' }),
        series('check_failures_total', '0x60', { check: 'gtid', reason: 'query' }),
        up,
      ],
      at: { '30m': [pending(failing('gtid'))], '31m': [failing('gtid', 'connect timeout')] },
    },
    {
      name: 'firing: a check that runs every hour, when it fails twice',
      series: [
        ...check('grants', 3600, {
          success: '1x59 0x200',
          lastRun: '0x59 3600x59 7200x59 10800x80',
          lastSuccess: '0x260',
          runs: '1x59 2x59 3x59 4x80',
        }),
        up,
      ],
      at: { '119m': QUIET, '149m': [pending(failing('grants'))], '150m': [failing('grants')] },
    },
    {
      name: 'resolved: with the first run that succeeds',
      series: [
        ...check('gtid', 15, {
          success: '1 0x38 1x20',
          lastRun: '0+60x60',
          lastSuccess: '0x39 2400+60x20',
          runs: '1+4x60',
        }),
        up,
      ],
      at: { '39m': [failing('gtid')], '41m': QUIET },
    },
    {
      name: 'restart gap: an exporter that keeps its state needs no second run to go on firing',
      series: restarted('60x33'),
      at: {
        '61m': [failing('schema')],
        '62m': [failing('schema')],
        '63m': [failing('schema')],
        '90m': [failing('schema')],
      },
    },
    {
      name: 'restart gap: one that keeps none knows of no success, and tells after its second run',
      series: restarted('0x33'),
      at: {
        '61m': [failing('schema')],
        '63m': QUIET,
        '77m': QUIET,
        '79m': [pending(failing('schema'))],
      },
    },
    {
      name: 'start-up: a first run that fails is no reason to wake anybody for an hour',
      series: [
        ...check('grants', 3600, {
          success: '_x10 0x59 1x60',
          lastRun: '_x10 1768000000x59 1768003600x60',
          lastSuccess: '_x10 0x59 1768003600x60',
          runs: '_x10 1x59 2x60',
        }),
        up,
      ],
      at: { '12m': QUIET, '69m': QUIET, '110m': QUIET },
    },
    {
      name: 'start-up: a check that never succeeded is told after its second run',
      series: [
        ...check('gtid', 15, {
          success: '_x5 0x60',
          lastRun: '_x5 1768000000+60x60',
          lastSuccess: '_x5 0x60',
          runs: '_x5 1+4x60',
        }),
        up,
      ],
      at: { '5m': QUIET, '35m': [pending(failing('gtid'))], '36m': [failing('gtid')] },
    },
    {
      name: 'two exporters: one cannot reach the server, which is another alert',
      series: [...schema, up, ...[...schema, series('up', '0x60')].map(second)],
      at: { '31m': [failing('gtid')] },
    },
  ],
}
