import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatDuration, parseDuration } from '../../src/config/durations.ts'

describe('a duration', () => {
  it.for([
    ['0', 0],
    ['0s', 0],
    ['250ms', 250],
    ['15s', 15_000],
    ['10m', 600_000],
    ['24h', 86_400_000],
    ['7d', 604_800_000],
    ['1w', 604_800_000],
    ['1y', 31_536_000_000],
    ['1h30m', 5_400_000],
    ['1m0s500ms', 60_500],
  ] as const)('%s is %d ms', ([text, ms]) => {
    expect(parseDuration(text)).toBe(ms)
  })

  it.for(['', '15', '-5s', '1.5h', '30m1h', '1h1h', '15 s', ' 15s', '15S', '5min', 's'])(
    'is not written as "%s"',
    (text) => {
      expect(parseDuration(text)).toBeUndefined()
    },
  )

  it('is read back as it was written', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 31 - 1), (ms) => {
        expect(parseDuration(formatDuration(ms))).toBe(ms)
      }),
    )
  })

  it.for([
    [86_400_000, '24h'],
    [604_800_000, '7d'],
    [5_400_000, '1h30m'],
    [900_000, '15m'],
    [1250, '1s250ms'],
  ] as const)('of %d ms is shown as %s', ([ms, text]) => {
    expect(formatDuration(ms)).toBe(text)
  })
})
