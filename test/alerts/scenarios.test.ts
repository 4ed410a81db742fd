import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { ALERTS, RULES } from '../../alerts/rules.ts'
import { createExposition } from '../../src/output/metrics.ts'
import { labelsOf, METRICS_OF_PROCESS, nonsenseIn, readPromQL } from './promql.ts'

const TESTS = new URL('../../alerts/tests/', import.meta.url)

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

const titled = RULES.map((rule) => [`${rule.alert} (${rule.labels.severity})`, rule] as const)

const files = readdirSync(TESTS).map(
  (name) => [name, parse(readFileSync(new URL(name, TESTS), 'utf8')) as TestFile] as const,
)
const scenarios = files.flatMap(([file, { tests }]) =>
  tests.map((scenario) => [`${file}: ${scenario.name}`, scenario] as const),
)
const about = (alert: string) =>
  scenarios.map(([, scenario]) => scenario).filter((one) => alertsOf(one).includes(alert))

/** What the first word of a scenario's name promises. */
const SHOWS: Readonly<Record<string, (scenario: Scenario) => boolean>> = {
  silent: (scenario) => quiet(scenario).length > 0,
  pending: (scenario) => pending(scenario).length > 0,
  firing: (scenario) => fired(scenario).length > 0,
  resolved: (scenario) => resolved(scenario).length > 0,
  'restart gap': ({ input_series: inputs }) => inputs.some(isInterrupted),
  'start-up': (scenario) => quiet(scenario).length > 0,
  'two exporters': (scenario) => instancesOf(scenario).size === 2,
}

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
    const word = scenario.name.split(':')[0] ?? ''
    expect(Object.keys(SHOWS)).toContain(word)
    expect(SHOWS[word]?.(scenario)).toBe(true)
  })

  it.for(titled)('show %s silent, pending, firing and resolved', ([, rule]) => {
    const ofRule = (labels: Readonly<Record<string, string>>) =>
      labels.severity === rule.labels.severity
    expect({
      silent: about(rule.alert).some((scenario) => quiet(scenario).length > 0),
      pending: about(rule.alert).flatMap(pending).some(ofRule),
      firing: about(rule.alert).flatMap(fired).some(ofRule),
      resolved: about(rule.alert).flatMap(resolved).some(ofRule),
    }).toEqual({ silent: true, pending: true, firing: true, resolved: true })
  })

  it.for(ALERTS)('show %s through a restart, after a start, and of two exporters', (alert) => {
    const words = about(alert).map(({ name }) => name.split(':')[0])
    expect(words).toEqual(expect.arrayContaining(['restart gap', 'start-up', 'two exporters']))
  })
})

test('what a rule needs and the declaration lacks is exported all the same', async () => {
  const exposition = createExposition(() => ({
    version: '0',
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

/** Of one that cannot be scraped, `up` is 0 and everything else is gone. */
function isInterrupted(input: { readonly series: string }): boolean {
  const values = 'values' in input ? String(input.values) : ''
  return /stale/.test(values) || (input.series.startsWith('up{') && /\b0x/.test(values))
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
