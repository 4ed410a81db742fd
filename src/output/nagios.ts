/**
 * `check --output=nagios`: one line and performance data, as the Monitoring Plugins guidelines want them.
 * @see https://www.monitoring-plugins.org/doc/guidelines.html
 */

import { lagBeyondDelay } from '../lag.ts'
import type { Report, SetReport } from '../report.ts'
import { type ExitCode, exitCodeOf, findingsOf, JUDGE_ALL, type JudgeOptions } from './findings.ts'
import { plural } from './format.ts'
import { stateOf, tableVerdict } from './judge.ts'

const STATES = {
  0: 'OK',
  1: 'WARNING',
  2: 'CRITICAL',
  3: 'UNKNOWN',
} as const satisfies Record<ExitCode, string>

/** NRPE cuts at 1 KB in its old protocol, so the worst goes first and the rest is counted. */
const FINDINGS_SHOWN = 4

export function renderNagios(report: Report, options: JudgeOptions = JUDGE_ALL): string {
  const findings = findingsOf(report, options)
  const state = STATES[exitCodeOf(findings)]
  const isOneSet = report.sets.length === 1
  const texts = findings
    .slice(0, FINDINGS_SHOWN)
    .map(({ set, text }) => (isOneSet ? text : `${set}: ${text}`))
  const more = findings.length - texts.length
  if (more > 0) texts.push(plural(more, 'further finding'))
  if (texts.length === 0) texts.push(allWell(report, options))
  const perfdata = report.sets.flatMap((set) => perfdataOf(set, isOneSet, options))
  return `DRIFT ${state} - ${texts.map(oneLine).join(', ')} | ${perfdata.join(' ')}\n`
}

/** Unknown tables that are accepted are not called the same. */
function allWell(report: Report, { requestedChecks }: JudgeOptions): string {
  const verdicts = report.sets.flatMap((set) =>
    set.tables.map((table) => tableVerdict(table, requestedChecks).verdict),
  )
  const count = (verdict: string) => verdicts.filter((other) => other === verdict).length
  const others = (['unknown', 'skipped'] as const)
    .filter((verdict) => count(verdict) > 0)
    .map((verdict) => `${count(verdict)} ${verdict}`)
  return [`${plural(count('same'), 'table')} the same`, ...others].join(', ')
}

/** `|` begins the performance data, a line feed the long output, and a backslash may be read as either. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029|\\]/gu, '_')
}

/** `'label'=value[unit];warn;crit;min`: the thresholds that the exit code is made with. */
function perfdataOf(set: SetReport, isOneSet: boolean, options: JudgeOptions): string[] {
  const prefix = isOneSet ? '' : `${oneLine(set.name).replace(/['=]/g, '_')} `
  const datum = (label: string, value: string, limits: string) =>
    `'${prefix}${label}'=${value};${limits};0`
  const verdicts = set.tables.map((table) => tableVerdict(table, options.requestedChecks).verdict)
  const count = (verdict: string) => String(verdicts.filter((other) => other === verdict).length)
  const out = set.servers.filter((server) => !server.up).length
  const lags = set.servers
    .flatMap((server) => stateOf(server).channels ?? [])
    .flatMap((channel) => lagBeyondDelay(channel) ?? [])
  const errant = set.servers.flatMap((server) => stateOf(server).gtid?.errant ?? [])
  return [
    datum('tables', String(verdicts.length), ';'),
    datum('drifted', count('drifted'), ';0'),
    datum('missing', count('missing'), ';0'),
    datum('unknown', count('unknown'), ';'),
    datum('suspect', count('suspect'), '0;'),
    datum('servers_out', String(out), ';'),
    ...(lags.length === 0
      ? []
      : [datum('lag', `${Math.max(...lags).toFixed(0)}s`, `${set.maxLagSeconds};`)]),
    ...(errant.length === 0 ? [] : [datum('errant', String(errant.reduce((a, b) => a + b)), ';0')]),
  ]
}
