import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { SEVERITIES } from '../../src/domain.ts'
import { createExposition } from '../../src/output/metrics.ts'
import { labelsOf, METRICS_OF_PROCESS, nonsenseIn, readPromQL } from './promql.ts'

const ALERTS = new URL('../../alerts/', import.meta.url)
const TESTS = new URL('tests/', ALERTS)

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly keep_firing_for?: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string; readonly description: string }
}

interface AlertTest {
  readonly eval_time: string
  readonly alertname: string
  readonly exp_alerts: readonly { readonly exp_labels: Readonly<Record<string, string>> }[]
}

interface ExpressionTest {
  readonly expr: string
  readonly eval_time: string
  readonly exp_samples: readonly { readonly labels: string }[]
}

interface Scenario {
  readonly name: string
  readonly input_series: readonly { readonly series: string }[]
  readonly alert_rule_test: readonly AlertTest[]
  readonly promql_expr_test?: readonly ExpressionTest[]
}

interface TestFile {
  readonly rule_files: readonly string[]
  readonly tests: readonly Scenario[]
}

function read<T>(url: URL): T {
  return parse(readFileSync(url, 'utf8')) as T
}

const { groups } = read<{ groups: { name: string; rules: Rule[] }[] }>(
  new URL('mysql-drift.rules.yml', ALERTS),
)
const rules = groups.flatMap((group) => group.rules)
const titled = rules.map((rule) => [`${rule.alert} (${rule.labels.severity})`, rule] as const)

const files = readdirSync(TESTS)
  .filter((name) => name.endsWith('_test.yml'))
  .map((name) => [name, read<TestFile>(new URL(name, TESTS))] as const)
const scenarios = files.flatMap(([file, { tests }]) =>
  tests.map((scenario) => [`${file}: ${scenario.name}`, scenario] as const),
)

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** Each sub-command that a description tells to run, with every option that any of them gives it. */
function commandsNamed(): [string, string[]][] {
  const lines = rules
    .flatMap(({ annotations }) => [
      ...annotations.description.matchAll(/`mysql-drift-exporter ([^`]*)`/g),
    ])
    .map(([, line = '']) => line)
  const byCommand = Map.groupBy(lines, (line) => line.split(' --')[0] ?? '')
  return [...byCommand].map(([command, all]) => [
    command,
    [...new Set(all.flatMap((line) => line.match(/--[a-z][a-z.-]*/g) ?? []))],
  ])
}

/** Fails loudly where promtool is missing: rules that nobody ran are not tested. */
function promtool(...args: string[]): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8' })
  if (error) throw new Error('promtool is needed: apt-get install prometheus', { cause: error })
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout + stderr
}

describe('promtool', { timeout: 30_000 }, () => {
  it('finds no fault in the rules', () => {
    const file = fileURLToPath(new URL('mysql-drift.rules.yml', ALERTS))
    const said = promtool('check', 'rules', '--lint=all', '--lint-fatal', file)
    expect(said).toContain(`SUCCESS: ${rules.length} rules found`)
  })

  it.for(files)('sees the alerts of %s behave', ([file]) => {
    expect(promtool('test', 'rules', fileURLToPath(new URL(file, TESTS)))).toContain('SUCCESS')
  })
})

describe('rules', { timeout: 30_000 }, () => {
  it('are called as Alertmanager users expect, in groups that tools accept', () => {
    for (const group of groups) {
      expect(group.name).toMatch(/^mysql-drift-[a-z-]{1,28}$/)
      expect(group.rules.length).toBeLessThanOrEqual(20)
    }
    for (const { alert } of rules) expect(alert).toMatch(/^MySQLDrift[A-Z][A-Za-z]{1,29}$/)
  })

  it('have one alert name per severity at most', () => {
    const names = titled.map(([title]) => title)
    expect(names).toEqual([...new Set(names)])
  })

  it.for(titled)('%s carries a severity, a summary, a description and a wait', ([, rule]) => {
    expect(Object.keys(rule.labels)).toEqual(['severity'])
    expect(SEVERITIES).toContain(rule.labels.severity)
    expect(Object.keys(rule.annotations)).toEqual(['summary', 'description'])
    expect(rule.for).toMatch(/^[1-9]\d*m$/)
    expect(rule.keep_firing_for ?? '1m').toBe('1m')
  })

  it.for(titled)('%s has a summary that never varies: one sentence', ([, { annotations }]) => {
    expect(annotations.summary).toMatch(/^[A-Z][^{}\n]*\.$/)
  })

  it.for(titled)('%s says where it is and what to run next', ([, { alert, annotations }]) => {
    if (alert !== 'MySQLDriftExporterAbsent')
      expect(annotations.description).toContain('{{ $labels.')
    expect(annotations.description).toMatch(/`(mysql-drift-exporter|curl) [^`]+`/)
  })

  it.for(commandsNamed())('name commands that exist: %s', ([command, options]) => {
    const { stdout } = spawnSync('node', [CLI, ...command.split(' '), '--help'], {
      encoding: 'utf8',
    })
    expect(stdout).toContain(`mysql-drift-exporter ${command.split(' ')[0]}`)
    for (const option of options) expect(stdout).toContain(option)
  })

  it.for(titled)('%s says nothing of how long it waited: the demo waits less', ([, rule]) => {
    const { summary, description } = rule.annotations
    expect(summary + description).not.toMatch(/\b(minutes?|hours?|seconds?)\b/)
  })

  it.for(titled)('%s asks only for what the exporter writes', ([, { expr, annotations }]) => {
    const queries = annotations.description.matchAll(/printf (?:"([^"]*)"|`([^`]*)`) \$labels/g)
    const expressions = [expr, ...[...queries].map(([, quoted, raw]) => quoted ?? raw ?? '')]
    expect(expressions.flatMap(nonsenseIn)).toEqual([])
  })

  it.for(titled)('%s describes itself with labels that its series have', ([, rule]) => {
    const used = [...rule.annotations.description.matchAll(/\$labels\.(\w+)/g)]
    const has = readPromQL(rule.expr).selectors.flatMap(({ metric }) => labelsOf(metric) ?? [])
    for (const [, label] of used) expect(has).toContain(label)
  })

  it.for(titled)('%s joins per exporter, so that two of them do not break it', ([, { expr }]) => {
    for (const [, names = ''] of expr.matchAll(/\bon\s*\(([^)]*)\)/g)) {
      expect(names.split(/,\s*/)).toEqual(expect.arrayContaining(['job', 'instance']))
    }
    expect(expr).not.toMatch(/\bignoring\b/)
  })
})

describe('rule tests', () => {
  it.for(files)('of %s are about the shipped rules and one alert', ([, file]) => {
    expect(file.rule_files).toEqual(['../mysql-drift.rules.yml'])
    expect(new Set(file.tests.flatMap(alertsOf))).toHaveLength(1)
  })

  it.for(scenarios)('%s has series with exactly the labels of the exporter', ([, scenario]) => {
    for (const { series } of scenario.input_series) {
      const { metric, matchers } = readSeries(series)
      expect(matchers.map(({ label }) => label).sort(), series).toEqual(
        labelsOf(metric)?.toSorted(),
      )
      expect(nonsenseIn(series)).toEqual([])
    }
  })

  it.for(scenarios)('%s shows what its name says', ([, scenario]) => {
    const shown: Record<string, boolean> = {
      silent: quiet(scenario).length > 0,
      pending: pending(scenario).length > 0,
      firing: fired(scenario).length > 0,
      resolved: resolved(scenario).length > 0,
      'restart gap': scenario.input_series.some((input) => /stale/.test(valuesOf(input))),
      'start-up': quiet(scenario).length > 0,
      'two exporters': instancesOf(scenario).size === 2,
    }
    const word = scenario.name.split(':')[0] ?? ''
    expect(Object.keys(shown)).toContain(word)
    expect(shown[word]).toBe(true)
  })

  it.for(titled)('show %s silent, pending, firing and resolved', ([, rule]) => {
    const about = scenarios
      .map(([, scenario]) => scenario)
      .filter((scenario) => alertsOf(scenario).includes(rule.alert))
    const ofRule = (labels: Readonly<Record<string, string>>) =>
      labels.severity === rule.labels.severity
    expect({
      silent: about.some((scenario) => quiet(scenario).length > 0),
      pending: about.flatMap(pending).some(ofRule),
      firing: about.flatMap(fired).some(ofRule),
      resolved: about.flatMap(resolved).some(ofRule),
    }).toEqual({ silent: true, pending: true, firing: true, resolved: true })
  })

  it.for(titled.filter(([, { expr }]) => /\bon\s*\(/.test(expr)))(
    'show the join of %s with two exporters',
    ([, { alert }]) => {
      const about = scenarios.filter(([, scenario]) => alertsOf(scenario).includes(alert))
      expect(about.some(([, scenario]) => instancesOf(scenario).size === 2)).toBe(true)
    },
  )
})

test('what a rule needs and the declaration lacks is exported all the same', async () => {
  const exposition = createExposition(() => ({
    version: '0',
    revision: '',
    nodeVersion: '',
    lastReloadSuccessful: true,
    setsConfigured: 0,
  }))
  const written = Buffer.concat(await exposition.bytes('state', 'identity')).toString()
  for (const metric of METRICS_OF_PROCESS) {
    expect(written).toMatch(new RegExp(`^${metric} `, 'm'))
  }
})

function readSeries(series: string) {
  const selector = readPromQL(series).selectors[0]
  if (!selector) throw new Error(`no series: ${series}`)
  return selector
}

function alertsOf({ alert_rule_test: tests }: Scenario): string[] {
  return tests.map(({ alertname }) => alertname)
}

function valuesOf(input: object): string {
  return 'values' in input ? String(input.values) : ''
}

function instancesOf({ input_series: inputs }: Scenario): Set<string | undefined> {
  const instances = inputs.map(({ series }) => readSeries(series).matchers).map(instanceOf)
  return new Set(instances)
}

function instanceOf(matchers: readonly { label: string; value: string }[]): string | undefined {
  return matchers.find(({ label }) => label === 'instance')?.value
}

/** Moments at which the alert is not even pending. */
function quiet({ promql_expr_test: tests = [] }: Scenario): ExpressionTest[] {
  return tests.filter((it) => it.expr.startsWith('ALERTS{') && it.exp_samples.length === 0)
}

/** Labels of the alerts that are pending at some moment. */
function pending({ promql_expr_test: tests = [] }: Scenario): Record<string, string>[] {
  return tests
    .flatMap((it) => it.exp_samples)
    .map(({ labels }) => readSeries(labels).matchers)
    .map((matchers) => Object.fromEntries(matchers.map(({ label, value }) => [label, value])))
    .filter((labels) => labels.alertstate === 'pending')
}

/** Labels of the alerts that fire at some moment. */
function fired({ alert_rule_test: tests }: Scenario): Readonly<Record<string, string>>[] {
  return tests.flatMap((it) => it.exp_alerts).map((alert) => alert.exp_labels)
}

/** Labels of the alerts that fire at some moment, in scenarios that end without any. */
function resolved(scenario: Scenario): Readonly<Record<string, string>>[] {
  const last = scenario.alert_rule_test.at(-1)
  return last?.exp_alerts.length === 0 ? fired(scenario) : []
}
