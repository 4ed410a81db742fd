/** What `config validate --estimate` prints for people. */
import type { PassEstimate } from '../answers.ts'
import { plural, visible } from './format.ts'

const UNITS = ['bytes', 'kB', 'MB', 'GB', 'TB', 'PB'] as const

export function renderEstimate(set: string, estimate: PassEstimate): string {
  const { source, replicas, tables, rows, bytes, withoutKey, sample, share, passSeconds } = estimate
  const size = `${plural(tables, 'table')}, about ${grouped(rows)} rows, ${sizeText(bytes)}`
  const keys = tables === 0 ? 0 : Math.round((100 * withoutKey) / tables)
  const lines = [
    `${set}: ${source} and ${plural(replicas.length, 'replica')} (${replicas.join(', ')}): ${size}`,
    `  ${plural(withoutKey, 'table')} without a unique key (${keys} %)`,
  ]
  if (sample === null || passSeconds === null) {
    lines.push('  nothing was there to measure a pass by')
  } else {
    const where = `${grouped(sample.rows)} rows of ${sample.schema}.${sample.table} on ${source}`
    lines.push(
      `  a pass takes about ${spanText(passSeconds)} at max_duty ${share}: ${sizeText(sample.bytesPerSecond)}/s, measured on ${where}`,
    )
  }
  return lines.map(visible).join('\n')
}

function grouped(count: number): string {
  return Math.round(count).toLocaleString('en-US')
}

function sizeText(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** power
  return `${value.toFixed(power === 0 || value >= 100 ? 0 : 1)} ${UNITS[power]}`
}

/** Hours, as soon as it is one. */
function spanText(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), 'second')
  if (seconds < 5_400) return plural(Math.round(seconds / 60), 'minute')
  return `${(seconds / 3_600).toFixed(1)} hours`
}
