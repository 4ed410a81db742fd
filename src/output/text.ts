/** `check --output=text`: for people at a terminal. Shows what differs, never what is the same. Pure. */

import { SEVERITIES, VERDICTS } from '../domain.ts'
import type {
  Cause,
  ChannelReport,
  Report,
  ServerReport,
  SetReport,
  TableReport,
} from '../report.ts'
import { nameOfDifference, unknownDefinitions, whatDiffersIn } from './definitions.ts'
import { ERRANT_HEADINGS, errantRows } from './errant.ts'
import { type ExitCode, exitCodeOf, findingsOf, JUDGE_ALL, type JudgeOptions } from './findings.ts'
import { ageOf, duration, isoSeconds, listed, plural, visible } from './format.ts'
import { countedBy, type RequestedChecks, setVerdict, stateOf, tableVerdict } from './judge.ts'
import { notesOf } from './notes.ts'
import { settingRows } from './settings.ts'

const MEANINGS = {
  0: 'OK: everything that was compared is the same',
  1: 'WARNING: nothing is known to differ, and something needs attention',
  2: 'CRITICAL: data differs or replication is broken',
  3: 'UNKNOWN: not everything could be checked',
} as const satisfies Record<ExitCode, string>

/** Lines of cells; every name in them still as the server gave it. */
type Rows = readonly (readonly string[])[]

/** Tables of one verdict that are listed; scripts that need all of them read the JSON. */
const TABLES_LISTED = 100
const NAMES_LISTED = 3

export function renderText(report: Report, options: JudgeOptions = JUDGE_ALL): string {
  const findings = findingsOf(report, options)
  const code = exitCodeOf(findings)
  const isOneSet = report.sets.length === 1
  return [
    ...report.sets.flatMap((set) => [...setLines(set, report.generatedAt, options), '']),
    ...findings.map(({ grade, set, text }) =>
      visible(`${grade}: ${isOneSet ? '' : `${set}: `}${text}`),
    ),
    ...(findings.length > 0 ? [''] : []),
    summary(report, options.requestedChecks),
    `exit code ${code}, ${MEANINGS[code]}`,
    '',
  ].join('\n')
}

function setLines(set: SetReport, now: Date, { requestedChecks }: JudgeOptions): string[] {
  const judged = set.tables.map((table) => ({ table, ...tableVerdict(table, requestedChecks) }))
  const having = (verdict: string) => judged.filter((table) => table.verdict === verdict)
  return [
    visible(`replication set ${set.name}: ${setVerdict(set, requestedChecks)}`),
    ...section('servers', [SERVER_HEADINGS, ...set.servers.flatMap(serverRows)]),
    ...section(
      'notes',
      notesOf(set).map((note) => [note]),
    ),
    ...section('drifted', driftedRows(having('drifted'), now)),
    ...section('missing', missingRows(having('missing'), now)),
    ...section('unknown', unknownRows(having('unknown'), now)),
    ...section('kept from being compared by', causeRows(judged)),
    ...section('suspect', suspectRows(having('suspect'), now)),
    ...section('errant transactions', errantSection(set)),
    ...section('row counts that differ', countRows(set)),
    ...section('schema differences', schemaRows(set)),
    ...section(
      'definitions not compared',
      firstOf(unknownDefinitions(set), (row) => row),
    ),
    ...section('settings', settingRows(set)),
  ]
}

/** A title and its rows, or nothing at all. */
function section(title: string, rows: Rows): string[] {
  return rows.length === 0 ? [] : ['', `  ${title}`, ...aligned(rows).map((line) => `    ${line}`)]
}

function aligned(rows: Rows): string[] {
  const cells = rows.map((row) => row.map(visible))
  const widths: number[] = []
  for (const row of cells) {
    row.forEach((cell, index) => {
      widths[index] = Math.max(widths[index] ?? 0, [...cell].length)
    })
  }
  return cells.map((row) =>
    row
      .map((cell, index) => cell + ' '.repeat((widths[index] ?? 0) - [...cell].length))
      .join('  ')
      .trimEnd(),
  )
}

const SERVER_HEADINGS = [
  'name',
  'role',
  'version',
  'state',
  'channel',
  'io',
  'sql',
  'lag',
  'missing',
  'errant',
]

/** One row per channel, at least one per server. */
function serverRows(server: ServerReport): Rows {
  const version = [server.flavor, server.version].filter((part) => part !== null).join(' ')
  const head = [server.name, server.role, version || '-']
  if (!server.up) return [[...head, 'OUT']]
  const { gtid, channels } = stateOf(server)
  const errant = gtid?.errant?.toString() ?? '-'
  const cells = channels?.length ? channels.map(channelCells) : [NO_CHANNEL]
  return cells.map((ofChannel) => [...head, 'up', ...ofChannel, errant])
}

const NO_CHANNEL = ['-', '-', '-', '-', '-']

function channelCells(channel: ChannelReport): string[] {
  const withError = (state: string, error: number) => (error === 0 ? state : `${state} (${error})`)
  return [
    `${channel.name === '' ? '' : `${channel.name} `}<- ${channel.source ?? 'outside the set'}`,
    withError(channel.io, channel.ioErrorNumber),
    withError(channel.sql, channel.sqlErrorNumber),
    channel.lagSeconds === null ? 'unknown' : duration(channel.lagSeconds),
    channel.missing?.toString() ?? '-',
  ]
}

interface Judged {
  readonly table: TableReport
  readonly reason: string | null
  readonly since: Date
  readonly causes: readonly Cause[]
}

function nameOf({ schema, table }: TableReport): string {
  return `${schema}.${table}`
}

function linkOf({ source, server, channel }: TableReport): string {
  const name = channel === '' ? '' : ` (${channel})`
  return source === null ? server : `${source} -> ${server}${name}`
}

/** At most `TABLES_LISTED` of them, and how many more there are. */
function firstOf<T>(all: readonly T[], row: (one: T) => string[]): Rows {
  const rows = all.slice(0, TABLES_LISTED).map(row)
  const more = all.length - rows.length
  return more === 0 ? rows : [...rows, [`and ${more} more`]]
}

function driftedRows(tables: readonly Judged[], now: Date): Rows {
  return firstOf(tables, ({ table, since }) => [
    nameOf(table),
    linkOf(table),
    whatDiffers(table),
    `since ${isoSeconds(since)} (${ageOf(since, now)})`,
  ])
}

function whatDiffers(table: TableReport): string {
  const { checksum } = table.standings
  if (checksum?.verdict !== 'drifted') {
    const rows = countedBy(table)?.rows
    return rows ? `${rows.replica} of ${plural(rows.source, 'row')}` : 'row count'
  }
  const chunks = `${checksum.chunksDrifted} of ${plural(checksum.chunks, 'chunk')}`
  if (checksum.rowsDrifted === null) return chunks
  const { missing, extra, changed } = checksum.rowsDrifted
  const atLeast = checksum.counted ? '' : 'at least '
  return `${atLeast}${missing} missing, ${extra} extra, ${changed} changed in ${chunks}`
}

function missingRows(tables: readonly Judged[], now: Date): Rows {
  return firstOf(tables, ({ table, reason, since }) => [
    nameOf(table),
    linkOf(table),
    reason === 'extra_on_replica' ? `only on ${table.server}` : `not on ${table.server}`,
    `since ${isoSeconds(since)} (${ageOf(since, now)})`,
  ])
}

function unknownRows(tables: readonly Judged[], now: Date): Rows {
  const groups = Map.groupBy(tables, ({ table, reason }) => `${table.server}\0${reason}`)
  return [...groups.values()].map((group) => {
    const oldest = new Date(Math.min(...group.map(({ since }) => since.getTime())))
    const [first] = group
    const names = group.map(({ table }) => nameOf(table))
    return [
      first?.table.server ?? '',
      first?.reason ?? '',
      plural(group.length, 'table'),
      `for ${ageOf(oldest, now)}`,
      listed(names, NAMES_LISTED),
    ]
  })
}

function causeRows(tables: readonly Judged[]): Rows {
  const causes = tables.flatMap(({ table, causes }) => causes.map((cause) => ({ table, cause })))
  return firstOf(causes, ({ table, cause }) => [nameOf(table), linkOf(table), whatDiffersIn(cause)])
}

function suspectRows(tables: readonly Judged[], now: Date): Rows {
  return firstOf(tables, ({ table, since }) => [
    nameOf(table),
    linkOf(table),
    `differed, not confirmed, for ${ageOf(since, now)}`,
  ])
}

/**
 * Both counts of one link were proven at the same fence. Counts of different links were not, and a table
 * that is being written has another count a moment later: they do not stand side by side.
 */
function countRows(set: SetReport): Rows {
  const differing = set.tables.flatMap((table) => {
    const rows = countedBy(table)?.rows
    return rows && rows.source !== rows.replica ? [{ table, ...rows }] : []
  })
  const rows = firstOf(differing, ({ table, source, replica }) => [
    nameOf(table),
    linkOf(table),
    `${source}`,
    `${replica}`,
    `${replica > source ? '+' : ''}${replica - source}`,
  ])
  return rows.length === 0 ? [] : [['table', 'link', 'source', 'replica', 'difference'], ...rows]
}

function errantSection(set: SetReport): Rows {
  const rows = errantRows(set)
  return rows.length === 0 ? [] : [ERRANT_HEADINGS, ...rows]
}

function schemaRows(set: SetReport): Rows {
  const bySeverity = SEVERITIES.flatMap((severity) =>
    set.schemaDifferences.filter((difference) => difference.severity === severity),
  )
  return firstOf(bySeverity, (difference) => {
    const { server, object, kind, severity, source, replica } = difference
    return [
      severity,
      server,
      object,
      nameOfDifference(difference),
      kind,
      kind === 'changed'
        ? `${shortened(source)} -> ${shortened(replica)}`
        : shortened(source ?? replica),
    ]
  })
}

const DEFINITION_LENGTH = 60

function shortened(definition: string | null): string {
  if (definition === null) return '-'
  const characters = [...definition]
  return characters.length <= DEFINITION_LENGTH
    ? definition
    : `${characters.slice(0, DEFINITION_LENGTH).join('')}...`
}

/** A table counts once, its verdicts once for each link: three servers give each table two. */
function summary(report: Report, requested: RequestedChecks): string {
  const judged = report.sets.flatMap((set) =>
    set.tables.map((table) => ({
      name: JSON.stringify([set.name, table.schema, table.table]),
      verdict: tableVerdict(table, requested).verdict,
    })),
  )
  const counts = VERDICTS.flatMap((verdict) => {
    const count = judged.filter((table) => table.verdict === verdict).length
    return count === 0 ? [] : [`${count} ${verdict}`]
  })
  const servers = report.sets.flatMap((set) => set.servers)
  const out = servers.filter((server) => !server.up).length
  const tables = new Set(judged.map(({ name }) => name)).size
  const compared =
    counts.length === 0 ? '' : `, each replica against its source: ${counts.join(', ')}`
  return [
    `${plural(tables, 'table')} on ${plural(servers.length, 'server')}${compared}`,
    ...(out === 0 ? [] : [`${plural(out, 'server')} OUT`]),
  ].join('; ')
}
