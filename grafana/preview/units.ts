/** Numbers as Grafana writes them, for the units that our dashboards use. */

const SHORT = ['', ' K', ' Mil', ' Bil', ' Tri']
const BYTES = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
const SUFFIXES: Readonly<Record<string, string>> = {
  reqps: ' req/s',
  rowsps: ' rows/s',
  cps: ' c/s',
}

/** @throws {Error} for a unit that nobody taught it. */
export function withUnit(value: number, unit: string, decimals?: number): string {
  if (unit === 'none') return trimmed(value, decimals ?? 2)
  if (unit === 'short') return scaled(value, 1000, SHORT, decimals)
  if (unit === 'bytes')
    return scaled(
      value,
      1024,
      BYTES.map((name) => ` ${name}`),
      decimals,
    )
  if (unit === 'percentunit') return `${trimmed(value * 100, decimals ?? 1)}%`
  if (unit === 's') return seconds(value)
  if (unit.startsWith('suffix:')) return `${trimmed(value, decimals ?? 2)}${unit.slice(7)}`
  const suffix = SUFFIXES[unit]
  if (suffix === undefined) throw new Error(`the preview does not know the unit ${unit}`)
  return scaled(value, 1000, SHORT, decimals) + suffix
}

function scaled(value: number, base: number, names: readonly string[], decimals = 2): string {
  let scale = 0
  let rest = value
  while (Math.abs(rest) >= base && scale < names.length - 1) {
    rest /= base
    scale++
  }
  return trimmed(rest, decimals) + (names[scale] ?? '')
}

const SPANS = [
  [86_400, ' d'],
  [3600, ' h'],
  [60, ' min'],
  [1, ' s'],
  [0.001, ' ms'],
] as const

function seconds(value: number): string {
  for (const [length, name] of SPANS) {
    if (Math.abs(value) >= length) return trimmed(value / length, 2) + name
  }
  return value === 0 ? '0 s' : `${trimmed(value * 1e6, 0)} µs`
}

function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)))
}
