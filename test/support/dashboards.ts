/** The dashboards as tests see them: their panels, and what Grafana would ask Prometheus for them. */
import { DASHBOARDS } from '../../grafana/generate.ts'
import type { Dashboard, Panel, RowPanel } from '../../grafana/model.ts'

export const dashboards = Object.entries(DASHBOARDS)

export function isPanel(panel: Panel | RowPanel): panel is Panel {
  return panel.type !== 'row'
}

/** Of all dashboards, rows left out: [`file: title`, panel, dashboard]. */
export const panels = dashboards.flatMap(([file, dashboard]) =>
  dashboard.panels
    .filter(isPanel)
    .map((panel) => [`${file}: ${panel.title}`, panel, dashboard] as const),
)

/** Every expression of a dashboard, by what it is for. */
export function expressionsOf({ panels: all, annotations }: Dashboard): [string, string][] {
  return [
    ...all
      .filter(isPanel)
      .flatMap(({ title, targets }) =>
        targets.map(({ refId, expr }): [string, string] => [`${title}, query ${refId}`, expr]),
      ),
    ...annotations.list.map(({ name, expr }): [string, string] => [`annotation ${name}`, expr]),
  ]
}

export interface Chosen {
  readonly rateInterval: string
  readonly schema: string
  readonly table: string
}

/** What Grafana asks Prometheus for, with every variable that can be at its widest. */
export function asked(
  expression: string,
  { rateInterval, schema, table }: Chosen = { rateInterval: '5m', schema: 'shop', table: 'orders' },
): string {
  const values = {
    __rate_interval: rateInterval,
    job: '.+',
    instance: '.+',
    server: '.+',
    set: 'shop',
    schema,
    table,
  }
  return expression.replace(/\$(\w+)/g, (variable, name: string) => {
    const value = (values as Readonly<Record<string, string>>)[name]
    if (value === undefined) throw new Error(`no test knows the variable ${variable}`)
    return value
  })
}
