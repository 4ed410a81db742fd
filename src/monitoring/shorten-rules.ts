/** Alerts for the impatient: the shipped rules stay the only source, run in fast motion. */
import { parseDocument } from 'yaml'

interface Rule {
  readonly expr: string
  readonly for?: string
  readonly keep_firing_for?: string
}

/**
 * Divide everything in `rulesYaml` that is a wait by `divisor`, and nothing else.
 *
 * Waits are `for`, `keep_firing_for`, every range and subquery (`[5m]`, `[1h:5m]`), every `offset`, and
 * numbers that the rules mark `# wait`: seconds that are added before something counts as late. A lag of 60 s stays a lag of
 * 60 s: thresholds are what the operator cares about, and a shorter one would alert on what is none.
 * The result is rules YAML; durations are whole milliseconds, and none becomes 0.
 * A range needs two scrapes: keep the scrape interval below the shortest range divided by 2 x `divisor`.
 *
 * @throws {RangeError} if `divisor` is not a finite number of at least 1.
 */
export function shortenRules(rulesYaml: string, divisor: number): string {
  if (!(divisor >= 1 && Number.isFinite(divisor))) {
    throw new RangeError(`expected a divisor of at least 1, got ${divisor}`)
  }
  const document = parseDocument(rulesYaml)
  const { groups } = document.toJS() as { groups: { rules: Rule[] }[] }
  for (const [groupIndex, group] of groups.entries()) {
    for (const [ruleIndex, rule] of group.rules.entries()) {
      const path = ['groups', groupIndex, 'rules', ruleIndex]
      document.setIn([...path, 'expr'], shortenExpression(rule.expr, divisor))
      for (const key of ['for', 'keep_firing_for'] as const) {
        const duration = rule[key]
        if (duration) document.setIn([...path, key], shortenDurations(duration, divisor))
      }
    }
  }
  return document.toString({ lineWidth: 0 })
}

// Strings and comments come first, so that what looks like a range in them is left alone.
const PARTS =
  /"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|`[^`]*`|\[(?<range>[^\]]*)\]|\boffset (?<offset>\w+)|(?<seconds>\d+(?:\.\d+)?)(?<mark>[ \t]*# wait\b)|#.*/g

function shortenExpression(expression: string, divisor: number): string {
  return expression.replace(PARTS, (part: string, ...rest: unknown[]) => {
    const { range, offset, seconds, mark } = rest.at(-1) as Record<string, string | undefined>
    if (range) return `[${shortenDurations(range, divisor)}]`
    if (offset) return `offset ${shortenDurations(offset, divisor)}`
    if (seconds) return `${Number(seconds) / divisor}${mark}`
    return part
  })
}

const MILLISECONDS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
}

/** Every duration in `text`, also one of several units such as `1h30m`. */
export function shortenDurations(text: string, divisor: number): string {
  return text.replace(/(?:\d+(?:ms|[smhdwy]))+/g, (duration) => {
    const parts = duration.matchAll(/(\d+)(ms|[smhdwy])/g)
    const whole = [...parts].reduce(
      (sum, [, count, unit = 'ms']) => sum + Number(count) * (MILLISECONDS[unit] ?? 0),
      0,
    )
    if (whole === 0) return duration
    const milliseconds = Math.max(1, Math.round(whole / divisor))
    return milliseconds % 1000 === 0 ? `${milliseconds / 1000}s` : `${milliseconds}ms`
  })
}
