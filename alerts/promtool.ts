/** Scenarios as unit tests for `promtool test rules`. */
import { Document, isMap, isSeq } from 'yaml'
import type { AlertScenarios, Expected, Scenario, Series } from './scenario.ts'

/** What is the same in every alert of a rule: there is nothing in it to be tested. */
export type SummaryOf = (alert: string) => string

/** By file name, e.g. `server_down_test.yml`. */
export function testFileOf(alert: string): string {
  const name = alert.replace('MySQLDrift', '').replace(/(?<=[a-z])(?=[A-Z])/g, '_')
  return `${name.toLowerCase()}_test.yml`
}

export function promtoolTests(
  { alert, scenarios, step = 1 }: AlertScenarios,
  summaryOf: SummaryOf,
  comment: string,
): string {
  const shared = new Map<string, object>()
  /** One and the same object for what is equal: written once, with an anchor. */
  const once = (alert: object): object => {
    const key = JSON.stringify(alert)
    const known = shared.get(key)
    if (known === undefined) shared.set(key, alert)
    return known ?? alert
  }
  const document = new Document(
    {
      rule_files: ['../mysql-drift.rules.yml'],
      evaluation_interval: `${step}m`,
      tests: scenarios.map((scenario) => ({
        name: scenario.name,
        interval: `${step}m`,
        ...testOf(alert, scenario, summaryOf, once),
      })),
    },
    { anchorPrefix: 'alert' },
  )
  document.commentBefore = comment
  const tests = document.get('tests')
  for (const [index, test] of isSeq(tests) ? tests.items.entries() : []) {
    if (isMap(test)) test.spaceBefore = index > 0
  }
  return document.toString({ lineWidth: 0, singleQuote: true })
}

function testOf(
  alert: string,
  { series, at }: Scenario,
  summaryOf: SummaryOf,
  once: (alert: object) => object,
) {
  const moments = Object.entries(at)
  // Where something fires and nothing is pending, the alerts themselves say it all.
  const silent = moments.filter(
    ([, alerts]) => alerts.length === 0 || alerts.some(({ state }) => state === 'pending'),
  )
  return {
    input_series: series.map((each) => ({ series: textOf(each), values: each.values })),
    alert_rule_test: moments.map(([moment, alerts]) => ({
      eval_time: moment,
      alertname: alert,
      exp_alerts: alerts
        .filter(({ state }) => state === 'firing')
        .map((each) => once(expectation(alert, each, summaryOf))),
    })),
    ...(silent.length > 0 && {
      promql_expr_test: silent.map(([moment, alerts]) => ({
        expr: `ALERTS{alertname="${alert}"}`,
        eval_time: moment,
        exp_samples: alerts.map((each) => ({ labels: sampleOf(alert, each), value: 1 })),
      })),
    }),
  }
}

function expectation(alert: string, { severity, labels, description }: Expected, of: SummaryOf) {
  return {
    exp_labels: { ...labels, severity },
    exp_annotations: {
      summary: of(alert),
      description,
      runbook_url: `https://runbooks.example/${alert}.md`,
      dashboard_url: dashboardOf(labels),
    },
  }
}

/** Of the set where the alert is about one, else of the exporters. */
function dashboardOf({ replication_set: set }: Expected['labels']): string {
  const grafana = 'https://grafana.example/d'
  return set === undefined
    ? `${grafana}/mysql-drift-exporter`
    : `${grafana}/mysql-drift-set?${new URLSearchParams({ 'var-set': set })}`
}

function sampleOf(alertname: string, { state: alertstate, severity, labels }: Expected): string {
  return textOf({ metric: 'ALERTS', labels: { alertname, alertstate, ...labels, severity } })
}

function textOf({ metric, labels }: Pick<Series, 'metric' | 'labels'>): string {
  const pairs = Object.entries(labels).map(([label, value]) => `${label}=${JSON.stringify(value)}`)
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`
}
