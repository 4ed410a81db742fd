/** Tables on the status page. Pure. */

import { DIFFERENCE_KINDS } from '../domain.ts'
import type { Cause, TableReport } from '../report.ts'
import { whatDiffersIn } from './definitions.ts'
import { html, listed } from './format.ts'
import { countedBy, type TableVerdict } from './judge.ts'
import { shown, when } from './page-html.ts'

export const WHICH_ROWS =
  '<p class="note">Which rows: <code>mysql-drift-exporter diff SCHEMA.TABLE --server=SERVER</code></p>'

export const TABLE_HEADINGS = ['Table', 'Link', 'Reason', 'Rows', 'Since', 'Verified'] as const

export function tableRow(
  { table, verdict, reason, since, verifiedAt, causes }: TableVerdict & { table: TableReport },
  now: Date,
): string[] {
  const { checksum } = table.standings
  const drifted = verdict === 'drifted' ? checksum?.rowsDrifted : null
  const counted = countedBy(table)?.rows
  const kinds = DIFFERENCE_KINDS.filter((kind) => drifted?.[kind])
  const differ = kinds.map((kind) => `${drifted?.[kind]} ${kind}`).join(', ')
  const atLeast = differ && !checksum?.counted ? 'at least ' : ''
  const counts = counted && `${counted.source} → ${counted.replica}`
  const rows = [counts, atLeast + differ].filter(Boolean).join(': ')
  return [
    `<b>${html(`${table.schema}.${table.table}`)}</b>`,
    html(table.source === null ? table.server : `${table.source} → ${table.server}`) +
      (table.channel === '' ? '' : ` <span class="note">${html(table.channel)}</span>`),
    shown(reason?.replaceAll('_', ' ')) + because(causes),
    shown(rows),
    when(since, now),
    verifiedAt === null ? 'never' : when(verifiedAt, now),
  ]
}

const CAUSES_LISTED = 5

function because(causes: readonly Cause[]): string {
  const what = listed(causes.map(whatDiffersIn), CAUSES_LISTED)
  return what && ` <span class="note">${html(what)}</span>`
}
