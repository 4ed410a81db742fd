/** The status page: one document without scripts or outside resources, made from a report. Pure. */

import { SEVERITIES, THROTTLE_REASONS, type Verdict } from '../domain.ts'
import type { ChannelReport, Report, ServerReport, SetReport } from '../report.ts'
import { nameOfDifference, UNKNOWN_DEFINITION_HEADINGS, unknownDefinitions } from './definitions.ts'
import { ERRANT_HEADINGS, errantRows } from './errant.ts'
import { findingsOf, JUDGE_ALL } from './findings.ts'
import { duration, html, isoSeconds, plural } from './format.ts'
import { serverVerdict, setVerdict, stateOf, tableVerdict } from './judge.ts'
import { notesOf } from './notes.ts'
import { checksTable } from './page-checks.ts'
import { badge, list, NOTHING, shown, table, when } from './page-html.ts'
import { STYLE } from './page-style.ts'
import { TABLE_HEADINGS, tableRow, WHICH_ROWS } from './page-tables.ts'
import { settingRows } from './settings.ts'

export interface PageOptions {
  readonly version: string
  readonly telemetryPath: string
}

const REFRESH_SECONDS = 15

export function renderPage(report: Report, { version, telemetryPath }: PageOptions): string {
  const links = [
    [telemetryPath, 'metrics'],
    ['/api/v1/sets', 'api'],
    ['/config', 'config'],
    ['/-/healthy', 'healthy'],
    ['/-/ready', 'ready'],
  ] as const
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="refresh" content="${REFRESH_SECONDS}">
<title>${html(titleOf(report))}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>mysql-drift-exporter</h1>
<nav>${links.map(([path, name]) => `<a href="${html(path)}">${name}</a>`).join('\n')}</nav>
</header>
<main>
${body(report)}
</main>
<footer>version ${html(version)}, as of ${isoSeconds(report.generatedAt)}, reloads every ${REFRESH_SECONDS}s</footer>
</body>
</html>
`
}

/** The state of affairs, readable in a browser's tab. */
function titleOf(report: Report): string {
  const bad = report.sets.filter((set) => setVerdict(set) !== 'same')
  const verdicts = bad.map((set) => `${set.name} ${setVerdict(set)}`)
  return [...verdicts, 'mysql-drift-exporter'].join(', ')
}

function body(report: Report): string {
  const { sets } = report
  if (sets.length === 0) return '<p>No replication set is configured.</p>'
  const overview = sets.map((set) => [
    `<a href="#${anchor(set)}">${html(set.name)}</a>`,
    badge(setVerdict(set)),
    `${set.servers.filter((server) => server.up).length} of ${set.servers.length} up`,
    String(set.tables.length),
  ])
  const headings = ['Set', 'Verdict', 'Servers', 'Tables']
  return [
    sets.length > 1 ? table('Replication sets', headings, overview) : '',
    ...sets.map((set) => setSection(set, report)),
  ].join('\n')
}

function anchor(set: SetReport): string {
  return html(`set-${encodeURIComponent(set.name)}`)
}

function setSection(set: SetReport, report: Report): string {
  const now = report.generatedAt
  const judged = set.tables.map((table) => ({ table, ...tableVerdict(table) }))
  const having = (verdict: Verdict) => judged.filter((table) => table.verdict === verdict)
  const findings = findingsOf({ generatedAt: now, sets: [set] }, JUDGE_ALL)
  const counts = (['drifted', 'missing', 'unknown', 'suspect', 'same', 'skipped'] as const)
    .map((verdict) => [verdict, having(verdict).length] as const)
    .map(
      ([verdict, count]) =>
        `<li${count === 0 ? ' class="none"' : ''}>${badge(verdict)} ${count}</li>`,
    )
    .join('')
  return `<section>
<h2 id="${anchor(set)}">${html(set.name)} ${badge(setVerdict(set))}</h2>
<ul class="counts">${counts}</ul>
<p class="note">${coverage(set, now)}</p>
${list(findings.map(({ grade, text }) => `<li class="${grade}"><b>${grade}</b> ${html(text)}</li>`))}
${notesOf(set)
  .map((note) => `<p class="note">${html(note)}</p>`)
  .join('')}
${table(
  'Servers',
  SERVER_HEADINGS,
  set.servers.map((server) => serverRow(set, server, now)),
)}
${table('Channels', CHANNEL_HEADINGS, set.servers.flatMap(channelRows))}
${(['drifted', 'missing', 'unknown', 'suspect'] as const)
  .map(
    (verdict) =>
      table(
        `Tables ${verdict}`,
        TABLE_HEADINGS,
        having(verdict).map((row) => tableRow(row, now)),
      ) + (verdict === 'drifted' && having(verdict).length > 0 ? WHICH_ROWS : ''),
  )
  .join('\n')}
${table(
  'Errant transactions',
  ERRANT_HEADINGS,
  errantRows(set).map((row) => row.map(html)),
)}
${table('Schema differences', SCHEMA_HEADINGS, schemaRows(set))}
${table(
  'Definitions not compared',
  UNKNOWN_DEFINITION_HEADINGS,
  unknownDefinitions(set).map((row) => row.map(html)),
)}
${table(
  'Settings',
  ['Server', 'Kind', 'Setting', 'Value', 'What it leads to'],
  settingRows(set).map((row) => row.map(html)),
)}
${checksTable(set.servers, now)}
<p class="note"><a href="/api/v1/sets/${html(encodeURIComponent(set.name))}">all of this set as JSON</a></p>
</section>`
}

/** How recent the verdicts are: `same` is worth as much as its age. */
function coverage({ passProgress, tables }: SetReport, now: Date): string {
  const standings = tables.flatMap(({ standings: { checksum } }) =>
    checksum === undefined || checksum.verdict === 'skipped' ? [] : [checksum],
  )
  const moments = standings.flatMap(({ verifiedAt }) => (verifiedAt === null ? [] : [verifiedAt]))
  const oldest = moments.reduce((one, other) => (other < one ? other : one), now)
  const never = standings.length - moments.length
  return [
    ...(passProgress === null ? [] : [`checksum pass ${(passProgress * 100).toFixed(0)}% done`]),
    ...(moments.length === 0 ? [] : [`oldest verification ${when(oldest, now)}`]),
    ...(never === 0 ? [] : [`${plural(never, 'table')} never verified`]),
  ].join(', ')
}

const SERVER_HEADINGS = [
  'Server',
  'State',
  'Role',
  'Version',
  'Read only',
  'Errant transactions',
  'Verdict',
] as const

function serverRow(set: SetReport, server: ServerReport, now: Date): string[] {
  const { readOnly, gtid } = stateOf(server)
  const verdict = serverVerdict(set, server.name)
  const out = `${badge('OUT')} ${html(server.outReason ?? 'not tried yet')}`
  const version = [server.flavor, server.version].filter((part) => part !== null).join(' ')
  return [
    `<b>${html(server.name)}</b> <span class="note">${html(server.address)}</span>`,
    server.up ? badge('up') + heldBack(server) + heartbeatAge(server, now) : out,
    html(server.role),
    shown(version),
    readOnly === null ? NOTHING : readOnly ? 'yes' : 'no',
    gtid?.errant ? badge('critical', gtid.errant) : shown(gtid?.errant),
    verdict === null ? NOTHING : badge(verdict),
  ]
}

/** That it rests to keep to `max_duty` is no news. */
function heldBack({ throttle }: ServerReport): string {
  const reasons = THROTTLE_REASONS.filter((reason) => reason !== 'duty' && throttle[reason].held)
  const names = reasons.map((reason) => reason.replaceAll('_', ' ')).join(', ')
  return names && ` <span class="note">no table is read: ${names}</span>`
}

function heartbeatAge({ heartbeat }: ServerReport, now: Date): string {
  return heartbeat === null ? '' : ` <span class="note">heartbeat ${when(heartbeat, now)}</span>`
}

const CHANNEL_HEADINGS = [
  'Server',
  'Channel',
  'Source',
  'I/O',
  'SQL',
  'Lag',
  'Delay',
  'Missing transactions',
  'Not received',
] as const

function channelRows(server: ServerReport): string[][] {
  return (stateOf(server).channels ?? []).map((channel) => [
    html(server.name),
    shown(channel.name),
    channel.source === null ? 'outside the set' : html(channel.source),
    thread(channel.io, channel.ioErrorNumber),
    thread(channel.sql, channel.sqlErrorNumber) + failedWorkers(channel),
    channel.lagSeconds === null ? 'unknown' : duration(channel.lagSeconds),
    duration(channel.delaySeconds),
    shown(channel.missing),
    shown(channel.receiveGap),
  ])
}

function failedWorkers({ workersFailed }: ChannelReport): string {
  return (workersFailed ?? 0) === 0 ? '' : `, ${plural(workersFailed ?? 0, 'applier')} failed`
}

function thread(state: ChannelReport['io'], error: number): string {
  return badge(state) + (error === 0 ? '' : ` error ${error}`)
}

const SCHEMA_HEADINGS = [
  'Severity',
  'Server',
  'Object',
  'Name',
  'Kind',
  'Source',
  'Replica',
] as const

function schemaRows(set: SetReport): string[][] {
  return SEVERITIES.flatMap((severity) =>
    set.schemaDifferences
      .filter((difference) => difference.severity === severity)
      .map((difference) => [
        badge(severity),
        html(difference.server),
        html(difference.object.replaceAll('_', ' ')),
        `<b>${html(nameOfDifference(difference))}</b>`,
        html(difference.kind),
        definition(difference.source),
        definition(difference.replica),
      ]),
  )
}

function definition(text: string | null): string {
  return text === null ? NOTHING : `<code>${html(text)}</code>`
}
