/** The classic dashboard JSON of Grafana 10 and later, as far as our dashboards use it. */

export interface DatasourceRef {
  readonly type: 'prometheus'
  readonly uid: '${datasource}'
}

// biome-ignore lint/suspicious/noTemplateCurlyInString: Grafana's own syntax for a variable
export const DATASOURCE: DatasourceRef = { type: 'prometheus', uid: '${datasource}' }

export interface Target {
  readonly refId: string
  readonly datasource: DatasourceRef
  readonly expr: string
  readonly legendFormat: string
  readonly range: boolean
  readonly instant: boolean
  readonly format: 'time_series' | 'table'
}

/** From `value` on it is `color`; null = from the beginning. */
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

export interface Override {
  readonly matcher: { readonly id: 'byName' | 'byRegexp'; readonly options: string }
  readonly properties: readonly { readonly id: string; readonly value: unknown }[]
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
  readonly overrides: readonly Override[]
}

/** In a grid of 24 columns. */
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

/** The heading of the panels below it. */
export interface RowPanel {
  readonly id: number
  readonly type: 'row'
  readonly title: string
  readonly collapsed: false
  readonly gridPos: GridPos
  readonly panels: readonly never[]
}

interface Unchosen {
  readonly current: Readonly<Record<string, never>>
  readonly options: readonly never[]
  readonly regex: ''
}

export interface DatasourceVariable extends Unchosen {
  readonly type: 'datasource'
  readonly name: 'datasource'
  readonly label: string
  readonly query: 'prometheus'
  readonly refresh: 1
}

export interface QueryVariable extends Unchosen {
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

/** To all dashboards with these tags, at the top of the page. */
export interface DashboardLink {
  readonly type: 'dashboards'
  readonly title: string
  readonly tags: readonly string[]
  readonly asDropdown: boolean
  readonly includeVars: true
  readonly keepTime: true
  readonly targetBlank: false
  readonly icon: 'dashboard'
  readonly tooltip: string
  readonly url: ''
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
  readonly templating: { readonly list: readonly (DatasourceVariable | QueryVariable)[] }
  readonly annotations: { readonly list: readonly Annotation[] }
  readonly links: readonly DashboardLink[]
  readonly panels: readonly (Panel | RowPanel)[]
}
