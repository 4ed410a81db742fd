/** The kinds of panels, each from as little as makes one panel another. */
import { GREEN } from './looks.ts'
import { DATASOURCE, type FieldConfig, type Mapping, type Panel, type Step } from './model.ts'

/** Where it stands and its number follow from its place in the dashboard. */
export interface Unplaced extends Omit<Panel, 'id' | 'gridPos'> {
  /** In columns, of 24. */
  readonly width: number
  readonly height: number
}

export interface Query {
  readonly expr: string
  /** What Grafana calls the series. */
  readonly legend?: string
}

export interface PanelSpec {
  readonly title: string
  readonly description: string
  /** [width, height]; a line of the grid has 24 columns. */
  readonly size: readonly [number, number]
  readonly unit: string
  readonly queries: readonly Query[]
  readonly steps?: readonly Step[]
  readonly words?: Mapping
  readonly noValue?: string
  readonly decimals?: number
  readonly min?: number
  readonly max?: number
  /** Of a time series: its values may be below 0. */
  readonly anySign?: boolean
  /** Of a stat: what its label says instead of its value. */
  readonly nameOnly?: boolean
}

const LAST = { calcs: ['lastNotNull'], fields: '', values: false }

/** One number, or a few, as they are now. */
export function stat(spec: PanelSpec): Unplaced {
  return {
    ...panelOf('stat', spec),
    targets: targetsOf(spec.queries, 'instant'),
    fieldConfig: fieldConfigOf(spec, 'thresholds', {}),
    options: {
      reduceOptions: LAST,
      colorMode: 'background',
      graphMode: 'none',
      justifyMode: 'auto',
      orientation: 'auto',
      textMode: textModeOf(spec),
    },
  }
}

function textModeOf({ queries, nameOnly }: PanelSpec): string {
  if (nameOnly) return 'name'
  return queries.some(({ legend }) => legend) ? 'value_and_name' : 'value'
}

export function gauge(spec: PanelSpec): Unplaced {
  return {
    ...panelOf('gauge', spec),
    targets: targetsOf(spec.queries, 'instant'),
    fieldConfig: fieldConfigOf(spec, 'thresholds', {}),
    options: { reduceOptions: LAST, showThresholdLabels: false, showThresholdMarkers: true },
  }
}

export function timeseries(spec: PanelSpec): Unplaced {
  const custom = {
    drawStyle: 'line',
    fillOpacity: 10,
    lineWidth: 1,
    showPoints: 'never',
    spanNulls: false,
    thresholdsStyle: { mode: spec.steps ? 'dashed' : 'off' },
  }
  return {
    ...panelOf('timeseries', spec),
    targets: targetsOf(spec.queries, 'range'),
    fieldConfig: fieldConfigOf(
      spec.anySign ? spec : { min: 0, ...spec },
      'palette-classic',
      custom,
    ),
    options: {
      legend: { calcs: ['lastNotNull', 'max'], displayMode: 'table', placement: 'bottom' },
      tooltip: { mode: 'multi', sort: 'desc' },
    },
  }
}

/** Words over time, one line per series. */
export function stateTimeline(spec: PanelSpec & { readonly words: Mapping }): Unplaced {
  return {
    ...panelOf('state-timeline', spec),
    targets: targetsOf(spec.queries, 'range'),
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

export function targetsOf(
  queries: readonly Query[],
  kind: 'instant' | 'range',
  format: 'time_series' | 'table' = 'time_series',
): Panel['targets'] {
  return queries.map(({ expr, legend = '' }, index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATASOURCE,
    expr,
    legendFormat: legend,
    range: kind === 'range',
    instant: kind === 'instant',
    format,
  }))
}

export function panelOf<Type extends Panel['type']>(
  type: Type,
  { title, description, size: [width, height] }: Pick<PanelSpec, 'title' | 'description' | 'size'>,
) {
  return { type, title, description, width, height, datasource: DATASOURCE, transformations: [] }
}

function fieldConfigOf(
  spec: Omit<PanelSpec, 'title' | 'description' | 'size' | 'queries'>,
  mode: FieldConfig['defaults']['color']['mode'],
  custom: Readonly<Record<string, unknown>>,
): FieldConfig {
  const { unit, noValue, decimals, min, max, words, steps } = spec
  return {
    defaults: {
      unit,
      ...(noValue !== undefined && { noValue }),
      ...(decimals !== undefined && { decimals }),
      ...(min !== undefined && { min }),
      ...(max !== undefined && { max }),
      mappings: words ? [words] : [],
      thresholds: { mode: 'absolute', steps: steps ?? [{ color: GREEN, value: null }] },
      color: { mode },
      custom,
    },
    overrides: [],
  }
}
