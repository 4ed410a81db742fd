import { describe, expect, it, test } from 'vitest'
import { countOutcome, type Decision, outcomeOf } from '../../src/compare/decision.ts'
import { EVERYTHING, rangeOfKey } from '../../src/mysql/range.ts'

const START = new Date('2026-11-20T12:00:00Z')

function decided(verdict: Decision['verdict'], overrides: Partial<Decision> = {}): Decision {
  return {
    range: EVERYTHING,
    startedAt: START,
    verdict,
    reason: verdict === 'unknown' ? 'hot' : null,
    rows: verdict === 'unknown' ? null : { source: 10n, replica: 10n },
    ...overrides,
  }
}

const same = decided('same')
const drifted = decided('drifted', { rows: { source: 10n, replica: 9n } })
const unknown = decided('unknown')

describe('a table', () => {
  it.for<[string, Decision[], string, string | null]>([
    ['without any chunk is the same', [], 'same', null],
    ['is the same when every chunk is', [same, same], 'same', null],
    ['is drifted when one chunk is', [same, drifted, same], 'drifted', null],
    ['is unknown when one chunk is', [same, unknown, same], 'unknown', 'hot'],
    ['is drifted although another chunk is unknown', [unknown, drifted], 'drifted', null],
    [
      'is unknown for the first reason of several',
      [decided('unknown', { reason: 'lag' }), unknown],
      'unknown',
      'lag',
    ],
  ])('%s', ([, decisions, verdict, reason]) => {
    expect(outcomeOf(decisions, START)).toMatchObject({ verdict, reason })
  })

  test('remembers why a part is unknown when another part is drifted', () => {
    expect(outcomeOf([drifted, unknown], START).unknownReason).toBe('hot')
  })

  test('has the rows of all its chunks', () => {
    expect(outcomeOf([same, drifted], START).rows).toEqual({ source: 20n, replica: 19n })
  })

  test('has no number of rows as long as one chunk was not decided', () => {
    expect(outcomeOf([same, unknown, drifted], START).rows).toBeNull()
  })

  test('keeps the drifted ranges and no others', () => {
    const range = rangeOfKey(['7'])

    expect(outcomeOf([same, { ...drifted, range }], START).drifted).toEqual([range])
  })

  test('rests on its oldest reading', () => {
    const later = new Date(START.getTime() + 60_000)
    const decisions = [decided('same', { startedAt: later }), decided('same')]

    expect(outcomeOf(decisions, later).startedAt).toEqual(START)
  })
})

describe('the number of rows, told by a pass over the contents', () => {
  it.for<[string, Decision[], string, string | null]>([
    ['is the same where the contents are', [same], 'same', null],
    ['is drifted where rows are missing', [same, drifted], 'drifted', null],
    [
      'is the same where only contents differ',
      [decided('drifted', { rows: { source: 5n, replica: 5n } })],
      'same',
      null,
    ],
    ['is unknown where a chunk could not be counted', [drifted, unknown], 'unknown', 'hot'],
  ])('%s', ([, decisions, verdict, reason]) => {
    expect(countOutcome(outcomeOf(decisions, START))).toMatchObject({ verdict, reason })
  })

  test('has no drifted chunks where it is equal', () => {
    const changed = decided('drifted', { rows: { source: 5n, replica: 5n } })

    expect(countOutcome(outcomeOf([changed], START)).drifted).toEqual([])
  })

  test('is unknown of what is not to be compared, whatever the counts are', () => {
    const filtered = {
      ...outcomeOf([drifted], START),
      verdict: 'unknown',
      reason: 'not_compared',
    } as const

    expect(countOutcome(filtered)).toMatchObject({ verdict: 'unknown', reason: 'not_compared' })
  })

  test('counts although the definitions differ', () => {
    const outcome = {
      ...outcomeOf([same], START),
      verdict: 'unknown',
      reason: 'definition_differs',
    } as const

    expect(countOutcome(outcome)).toMatchObject({ verdict: 'same', reason: null })
  })
})
