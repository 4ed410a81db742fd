/** The dashboards as tests see them: their panels, and what Grafana would ask Prometheus for them. */
import { DASHBOARDS } from '../../grafana/generate.ts'
import type { Dashboard, Panel, RowPanel } from '../../grafana/model.ts'
import { type Chosen, filled } from '../../grafana/preview/ask.ts'

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

/** Every variable that can be at its widest. */
const WIDEST = {
  __rate_interval: '5m',
  job: '.+',
  instance: '.+',
  server: '.+',
  set: 'shop',
  schema: 'shop',
  table: 'orders',
}

/** What Grafana asks Prometheus for. */
export function asked(expression: string, chosen: Chosen = {}): string {
  return filled(expression, { ...WIDEST, ...chosen })
}
