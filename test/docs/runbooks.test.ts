import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, test } from 'vitest'
import { ALERTS, RULES } from '../../alerts/rules.ts'
import {
  CHECK_NAMES,
  FAILURE_REASONS,
  THROTTLE_REASONS,
  UNKNOWN_REASONS,
} from '../../src/domain.ts'
import { FAMILIES, PREFIX } from '../../src/output/metrics/families.ts'
import { nonsenseIn } from '../alerts/promql.ts'
import { blocksOf, linesOf, RUNBOOKS, type Runbook } from '../support/runbooks.ts'

const ROOT = new URL('../../', import.meta.url)
const read = (file: string) => readFileSync(new URL(file, ROOT), 'utf8')
const CLI = fileURLToPath(new URL('src/cli.ts', ROOT))
const SERVER = read('src/server.ts')
const EXAMPLE = read('docs/config-example.yml')

const titled = RUNBOOKS.map((runbook) => [runbook.name, runbook] as const)

/** What each sub-command says of itself, asked once. */
const helps = new Map<string, string>()
function helpOf(command: string): string {
  const known = helps.get(command)
  if (known !== undefined) return known
  const { stdout } = spawnSync('node', [CLI, ...command.split(' '), '--help'], { encoding: 'utf8' })
  helps.set(command, stdout)
  return stdout
}

test('there is a runbook for every alert, and no other', () => {
  expect(RUNBOOKS.map(({ name }) => name)).toEqual(ALERTS.toSorted())
})

describe('the runbook of', () => {
  it.for(titled)('%s says what the alert says, and then four things', ([name, { text }]) => {
    const rule = RULES.find(({ alert }) => alert === name)
    expect(text.split('\n').slice(0, 3)).toEqual([`# ${name}`, '', rule?.annotations.summary])
    const headings = text.match(/^## .*/gm)
    expect(headings).toEqual(['## Meaning', '## Impact', '## Diagnosis', '## Mitigation'])
    for (const section of text.split(/^## .*\n/m).slice(1)) expect(section.trim()).not.toBe('')
  })

  it.for(titled)('%s has something to paste, in a language that is known', ([, runbook]) => {
    const languages = blocksOf(runbook).map(({ language }) => language)
    expect(languages).toEqual(expect.arrayContaining(['promql']))
    for (const language of languages) expect(['sh', 'sql', 'promql', 'yaml']).toContain(language)
  })

  it.for(titled)('%s names commands and options that exist', ([, runbook]) => {
    const lines = linesOf(runbook, 'sh')
    expect(lines.length).toBeGreaterThan(0)
    for (const line of lines) {
      expect(line).toMatch(/^(mysql-drift-exporter|curl) /)
      const [, route] = /^curl .*http:\/\/drift:19104(\/[\w/-]+)/.exec(line) ?? []
      if (route !== undefined) expect(SERVER).toContain(routeOf(route))
    }
    const inText = [...runbook.text.matchAll(/`(mysql-drift-exporter [^`]+)`/g)].map(
      ([, line = '']) => line,
    )
    for (const line of [...lines, ...inText]) {
      const [, command] = /^mysql-drift-exporter ((?:config )?[a-z]+)/.exec(line) ?? []
      if (command === undefined) continue
      const help = helpOf(command)
      expect(help).toContain(`mysql-drift-exporter ${command.split(' ')[0]}`)
      for (const option of line.match(/--[a-z][a-z.-]*/g) ?? []) expect(help).toContain(option)
      const [, checks = ''] = /--checks=(\S+)/.exec(line) ?? []
      for (const check of checks.split(',').filter(Boolean)) expect(CHECK_NAMES).toContain(check)
    }
  })

  it.for(titled)('%s asks only for what the exporter writes', ([, runbook]) => {
    expect(linesOf(runbook, 'promql').flatMap(nonsenseIn)).toEqual([])
    for (const [name] of runbook.text.matchAll(/mysql_drift_\w+/g)) {
      expect(Object.keys(FAMILIES)).toContain(name.slice(PREFIX.length))
    }
  })

  it.for(titled)('%s leads only to pages that are there', ([, { text }]) => {
    for (const [, page = ''] of text.matchAll(/\]\((?!https?:)([^)#]+)/g)) {
      expect(existsSync(new URL(`docs/runbooks/${page}`, ROOT)), page).toBe(true)
    }
  })

  it.for(titled)('%s names settings that exist', ([, { text }]) => {
    const settings = text.matchAll(
      /`((?:checks|throttle|metrics|tables|heartbeat)(?:\.[a-z_]+)+)`/g,
    )
    for (const [, setting = ''] of settings) {
      for (const key of setting.split('.')) expect(EXAMPLE).toMatch(new RegExp(`\\b${key}:`))
    }
  })
})

describe('every reason is explained:', () => {
  it.for([
    ['MySQLDriftTablesUnchecked', UNKNOWN_REASONS],
    ['MySQLDriftThrottledTooLong', THROTTLE_REASONS],
    ['MySQLDriftCheckFailing', FAILURE_REASONS],
  ] as const)('%s', ([name, reasons]) => {
    const inTable = textOf(name)
      .match(/^\| `.*/gm)
      ?.map((row) => row.split(' | ')[0] ?? '')
    const explained = inTable?.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)])
    expect(explained?.map(([, reason]) => reason).sort()).toEqual(reasons.toSorted())
  })
})

test('promtool takes every query', () => {
  const rules = RUNBOOKS.flatMap((runbook) => linesOf(runbook, 'promql')).map((expr, index) => ({
    record: `query:${index}`,
    expr,
  }))
  const folder = mkdtempSync(path.join(tmpdir(), 'runbooks-'))
  try {
    const file = path.join(folder, 'queries.yml')
    writeFileSync(file, JSON.stringify({ groups: [{ name: 'runbooks', rules }] }))
    const said = spawnSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })
    expect(said.error, 'promtool is needed: apt-get install prometheus').toBeUndefined()
    expect(said.stdout + said.stderr).toContain(`SUCCESS: ${rules.length} rules found`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

function textOf(name: string): string {
  return RUNBOOKS.find((runbook: Runbook) => runbook.name === name)?.text ?? ''
}

/** As the server's routes have it: the name of a set is a parameter. */
function routeOf(route: string): string {
  return route.replace('/sets/shop', '/sets/:name')
}
