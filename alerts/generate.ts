/** `node alerts/generate.ts` writes what follows from the rules and from the scenarios; a test compares. */
import { writeFileSync } from 'node:fs'
import { prometheusRule } from './prometheus-rule.ts'
import { promtoolTests, testFileOf } from './promtool.ts'
import { RULES, RULES_TEXT } from './rules.ts'
import { SCENARIOS } from './scenarios/index.ts'

function summaryOf(alert: string): string {
  return RULES.find((rule) => rule.alert === alert)?.annotations.summary ?? ''
}

/** Contents by path from here. */
export const GENERATED: Readonly<Record<string, string>> = {
  'prometheusrule.yaml': prometheusRule(RULES_TEXT),
  ...Object.fromEntries(
    SCENARIOS.map((scenarios) => [
      `tests/${testFileOf(scenarios.alert)}`,
      promtoolTests(
        scenarios,
        summaryOf,
        ` ${scenarios.alert} at every time of its life: promtool test rules alerts/tests/*_test.yml\n Written by alerts/generate.ts from alerts/scenarios.`,
      ),
    ]),
  ),
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(GENERATED)) {
    writeFileSync(new URL(path, import.meta.url), text)
    console.log(`alerts/${path}`)
  }
}
