/** The classic dashboard JSON of Grafana 10 and later, as far as our dashboards use it. */

export interface DatasourceRef {
  readonly type: 'prometheus'
  readonly uid: '${datasource}'
}

export interface Target {
  readonly refId: string
  readonly datasource: DatasourceRef
  readonly expr: string
  readonly legendFormat: string
  readonly range: boolean
  readonly instant: boolean
  readonly format: 'time_series' | 'table'
}

export interface Step {
  readonly color: string
  readonly value: number | null
}

export interface Mapping {
  readonly type: 'value'
  readonly options: Readonly<
    Record<string, { readonly text: string; readonly color: string; readonly index: number }>
  >
}

export interface FieldConfig {
  readonly defaults: {
    readonly unit: string
    readonly noValue?: string
    readonly decimals?: number
    readonly min?: number
    readonly max?: number
    readonly mappings: readonly Mapping[]
    readonly thresholds: { readonly mode: 'absolute'; readonly steps: readonly Step[] }
    readonly color: { readonly mode: 'thresholds' | 'palette-classic' }
    readonly custom: Readonly<Record<string, unknown>>
  }
  readonly overrides: readonly {
    readonly matcher: { readonly id: 'byName' | 'byRegexp'; readonly options: string }
    readonly properties: readonly { readonly id: string; readonly value: unknown }[]
  }[]
}

export interface GridPos {
  readonly x: number
  readonly y: number
  readonly w: number
  readonly h: number
}

export interface Panel {
  readonly id: number
  readonly type: 'stat' | 'gauge' | 'timeseries' | 'state-timeline' | 'table'
  readonly title: string
  readonly description: string
  readonly datasource: DatasourceRef
  readonly gridPos: GridPos
  readonly targets: readonly Target[]
  readonly fieldConfig: FieldConfig
  readonly options: Readonly<Record<string, unknown>>
  readonly transformations: readonly {
    readonly id: string
    readonly options: Readonly<Record<string, unknown>>
  }[]
}

export type Variable =
  | {
      readonly type: 'datasource'
      readonly name: string
      readonly label: string
      readonly query: 'prometheus'
      readonly refresh: 1
      readonly current: Readonly<Record<string, never>>
      readonly options: readonly never[]
      readonly regex: ''
    }
  | {
      readonly type: 'query'
      readonly name: string
      readonly label: string
      readonly datasource: DatasourceRef
      readonly definition: string
      readonly query: { readonly query: string; readonly refId: string }
      /** 2 = whenever the time range changes. */
      readonly refresh: 2
      readonly sort: 1
      readonly multi: boolean
      readonly includeAll: boolean
      readonly allValue?: string
      readonly current: Readonly<Record<string, never>>
      readonly options: readonly never[]
      readonly regex: ''
    }

export interface Annotation {
  readonly name: string
  readonly datasource: DatasourceRef
  readonly enable: boolean
  readonly iconColor: string
  readonly expr: string
  readonly step: string
  readonly titleFormat: string
  readonly textFormat: string
  readonly tagKeys: string
  /** The value is the moment, in milliseconds. */
  readonly useValueForTime: true
}

export interface Dashboard {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly tags: readonly string[]
  readonly schemaVersion: 41
  readonly editable: false
  readonly graphTooltip: 1
  readonly refresh: string
  readonly time: { readonly from: string; readonly to: string }
  readonly timezone: 'browser'
  readonly templating: { readonly list: readonly Variable[] }
  readonly annotations: { readonly list: readonly Annotation[] }
  readonly links: readonly never[]
  readonly panels: readonly Panel[]
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own syntax for a variable
export const DATASOURCE: DatasourceRef = { type: 'prometheus', uid: '${datasource}' }

export const GREEN = 'green'
export const YELLOW = 'yellow'
export const ORANGE = 'orange'
export const RED = 'red'
export const GREY = 'text'

/** What differs between panels; ids follow from their order. */
export interface PanelSpec {
  readonly title: string
  readonly description: string
  readonly at: GridPos
  readonly unit: string
  /** By legend: what Grafana calls the series. Tables take the label names instead. */
  readonly queries: readonly { readonly expr: string; readonly legend?: string }[]
  readonly steps?: readonly Step[]
  readonly words?: Mapping
  readonly noValue?: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  readonly overrides?: FieldConfig['overrides']
}

export type Unnumbered = Omit<Panel, 'id'>

export function numbered(panels: readonly Unnumbered[]): Panel[] {
  return panels.map((panel, index) => ({ id: index + 1, ...panel }))
}

const LAST = { calcs: ['lastNotNull'], fields: '', values: false }

/** One number, or a few, as they are now. */
export function stat(spec: PanelSpec): Unnumbered {
  return {
    ...panelOf('stat', spec),
    targets: targetsOf(spec, { instant: true, format: 'time_series' }),
    fieldConfig: fieldConfigOf(spec, 'thresholds', {}),
    options: {
      reduceOptions: LAST,
      colorMode: 'background',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: spec.queries.length > 1 ? 'value_and_name' : 'value',
    },
  }
}

export function gauge(spec: PanelSpec): Unnumbered {
  return {
    ...panelOf('gauge', spec),
    targets: targetsOf(spec, { instant: true, format: 'time_series' }),
    fieldConfig: fieldConfigOf(spec, 'thresholds', {}),
    options: { reduceOptions: LAST, showThresholdLabels: false, showThresholdMarkers: true },
  }
}

export function timeseries(spec: PanelSpec): Unnumbered {
  const thresholds = spec.steps ? 'dashed' : 'off'
  return {
    ...panelOf('timeseries', spec),
    targets: targetsOf(spec, { instant: false, format: 'time_series' }),
    fieldConfig: fieldConfigOf(spec, 'palette-classic', {
      drawStyle: 'line',
      fillOpacity: 10,
      lineWidth: 1,
      showPoints: 'never',
      spanNulls: false,
      thresholdsStyle: { mode: thresholds },
    }),
    options: {
      legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

/** Words over time, one row per series. */
export function stateTimeline(spec: PanelSpec): Unnumbered {
  return {
    ...panelOf('state-timeline', spec),
    targets: targetsOf(spec, { instant: false, format: 'time_series' }),
    fieldConfig: fieldConfigOf(spec, 'thresholds', { fillOpacity: 80, lineWidth: 0 }),
    options: {
      alignValue: 'left',
      legend: { displayMode: 'list', placement: 'bottom', showLegend: false },
      mergeValues: true,
      rowHeight: 0.9,
      showValue: 'auto',
      tooltip: { mode: 'single', sort: 'none' },
    },
  }
}

/** `columns`: label or legend -> heading, in order. Queries are joined on their common labels. */
export function table(
  spec: PanelSpec,
  columns: readonly (readonly [string, string])[],
): Unnumbered {
  const targets = targetsOf(spec, { instant: true, format: 'table' })
  const fieldOf = (name: string) => {
    const index = spec.queries.findIndex(({ legend }) => legend === name)
    if (index < 0) return name
    return targets.length === 1 ? 'Value' : `Value #${targets[index]?.refId}`
  }
  const fields = columns.map(([name, heading]) => [fieldOf(name), heading] as const)
  return {
    ...panelOf('table', spec),
    targets,
    fieldConfig: fieldConfigOf(spec, 'thresholds', { align: 'auto', filterable: true }),
    options: { cellHeight: 'sm', showHeader: true, sortBy: [] },
    transformations: [
      { id: 'merge', options: {} },
      {
        id: 'organize',
        options: {
          excludeByName: { Time: true },
          indexByName: Object.fromEntries(fields.map(([field], index) => [field, index])),
          renameByName: Object.fromEntries(fields),
        },
      },
    ],
  }
}

function panelOf<Type extends Panel['type']>(type: Type, { title, description, at }: PanelSpec) {
  return { type, title, description, datasource: DATASOURCE, gridPos: at, transformations: [] }
}

function targetsOf(
  { queries }: PanelSpec,
  { instant, format }: Pick<Target, 'instant' | 'format'>,
): Target[] {
  return queries.map(({ expr, legend = '' }, index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
    expr,
    legendFormat: legend,
    range: !instant,
    instant,
    format,
  }))
}

function fieldConfigOf(
  spec: PanelSpec,
  mode: FieldConfig['defaults']['color']['mode'],
  custom: Readonly<Record<string, unknown>>,
): FieldConfig {
  const { unit, noValue, decimals, min, max } = spec
  return {
    defaults: {
      unit,
      ...(noValue !== undefined && { noValue }),
      ...(decimals !== undefined && { decimals }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      mappings: spec.words ? [spec.words] : [],
      thresholds: { mode: 'absolute', steps: spec.steps ?? [{ color: GREEN, value: null }] },
      color: { mode },
      custom,
    },
    overrides: spec.overrides ?? [],
  }
}
