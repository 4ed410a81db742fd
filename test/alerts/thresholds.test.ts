import { describe, expect, it } from 'vitest'
import { thresholdOf } from '../../alerts/thresholds.ts'

describe('a threshold', () => {
  it.for([
    ['MySQLDriftReplicationLag', 'warning', 60],
    ['MySQLDriftReplicationLag', 'critical', 600],
  ] as const)('of %s (%s) is %d', ([alert, severity, threshold]) => {
    expect(thresholdOf(alert, severity)).toBe(threshold)
  })

  it('of a rule that has none, or that does not exist, is a mistake', () => {
    expect(() => thresholdOf('MySQLDriftTablesDrifted', 'critical')).toThrow(/# threshold/)
    expect(() => thresholdOf('MySQLDriftReplicationLag', 'info')).toThrow(/# threshold/)
  })
})
