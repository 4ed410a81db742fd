/** The matrix as it is printed: expected and seen, and how soon. Pure. */
import { inColumns } from '../src/demo/columns.ts'
import type { AlertOutcome, Outcome } from './outcome.ts'
import { isGood, isLate, isRight, longest, resolveLimitAt, scoreOf } from './verdict.ts'

/** One line for each fault on each flavor, as soon as it is known. */
export function outcomeLine(outcome: Outcome): string {
  const { flavor, fault, server, speed, alerts, problems, log, seconds } = outcome
  const times = [
    `fired after ${text(longest(alerts, 'told'))}`,
    `resolved after ${text(longest(alerts, 'resolved'))}`,
  ]
  const told = alerts.some((alert) => alert.told !== null) ? times : ['silent']
  const verdict = isGood(outcome) ? 'as expected' : 'NOT as expected'
  const line = `${flavor}: ${fault} (${server}): ${verdict}: ${told.join(', ')}; ${text(seconds)} in all`
  const wrong = alerts.filter((alert) => !isRight(alert)).map(({ key, as }) => `${as}: ${key}`)
  const late = alerts.filter((alert) => isLate(alert, speed)).map(({ key }) => `late: ${key}`)
  const why = [...wrong, ...late, ...problems, ...log]
  return [line, ...why.map((each) => `  ${each}`)].join('\n')
}

export function matrixLines(outcomes: readonly Outcome[]): string[] {
  const sorted = outcomes.toSorted(
    (a, b) => a.flavor.localeCompare(b.flavor) || a.fault.localeCompare(b.fault),
  )
  return [
    ...inColumns([
      ['flavor', 'fault', 'alert', 'expected', 'seen', 'fired', 'told', 'resolved'],
      ...sorted.flatMap(rowsOf),
    ]),
    '',
    ...summary(outcomes),
  ]
}

function rowsOf({ flavor, fault, server, alerts }: Outcome): string[][] {
  const firsts = [flavor, `${fault} (${server})`]
  const rows = alerts
    .filter(({ as, told }) => as !== 'later' || told !== null)
    .map((alert) => [
      alert.key,
      alert.as === 'expected' ? 'yes' : alert.as === 'later' ? 'if it lasts' : 'NO',
      alert.told === null ? 'NO' : 'yes',
      text(alert.fired),
      text(alert.told),
      text(alert.resolved),
    ])
  const all = rows.length === 0 ? [['none', '-', 'none', '-', '-', '-']] : rows
  return all.map((row, index) => [...(index === 0 ? firsts : ['', '']), ...row])
}

function summary(outcomes: readonly Outcome[]): string[] {
  const { found, missed, unexpected, precision, recall } = scoreOf(outcomes)
  const bad = outcomes.filter((outcome) => !isGood(outcome))
  const silent = outcomes.filter(({ alerts }) => !alerts.some(({ as }) => as === 'expected'))
  const alerts = outcomes.flatMap((outcome) => outcome.alerts)
  const speeds = [...new Set(outcomes.map(({ speed }) => speed))]
  return [
    `faults: ${outcomes.length}, of which ${silent.length} are to be silent; as expected: ${outcomes.length - bad.length}`,
    `alerts: ${found} expected and seen, ${missed} missed, ${unexpected} not expected`,
    `precision ${precision.toFixed(3)}, recall ${recall.toFixed(3)}`,
    `time to fire, from the fault to Alertmanager: ${spread(alerts, 'told')}`,
    `time to resolve, from the repair: ${spread(alerts, 'resolved')}`,
    ...speeds.map((speed) => {
      const durations = speed === 1 ? 'at real durations' : `every duration divided by ${speed}`
      return `${durations}; a repair is to resolve within ${resolveLimitAt(speed)} s`
    }),
    ...bad.flatMap(({ flavor, fault, problems }) => [
      `NOT as expected: ${flavor}, ${fault}`,
      ...problems.map((problem) => `  ${problem}`),
    ]),
    bad.length === 0 ? 'good' : 'NOT good',
  ]
}

function spread(alerts: readonly AlertOutcome[], what: 'told' | 'resolved'): string {
  const times = alerts.flatMap((alert) => alert[what] ?? []).toSorted((a, b) => a - b)
  const middle = times[Math.floor((times.length - 1) / 2)] ?? null
  return `median ${text(middle)}, longest ${text(times.at(-1) ?? null)}`
}

function text(seconds: number | null): string {
  return seconds === null ? '-' : `${seconds.toFixed(1)} s`
}
