import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { ALERT_NAMES } from '../../faults/expected.ts'
import { MATRIX } from '../../faults/matrix.ts'
import { rules } from '../../src/monitoring/configs.ts'

const { groups } = parse(rules(1)) as {
  groups: { rules: { alert: string; labels: { severity: string } }[] }[]
}
const RULES = groups.flatMap((group) => group.rules)
const kindOf = (severity: string, alert: string) => `${severity} ${alert}`
const SHIPPED = RULES.map(({ alert, labels }) =>
  kindOf(labels.severity, alert.replace('MySQLDrift', '')),
)

describe('the fault matrix', () => {
  test('has at least thirty faults, no two of one name', () => {
    const names = MATRIX.map(({ fault }) => fault)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(30)
  })

  test('proves every alert in every severity by a fault, but for those that nobody can wait for', () => {
    const proven = new Set(
      MATRIX.flatMap(({ fires }) => fires.map(({ severity, alert }) => kindOf(severity, alert))),
    )
    expect(SHIPPED.filter((kind) => !proven.has(kind))).toEqual([
      // Six hours.
      'info ThrottledTooLong',
      // Three days.
      'warning TablesUnchecked',
    ])
  })

  test('knows every shipped rule, and waits for none that is not shipped', () => {
    const known = new Set<string>(ALERT_NAMES)
    expect(SHIPPED.filter((kind) => !known.has(kind.split(' ')[1] ?? ''))).toEqual([])
    for (const { fires, later = [] } of MATRIX) {
      for (const { severity, alert } of [...fires, ...later]) {
        expect(SHIPPED).toContain(kindOf(severity, alert))
      }
    }
  })

  test('holds nothing against a fault that it also expects', () => {
    for (const { fires, later = [] } of MATRIX) {
      for (const one of later) expect(fires).not.toContainEqual(one)
    }
  })
})
