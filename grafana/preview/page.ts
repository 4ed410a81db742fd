/** A dashboard as one HTML page, drawn from what Prometheus answered. */
import type { Sample, Track } from '../../src/monitoring/api.ts'
import { html } from '../../src/output/format.ts'
import type { Dashboard, GridPos, Panel, RowPanel } from '../model.ts'
import { bands, type Frame, timeChart } from './charts.ts'
import { CELL_HEIGHT, COLORS, GAP, PAGE_WIDTH, PALETTE, STYLE } from './style.ts'
import { withUnit } from './units.ts'
import { type Line, linesOf, type Seen, statsOf, tableOf } from './view.ts'

/** What was answered to the queries of one panel, in their order. */
export type Answers =
  | { readonly instant: readonly (readonly Sample[])[] }
  | { readonly range: readonly (readonly Track[])[] }

export interface Drawing {
  readonly dashboard: Dashboard
  /** By the panel's id. */
  readonly answers: ReadonlyMap<number, Answers>
  readonly time: Pick<Frame, 'start' | 'end' | 'step'>
  /** Of annotations, in seconds since 1970. */
  readonly moments: readonly number[]
  /** What was chosen at the top of the page. */
  readonly chosen: string
}

const PADDING = 16
const TITLE_HEIGHT = 29
const LEGEND_LINE = 19
const LEGEND_LINES = 5

export function previewPage(drawing: Drawing): string {
  const { dashboard, chosen, time } = drawing
  const clock = (at: number) => new Date(at * 1000).toISOString().slice(11, 16)
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${html(dashboard.title)}</title><style>${STYLE}</style></head>
<body>
<header><h1>${html(dashboard.title)}</h1><span>${html(chosen)}</span><span>${clock(time.start)} to ${clock(time.end)} UTC</span>
<span class="note">Preview: drawn from its JSON and real data, not by Grafana</span></header>
<div class="grid">
${dashboard.panels.map((panel) => cellOf(panel, drawing)).join('\n')}
</div>
</body>
</html>
`
}

function cellOf(panel: Panel | RowPanel, drawing: Drawing): string {
  const { x, y, w, h } = panel.gridPos
  const place = `style="grid-area: ${y + 1} / ${x + 1} / span ${h} / span ${w}"`
  if (panel.type === 'row') return `<div class="row" ${place}>${html(panel.title)}</div>`
  return `<section class="panel" ${place}><h2>${html(panel.title)}</h2>${body(panel, drawing)}</section>`
}

function body(panel: Panel, { answers, time, moments }: Drawing): string {
  const answer = answers.get(panel.id)
  if (answer === undefined) throw new Error(`nothing was asked for "${panel.title}"`)
  if ('range' in answer) {
    const lines = linesOf(panel, answer.range)
    if (lines.length === 0) return empty(panel)
    const frame = { ...inside(panel.gridPos), ...time }
    if (panel.type === 'state-timeline') return bands(panel, lines, frame)
    const shown = Math.min(lines.length, LEGEND_LINES)
    const height = frame.height - LEGEND_LINE * (shown + 1) - 6
    return timeChart(panel, lines, { ...frame, height, moments }) + legend(panel, lines)
  }
  if (answer.instant.flat().length === 0) return empty(panel)
  if (panel.type === 'table') return tableBody(panel, answer.instant)
  const stats = statsOf(panel, answer.instant)
  return panel.type === 'gauge' ? gauge(panel, stats) : statBody(panel, stats)
}

function inside({ w, h }: GridPos): Pick<Frame, 'width' | 'height'> {
  const column = (PAGE_WIDTH - 2 * PADDING - 23 * GAP) / 24
  return {
    width: Math.floor(w * column + (w - 1) * GAP) - 2,
    height: h * CELL_HEIGHT + (h - 1) * GAP - TITLE_HEIGHT - 4,
  }
}

function empty({ fieldConfig }: Panel): string {
  return `<div class="empty">${html(fieldConfig.defaults.noValue ?? 'No data')}</div>`
}

/** As the panel is told: a name, a number, or both. */
function statBody({ options, gridPos }: Panel, stats: readonly Seen[]): string {
  const size = Math.min(38, (gridPos.w * 90) / (stats.length * 3))
  const boxes = stats.map(({ name, text, color }) => {
    const isPlain = color === 'text'
    const ground = isPlain ? '#2b2d33' : COLORS[color]
    const big = options['textMode'] === 'name' ? name : text
    const small = options['textMode'] === 'value_and_name' ? `<small>${html(name)}</small>` : ''
    return `<div class="stat" style="background: ${ground}${isPlain ? '' : '; color: #111217'}">${small}<b style="font-size: ${fitting(big, size)}px">${html(big)}</b></div>`
  })
  return `<div class="stats">${boxes.join('')}</div>`
}

function fitting(text: string, size: number): number {
  return Math.round(text.length > 9 ? size * 0.7 : size)
}

function gauge(panel: Panel, [stat]: readonly Seen[]): string {
  const { min = 0, max = 1, thresholds } = panel.fieldConfig.defaults
  if (stat === undefined) return empty(panel)
  const share = (value: number) => Math.min(1, Math.max(0, (value - min) / (max - min)))
  const arc = (from: number, to: number, radius: number) => {
    const point = (part: number) => {
      const angle = Math.PI * (1 - part)
      return `${110 + radius * Math.cos(angle)} ${84 - radius * Math.sin(angle)}`
    }
    return `M${point(from)}A${radius} ${radius} 0 0 1 ${point(to)}`
  }
  const value = share(stat.value)
  const steps = thresholds.steps.map((step, index) => {
    const to = thresholds.steps[index + 1]?.value ?? max
    return `<path d="${arc(share(step.value ?? min), share(to), 76)}" stroke="${COLORS[step.color]}" stroke-width="4" fill="none"/>`
  })
  return `<div class="empty"><svg width="220" height="104" viewBox="0 0 220 104">
<path d="${arc(0, 1, 62)}" stroke="#2b2d33" stroke-width="18" fill="none"/><path d="${arc(0, value, 62)}" stroke="${COLORS[stat.color]}" stroke-width="18" fill="none"/>${steps.join('')}
<text x="110" y="86" text-anchor="middle" font-size="26" font-weight="500" fill="${COLORS[stat.color]}">${html(stat.text)}</text></svg></div>`
}

function legend(panel: Panel, lines: readonly Line[]): string {
  const { unit } = panel.fieldConfig.defaults
  const rows = lines.slice(0, LEGEND_LINES).map(({ name, points }, index) => {
    const values = points.map(([, value]) => value)
    const number = (value: number) => `<td class="number">${html(withUnit(value, unit))}</td>`
    const color = PALETTE[index % PALETTE.length]
    return `<tr><td><i style="background: ${color}"></i>${html(name)}</td>${number(values.at(-1) ?? 0)}${number(Math.max(...values))}</tr>`
  })
  const more = lines.length - rows.length
  const heading = more > 0 ? `Name (and ${more} more)` : 'Name'
  return `<table class="legend"><tr><th>${heading}</th><th class="number">Last *</th><th class="number">Max</th></tr>${rows.join('')}</table>`
}

function tableBody(panel: Panel, answers: readonly (readonly Sample[])[]): string {
  const { headings, rows } = tableOf(panel, answers)
  const room = Math.floor((inside(panel.gridPos).height - 26) / 27)
  const cells = (row: (typeof rows)[number]) =>
    row.map(({ text, color }) => `<td style="color: ${COLORS[color]}">${html(text)}</td>`).join('')
  return `<table><tr>${headings.map((heading) => `<th>${html(heading)}</th>`).join('')}</tr>${rows
    .slice(0, room)
    .map((row) => `<tr>${cells(row)}</tr>`)
    .join('')}</table>`
}
