import { describe, expect, test } from 'vitest'
import { ALERT_NAMES } from '../../faults/expected.ts'
import { MATRIX } from '../../faults/matrix.ts'

describe('the fault matrix', () => {
  test('has at least thirty faults, no two of one name', () => {
    const names = MATRIX.map(({ fault }) => fault)
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThanOrEqual(30)
  })

  test('proves every alert by a fault, but for those that nobody can wait for', () => {
    const proven = new Set(MATRIX.flatMap(({ fires }) => fires.map(({ alert }) => alert)))
    expect(ALERT_NAMES.filter((name) => !proven.has(name))).toEqual([
      // Six hours.
      'ThrottledTooLong',
      // Three days.
      'TablesUnchecked',
    ])
  })

  test('holds nothing against a fault that it also expects', () => {
    for (const { fires, later = [] } of MATRIX) {
      for (const one of later) expect(fires).not.toContainEqual(one)
    }
  })
})
