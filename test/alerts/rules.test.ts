import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { GENERATED } from '../../alerts/generate.ts'
import { testFileOf } from '../../alerts/promtool.ts'
import { ALERTS, GROUPS, RULES, RULES_FILE } from '../../alerts/rules.ts'
import { SEVERITIES } from '../../src/domain.ts'
import { labelsOf, nonsenseIn, readPromQL } from './promql.ts'

const FOLDER = new URL('../../alerts/', import.meta.url)
const TESTS = new URL('tests/', FOLDER)
const GRAFANA = new URL('../../grafana/', import.meta.url)
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

const titled = RULES.map((rule) => [`${rule.alert} (${rule.labels.severity})`, rule] as const)
const testFiles = ALERTS.map(testFileOf)

const CLI = fileURLToPath(new URL('../../src/cli.ts', import.meta.url))

/** Each sub-command that a description tells to run, with every option that any of them gives it. */
function commandsNamed(): [string, string[]][] {
  const lines = RULES.flatMap(({ annotations }) => [
    ...annotations.description.matchAll(/`mysql-drift-exporter ([^`]*)`/g),
  ]).map(([, line = '']) => line)
  const byCommand = Map.groupBy(lines, (line) => line.split(' --')[0] ?? '')
  return [...byCommand].map(([command, all]) => [
    command,
    [...new Set(all.flatMap((line) => line.match(/--[a-z][a-z.-]*/g) ?? []))],
  ])
}

/** Fails loudly where promtool is missing: rules that nobody ran are not tested. */
function promtool(args: string[], input = ''): string {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { encoding: 'utf8', input })
  if (error) throw new Error('promtool is needed: apt-get install prometheus', { cause: error })
  if (status !== 0) throw new Error(`promtool ${args.join(' ')}\n${stdout}\n${stderr}`)
  return stdout + stderr
}

const LINT = ['check', 'rules', '--lint=all', '--lint-fatal']

describe('promtool', { timeout: 60_000 }, () => {
  it('finds no fault in the rules', () => {
    const said = promtool([...LINT, fileURLToPath(RULES_FILE)])
    expect(said).toContain(`SUCCESS: ${RULES.length} rules found`)
  })

  it.for(testFiles)('sees the alerts of %s behave', (file) => {
    expect(promtool(['test', 'rules', fileURLToPath(new URL(file, TESTS))])).toContain('SUCCESS')
  })
})

describe('what follows from the rules', () => {
  it.for(Object.entries(GENERATED))('is written as it is generated: %s', ([path, text]) => {
    const written = readFileSync(new URL(path, FOLDER), 'utf8')
    expect(written, 'run: node alerts/generate.ts').toBe(text)
  })

  it('is a test for every alert, and for nothing else', () => {
    expect(readdirSync(TESTS).sort()).toEqual(testFiles.toSorted())
  })

  it('is a PrometheusRule with the same groups', () => {
    const manifest = parse(readFileSync(new URL('prometheusrule.yaml', FOLDER), 'utf8'))
    expect(manifest).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
    })
    expect(manifest.spec).toEqual({ groups: GROUPS })
  })
})

describe('rules', { timeout: 30_000 }, () => {
  it('are called as Alertmanager users expect, in groups that tools accept', () => {
    for (const group of GROUPS) {
      expect(group.name).toMatch(/^mysql-drift-[a-z-]{1,28}$/)
      expect(group.rules.length).toBeLessThanOrEqual(20)
    }
    for (const alert of ALERTS) expect(alert).toMatch(/^MySQLDrift[A-Z][A-Za-z]{1,29}$/)
  })

  it('have one alert name per severity at most', () => {
    const names = titled.map(([title]) => title)
    expect(names).toEqual([...new Set(names)])
  })

  it.for(titled)('%s carries a severity, a wait, and all that its reader needs', ([, rule]) => {
    expect(Object.keys(rule.labels)).toEqual(['severity'])
    expect(SEVERITIES).toContain(rule.labels.severity)
    expect(Object.keys(rule.annotations)).toEqual([
      'summary',
      'description',
      'runbook_url',
      'dashboard_url',
    ])
    expect(rule.for).toMatch(/^[1-9]\d*[mh]$/)
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
    expect(summary + description).not.toMatch(/\b(minutes?|hours?|seconds?|days?)\b/)
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

describe('the addresses of a rule', () => {
  it.for(titled)('%s lead to its runbook and to a dashboard', ([, { alert, annotations }]) => {
    const { runbook_url: runbook, dashboard_url: dashboard } = annotations
    expect(runbook).toBe(`https://runbooks.example/${alert}.md`)
    const [, uid = '', variable = ''] =
      /^https:\/\/grafana\.example\/d\/([a-z-]+)(?:\?var-([a-z]+)=\{\{ \$labels\.replication_set \| urlquery \}\})?$/.exec(
        dashboard,
      ) ?? []
    const { templating } = JSON.parse(readFileSync(new URL(`${uid}.json`, GRAFANA), 'utf8'))
    const variables = templating.list.map(({ name }: { name: string }) => name)
    if (variable !== '') expect(variables).toContain(variable)
  })

  it('are made yours by the command that the README and the files name', () => {
    const [command = ''] = /sed -i '[^']*' mysql-drift\.rules\.yml/.exec(README) ?? []
    const script = /'(.*)'/.exec(command)?.[1] ?? 'none'
    for (const file of ['mysql-drift.rules.yml', 'prometheusrule.yaml']) {
      const text = readFileSync(new URL(file, FOLDER), 'utf8')
      expect(text).toContain(command)
      const { stdout } = spawnSync('sed', [script], { input: text, encoding: 'utf8' })
      const rules = stdout.replace(/^ *#.*$/gm, '')
      expect(rules).not.toContain('.example')
      const links = /_url: https:\/\/(?:wiki|grafana)\.acme\.net\//g
      expect(rules.match(links)).toHaveLength(text.match(/_url: /g)?.length ?? 0)
    }
  })
})
