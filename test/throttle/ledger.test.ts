import { describe, expect, test } from 'vitest'
import { holdLedger } from '../../src/throttle/ledger.ts'
import { fakeWorld } from '../support/fake-world.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20) + seconds * 1_000)

describe('what held readings back', () => {
  test('is counted by reason, from one note to the next', () => {
    const ledger = holdLedger()
    ledger.note(['lag'], at(0))
    ledger.note(['lag', 'threads_running'], at(2))
    ledger.note(['threads_running'], at(5))
    ledger.note([], at(6))

    expect(ledger.report(at(20))).toMatchObject({
      lag: { held: false, seconds: 5 },
      threads_running: { held: false, seconds: 4 },
      window: { held: false, seconds: 0 },
    })
  })

  test('counts while it lasts, and only goes up', () => {
    const ledger = holdLedger()
    ledger.note(['lag'], at(0))
    expect(ledger.report(at(3)).lag).toEqual({ held: true, seconds: 3 })
    ledger.note(['lag'], at(4))
    expect(ledger.report(at(4)).lag).toEqual({ held: true, seconds: 4 })
  })

  test('is over when nobody has wanted to read for a while', () => {
    const ledger = holdLedger()
    ledger.note(['lag'], at(0))
    expect(ledger.report(at(60)).lag).toEqual({ held: false, seconds: 0 })
    expect(ledger.heldSince(at(60))).toBe(null)
  })

  test('began with the first of several reasons that followed on each other', () => {
    const ledger = holdLedger()
    ledger.note(['lag'], at(0))
    ledger.note(['threads_running'], at(5))
    expect(ledger.heldSince(at(6))).toEqual(at(0))
    ledger.note([], at(7))
    expect(ledger.heldSince(at(7))).toBe(null)
    ledger.note(['window'], at(8))
    expect(ledger.heldSince(at(9))).toEqual(at(8))
  })

  test('counts the rests of two readings at a time once', async () => {
    const world = fakeWorld()
    const ledger = holdLedger()
    const rest = (ms: number) => ledger.resting(world.now, () => world.sleep(ms))
    const both = Promise.all([rest(2_000), rest(5_000)])
    await world.sleep(1_000)
    expect(ledger.report(world.now()).duty).toEqual({ held: true, seconds: 1 })
    await both
    expect(ledger.report(world.now()).duty).toEqual({ held: false, seconds: 5 })
  })
})
