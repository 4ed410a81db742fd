/** Tables: one line per combination of labels, one column per label or query. */
import { GREEN, PLAIN } from './looks.ts'
import type { FieldConfig, Mapping, Override, Step } from './model.ts'
import { type PanelSpec, panelOf, targetsOf, type Unplaced } from './panels.ts'

/** What a label says, or what a query finds for the line. */
export type Column = LabelColumn | ValueColumn

interface LabelColumn {
  readonly heading: string
  readonly label: string
  /** Where a click leads. */
  readonly link?: { readonly title: string; readonly url: string }
}

interface ValueColumn {
  readonly heading: string
  readonly expr: string
  readonly unit?: string
  readonly decimals?: number
  readonly words?: Mapping
  /** Colours of the numbers; those that are green elsewhere have none here, where most numbers are good. */
  readonly steps?: readonly Step[]
}

export interface TableSpec extends Pick<PanelSpec, 'title' | 'description' | 'size' | 'noValue'> {
  /** A query whose labels are columns, and whose value is not shown. */
  readonly lines?: string
  readonly columns: readonly Column[]
  /** Heading of the column with the largest numbers on top; otherwise by the first column. */
  readonly largestFirst?: string
}

const SET = 'replication_set'

/** The queries' answers are joined on the labels that they share, so all should keep the same. */
export function table(spec: TableSpec): Unplaced {
  const { lines, columns, largestFirst, noValue = '-' } = spec
  const queries = [
    ...(lines === undefined ? [] : [{ expr: lines }]),
    ...columns.filter((column) => 'expr' in column),
  ]
  const targets = targetsOf(queries, 'instant', 'table')
  const fieldWith = (expr: string) => {
    const { refId } = targets.find((target) => target.expr === expr) ?? {}
    return targets.length === 1 ? 'Value' : `Value #${refId}`
  }
  const fields = columns.map(
    (column) =>
      ['label' in column ? column.label : fieldWith(column.expr), column.heading] as const,
  )
  const unseen = [
    'Time',
    ...(lines === undefined ? [] : [fieldWith(lines)]),
    // Joins need it; in the dashboard of one set it is the same everywhere.
    ...(columns.some((column) => 'label' in column && column.label === SET) ? [] : [SET]),
  ]
  return {
    ...panelOf('table', spec),
    targets,
    fieldConfig: { defaults: defaultsOf(noValue), overrides: columns.flatMap(overridesOf) },
    options: {
      cellHeight: 'sm',
      showHeader: true,
      sortBy: [
        { displayName: largestFirst ?? columns[0]?.heading, desc: largestFirst !== undefined },
      ],
    },
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: Object.fromEntries(unseen.map((field) => [field, true])),
          indexByName: Object.fromEntries(fields.map(([field], index) => [field, index])),
          renameByName: Object.fromEntries(fields),
        },
      },
    ],
  }
}

function defaultsOf(noValue: string): FieldConfig['defaults'] {
  return {
    unit: 'short',
    noValue,
    mappings: [],
    thresholds: { mode: 'absolute', steps: [{ color: GREEN, value: null }] },
    color: { mode: 'thresholds' },
    custom: { align: 'auto', filterable: true },
  }
}

function overridesOf(column: Column): Override[] {
  const properties = 'label' in column ? linkProperties(column) : valueProperties(column)
  if (properties.length === 0) return []
  return [{ matcher: { id: 'byName', options: column.heading }, properties }]
}

function linkProperties({ link }: LabelColumn): Override['properties'] {
  return link ? [{ id: 'links', value: [{ ...link, targetBlank: false }] }] : []
}

function valueProperties(column: ValueColumn): Override['properties'] {
  const { unit, decimals, words } = column
  const steps = column.steps?.map((step) =>
    step.color === GREEN ? { ...step, color: PLAIN } : step,
  )
  const isColoured = words !== undefined || steps !== undefined
  return [
    ...(unit === undefined ? [] : [{ id: 'unit', value: unit }]),
    ...(decimals === undefined ? [] : [{ id: 'decimals', value: decimals }]),
    ...(words === undefined ? [] : [{ id: 'mappings', value: [words] }]),
    ...(steps === undefined ? [] : [{ id: 'thresholds', value: { mode: 'absolute', steps } }]),
    ...(isColoured ? [{ id: 'custom.cellOptions', value: { type: 'color-text' } }] : []),
  ]
}
