/** The last full measurement of every row, on disk. */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasCode } from '../src/lab/record.ts'
import { renderMarkdown } from './markdown.ts'
import { type Measurement, ROW_NAMES } from './row.ts'

const FILE = join(import.meta.dirname, 'results.json')

/** What was measured again replaces what was measured before; the rest stays. */
export function merged(
  before: readonly Measurement[],
  now: readonly Measurement[],
): readonly Measurement[] {
  const isNew = (old: Measurement) => now.some((each) => keyOf(each) === keyOf(old))
  return [...before.filter((old) => !isNew(old)), ...now].toSorted(byRow)
}

/** The table, as README.md has it. */
export function keptMarkdown(): string {
  return renderMarkdown(read()).trimEnd()
}

export function keep(now: readonly Measurement[]): void {
  writeFileSync(FILE, `${JSON.stringify(merged(read(), now), null, 1)}\n`)
  writeFileSync(FILE.replace(/json$/, 'md'), `# Benchmark\n\n${keptMarkdown()}\n`)
}

function read(): Measurement[] {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'))
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** In the order of the targets; `toSorted` leaves the findings of one row as they are. */
function byRow(a: Measurement, b: Measurement): number {
  return ROW_NAMES.indexOf(a.row) - ROW_NAMES.indexOf(b.row) || a.flavor.localeCompare(b.flavor)
}

/** A row of one flavor is measured as a whole. */
function keyOf({ row, flavor }: Measurement): string {
  return `${row} ${flavor}`
}
