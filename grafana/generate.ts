/** `node grafana/generate.ts` writes every dashboard as JSON beside this file; a test compares. */
import { writeFileSync } from 'node:fs'
import { exporter } from './exporter.ts'
import { fleet } from './fleet.ts'
import type { Dashboard } from './model.ts'
import { replicationSet } from './replication-set.ts'
import { table } from './table.ts'

/** By file name. */
export const DASHBOARDS: Readonly<Record<string, Dashboard>> = {
  'mysql-drift-exporter.json': exporter,
  'mysql-drift-fleet.json': fleet,
  'mysql-drift-set.json': replicationSet,
  'mysql-drift-table.json': table,
}

const LINE_WIDTH = 100

/** JSON as Biome formats it: objects over several lines, arrays of plain values on one if they fit. */
export function render(value: unknown, indent = '', before = indent.length): string {
  const deeper = `${indent}  `
  if (Array.isArray(value)) {
    const isPlain = value.every((item) => typeof item !== 'object' || item === null)
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`
    if (value.length === 0 || (isPlain && before + line.length < LINE_WIDTH)) return line
    const items = value.map((item) => deeper + render(item, deeper))
    return `[\n${items.join(',\n')}\n${indent}]`
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).map(([key, field]) => {
    const name = `${deeper}${JSON.stringify(key)}: `
    return name + render(field, deeper, name.length)
  })
  return fields.length === 0 ? '{}' : `{\n${fields.join(',\n')}\n${indent}}`
}

if (import.meta.main) {
  for (const [file, dashboard] of Object.entries(DASHBOARDS)) {
    writeFileSync(new URL(file, import.meta.url), `${render(dashboard)}\n`)
    console.log(`grafana/${file}: ${dashboard.panels.length} panels`)
  }
}
