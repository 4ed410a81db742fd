/** How each check fares on each server, for the status page. */
import { CHECK_NAMES, type CheckName, FAILURE_REASONS } from '../domain.ts'
import type { CheckStatus, ServerReport } from '../report.ts'
import { html, plural } from './format.ts'
import { badge, NOTHING, table, when } from './page-html.ts'

/** A line for each server, a column for each check that any of them has. */
export function checksTable(servers: readonly ServerReport[], now: Date): string {
  const checked = servers.filter(({ checks }) => Object.keys(checks).length > 0)
  const names = CHECK_NAMES.filter((name) => checked.some(({ checks }) => checks[name]))
  return table(
    'Checks, by their last run',
    ['Server', ...names],
    checked.map(({ name, checks }) => [
      html(name),
      ...names.map((check) => cell(checks, check, now)),
    ]),
  )
}

function cell(checks: ServerReport['checks'], check: CheckName, now: Date): string {
  const status = checks[check]
  if (status === undefined) return NOTHING
  if (status.lastRun === null) return note('not yet')
  const took =
    status.lastDurationSeconds === null ? '' : `, took ${status.lastDurationSeconds.toFixed(2)} s`
  const last = `<span class="line" title="${plural(status.runs, 'run')}${took}">${badge(status.success ? 'ok' : 'failed')} ${when(status.lastRun, now)}</span>`
  return [last, ...troubles(status, now)].join('<br>')
}

function troubles({ success, lastSuccess, runs, failures }: CheckStatus, now: Date): string[] {
  const since = lastSuccess === null ? 'never worked' : `worked ${when(lastSuccess, now)}`
  const reasons = FAILURE_REASONS.filter((reason) => failures[reason] > 0)
  const count = reasons.reduce((sum, reason) => sum + failures[reason], 0)
  const names = reasons.map((reason) => reason.replaceAll('_', ' ')).join(', ')
  return [
    ...(success ? [] : [note(since)]),
    ...(count === 0 ? [] : [note(`${count} of ${runs} failed: ${names}`)]),
  ]
}

function note(text: string): string {
  return `<span class="note">${text}</span>`
}
