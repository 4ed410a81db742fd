import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { seriesText } from '../../src/monitoring/api.ts'
import {
  alertmanagerConfig,
  prometheusConfig,
  RULES_FILE,
  rules,
} from '../../src/monitoring/configs.ts'

const folder = mkdtempSync(join(tmpdir(), 'monitoring-configs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shipped = parse(
  readFileSync(new URL('../../alerts/alertmanager.yml', import.meta.url), 'utf8'),
)

describe('in fast motion', () => {
  test('Alertmanager routes and inhibits as shipped, only sooner', () => {
    const { route, ...rest } = parse(alertmanagerConfig(60))
    expect(rest).toEqual({ ...shipped, route: undefined })
    expect(route).toEqual({ ...shipped.route, group_wait: '1s', group_interval: '5s' })
  })

  test('Prometheus takes its configuration and the rules', () => {
    const at = { exporter: '127.0.0.1:1', prometheus: '127.0.0.1:2', alertmanager: '127.0.0.1:3' }
    const file = join(folder, 'prometheus.yml')
    writeFileSync(file, prometheusConfig(at, 1))
    writeFileSync(join(folder, RULES_FILE), rules(120))
    const said = execFileSync('promtool', ['check', 'config', file], { encoding: 'utf8' })
    expect(said).toMatch(/SUCCESS: 1 rule files found/)
    expect(said).toMatch(/SUCCESS: \d+ rules found/)
  })
})

test('at real durations Alertmanager has the shipped file as it is, and the rules wait as long', () => {
  expect(parse(alertmanagerConfig(1))).toEqual({
    ...shipped,
    route: { ...shipped.route, group_wait: '60s', group_interval: '300s' },
  })
  const text = readFileSync(new URL(`../../alerts/${RULES_FILE}`, import.meta.url), 'utf8')
  const alerts = (yaml: string) =>
    (parse(yaml) as { groups: { rules: { alert: string }[] }[] }).groups.flatMap(
      (group) => group.rules,
    )
  expect(alerts(rules(1)).map(({ alert }) => alert)).toEqual(alerts(text).map(({ alert }) => alert))
})

test('a series is written as in a query', () => {
  expect(seriesText({ name: 'up', labels: {} })).toBe('up')
  expect(seriesText({ name: 'up', labels: { a: '1', b: '"' } })).toBe('up{a="1",b="\\""}')
})
