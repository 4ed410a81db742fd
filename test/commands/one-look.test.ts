import { describe, expect, it } from 'vitest'
import { timeoutOf } from '../../src/commands/one-look.ts'
import { UserError } from '../../src/errors.ts'

describe('--timeout', () => {
  it.for([
    ['1ms', 1],
    ['10m', 600_000],
    ['24d', 24 * 86_400_000],
  ] as const)('%s is %i ms', ([text, ms]) => {
    expect(timeoutOf(text)).toBe(ms)
  })

  it('is no limit when it is not given', () => {
    expect(timeoutOf(undefined)).toBeNull()
  })

  // Node's timers end at once beyond 24.8 days.
  it.for(['', '10', 'soon', '-1s', '0', '25d', '300000y'])('refuses "%s"', (text) => {
    expect(() => timeoutOf(text)).toThrow(
      new UserError(`--timeout: expected a duration from 1ms to 24d, got "${text}"`),
    )
  })
})
