/** The queries of the dashboards, asked of promtool over what an exporter in trouble writes. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { DASHBOARDS } from '../../grafana/generate.ts'
import type { Dashboard } from '../../grafana/model.ts'
import { renderMetrics } from '../../src/output/metrics.ts'
import { asked, dashboards, expressionsOf, isPanel } from '../support/dashboards.ts'
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
  makeThrottle,
  makeVariableFinding,
} from '../support/make-report.ts'

describe('queries return data when there is something to see', { timeout: 60_000 }, () => {
  const scrape = renderMetrics(makeReport(setWithEveryTrouble()))
  const one = seriesOf(scrape, 'drift-1:19104')

  it.for(dashboards)('of %s, from one exporter', ([, dashboard]) => {
    expect(emptyQueries(dashboard, one)).toEqual([])
  })

  it.for(dashboards)('of %s, from two exporters that watch the same set', ([, dashboard]) => {
    expect(emptyQueries(dashboard, [...one, ...seriesOf(scrape, 'drift-2:19104')])).toEqual([])
  })
})

describe('the verdict', { timeout: 30_000 }, () => {
  const [verdict] = DASHBOARDS['mysql-drift-set.json']?.panels.filter(isPanel) ?? []
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

describe('sets not proven the same', { timeout: 30_000 }, () => {
  const [count] = DASHBOARDS['mysql-drift-fleet.json']?.panels.filter(isPanel) ?? []
  const isCounted = (sets: number, ...tables: Parameters<typeof makeTable>[0][]) => {
    const set = makeSet({ tables: tables.map((table) => makeTable(table)) })
    const series = seriesOf(renderMetrics(makeReport(set)), 'drift-1:19104')
    return answers(count?.targets[0]?.expr ?? '', sets, series)
  }

  it('are none where every table is the same', () => expect(isCounted(0, {})).toBe(true))

  it('have a table that is unknown', () => {
    const checksum = { verdict: 'unknown', reason: 'no_key' } as const
    expect(isCounted(1, { table: 'a' }, { table: 'b', checksum })).toBe(true)
  })

  it('are also those in which nothing was compared', () => expect(isCounted(1)).toBe(true))
})

/** A set in which every panel has something to show. */
function setWithEveryTrouble() {
  const late = makeChannel({ lagSeconds: 90, delaySeconds: 10, missing: 3n, unrecoverable: 1n })
  const failing = makeCheck({ success: false })
  const replica = makeServer({
    channels: [late],
    heartbeat: ago(30),
    checks: { ...makeServer().checks, schema: failing },
    throttle: makeThrottle({ lag: { held: true, seconds: 60 } }),
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
    variableFindings: [
      makeVariableFinding({ source: { server: 'db1', value: '1' } }),
      makeVariableFinding(),
    ],
  })
}

interface Series {
  readonly series: string
  readonly values: string
}

/** What is not of a report: the exporter's own, and what Prometheus adds. */
const GENERAL = `
mysql_drift_exporter_build_info{version="0.1.0",nodeversion="24"} 1
mysql_drift_exporter_config_last_reload_successful{} 1
mysql_drift_exporter_replication_sets_configured{} 1
process_start_time_seconds{} 0
process_cpu_seconds_total{} 0
process_resident_memory_bytes{} 1e8
nodejs_heap_size_used_bytes{} 5e7
nodejs_eventloop_lag_mean_seconds{} 0.001
nodejs_eventloop_lag_p99_seconds{} 0.01
up{} 1
scrape_duration_seconds{} 0.01
scrape_samples_scraped{} 700
ALERTS{alertname="MySQLDriftTablesDrifted",alertstate="firing",severity="critical",replication_set="shop",server="db2"} 1
`

/** The samples of one scrape, an hour long; counters rise by one each minute. */
function seriesOf(scrape: string, instance: string): Series[] {
  return (scrape + GENERAL)
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, name = '', labels = '', value = ''] = /^(\w+)\{(.*)\} (\S+)$/.exec(line) ?? []
      const rise = name.endsWith('_total') ? 1 : 0
      const target = `job="mysql-drift",instance="${instance}"`
      return {
        series: `${name}{${[target, labels].filter((part) => part !== '').join(',')}}`,
        values: `${value}+${rise}x60`,
      }
    })
}

/** Those that have no result half an hour later, or that Prometheus refuses. */
function emptyQueries(dashboard: Dashboard, series: readonly Series[]): string[] {
  const questions = expressionsOf(dashboard).map(([, expr]) => ({
    expr: `count(${asked(expr)}) > bool 0`,
    value: 1,
  }))
  return failures(questions, series)
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
