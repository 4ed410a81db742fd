/**
 * The README against the code. The tables between `<!-- NAME -->` and `<!-- /NAME -->` are made from it:
 *
 *   UPDATE_README=1 npx vitest run test/readme.test.ts
 */
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { keptMarkdown } from '../bench/results.ts'
import { CHECK_NAMES } from '../src/domain.ts'
import { FAMILIES, FAMILY_NAMES, PREFIX } from '../src/output/metrics/families.ts'
import { load } from './config/given.ts'

const root = new URL('../', import.meta.url)
const readme = readFileSync(new URL('README.md', root), 'utf8')

interface Rule {
  readonly alert: string
  readonly for: string
  readonly labels: { readonly severity: string }
  readonly annotations: { readonly summary: string }
}

function markdown(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(headings), line(headings.map(() => '---')), ...rows.map(line)].join('\n')
}

function metricsTable(): string {
  const rows = FAMILY_NAMES.map((name) => {
    const { type, labels, help } = FAMILIES[name]
    return [`\`${PREFIX}${name}\``, type, labels.join(', '), help.replaceAll('|', '\\|')]
  })
  return markdown(['name', 'type', 'labels', 'meaning'], rows)
}

/** One line per alert; of several rules with one name, each with its severity. */
function alertsTable(): string {
  const text = readFileSync(new URL('alerts/mysql-drift.rules.yml', root), 'utf8')
  const { groups } = parse(text) as { groups: { rules: Rule[] }[] }
  const rules = groups.flatMap((group) => group.rules)
  const rows = [...Map.groupBy(rules, ({ alert }) => alert)].map(([name, ofName]) => [
    `[\`${name}\`](docs/runbooks/${name}.md)`,
    ofName.map((rule) => `${rule.labels.severity} after ${rule.for}`).join(', '),
    ofName[0]?.annotations.summary ?? '',
  ])
  return markdown(['alert', 'severity', 'meaning'], rows)
}

const TABLES = { metrics: metricsTable, alerts: alertsTable, benchmark: keptMarkdown } as const

function between(name: string): RegExp {
  return new RegExp(`(?<=<!-- ${name} -->\n)[^]*(?=\n<!-- /${name} -->)`)
}

describe('the README has', () => {
  it.for(Object.entries(TABLES))('the table of %s as the code has it', ([name, table]) => {
    if (process.env['UPDATE_README']) {
      const path = new URL('README.md', root)
      const now = readFileSync(path, 'utf8')
      writeFileSync(
        path,
        now.replace(between(name), () => table()),
      )
    }
    const [written] = between(name).exec(readFileSync(new URL('README.md', root), 'utf8')) ?? []
    expect(written).toBe(table())
  })

  test('a configuration that is right', () => {
    const [text = ''] = blocks('yaml').filter((block) => block.includes('replication_sets:'))
    const files = { '/run/secrets/mysql': 'x' }
    expect(load(text, { files }).sets[0]?.servers).toHaveLength(3)
  })

  test('only links to files that are there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path = '']) => path)
    expect(links.length).toBeGreaterThan(5)
    for (const path of links) expect(existsSync(new URL(path, root)), path).toBe(true)
  })

  test('every check of this version', () => {
    for (const name of CHECK_NAMES) expect(readme).toContain(`\`${name}\``)
  })
})

describe('the documents', () => {
  const documents = ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...markdownIn('docs/')]

  it.for(documents)('%s names no machine that nobody else has', (path) => {
    const text = readFileSync(new URL(path, root), 'utf8')
    expect(text).not.toMatch(/\/work\/|\/root\/|\/tmp\/|\b(?:10|192\.168)\.\d+\.\d+\.\d+/)
  })
})

function markdownIn(folder: string): string[] {
  return readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => `${folder}${path}`)
}

function blocks(language: string): string[] {
  const pattern = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``, 'g')
  return [...readme.matchAll(pattern)].map(([, text = '']) => text)
}
