/** Asks Prometheus what Grafana would ask it for a dashboard. */
import type { Prometheus, TimeRange } from '../../src/monitoring/api.ts'
import type { Dashboard } from '../model.ts'
import type { Answers, Drawing } from './page.ts'

/** By the name of the variable. */
export type Chosen = Readonly<Record<string, string>>

/** @throws {Error} for a variable without a value. */
export function filled(expression: string, chosen: Chosen): string {
  return expression.replace(/\$(\w+)/g, (variable, name: string) => {
    const value = chosen[name]
    if (value === undefined) throw new Error(`nothing was chosen for ${variable}`)
    return value
  })
}

export async function drawingOf(
  dashboard: Dashboard,
  { prometheus, time, chosen }: { prometheus: Prometheus; time: TimeRange; chosen: Chosen },
): Promise<Drawing> {
  const range = (expr: string) => prometheus.queryRange(filled(expr, chosen), time)
  const answers = new Map<number, Answers>()
  for (const panel of dashboard.panels) {
    if (panel.type === 'row') continue
    const { targets } = panel
    const answer = targets.some((target) => target.range)
      ? { range: await Promise.all(targets.map(({ expr }) => range(expr))) }
      : {
          instant: await Promise.all(
            targets.map(({ expr }) => prometheus.query(filled(expr, chosen), time.end)),
          ),
        }
    answers.set(panel.id, answer)
  }
  const noted = await Promise.all(dashboard.annotations.list.map(({ expr }) => range(expr)))
  const moments = noted.flat().flatMap(({ points }) => points.map(([, value]) => value / 1000))
  const within = moments.filter((moment) => moment >= time.start && moment <= time.end)
  const own = dashboard.templating.list.flatMap(({ name, label }) =>
    name === 'datasource' ? [] : [`${label}: ${chosen[name] === '.+' ? 'All' : chosen[name]}`],
  )
  return { dashboard, answers, time, moments: [...new Set(within)], chosen: own.join(', ') }
}
