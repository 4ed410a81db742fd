/** What a panel shows: its queries' answers with names, texts and colours. Pure. */
import type { Sample, Track } from '../../src/monitoring/api.ts'
import type { Mapping, Panel, Step } from '../model.ts'
import { withUnit } from './units.ts'

export interface Seen {
  readonly name: string
  readonly value: number
  readonly text: string
  /** Grafana's name of it. */
  readonly color: string
}

export interface Line {
  readonly name: string
  readonly points: readonly (readonly [seconds: number, value: number])[]
}

/** How a value is written. */
type Written = Pick<Seen, 'text' | 'color'>

/** A value for as long as it lasts. */
export interface Span extends Written {
  readonly from: number
  readonly to: number
}

export interface TableView {
  readonly headings: readonly string[]
  readonly rows: readonly (readonly Written[])[]
}

/** One value of one series. */
function seen({ fieldConfig: { defaults } }: Panel, value: number, name = ''): Seen {
  const { unit, decimals, mappings, thresholds } = defaults
  return { name, value, ...look(value, { unit, decimals, mappings, steps: thresholds.steps }) }
}

interface Look {
  readonly unit: string
  readonly decimals?: number | undefined
  readonly mappings: readonly Mapping[]
  readonly steps: readonly Step[]
}

function look(value: number, { unit, decimals, mappings, steps }: Look): Written {
  const mapped = mappings[0]?.options[String(value)]
  if (mapped !== undefined) return { text: mapped.text, color: mapped.color }
  const step = steps.findLast((one) => one.value === null || one.value <= value)
  return { text: withUnit(value, unit, decimals), color: step?.color ?? 'text' }
}

/** Of each query its answer, in the order of the queries. */
export function statsOf(panel: Panel, answers: readonly (readonly Sample[])[]): Seen[] {
  return panel.targets.flatMap(({ legendFormat }, index) =>
    (answers[index] ?? []).map(({ labels, value }) =>
      seen(panel, value, legend(legendFormat, labels)),
    ),
  )
}

export function linesOf(panel: Panel, answers: readonly (readonly Track[])[]): Line[] {
  return panel.targets.flatMap(({ legendFormat }, index) =>
    (answers[index] ?? []).map(({ labels, points }) => ({
      name: legend(legendFormat, labels),
      points,
    })),
  )
}

/** @param step seconds between two points: a larger gap is one. */
export function spansOf(panel: Panel, { points }: Line, step: number): Span[] {
  const spans: Span[] = []
  for (const [at, value] of points) {
    const { text, color } = seen(panel, value)
    const last = spans.at(-1)
    const to = at + step
    if (last?.text === text && at - last.to < step) spans[spans.length - 1] = { ...last, to }
    else spans.push({ from: at, to, text, color })
  }
  return spans
}

function legend(format: string, labels: Sample['labels']): string {
  return format
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => labels[name] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
}

type Row = Readonly<Record<string, string | number>>

/** As the transformations `merge` and `organize` make it. */
export function tableOf(panel: Panel, answers: readonly (readonly Sample[])[]): TableView {
  const rows = merged(panel, answers)
  const options = panel.transformations.find(({ id }) => id === 'organize')?.options ?? {}
  const excluded = options['excludeByName'] as Readonly<Record<string, boolean>>
  const order = options['indexByName'] as Readonly<Record<string, number>>
  const names = options['renameByName'] as Readonly<Record<string, string>>
  const place = (field: string) => order[field] ?? Number.MAX_SAFE_INTEGER
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))]
    .filter((field) => !excluded[field])
    .sort((one, other) => place(one) - place(other))
  const headingOf = (field: string) => names[field] ?? field
  return {
    headings: fields.map(headingOf),
    rows: sorted(panel, rows, names).map((row) =>
      fields.map((field) => cell(panel, headingOf(field), row[field])),
    ),
  }
}

function merged({ targets }: Panel, answers: readonly (readonly Sample[])[]): Row[] {
  const rows: Row[] = []
  for (const [index, { refId }] of targets.entries()) {
    const field = targets.length === 1 ? 'Value' : `Value #${refId}`
    for (const { labels, value } of answers[index] ?? []) {
      const found = rows.findIndex(
        (row) =>
          !(field in row) &&
          Object.entries(labels).every(([name, text]) => !(name in row) || row[name] === text),
      )
      const row = { ...rows[found], ...labels, [field]: value }
      if (found < 0) rows.push(row)
      else rows[found] = row
    }
  }
  return rows
}

function sorted({ options }: Panel, rows: readonly Row[], names: Readonly<Record<string, string>>) {
  const [by] = options['sortBy'] as readonly { displayName: string; desc: boolean }[]
  const [field = ''] = Object.entries(names).find(([, name]) => name === by?.displayName) ?? []
  return rows.toSorted((one, other) =>
    by?.desc
      ? Number(other[field] ?? -1) - Number(one[field] ?? -1)
      : String(one[field]).localeCompare(String(other[field])),
  )
}

function cell({ fieldConfig }: Panel, heading: string, value: string | number | undefined) {
  const { defaults, overrides } = fieldConfig
  if (value === undefined) return { text: defaults.noValue ?? '', color: 'text' }
  if (typeof value === 'string') return { text: value, color: 'text' }
  const properties = new Map(
    overrides
      .filter(({ matcher }) => matcher.options === heading)
      .flatMap((override) => override.properties)
      .map(({ id, value: set }) => [id, set]),
  )
  const { steps } = (properties.get('thresholds') as { steps: Step[] }) ?? defaults.thresholds
  const shown = look(value, {
    unit: (properties.get('unit') as string) ?? defaults.unit,
    decimals: properties.get('decimals') as number | undefined,
    mappings: (properties.get('mappings') as Mapping[]) ?? [],
    steps,
  })
  return properties.has('custom.cellOptions') ? shown : { ...shown, color: 'text' }
}
