/** The limits that dashboards draw. They are written in the rules, marked `# threshold`, and nowhere else. */
import type { Severity } from '../src/domain.ts'
import { RULES } from './rules.ts'

/**
 * What the rule `alert` of `severity` calls too much, in the unit of what it measures.
 *
 * @throws {Error} if there is no such rule, or if it does not mark one number.
 */
export function thresholdOf(alert: string, severity: Severity): number {
  const rule = RULES.find((each) => each.alert === alert && each.labels.severity === severity)
  const [marked, ...others] = rule?.expr.match(/\d+(?:\.\d+)?(?=[ \t]*# threshold\b)/g) ?? []
  if (marked === undefined || others.length > 0) {
    throw new Error(`${alert} (${severity}): expected one number marked "# threshold"`)
  }
  return Number(marked)
}
