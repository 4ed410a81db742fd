/** The pieces of the status page: everything returned is HTML that is safe to put together. */
import { ageOf, html, isoSeconds } from './format.ts'

/** Rows of one list that are shown; the API has them all. */
const ROWS_SHOWN = 200

export function list(items: readonly string[]): string {
  return items.length === 0 ? '' : `<ul class="findings">${items.join('\n')}</ul>`
}

/** @param rows cells that are HTML already. */
export function table(
  title: string,
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  if (rows.length === 0) return ''
  const more = rows.length - ROWS_SHOWN
  const body = rows
    .slice(0, ROWS_SHOWN)
    .map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`)
  return `<h3>${title}</h3>
<div class="wide"><table>
<thead><tr>${headings.map((heading) => `<th scope="col">${heading}</th>`).join('')}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>
${more > 0 ? `<p class="note">and ${more} more</p>` : ''}`
}

/** @param kind its colour, and what it says unless `text` does. */
export function badge(kind: string, text: string | bigint = kind): string {
  return `<span class="badge ${kind}">${text}</span>`
}

export const NOTHING = '<span class="note">-</span>'

export function shown(text: string | number | bigint | null | undefined): string {
  return text === null || text === undefined || text === '' ? NOTHING : html(String(text))
}

export function when(moment: Date, now: Date): string {
  const iso = isoSeconds(moment)
  return `<time datetime="${iso}" title="${iso}">${ageOf(moment, now)} ago</time>`
}
