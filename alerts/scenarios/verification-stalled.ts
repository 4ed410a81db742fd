import type { ThrottleReason } from '../../src/domain.ts'
import { type AlertScenarios, firing, pending, QUIET, second, series } from '../scenario.ts'

const stalled = (at: string, held = '') =>
  firing(
    'warning',
    `shop: the checksum pass stands at ${at}${held && `, held back: ${held}`}. Run \`mysql-drift-exporter check --set shop --checks threads\`.`,
    { server: null },
  )

const progress = (values: string) => series('checksum_pass_progress_ratio', values)
const throttled = (reason: ThrottleReason, values: string, server = 'db1') =>
  series('throttled', values, { server, reason })

export const verificationStalled: AlertScenarios = {
  alert: 'MySQLDriftVerificationStalled',
  step: 5,
  scenarios: [
    {
      name: 'silent: a pass that is over, until the next one',
      series: [progress('1x60')],
      at: { '0m': QUIET, '300m': QUIET },
    },
    {
      name: 'silent: a slow pass',
      series: [progress('0+0.0001x120')],
      at: { '150m': QUIET, '600m': QUIET },
    },
    {
      name: 'silent: outside of its hours it stands still, and for an hour after',
      series: [progress('0.5x120'), throttled('window', '1x80 0x40')],
      at: { '150m': QUIET, '400m': QUIET, '455m': QUIET },
    },
    {
      name: 'silent: while the set is paused',
      series: [progress('0.5x120'), throttled('paused', '0x2 1x120')],
      at: { '150m': QUIET, '600m': QUIET },
    },
    {
      name: 'firing: an hour after an hour without progress, and what is in the way',
      series: [
        progress('0+0.5x1 0.5x60'),
        throttled('threads_running', '1x60'),
        throttled('duty', '1x60', 'db2'),
      ],
      at: {
        '55m': QUIET,
        '115m': [pending(stalled(''))],
        '125m': [stalled('50%', 'db1 (threads_running)')],
      },
    },
    {
      name: 'firing: without anything in the way',
      series: [progress('0+0.5x1 0.5x60'), throttled('window', '0x60')],
      at: { '125m': [stalled('50%')] },
    },
    {
      name: 'firing: what is long over explains nothing',
      series: [progress('0.5x120'), throttled('window', '1x20 0x100')],
      at: { '155m': QUIET, '225m': [stalled('50%')] },
    },
    {
      name: 'resolved: when it gets on',
      series: [progress('0.5x30 0.6+0.01x30')],
      at: { '150m': [stalled('50%')], '160m': QUIET },
    },
    {
      name: 'restart gap: it stands where it stood',
      series: [progress('0.5x30 stale 0.5x20')],
      at: { '150m': [stalled('50%')], '155m': [stalled('50%')], '160m': [stalled('50%')] },
    },
    {
      name: 'start-up: a pass that was never seen to move has an hour from its beginning',
      series: [progress('_x2 0x60')],
      at: { '10m': QUIET, '70m': [pending(stalled(''))], '75m': [stalled('0%')] },
    },
    {
      name: 'two exporters: one of them is paused',
      series: [
        progress('0.5x60'),
        ...[progress('0.5x60'), throttled('paused', '1x60')].map(second),
      ],
      at: { '130m': [stalled('50%')] },
    },
  ],
}
