/** The limits that dashboards draw. They are written in the rules, marked `# threshold`, and nowhere else. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Severity } from '../src/domain.ts'

interface Rule {
  readonly alert: string
  readonly expr: string
  readonly labels: { readonly severity: Severity }
}

const RULES_FILE = new URL('mysql-drift.rules.yml', import.meta.url)

/**
 * What the rule `alert` of `severity` calls too much, in the unit of what it measures.
 *
 * @throws {Error} if there is no such rule, or if it does not mark one number.
 */
export function thresholdOf(alert: string, severity: Severity): number {
  const { groups } = parse(readFileSync(RULES_FILE, 'utf8')) as { groups: { rules: Rule[] }[] }
  const rule = groups
    .flatMap(({ rules }) => rules)
    .find((each) => each.alert === alert && each.labels.severity === severity)
  const [marked, ...others] = rule?.expr.match(/\d+(?:\.\d+)?(?=[ \t]*# threshold\b)/g) ?? []
  if (marked === undefined || others.length > 0) {
    throw new Error(`${alert} (${severity}): expected one number marked "# threshold"`)
  }
  return Number(marked)
}
