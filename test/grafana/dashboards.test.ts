import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { DATASOURCE, type Dashboard, type Panel } from '../../grafana/dashboard.ts'
import { DASHBOARDS, render } from '../../grafana/generate.ts'
import { renderMetrics } from '../../src/output/metrics.ts'
import { nonsenseIn } from '../alerts/promql.ts'
import {
  ago,
  makeChannel,
  makeCheck,
  makeDifference,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
} from '../support/make-report.ts'

const FOLDER = new URL('../../grafana/', import.meta.url)

const dashboards = Object.entries(DASHBOARDS)
const panels = dashboards.flatMap(([file, dashboard]) =>
  dashboard.panels.map((panel) => [`${file}: ${panel.title}`, panel, dashboard] as const),
)

/** What Grafana asks Prometheus for, with every variable at its widest. */
function asked(expression: string): string {
  return expression
    .replaceAll('$__rate_interval', '5m')
    .replaceAll('$job', '.+')
    .replaceAll('$server', '.+')
    .replaceAll('$set', 'shop')
}

describe('dashboards', () => {
  it('are committed as they are generated, and no others', () => {
    const committed = readdirSync(FOLDER).filter((name) => name.endsWith('.json'))
    expect(committed).toEqual(Object.keys(DASHBOARDS))
    for (const [file, dashboard] of dashboards) {
      const text = readFileSync(new URL(file, FOLDER), 'utf8')
      expect(text, 'run: node grafana/generate.ts').toBe(`${render(dashboard)}\n`)
      expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(dashboard)))
    }
  })

  it.for(dashboards)('%s is known by a uid like its file, and not edited by hand', ([file, it]) => {
    expect(file).toBe(`${it.uid}.json`)
    expect(it.editable).toBe(false)
    expect(it.schemaVersion).toBeLessThanOrEqual(42)
    expect(it).not.toHaveProperty('id')
  })

  it.for(dashboards)('%s takes its data source, job, set and server from the page', ([, it]) => {
    expect(it.templating.list.map(({ name }) => name)).toEqual([
      'datasource',
      'job',
      'set',
      'server',
    ])
    for (const variable of it.templating.list) {
      if (variable.type === 'datasource') continue
      const [, selector = '', label = ''] =
        /^label_values\((.*), (\w+)\)$/.exec(variable.query.query) ?? []
      expect(nonsenseIn(`sum by (${label}) (${asked(selector)})`)).toEqual([])
      expect(variable.datasource).toEqual(DATASOURCE)
    }
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

  it.for(panels)('%s has queries with letters of their own', ([, { targets }]) => {
    expect(targets.length).toBeGreaterThan(0)
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
  })

  it.for(panels)('%s asks only for what the exporter writes', ([, { targets }]) => {
    expect(targets.flatMap(({ expr }) => nonsenseIn(asked(expr)))).toEqual([])
  })

  it.for(panels)('%s follows the job and the set that were chosen', ([, { targets }]) => {
    for (const { expr } of targets) {
      const selectors = expr.match(/mysql_drift_\w+\{[^}]*\}/g) ?? []
      expect(selectors).not.toEqual([])
      for (const selector of selectors) {
        expect(selector).toContain('job=~"$job",replication_set="$set"')
      }
      expect(expr).not.toMatch(/mysql_drift_\w+(?![\w{])/)
    }
  })
})

describe('queries return data when there is something to see', { timeout: 30_000 }, () => {
  const scrape = renderMetrics(makeReport(setWithEveryTrouble()))

  it('from one exporter', () => {
    expect(emptyQueries([seriesOf(scrape, 'drift-1:19104')])).toEqual([])
  })

  it('from two exporters that watch the same set', () => {
    const both = ['drift-1:19104', 'drift-2:19104'].map((instance) => seriesOf(scrape, instance))
    expect(emptyQueries(both)).toEqual([])
  })
})

describe('the verdict', { timeout: 30_000 }, () => {
  const [verdict] = DASHBOARDS['mysql-drift-set.json']?.panels ?? []
  const wordOf = (set: ReturnType<typeof makeSet>) => {
    const expression = verdict?.targets[0]?.expr ?? ''
    const series = seriesOf(renderMetrics(makeReport(set)), 'drift-1:19104')
    const words = verdict?.fieldConfig.defaults.mappings[0]?.options ?? {}
    const found = Object.entries(words).find(([place]) =>
      answers(expression, Number(place), series),
    )
    return found?.[1].text ?? null
  }

  it.for(['same', 'suspect', 'unknown', 'missing', 'drifted'] as const)(
    'of a table is %s',
    (it) => {
      const reason = { unknown: 'lag', missing: 'missing_on_replica' } as const
      const checksum = {
        verdict: it,
        reason: it in reason ? reason[it as keyof typeof reason] : null,
      }
      const tables = [makeTable({ table: 'a' }), makeTable({ table: 'b', checksum })]
      expect(wordOf(makeSet({ tables }))).toBe(it)
    },
  )

  it('is drifted when only the row count is', () => {
    const tables = [makeTable({ rowCount: { verdict: 'drifted' } })]
    expect(wordOf(makeSet({ tables }))).toBe('drifted')
  })

  it('is none where nothing was compared', () => {
    expect(wordOf(makeSet({ tables: [] }))).toBeNull()
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

/** A set in which every panel has something to show. */
function setWithEveryTrouble() {
  const late = makeChannel({ lagSeconds: 90, delaySeconds: 10, missing: 3n })
  const failing = makeCheck({ success: false })
  const replica = makeServer({
    channels: [late],
    checks: { ...makeServer().checks, schema: failing },
  })
  return makeSet({
    servers: [makeSource(), replica],
    passProgress: 0.5,
    tables: [
      makeTable({
        checksum: {
          verdict: 'drifted',
          since: ago(600),
          chunksDrifted: 2,
          rowsDrifted: { missing: 3n, extra: 1n, changed: 4n },
        },
        rowCount: { verdict: 'drifted', rows: { source: 1000n, replica: 998n } },
      }),
      makeTable({ table: 'log', checksum: { verdict: 'unknown', reason: 'no_key' } }),
    ],
    schemaDifferences: [makeDifference()],
  })
}

interface Series {
  readonly series: string
  readonly values: string
}

/** The samples of one scrape, an hour long; counters rise by one each minute. */
function seriesOf(scrape: string, instance: string): Series[] {
  return scrape
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? []
      const rise = name.endsWith('_total') ? 1 : 0
      return {
        series: `${name}{job="mysql-drift",instance="${instance}",${labels}}`,
        values: `${value}+${rise}x60`,
      }
    })
}

/** Those of all panels and annotations that have no result half an hour later, or that Prometheus refuses. */
function emptyQueries(scraped: readonly (readonly Series[])[]): string[] {
  const expressions = dashboards.flatMap(([, it]: readonly [string, Dashboard]) => [
    ...it.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)),
    ...it.annotations.list.map(({ expr }) => expr),
  ])
  return failures(
    expressions.map((expr) => ({ expr: `count(${asked(expr)}) > bool 0`, value: 1 })),
    scraped.flat(),
  )
}

/** Whether the one result of `expression` is `value`. */
function answers(expression: string, value: number, series: readonly Series[]): boolean {
  return failures([{ expr: asked(expression), value }], series).length === 0
}

/** Expressions whose result is not one sample without labels, of this value. */
function failures(
  questions: readonly { expr: string; value: number }[],
  series: readonly Series[],
): string[] {
  const folder = mkdtempSync(path.join(tmpdir(), 'dashboards-'))
  try {
    const file = path.join(folder, 'dashboards_test.yml')
    const tests = questions.map(({ expr, value }) => ({
      expr,
      eval_time: '30m',
      exp_samples: [{ labels: '{}', value }],
    }))
    const content = { tests: [{ interval: '1m', input_series: series, promql_expr_test: tests }] }
    writeFileSync(file, JSON.stringify(content))
    const { error, status, stdout, stderr } = spawnSync('promtool', ['test', 'rules', file], {
      encoding: 'utf8',
    })
    if (error) throw new Error('promtool is needed: apt-get install prometheus', { cause: error })
    if (status === 0) return []
    const failed = (stdout + stderr).match(/expr: .*\n.*\n.*|error.*/g)
    return failed ?? [stdout + stderr]
  } finally {
    rmSync(folder, { recursive: true })
  }
}
