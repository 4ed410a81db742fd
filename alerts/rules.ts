/** The shipped rules as they are written. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import type { Severity } from '../src/domain.ts'

export interface Rule {
  readonly alert: string
  readonly expr: string
  readonly for: string
  readonly keep_firing_for?: string
  readonly labels: { readonly severity: Severity }
  readonly annotations: {
    readonly summary: string
    readonly description: string
    readonly runbook_url: string
    readonly dashboard_url: string
  }
}

export interface RuleGroup {
  readonly name: string
  readonly rules: readonly Rule[]
}

export const RULES_FILE = new URL('mysql-drift.rules.yml', import.meta.url)
export const RULES_TEXT = readFileSync(RULES_FILE, 'utf8')
export const GROUPS = (parse(RULES_TEXT) as { groups: RuleGroup[] }).groups
export const RULES: readonly Rule[] = GROUPS.flatMap(({ rules }) => rules)

/** Each name once, in the order of the file: there may be a rule for each severity. */
export const ALERTS: readonly string[] = [...new Set(RULES.map(({ alert }) => alert))]
