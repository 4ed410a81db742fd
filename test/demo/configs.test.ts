import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { seriesText } from '../../src/demo/api.ts'
import {
  alertmanagerConfig,
  exporterConfig,
  prometheusConfig,
  RULES_FILE,
  rules,
} from '../../src/demo/configs.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { load } from '../config/given.ts'

const folder = mkdtempSync(join(tmpdir(), 'demo-configs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const shipped = parse(
  readFileSync(new URL('../../alerts/alertmanager.yml', import.meta.url), 'utf8'),
)

describe('in the demo', () => {
  test('the exporter gets every server of the lab, and a configuration that is right', () => {
    const servers = [
      { name: 'db1', host: '127.0.0.1', port: 3306 },
      { name: 'db2', host: '127.0.0.1', port: 3307 },
    ]
    const [set] = load(exporterConfig({ servers } as unknown as Lab)).sets
    expect(set?.servers.map(({ name, address }) => [name, address])).toEqual([
      ['db1', '127.0.0.1:3306'],
      ['db2', '127.0.0.1:3307'],
    ])
    expect(set?.intervals.threads).toBe(1000)
  })

  test('Alertmanager routes and inhibits as shipped, only sooner', () => {
    const { route, ...rest } = parse(alertmanagerConfig())
    expect(rest).toEqual({ ...shipped, route: undefined })
    expect(route).toEqual({ ...shipped.route, group_wait: '1s', group_interval: '1s' })
  })

  test('Prometheus takes its configuration and the rules', () => {
    const at = { exporter: '127.0.0.1:1', prometheus: '127.0.0.1:2', alertmanager: '127.0.0.1:3' }
    const file = join(folder, 'prometheus.yml')
    writeFileSync(file, prometheusConfig(at))
    writeFileSync(join(folder, RULES_FILE), rules())
    const said = execFileSync('promtool', ['check', 'config', file], { encoding: 'utf8' })
    expect(said).toMatch(/SUCCESS: 1 rule files found/)
    expect(said).toMatch(/SUCCESS: \d+ rules found/)
  })
})

test('a series is written as in a query', () => {
  expect(seriesText({ name: 'up', labels: {} })).toBe('up')
  expect(seriesText({ name: 'up', labels: { a: '1', b: '"' } })).toBe('up{a="1",b="\\""}')
})
