/** What is wrong, worst first, in sentences; and the exit code of `check` that follows from it. Pure. */

import { type Reason, TABLE_CHECKS, type Verdict } from '../domain.ts'
import { lagBeyondDelay } from '../lag.ts'
import type {
  Cause,
  ChannelReport,
  Report,
  ServerReport,
  SetReport,
  TableReport,
} from '../report.ts'
import { nameOfCause, nameOfDifference, whatIsUnknown } from './definitions.ts'
import { listed, plural } from './format.ts'
import { excessPrivileges, type RequestedChecks, stateOf, tableVerdict } from './judge.ts'
import { settingSentences } from './settings.ts'

/** As a monitoring plugin grades: `unknown` outranks `warning`, but a proven fault outranks both. */
const GRADES = ['critical', 'unknown', 'warning'] as const
type Grade = (typeof GRADES)[number]

export interface Finding {
  readonly grade: Grade
  readonly set: string
  /** A sentence without its full stop. Names are as the servers gave them: escape before printing. */
  readonly text: string
}

export interface JudgeOptions {
  /** Reasons of unknown tables that count as nothing (`--accept-unknown`). */
  readonly acceptUnknown: readonly string[]
  readonly requestedChecks: RequestedChecks
}

export const JUDGE_ALL: JudgeOptions = { acceptUnknown: [], requestedChecks: null }

export type ExitCode = 0 | 1 | 2 | 3
const EXIT_CODES = { critical: 2, unknown: 3, warning: 1 } as const satisfies Record<
  Grade,
  ExitCode
>

export function exitCode(report: Report, options: JudgeOptions): ExitCode {
  return exitCodeOf(findingsOf(report, options))
}

/** @param findings of `findingsOf`: worst first. */
export function exitCodeOf(findings: readonly Finding[]): ExitCode {
  const first = findings[0]
  return first === undefined ? 0 : EXIT_CODES[first.grade]
}

/** Worst first, within a grade in the order of the report. `skipped` and `info` are no findings. */
export function findingsOf(report: Report, options: JudgeOptions): Finding[] {
  const all = report.sets.flatMap((set) =>
    [
      ...tableFindings(set, options),
      ...set.servers.flatMap((server) => serverFindings(set, server, options)),
      ...schemaFindings(set),
      ...schemaUnknownFindings(set, options),
      ...settingSentences(set).map((text): Graded => ['warning', text]),
      ...topologyFindings(set),
    ].map(([grade, text]) => ({ grade, set: set.name, text })),
  )
  return GRADES.flatMap((grade) => all.filter((finding) => finding.grade === grade))
}

type Graded = readonly [grade: Grade, text: string]

const NAMES_LISTED = 5
const CAUSES_LISTED = 2

/** One sentence per server, verdict and reason, however many tables there are. */
function tableFindings(set: SetReport, { acceptUnknown, requestedChecks }: JudgeOptions): Graded[] {
  const groups = new Map<string, { grade: Grade; what: string; names: string[] }>()
  for (const table of set.tables) {
    const { verdict, reason, causes } = tableVerdict(table, requestedChecks)
    const grade = TABLE_GRADES[verdict]
    if (grade === null || (verdict === 'unknown' && acceptUnknown.includes(reason ?? ''))) continue
    const what = whatOf(verdict, reason, table.server)
    const group = groups.get(what) ?? { grade, what, names: [] }
    group.names.push(
      `${table.schema}.${table.table}${verdict === 'unknown' ? becauseOf(causes) : ''}`,
    )
    groups.set(what, group)
  }
  const found: Graded[] = [...groups.values()].map(({ grade, what, names }) => [
    grade,
    `${plural(names.length, 'table')} ${what} (${listed(names, NAMES_LISTED)})`,
  ])
  const isAsked =
    requestedChecks === null || TABLE_CHECKS.some((check) => requestedChecks.includes(check))
  if (isAsked && !set.tables.some((table) => isCompared(table, requestedChecks))) {
    found.push(['unknown', 'nothing was compared'])
  }
  return found
}

const TABLE_GRADES = {
  drifted: 'critical',
  missing: 'critical',
  unknown: 'unknown',
  suspect: 'warning',
  same: null,
  skipped: null,
} as const satisfies Record<Verdict, Grade | null>

function whatOf(verdict: Verdict, reason: Reason | null, server: string): string {
  if (verdict === 'missing') {
    return reason === 'extra_on_replica' ? `only on ${server}` : `missing on ${server}`
  }
  return verdict === 'unknown'
    ? `unknown on ${server}: ${reason ?? 'no reason'}`
    : `${verdict} on ${server}`
}

function becauseOf(causes: readonly Cause[]): string {
  return causes.length === 0 ? '' : `: ${listed(causes.map(nameOfCause), CAUSES_LISTED)}`
}

/** Equal counts are a comparison too, even where they do not make a verdict. */
function isCompared(table: TableReport, requested: RequestedChecks): boolean {
  const { verdict } = tableVerdict(table, requested)
  if (verdict === 'skipped') return false
  return (
    verdict !== 'unknown' ||
    TABLE_CHECKS.some((check) => {
      const own = table.standings[check]?.verdict
      return own !== undefined && own !== 'unknown' && own !== 'skipped'
    })
  )
}

function serverFindings(set: SetReport, server: ServerReport, options: JudgeOptions): Graded[] {
  if (!server.up) {
    const why = server.outReason === null ? '' : `: ${server.outReason}`
    return [['unknown', `${server.name} is OUT${why}`]]
  }
  return [
    ...replicationFindings(set, server),
    ...gtidFindings(server),
    ...privilegeFindings(server, options.acceptUnknown),
    ...blindFindings(server),
    ...writableFindings(set, server),
  ]
}

function replicationFindings(set: SetReport, server: ServerReport): Graded[] {
  const found: Graded[] = []
  if (server.role === 'detached') {
    found.push(['critical', `${server.name} does not replicate any more`])
  }
  for (const channel of stateOf(server).channels ?? []) {
    const at = `${server.name}${channel.name === '' ? '' : ` channel ${channel.name}`}`
    for (const thread of ['io', 'sql'] as const) {
      const text = brokenThread(set, channel, thread)
      if (text !== null) found.push(['critical', `${at}: ${text}`])
    }
    if (channel.unrecoverable !== null && channel.unrecoverable > 0n) {
      const count = plural(channel.unrecoverable, 'transaction')
      found.push(['critical', `${at} can not catch up: ${count} purged on its source`])
    }
    const lag = lagBeyondDelay(channel) ?? 0
    if (lag > set.maxLagSeconds) {
      const beyond =
        channel.delaySeconds === 0 ? '' : ` beyond its delay of ${channel.delaySeconds}s`
      const text = `${at} lags ${Math.floor(lag)}s${beyond} (limit ${set.maxLagSeconds}s)`
      found.push(['warning', text])
    }
  }
  return found
}

function brokenThread(set: SetReport, channel: ChannelReport, thread: 'io' | 'sql'): string | null {
  const errorNumber = thread === 'io' ? channel.ioErrorNumber : channel.sqlErrorNumber
  const error = errorNumber === 0 ? '' : ` (error ${errorNumber})`
  if (channel[thread] === 'stopped') return `${thread} thread is stopped${error}`
  const source = set.servers.find(({ name }) => name === channel.source)
  const isExplained = errorNumber === 0 || source?.up === false
  return channel[thread] === 'connecting' && !isExplained
    ? `${thread} thread can not connect${error}`
    : null
}

function gtidFindings(server: ServerReport): Graded[] {
  const { gtid } = stateOf(server)
  if (gtid === null || gtid.errant === null || gtid.errant === 0n) return []
  const atLeast = gtid.errantExact ? '' : 'at least '
  const which = gtid.errantSet ? ` (${gtid.errantSet})` : ''
  const count = plural(gtid.errant, 'errant transaction')
  const tables = [...new Set((gtid.errantTransactions ?? []).flatMap((one) => one.tables))]
  const where = tables.length === 0 ? '' : ` in ${listed(tables, NAMES_LISTED)}`
  return [['critical', `${server.name} has ${atLeast}${count}${which}${where}`]]
}

function privilegeFindings(server: ServerReport, acceptUnknown: readonly string[]): Graded[] {
  if (server.privileges === null) return []
  const { refused, missing } = server.privileges
  const found: Graded[] = []
  if (refused.length > 0 && !acceptUnknown.includes('write_privileges')) {
    const held = listed(refused, NAMES_LISTED)
    found.push(['unknown', `${server.name} is not compared, its account may write: ${held}`])
  }
  const excess = excessPrivileges(server).filter((privilege) => !refused.includes(privilege))
  if (excess.length > 0) {
    const held = listed(excess, NAMES_LISTED)
    found.push(['warning', `${server.name}: the account holds more than is needed: ${held}`])
  }
  if (missing.length > 0) {
    found.push(['warning', `${server.name}: the account lacks: ${listed(missing, NAMES_LISTED)}`])
  }
  return found
}

/**
 * A check that ran and could not look found nothing, which must not pass for health. Where the
 * account is why, its privileges are the finding.
 */
function blindFindings(server: ServerReport): Graded[] {
  const { refused = [], missing = [] } = server.privileges ?? {}
  if (refused.length > 0 || missing.length > 0) return []
  return Object.entries(server.checks)
    .filter(([, status]) => status.lastRun !== null && !status.success)
    .map(([check]) => ['unknown', `${server.name}: check ${check} could not look`])
}

function writableFindings(set: SetReport, server: ServerReport): Graded[] {
  const isReplica = server.role === 'replica' || server.role === 'intermediate'
  // In a circle servers are meant to be written.
  const isInLoop = set.loops.some((servers) => servers.includes(server.name))
  if (!isReplica || server.readOnly !== false || isInLoop) return []
  return [['warning', `${server.name} is a replica and not read_only`]]
}

function schemaFindings(set: SetReport): Graded[] {
  const found: Graded[] = []
  for (const server of new Set(set.schemaDifferences.map((difference) => difference.server))) {
    for (const grade of ['critical', 'warning'] as const) {
      const names = set.schemaDifferences
        .filter((difference) => difference.server === server && difference.severity === grade)
        .map((each) => `${each.object} ${nameOfDifference(each)} ${each.kind}`)
      if (names.length === 0) continue
      const count = plural(names.length, `${grade} schema difference`)
      found.push([grade, `${count} on ${server} (${listed(names, NAMES_LISTED)})`])
    }
  }
  return found
}

/** What the account is not shown is a matter of its privileges. */
function schemaUnknownFindings(set: SetReport, { acceptUnknown }: JudgeOptions): Graded[] {
  const unknown = set.schemaUnknown.filter(
    ({ reason, name }) =>
      !acceptUnknown.includes(reason) && !(reason === 'no_privilege' && name === null),
  )
  const groups = Map.groupBy(unknown, ({ server, reason }) => `${server}: ${reason}`)
  return [...groups].map(([where, found]) => {
    const what = listed(found.map(whatIsUnknown), NAMES_LISTED)
    return ['unknown', `definitions unknown on ${where} (${what})`]
  })
}

function topologyFindings(set: SetReport): Graded[] {
  const found: Graded[] = []
  if (set.sources !== null && set.sources > 1) {
    found.push(['warning', `${set.sources} sources can be written, one was expected`])
  }
  for (const { what, id, servers } of set.sharedIdentities ?? []) {
    const names = servers.join(' and ')
    const text =
      what === 'server'
        ? `${names} are one server, ${id}, which is compared once`
        : `${names} have one ${what}: ${id}`
    found.push(['warning', text])
  }
  return found
}
