import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { render } from '../../grafana/generate.ts'
import { DATASOURCE, type Panel } from '../../grafana/model.ts'
import { FAMILY_NAMES, PREFIX } from '../../src/output/metrics/families.ts'
import { nonsenseIn, readPromQL } from '../alerts/promql.ts'
import { asked, dashboards, isPanel, panels } from '../support/dashboards.ts'

const FOLDER = new URL('../../grafana/', import.meta.url)

describe('dashboards', () => {
  it('are committed as they are generated, and no others', () => {
    const committed = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
    expect(committed).toEqual(dashboards.map(([file]) => file))
    for (const [file, dashboard] of dashboards) {
      const text = readFileSync(new URL(file, FOLDER), 'utf8')
      expect(text, 'run: node grafana/generate.ts').toBe(`${render(dashboard)}\n`)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(dashboard)))
    }
  })

  it('show every metric of the exporter', () => {
    const shown = new Set(
      panels.flatMap(([, { targets }]) =>
        targets.flatMap(({ expr }) => readPromQL(expr).selectors.map(({ metric }) => metric)),
      ),
    )
    const hidden = FAMILY_NAMES.filter((name) => !shown.has(PREFIX + name))
    // The time since the last success says more.
    expect(hidden).toEqual(['check_last_run_timestamp_seconds'])
  })

  it.for(dashboards)('%s is known by a uid like its file, and not edited by hand', ([file, it]) => {
    expect(file).toBe(`${it.uid}.json`)
    expect(it.uid.length).toBeLessThanOrEqual(40)
    expect(it.editable).toBe(false)
    expect(it.schemaVersion).toBeLessThanOrEqual(42)
    expect(it).not.toHaveProperty('id')
  })

  it.for(dashboards)('%s is found from the others', ([, it]) => {
    const [link, ...more] = it.links
    expect(more).toEqual([])
    expect(it.tags).toEqual(['mysql', 'replication', 'drift'])
    expect(link).toMatchObject({ type: 'dashboards', tags: it.tags, includeVars: true })
  })

  it.for(dashboards)('%s takes what it shows from the page, with series that exist', ([, it]) => {
    const [source, ...variables] = it.templating.list
    expect(source).toMatchObject({ type: 'datasource', name: 'datasource' })
    expect(variables.map(({ name }) => name)).toEqual(expect.arrayContaining(['job', 'set']))
    for (const variable of variables) {
      if (variable.type === 'datasource') throw new Error('a second data source')
      const [, selector = '', label = ''] =
        /^label_values\((.*), (\w+)\)$/.exec(variable.query.query) ?? []
      expect(nonsenseIn(`sum by (${label}) (${asked(selector)})`)).toEqual([])
      expect(variable.datasource).toEqual(DATASOURCE)
    }
  })

  it.for(dashboards)('%s uses every variable that it has, and no other', ([, it]) => {
    const text = JSON.stringify([
      it.annotations,
      it.templating,
      it.panels.filter(isPanel).map(({ targets }) => targets),
    ])
    const used = [...text.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name)
    const own = it.templating.list.map(({ name }) => name)
    expect(new Set(used)).toEqual(new Set([...own, ...used.filter((name) => name?.[0] === '_')]))
  })

  it.for(dashboards)('%s has panels with ids of their own that do not overlap', ([, it]) => {
    const ids = it.panels.map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(Math.min(...ids)).toBeGreaterThan(0)
    const taken = new Map<string, string>()
    for (const { title, gridPos } of it.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24)
      for (const cell of cellsOf(gridPos)) {
        expect(taken.get(cell), `${title} at ${cell}`).toBeUndefined()
        taken.set(cell, title)
      }
    }
  })

  it.for(dashboards)('%s leaves no hole at the right of a line', ([, it]) => {
    const width = Map.groupBy(it.panels, ({ gridPos }) => gridPos.y)
    for (const [y, line] of width) {
      const sum = line.reduce((columns, { gridPos }) => columns + gridPos.w, 0)
      expect(sum, `at ${y}: ${line.map(({ title }) => title).join(', ')}`).toBe(24)
    }
  })
})

describe('panels', () => {
  it.for(panels)(
    '%s has a title, a description, a unit and the chosen data source',
    ([, panel]) => {
      expect(panel.title).toMatch(/^[A-Z]/)
      expect(panel.description).toMatch(/^[A-Z].{20,}/)
      expect(panel.fieldConfig.defaults.unit).not.toBe('')
      for (const { datasource } of [panel, ...panel.targets]) {
        expect(datasource).toEqual(DATASOURCE)
      }
    },
  )

  it('have titles of their own within a dashboard', () => {
    const names = panels.map(([name]) => name)
    expect(names).toEqual([...new Set(names)])
  })

  it.for(panels)('%s has queries with letters of their own', ([, { targets }]) => {
    expect(targets.length).toBeGreaterThan(0)
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
    for (const { refId } of targets) expect(refId).toMatch(/^[A-Z]$/)
  })

  it.for(panels)('%s asks only for what the exporter writes', ([, { targets }]) => {
    expect(targets.flatMap(({ expr }) => nonsenseIn(asked(expr)))).toEqual([])
  })

  it.for(panels)('%s follows what was chosen at the top', ([, { targets }, dashboard]) => {
    const has = (name: string) => dashboard.templating.list.some((one) => one.name === name)
    for (const { expr } of targets) {
      const selectors = expr.match(/mysql_drift_(?!exporter_)\w+\{[^}]*\}/g) ?? []
      for (const selector of selectors) {
        expect(selector).toContain('job=~"$job"')
        expect(selector).toMatch(/replication_set=~?"\$set"/)
        if (has('instance')) expect(selector).toContain('instance=~"$instance"')
        if (has('table')) expect(selector).toContain('schema="$schema",table="$table"')
      }
      expect(expr).not.toMatch(/mysql_drift_\w+(?![\w{])/)
      // It would turn "nothing is known" into "all is well".
      expect(expr).not.toContain('vector(')
    }
  })

  it.for(panels.filter(([, { type }]) => type === 'table'))(
    '%s shows columns that its queries have',
    ([, { targets, transformations, fieldConfig }]) => {
      const organize = transformations.find(({ id }) => id === 'organize')
      const named = organize?.options['renameByName'] as Readonly<Record<string, string>>
      const values = targets.map(({ refId }) =>
        targets.length === 1 ? 'Value' : `Value #${refId}`,
      )
      const grouped = targets.flatMap(({ expr }) => [...expr.matchAll(/by \(([^)]*)\)/g)])
      const labels = new Set(grouped.flatMap(([, list = '']) => list.split(', ')))
      for (const field of Object.keys(named)) {
        expect([...values, ...labels], field).toContain(field)
      }
      const headings = Object.values(named)
      expect(new Set(headings).size).toBe(headings.length)
      for (const { matcher } of fieldConfig.overrides) expect(headings).toContain(matcher.options)
    },
  )

  it.for(panels)('%s links to dashboards and columns that are there', ([, panel]) => {
    const text = JSON.stringify(panel.fieldConfig.overrides)
    const organize = panel.transformations.find(({ id }) => id === 'organize')
    const headings = Object.values((organize?.options['renameByName'] ?? {}) as object)
    for (const [, uid, query = ''] of text.matchAll(/"\/d\/([\w-]+)\?([^"]*)"/g)) {
      const target = dashboards.find(([, dashboard]) => dashboard.uid === uid)?.[1]
      const known = target?.templating.list.map(({ name }) => name) ?? []
      for (const [, variable = ''] of query.matchAll(/var-(\w+)=/g)) {
        expect(known).toContain(variable)
      }
      for (const [, heading = ''] of query.matchAll(/__data\.fields\.(\w+)/g)) {
        expect(headings).toContain(heading)
      }
    }
  })
})

test('provisioning files load the dashboards and a data source', () => {
  const read = (file: string) =>
    parse(readFileSync(new URL(`provisioning/${file}`, FOLDER), 'utf8')) as unknown
  expect(read('dashboards/mysql-drift.yml')).toMatchObject({
    apiVersion: 1,
    providers: [{ name: 'mysql-drift', type: 'file', options: { path: expect.any(String) } }],
  })
  expect(read('datasources/mysql-drift.yml')).toMatchObject({
    apiVersion: 1,
    datasources: [{ type: 'prometheus', access: 'proxy', url: expect.stringMatching(/^http:/) }],
  })
})

function* cellsOf({ x, y, w, h }: Panel['gridPos']): Generator<string> {
  for (let column = x; column < x + w; column++) {
    for (let row = y; row < y + h; row++) yield `${column},${row}`
  }
}
