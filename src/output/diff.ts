/** What `diff` found, as JSON (design.md section 6) and for people. */
import type { RowDifference, RowValues, TableDiff } from '../answers.ts'
import { whatDiffersIn } from './definitions.ts'
import { visible } from './format.ts'
import { causeObject } from './json.ts'

export function renderDiffJson(diff: TableDiff): string {
  const { schema, table, server, source, verdict, reason, count, counted, causes } = diff
  const object = {
    schema,
    table,
    server,
    source,
    verdict,
    reason,
    count: count?.toString() ?? null,
    counted,
    causes: causes.map(causeObject),
    rows: diff.rows.map(rowObject),
    truncated: isTruncated(diff),
  }
  return JSON.stringify(object, null, 2)
}

function rowObject({ key, kind, columns, copies, values }: RowDifference) {
  return { key, kind, columns, ...(hasKey(key) ? {} : { copies: copies.toString() }), ...values }
}

export function renderDiffText(diff: TableDiff): string {
  const { schema, table, server, source, rows } = diff
  const name = visible(`${schema}.${table}`)
  const lines = [`${name} on ${server}, compared with ${source ?? 'nothing'}: ${summary(diff)}`]
  for (const cause of diff.causes) lines.push(`  ${visible(whatDiffersIn(cause))}`)
  for (const row of rows) lines.push(...rowLines(row))
  if (isTruncated(diff) && rows.length > 0)
    lines.push(`  ... of which the first ${rows.length} are shown`)
  return lines.join('\n')
}

function summary({ verdict, reason, count, counted }: TableDiff): string {
  if (verdict === 'same') return 'the same'
  if (verdict === 'unknown') return `unknown: ${reason}`
  if (verdict === 'missing') {
    return reason === 'missing_on_replica' ? 'not on the replica' : 'only on the replica'
  }
  if (count === null) return 'drifted; which rows could not be told'
  const rows = count === 1n ? 'row differs' : 'rows differ'
  return `${counted ? '' : 'at least '}${count} ${rows}`
}

function rowLines({ key, kind, columns, copies, values }: RowDifference): string[] {
  const where = hasKey(key)
    ? Object.entries(key).map(([name, value]) => `${name}=${value}`)
    : [copies === 1n ? 'a row without a key' : `${copies} equal rows without a key`]
  const what = columns.length === 0 ? '' : `: ${columns.join(', ')}`
  const first = `  ${kind.padEnd('missing'.length)}  ${visible(where.join(' ') + what)}`
  if (values === null) return [first]
  const names = columns.length > 0 ? columns : Object.keys(values.source ?? values.replica ?? {})
  const of = (end: RowValues | null, name: string) => (end === null ? '-' : (end[name] ?? 'NULL'))
  return [
    first,
    ...names.map((name) =>
      visible(`           ${name}: ${of(values.source, name)} -> ${of(values.replica, name)}`),
    ),
  ]
}

function hasKey(key: RowDifference['key']): boolean {
  return Object.keys(key).length > 0
}

function isTruncated({ rows, count, counted, verdict }: TableDiff): boolean {
  const shown = rows.reduce((sum, { copies }) => sum + copies, 0n)
  return verdict === 'drifted' && (!counted || count === null || count > shown)
}
