import { describe, expect, test } from 'vitest'
import type { Decision, TableOutcome } from '../../src/compare/decision.ts'
import {
  allLeftOut,
  completed,
  HELD_OR_BEHIND,
  leaveOut,
  outcomeWithLeftOut,
} from '../../src/compare/left-out.ts'
import type { Located } from '../../src/compare/locate.ts'
import { type Bound, EVERYTHING, type Range } from '../../src/mysql/range.ts'

const NOW = new Date('2026-11-20T12:00:00Z')
const LATER = new Date('2026-11-20T13:00:00Z')
const at = (key: number): Bound => ({ key: [String(key)], side: 'before' })
const [ten, twenty, thirty] = [at(10), at(20), at(30)]

function decision(range: Range, overrides: Partial<Decision> = {}): Decision {
  const rows = { source: 10n, replica: 10n }
  return { range, startedAt: NOW, verdict: 'same', reason: null, rows, ...overrides }
}

const first = decision({ lower: null, upper: ten })
const last = decision({ lower: thirty, upper: null }, { startedAt: LATER })

describe('what was left out', () => {
  test('is one range as long as it hangs together', () => {
    const decisions = [first]
    const isNew = [
      leaveOut(decisions, { range: { lower: ten, upper: twenty }, startedAt: NOW }),
      leaveOut(decisions, { range: { lower: twenty, upper: thirty }, startedAt: NOW }),
    ]
    decisions.push(last)

    expect(isNew).toEqual([true, false])
    const { leftOut, ...outcome } = outcomeWithLeftOut(decisions, NOW)
    expect(leftOut?.rest?.ranges).toEqual([{ lower: ten, upper: thirty }])
    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'throttled', rows: null })
    expect(leftOut?.decided).toMatchObject({ verdict: 'same', chunks: 2 })
  })

  test('does not take the whole table for what follows on nothing', () => {
    const decisions: Decision[] = []
    leaveOut(decisions, { range: EVERYTHING, startedAt: NOW })
    expect(leaveOut(decisions, { range: { lower: null, upper: ten }, startedAt: NOW })).toBe(true)
  })

  test('is also what differed behind a replica that lags, where it is asked for', () => {
    const middle = { lower: ten, upper: thirty }
    const decisions = [
      first,
      decision(middle, { verdict: 'unknown', reason: 'lag', rows: null }),
      last,
    ]
    const { leftOut } = outcomeWithLeftOut(decisions, NOW, null, HELD_OR_BEHIND)
    expect(leftOut).toMatchObject({ rest: { ranges: [middle] }, decided: { verdict: 'same' } })
    expect(outcomeWithLeftOut(decisions, NOW)).not.toHaveProperty('leftOut')
  })

  test('but not where another part has drifted: that is told at once', () => {
    const decisions = [
      decision(first.range, { verdict: 'drifted' }),
      decision({ lower: ten, upper: null }, { verdict: 'unknown', reason: 'lag', rows: null }),
    ]
    const outcome = outcomeWithLeftOut(decisions, NOW, null, HELD_OR_BEHIND)
    expect(outcome).toMatchObject({ verdict: 'drifted', unknownReason: 'lag' })
    expect(outcome).not.toHaveProperty('leftOut')
  })

  test('but not a hundred rows and more: a table that is written all the time', () => {
    const keys = Array.from({ length: 101 }, (_, key) => key)
    const decisions = keys.map((key) =>
      decision({ lower: at(key), upper: at(key + 1) }, { verdict: 'unknown', reason: 'lag' }),
    )
    const outcome = (some: readonly Decision[]) =>
      outcomeWithLeftOut(some, NOW, null, HELD_OR_BEHIND)
    expect(outcome(decisions.slice(1))).toHaveProperty('leftOut')
    expect(outcome(decisions)).not.toHaveProperty('leftOut')
  })

  test('is nothing where everything was read', () => {
    expect(outcomeWithLeftOut([first, last], NOW)).not.toHaveProperty('leftOut')
  })

  test('does not hide a drift that was found in the rest', () => {
    const decisions = [decision(first.range, { verdict: 'drifted' })]
    leaveOut(decisions, { range: { lower: ten, upper: null }, startedAt: NOW })
    expect(outcomeWithLeftOut(decisions, NOW)).toMatchObject({
      verdict: 'drifted',
      unknownReason: 'throttled',
      rows: null,
    })
  })
})

describe('the outcome of a table that was read in two parts', () => {
  const middle = { lower: ten, upper: thirty }
  function earlier(overrides: Partial<Decision> = {}) {
    const decisions = [decision(first.range, overrides), last]
    leaveOut(decisions, { range: middle, startedAt: NOW })
    return outcomeWithLeftOut(decisions, NOW)
  }
  const later = (overrides: Partial<Decision> = {}) => ({
    ...outcomeWithLeftOut([decision(middle, { startedAt: LATER, ...overrides })], LATER),
    isPartial: true,
  })

  test('is the same when both are, as old as the older, with the rows of both', () => {
    expect(completed(earlier(), later())).toMatchObject({
      verdict: 'same',
      reason: null,
      unknownReason: null,
      startedAt: NOW,
      rows: { source: 30n, replica: 30n },
      chunks: 3,
      chunksDrifted: 0,
      drifted: [],
      located: null,
      isPartial: false,
    })
  })

  test.for([
    ['drifted', 'same', 'drifted'],
    ['same', 'drifted', 'drifted'],
    ['unknown', 'drifted', 'drifted'],
    ['unknown', 'same', 'unknown'],
    ['same', 'unknown', 'unknown'],
  ] as const)('%s and %s is %s', ([one, other, whole]) => {
    const as = (verdict: Decision['verdict']): Partial<Decision> =>
      verdict === 'unknown' ? { verdict, reason: 'timeout', rows: null } : { verdict }
    const outcome = completed(earlier(as(one)), later(as(other)))
    expect(outcome.verdict).toBe(whole)
    expect(outcome.unknownReason).toBe([one, other].includes('unknown') ? 'timeout' : null)
    expect(outcome.drifted).toHaveLength(whole === 'drifted' ? 1 : 0)
  })

  describe('and is drifted in both', () => {
    const located: Located = {
      fingerprint: '',
      counts: { missing: 1n, extra: 0n, changed: 2n },
      counted: true,
      rows: [{ key: ['5'], kind: 'missing', source: 'a', replica: null, copies: 1n }],
      ranges: [{ lower: at(5), upper: at(6) }],
    }
    const first = earlier({ verdict: 'drifted' })
    const decided = first.leftOut?.decided ?? null
    const sofar = (found: Located | null): TableOutcome => ({
      ...first,
      leftOut: {
        rest: { ranges: [middle], key: '', signature: '' },
        decided: decided && { ...decided, located: found },
      },
    })
    const laterWith = (found: Located | null) => ({
      ...later({ verdict: 'drifted' }),
      located: found,
    })

    test('has the rows of both', () => {
      expect(completed(sofar(located), laterWith({ ...located, counted: false }))).toMatchObject({
        chunksDrifted: 2,
        located: { counts: { missing: 2n, extra: 0n, changed: 4n }, counted: false },
      })
      expect(completed(sofar(located), laterWith(located)).located?.ranges).toHaveLength(2)
    })

    test('keeps its wide ranges when the rows of one part were not found', () => {
      const whole = completed(sofar(located), laterWith(null))
      expect({ located: whole.located, ranges: whole.drifted.length }).toEqual({
        located: null,
        ranges: 2,
      })
    })
  })

  test('is open as long as something is left out again', () => {
    const decisions = [decision({ lower: ten, upper: twenty })]
    leaveOut(decisions, { range: { lower: twenty, upper: thirty }, startedAt: LATER })
    const again = completed(earlier(), { ...outcomeWithLeftOut(decisions, LATER), isPartial: true })

    expect(again).toMatchObject({ verdict: 'unknown', reason: 'throttled' })
    expect(again.leftOut?.rest?.ranges).toEqual([{ lower: twenty, upper: thirty }])
    const rest = outcomeWithLeftOut([decision({ lower: twenty, upper: thirty })], LATER)
    expect(completed(again, { ...rest, isPartial: true })).toMatchObject({
      verdict: 'same',
      rows: { source: 40n, replica: 40n },
    })
  })

  test('is that of the later look when that was at the whole table, for it is no longer what it was', () => {
    const whole = outcomeWithLeftOut([decision(EVERYTHING)], LATER)
    expect(completed(earlier({ verdict: 'drifted' }), whole)).toEqual(whole)
  })

  test('counts what was done before a walk was broken off', () => {
    const done = { chunks: 5, rows: { source: 50n, replica: 50n }, startedAt: NOW }
    const decisions: Decision[] = []
    leaveOut(decisions, { range: middle, startedAt: LATER })
    const before = outcomeWithLeftOut(decisions, LATER, done)
    expect(completed(before, later())).toMatchObject({
      verdict: 'same',
      rows: { source: 60n, replica: 60n },
      chunks: 6,
      startedAt: NOW,
    })
  })

  test('is that of the later part when nothing was read before', () => {
    const nothing = allLeftOut(null, NOW)
    expect(nothing).toMatchObject({ verdict: 'unknown', reason: 'throttled' })
    const outcome = completed(nothing, outcomeWithLeftOut([first, last], LATER))
    expect(outcome).toMatchObject({ verdict: 'same', isPartial: false, chunks: 2 })
    expect(completed(nothing, allLeftOut(null, LATER))).toMatchObject({
      reason: 'throttled',
      leftOut: { decided: null },
    })
  })
})

describe('what differs where the replica is delayed', () => {
  const delayed = (range: Range) =>
    decision(range, { verdict: 'unknown', reason: 'delayed', rows: null })
  const middle = { lower: ten, upper: twenty }
  const end = { lower: thirty, upper: null }
  const inTheEnd = (outcome: TableOutcome): TableOutcome => ({
    ...outcome,
    ...(outcome.delayed && { leftOut: outcome.delayed }),
  })
  const part = (decisions: readonly Decision[]): TableOutcome => ({
    ...outcomeWithLeftOut(decisions, LATER),
    isPartial: true,
  })

  test('is kept apart from what was decided', () => {
    const outcome = outcomeWithLeftOut([first, delayed(middle)], NOW)

    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'delayed', rows: null })
    expect(outcome.delayed?.rest?.ranges).toEqual([middle])
    expect(outcome.delayed?.decided).toMatchObject({ verdict: 'same', chunks: 1 })
    expect(outcome).not.toHaveProperty('leftOut')
  })

  test('makes the whole table the same when it is, with all of its rows', () => {
    const outcome = outcomeWithLeftOut([first, delayed(middle), last], NOW)

    expect(completed(inTheEnd(outcome), part([decision(middle)]))).toMatchObject({
      verdict: 'same',
      unknownReason: null,
      rows: { source: 30n, replica: 30n },
      startedAt: NOW,
    })
  })

  test('is all of it when a part of the table was read later, because the replica was held back', () => {
    const held = [first, delayed(middle)]
    leaveOut(held, { range: { lower: twenty, upper: null }, startedAt: NOW })
    const between = { lower: twenty, upper: thirty }
    const rest = part([decision(between), delayed(end)])

    const outcome = completed(outcomeWithLeftOut(held, NOW), rest)

    expect(outcome).toMatchObject({ verdict: 'unknown', reason: 'delayed' })
    expect(outcome.delayed?.rest?.ranges).toEqual([middle, end])
    const whole = completed(inTheEnd(outcome), part([decision(middle), decision(end)]))
    expect(whole).toMatchObject({ verdict: 'same', rows: { source: 40n, replica: 40n } })
    expect(whole.delayed?.rest?.ranges ?? []).toEqual([])
  })

  test('is all there is of a table of which nothing else was decided', () => {
    const outcome = outcomeWithLeftOut([delayed(EVERYTHING)], NOW)

    expect(outcome.delayed?.decided).toBeNull()
    expect(completed(inTheEnd(outcome), part([decision(EVERYTHING)]))).toMatchObject({
      verdict: 'same',
      rows: { source: 10n, replica: 10n },
    })
  })
})
