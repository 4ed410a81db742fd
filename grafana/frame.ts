/** What all dashboards have in common: their frame, and where each panel stands in it. */
import {
  type Annotation,
  DATASOURCE,
  type Dashboard,
  type DashboardLink,
  type Panel,
  type QueryVariable,
  type RowPanel,
} from './model.ts'
import type { Unplaced } from './panels.ts'

const TAGS = ['mysql', 'replication', 'drift'] as const
const COLUMNS = 24

export interface Section {
  /** null = nothing stands above its panels. */
  readonly title: string | null
  /** From left to right, in as many lines as they need. */
  readonly panels: readonly Unplaced[]
}

export interface DashboardSpec {
  readonly uid: string
  readonly title: string
  readonly description: string
  readonly variables: readonly QueryVariable[]
  readonly annotations?: readonly Annotation[]
  readonly sections: readonly Section[]
}

export function dashboard(spec: DashboardSpec): Dashboard {
  const { uid, title, description, variables, annotations = [], sections } = spec
  return {
    uid,
    title,
    description,
    tags: TAGS,
    schemaVersion: 41,
    editable: false,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-6h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        {
          type: 'datasource',
          name: 'datasource',
          label: 'Data source',
          query: 'prometheus',
          refresh: 1,
          ...UNCHOSEN,
        },
        ...variables,
      ],
    },
    annotations: { list: annotations },
    links: [OTHER_DASHBOARDS],
    panels: placed(sections),
  }
}

const OTHER_DASHBOARDS: DashboardLink = {
  type: 'dashboards',
  title: 'MySQL drift',
  tags: TAGS,
  asDropdown: false,
  includeVars: true,
  keepTime: true,
  targetBlank: false,
  icon: 'dashboard',
  tooltip: '',
  url: '',
}

/** Of a variable: Grafana fills it in. */
const UNCHOSEN = { current: {}, options: [], regex: '' } as const

export interface VariableSpec {
  readonly name: string
  readonly label: string
  /** `label_values(selector, label)` */
  readonly query: string
  /** Whether several can be chosen, and all of them are at first. */
  readonly all: boolean
}

export function variable({ name, label, query, all }: VariableSpec): QueryVariable {
  return {
    type: 'query',
    name,
    label,
    datasource: DATASOURCE,
    definition: query,
    query: { query, refId: name },
    refresh: 2,
    sort: 1,
    multi: all,
    includeAll: all,
    // Table series may come from a job of their own, which no variable lists.
    ...(all && { allValue: '.+' }),
    ...UNCHOSEN,
  }
}

function placed(sections: readonly Section[]): (Panel | RowPanel)[] {
  const panels: (Panel | RowPanel)[] = []
  let y = 0
  for (const { title, panels: unplaced } of sections) {
    if (title !== null) {
      const gridPos = { x: 0, y, w: COLUMNS, h: 1 }
      panels.push({
        id: panels.length + 1,
        type: 'row',
        title,
        collapsed: false,
        gridPos,
        panels: [],
      })
      y += 1
    }
    let x = 0
    let lineHeight = 0
    for (const { width, height, ...panel } of unplaced) {
      if (x + width > COLUMNS) {
        x = 0
        y += lineHeight
        lineHeight = 0
      }
      panels.push({ id: panels.length + 1, ...panel, gridPos: { x, y, w: width, h: height } })
      x += width
      lineHeight = Math.max(lineHeight, height)
    }
    y += lineHeight
  }
  return panels
}
