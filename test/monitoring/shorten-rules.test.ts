import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { parse } from 'yaml'
import { shortenRules } from '../../src/monitoring/shorten-rules.ts'

const SHIPPED = readFileSync(new URL('../../alerts/mysql-drift.rules.yml', import.meta.url), 'utf8')

interface Rule {
  alert: string
  expr: string
  for: string
  keep_firing_for?: string
  labels: object
  annotations: object
}

function rulesOf(yaml: string): Rule[] {
  return (parse(yaml) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules)
}

/** The only rule's expression after shortening. */
function shortenedExpression(expr: string, divisor = 60): string | undefined {
  const yaml = JSON.stringify({ groups: [{ name: 'one', rules: [{ alert: 'One', expr }] }] })
  return rulesOf(shortenRules(yaml, divisor))[0]?.expr
}

describe('an expression in fast motion', () => {
  it.for([
    ['divides a range', 'deriv(lag[5m]) > 0', 'deriv(lag[5s]) > 0'],
    ['divides both parts of a subquery', 'max_over_time(up[1h:10m])', 'max_over_time(up[60s:10s])'],
    ['divides a range of several units', 'rate(a[1h30m])', 'rate(a[90s])'],
    ['divides an offset', 'a and a offset 6h', 'a and a offset 360s'],
    ['goes below a second', 'rate(a[15s])', 'rate(a[250ms])'],
    ['divides a number marked as a wait', 'a > 3 * b + 300 # wait\n', 'a > 3 * b + 5 # wait\n'],
    ['leaves other numbers alone', 'lag > 600', 'lag > 600'],
    ['leaves strings alone', 'a{x="[5m]",y=\'[5m]\'} > 1', 'a{x="[5m]",y=\'[5m]\'} > 1'],
    ['leaves comments alone', 'a > 1 # of [5m]\n', 'a > 1 # of [5m]\n'],
  ] as const)('%s', ([, expression, shortened]) => {
    expect(shortenedExpression(expression)).toBe(shortened)
  })
})

describe('the shipped rules in fast motion', { timeout: 30_000 }, () => {
  const shipped = rulesOf(SHIPPED)
  const shortened = rulesOf(shortenRules(SHIPPED, 60))

  it('have the same alerts, labels and texts', () => {
    const unchanged = (rules: Rule[]) =>
      rules.map(({ alert, labels, annotations }) => ({ alert, labels, annotations }))
    expect(unchanged(shortened)).toEqual(unchanged(shipped))
  })

  it('wait seconds where the originals wait minutes', () => {
    const inSeconds = (text: string | undefined) => text?.replace('1h', '60m').replace('m', 's')
    expect(shortened.map((rule) => rule.for)).toEqual(shipped.map((rule) => inSeconds(rule.for)))
    expect(shortened.map((rule) => rule.keep_firing_for)).toEqual(
      shipped.map((rule) => inSeconds(rule.keep_firing_for)),
    )
  })

  it('have every range and grace divided, and no threshold', () => {
    const lag = shortened.filter(({ alert }) => alert === 'MySQLDriftReplicationLag')
    expect(lag[0]?.expr).toMatch(/> 60 # threshold\n(.|\n)*\[5s\]\) >= -0\.5/)
    expect(lag[1]?.expr).toMatch(/> 600 # threshold\n$/)
    const stale = shortened.find(({ alert }) => alert === 'MySQLDriftCheckStale')
    expect(stale?.expr.match(/\d+ # wait/g)).toEqual(['5 # wait'])
    expect(stale?.expr).toContain('[10s]')
  })

  it('mean the same as the originals when divided by one', () => {
    const inSeconds = (text: string) =>
      text.replace(/(\d+)([mh])\b/g, (_, count, unit) => `${count * (unit === 'h' ? 3600 : 60)}s`)
    expect(rulesOf(shortenRules(SHIPPED, 1))).toEqual(
      shipped.map((rule) => ({
        ...rule,
        expr: rule.expr.replace(/\[\d+[mh]\]|offset \d+[mh]/g, inSeconds),
        for: inSeconds(rule.for),
        ...(rule.keep_firing_for && { keep_firing_for: inSeconds(rule.keep_firing_for) }),
      })),
    )
  })

  it.for([1, 7, 60, 100])('are valid rules when divided by %i', (divisor) => {
    const folder = mkdtempSync(path.join(tmpdir(), 'shorten-rules-'))
    try {
      const file = path.join(folder, 'rules.yml')
      writeFileSync(file, shortenRules(SHIPPED, divisor))
      expect(execFileSync('promtool', ['check', 'rules', file], { encoding: 'utf8' })).toContain(
        `SUCCESS: ${shipped.length} rules found`,
      )
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test.for([0, -1, 0.5, Number.NaN, Number.POSITIVE_INFINITY])(
  'a divisor of %d is refused',
  (divisor) => {
    expect(() => shortenRules(SHIPPED, divisor)).toThrow(RangeError)
  },
)
