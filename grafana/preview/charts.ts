/** Lines and bands over time, as SVG. */
import { html } from '../../src/output/format.ts'
import type { Panel } from '../model.ts'
import { COLORS, PALETTE } from './style.ts'
import { withUnit } from './units.ts'
import { type Line, spansOf } from './view.ts'

export interface Frame {
  readonly width: number
  readonly height: number
  /** Seconds since 1970. */
  readonly start: number
  readonly end: number
  readonly step: number
}

const AXIS = '#8e8ea0'
const GRID = '#26282e'
const LEFT = 62
const RIGHT = 14
const BOTTOM = 22

export function timeChart(
  panel: Panel,
  lines: readonly Line[],
  { moments, ...frame }: Frame & { readonly moments: readonly number[] },
): string {
  const { width, height } = frame
  const { unit, min, max, thresholds } = panel.fieldConfig.defaults
  const ticks = ticksOf(lines, min, max)
  const [low = 0, high = 1] = [ticks[0], ticks.at(-1)]
  const x = across(frame)
  const y = (value: number) => 6 + (height - BOTTOM - 6) * (1 - (value - low) / (high - low || 1))
  const rules = ticks.map(
    (tick) =>
      `<path d="M${LEFT} ${y(tick)}H${width - RIGHT}" stroke="${GRID}"/><text x="${LEFT - 8}" y="${y(tick) + 4}" text-anchor="end" font-size="11" fill="${AXIS}">${html(withUnit(tick, unit))}</text>`,
  )
  const limits = isDashed(panel)
    ? thresholds.steps
        .filter((step) => step.value !== null && step.value > low && step.value <= high)
        .map(
          (step) =>
            `<path d="M${LEFT} ${y(step.value ?? 0)}H${width - RIGHT}" stroke="${COLORS[step.color]}" stroke-dasharray="8 6" opacity=".8"/>`,
        )
    : []
  const base = y(Math.min(Math.max(0, low), high))
  const drawn = lines.flatMap((line, index) => {
    const color = PALETTE[index % PALETTE.length]
    return unbroken(line, frame.step).map((points) => {
      const path = points.map(([at, value]) => `${round(x(at))} ${round(y(value))}`).join('L')
      const [first, last] = [points[0], points.at(-1)].map((point) => round(x(point?.[0] ?? 0)))
      return `<path d="M${first} ${base}L${path}L${last} ${base}Z" fill="${color}" opacity=".1"/><path d="M${path}" fill="none" stroke="${color}" stroke-width="1.4" stroke-linejoin="round"/>`
    })
  })
  const marks = moments.map(
    (at) =>
      `<path d="M${round(x(at))} 6V${height - BOTTOM}" stroke="${COLORS['red']}" stroke-dasharray="3 4"/><path d="M${round(x(at)) - 5} ${height - BOTTOM + 6}h10l-5 -6Z" fill="${COLORS['red']}"/>`,
  )
  return svg(frame, [...rules, timeAxis(frame), ...limits, ...drawn, ...marks])
}

export function bands(panel: Panel, lines: readonly Line[], frame: Frame): string {
  const { width, height, end } = frame
  const names = Math.min(width / 3, 14 + 7 * Math.max(...lines.map(({ name }) => name.length)))
  const x = across(frame, names)
  const lane = (height - BOTTOM) / lines.length
  const thick = Math.min(26, lane * 0.9)
  const drawn = lines.flatMap((line, index) => {
    const y = lane * index + (lane - thick) / 2
    const title = `<text x="${names - 8}" y="${y + thick / 2 + 4}" text-anchor="end" font-size="12" fill="${COLORS['text']}">${html(line.name)}</text>`
    const spans = spansOf(panel, line, frame.step).map(({ from, to, text, color }) => {
      const left = round(x(from))
      const length = round(x(Math.min(to, end))) - left
      const fits = length > 7 * text.length + 10 && thick > 13
      return `<rect x="${left}" y="${y}" width="${Math.max(1, length)}" height="${thick}" rx="1" fill="${COLORS[color]}" opacity=".85"/>${
        fits
          ? `<text x="${left + 6}" y="${y + thick / 2 + 4}" font-size="12" fill="#111217">${html(text)}</text>`
          : ''
      }`
    })
    return [title, ...spans]
  })
  return svg(frame, [timeAxis(frame, names), ...drawn])
}

function svg({ width, height }: Frame, content: readonly string[]): string {
  return `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">${content.join('')}</svg>`
}

function across({ start, end, width }: Frame, left = LEFT): (at: number) => number {
  return (at) => left + ((width - RIGHT - left) * (at - start)) / (end - start)
}

function isDashed({ fieldConfig }: Panel): boolean {
  const style = fieldConfig.defaults.custom['thresholdsStyle'] as { mode: string }
  return style.mode === 'dashed'
}

const MINUTES_BETWEEN = [1, 2, 5, 10, 15, 30, 60, 120, 360]

function timeAxis(frame: Frame, left?: number): string {
  const { start, end, width, height } = frame
  const wanted = ((end - start) / 60) * (90 / (width - (left ?? LEFT)))
  const every = 60 * (MINUTES_BETWEEN.find((minutes) => minutes >= wanted) ?? 720)
  const x = across(frame, left)
  const marks: string[] = []
  for (let at = Math.ceil(start / every) * every; at <= end; at += every) {
    const time = new Date(at * 1000).toISOString().slice(11, 16)
    marks.push(
      `<path d="M${round(x(at))} 6V${height - BOTTOM}" stroke="${GRID}"/><text x="${round(x(at))}" y="${height - 5}" text-anchor="middle" font-size="11" fill="${AXIS}">${time}</text>`,
    )
  }
  return marks.join('')
}

/** Four to six round numbers that span all values. */
function ticksOf(lines: readonly Line[], min?: number, max?: number): number[] {
  const values = lines.flatMap(({ points }) => points.map(([, value]) => value))
  const low = min ?? Math.min(...values)
  const high = max ?? Math.max(...values, low)
  const rough = (high - low || Math.abs(high) || 1) / 4
  const power = 10 ** Math.floor(Math.log10(rough))
  const size = ([1, 2, 2.5, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power
  const first = Math.floor(low / size)
  const last = Math.max(first + 1, Math.ceil(high / size - 1e-9))
  return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * size)
}

/** Where values are absent, the line ends. */
function unbroken({ points }: Line, step: number): Line['points'][] {
  const pieces: [number, number][][] = []
  for (const [at, value] of points) {
    const piece = pieces.at(-1)
    const last = piece?.at(-1)
    if (piece && last && at - last[0] < 1.5 * step) piece.push([at, value])
    else pieces.push([[at, value]])
  }
  return pieces
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
