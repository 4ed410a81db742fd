import { describe, expect, it, test } from 'vitest'
import type { TableOutcome } from '../src/compare/decision.ts'
import type { Reason, UnknownReason, Verdict } from '../src/domain.ts'
import { EVERYTHING } from '../src/mysql/range.ts'
import type { Cause } from '../src/report.ts'
import { afterVisit, type Standing, shown, standingAt, turned } from '../src/state.ts'
import { makeCause } from './support/make-report.ts'

/** The visit at minute `n`. */
const minute = (n: number) => new Date(Date.UTC(2026, 10, 20, 12, n))

function outcome(
  verdict: TableOutcome['verdict'],
  overrides: Partial<TableOutcome> = {},
): TableOutcome {
  return {
    verdict,
    reason: verdict === 'unknown' ? 'hot' : null,
    unknownReason: verdict === 'unknown' ? 'hot' : null,
    startedAt: minute(0),
    rows: { source: 10n, replica: 10n },
    chunks: 4,
    chunksDrifted: verdict === 'drifted' ? 1 : 0,
    fingerprint: '',
    located: null,
    drifted: verdict === 'drifted' ? [EVERYTHING] : [],
    isPartial: false,
    causes: [],
    ...overrides,
  }
}

const same = outcome('same')
const drifted = outcome('drifted')
const hot = outcome('unknown')
const inconclusive = (reason: UnknownReason) =>
  outcome('unknown', { reason, unknownReason: reason, rows: null, chunks: 0 })
const lag = inconclusive('lag')
const ahead = inconclusive('ahead')
const unreachable = inconclusive('unreachable')

/** One visit a minute, on a table that was just seen. */
function visited(
  outcomes: readonly TableOutcome[],
  start = standingAt('unknown', 'not_yet', minute(0)),
) {
  return outcomes.reduce<Standing>(
    (standing, each, index) => afterVisit(standing, each, minute(index + 1)),
    start,
  )
}

describe('a standing', () => {
  it.for<[string, TableOutcome[], Verdict, Reason | null]>([
    ['is unknown until something was compared', [], 'unknown', 'not_yet'],
    ['is what the visit found', [same], 'same', null],
    ['is drifted by a confirmed drift', [same, drifted], 'drifted', null],
    ['is cleared by agreement', [drifted, same], 'same', null],
    ['is unknown when a row is hot', [same, hot], 'unknown', 'hot'],
    ['stays drifted when a row is hot', [drifted, hot], 'drifted', null],
    ['stays drifted when the replica is behind', [drifted, lag, lag, lag, lag], 'drifted', null],
    ['stays drifted when a server is gone', [drifted, unreachable], 'drifted', null],
    ['is left alone by one lag', [same, lag], 'same', null],
    ['is left alone by two of them', [same, lag, ahead], 'same', null],
    ['is unknown after three in a row', [same, lag, lag, lag], 'unknown', 'lag'],
    ['is unknown after three of either kind', [same, lag, lag, ahead], 'unknown', 'ahead'],
    ['counts anew after an agreement', [same, lag, lag, same, lag, lag], 'same', null],
    ['is unknown at once where nothing stood before', [lag], 'unknown', 'lag'],
    ['takes the newest reason', [hot, lag], 'unknown', 'lag'],
    [
      'is not cleared by being changed on one end',
      [drifted, inconclusive('definition_changed')],
      'drifted',
      null,
    ],
    [
      'stays the same when the definition changed during one visit: the reading is thrown away',
      [same, inconclusive('definition_changed')],
      'same',
      null,
    ],
    [
      'stays the same when an end is out of sight: the report knows how long',
      [same, unreachable],
      'same',
      null,
    ],
  ])('%s', ([, outcomes, verdict, reason]) => {
    expect(visited(outcomes)).toMatchObject({ verdict, reason })
  })

  test('stays missing until the table is compared', () => {
    const missing = turned(visited([same]), 'missing', 'missing_on_replica', minute(5))

    expect(visited([lag, hot, unreachable], missing)).toMatchObject({
      verdict: 'missing',
      reason: 'missing_on_replica',
    })
    expect(visited([same], missing)).toMatchObject({ verdict: 'same', reason: null })
  })

  test('is what the first visit says where it was never seen before', () => {
    expect(afterVisit(null, lag, minute(1))).toMatchObject({ verdict: 'unknown', reason: 'lag' })
    expect(afterVisit(null, same, minute(1))).toMatchObject({ verdict: 'same', chunks: 4 })
  })
})

describe('since', () => {
  it.for<[string, TableOutcome[], number]>([
    ['is when the verdict began', [same, drifted], 2],
    ['does not move while it lasts', [drifted, drifted, drifted], 1],
    ['does not move when the reason changes', [hot, lag, hot], 0],
    ['does not move when a visit could not tell', [drifted, lag, hot], 1],
    ['moves when the verdict comes back', [drifted, same, drifted], 3],
  ])('%s', ([, outcomes, at]) => {
    expect(visited(outcomes).since).toEqual(minute(at))
  })
})

describe('what a standing rests on', () => {
  test('is the start of the visit that found it', () => {
    const standing = visited([same, { ...drifted, startedAt: minute(1) }])

    expect(standing.verifiedAt).toEqual(minute(1))
  })

  test('is kept when a visit could not tell', () => {
    const standing = visited([
      { ...same, startedAt: minute(0) },
      { ...lag, startedAt: minute(1) },
    ])

    expect(standing.verifiedAt).toEqual(minute(0))
  })

  test('keeps the number of rows of the whole table when only a part was looked at', () => {
    const part = { ...drifted, isPartial: true, rows: { source: 1n, replica: 0n }, chunks: 1 }

    expect(visited([drifted, part])).toMatchObject({
      rows: { source: 10n, replica: 10n },
      chunks: 4,
      chunksDrifted: 1,
    })
  })

  test('keeps the number of rows when a chunk of it could not be counted', () => {
    expect(visited([same, { ...drifted, rows: null }]).rows).toEqual({ source: 10n, replica: 10n })
  })

  test('is as old as the rest of the table when a part was looked at again', () => {
    const first = { ...drifted, startedAt: minute(1) }
    const part = { ...drifted, isPartial: true, startedAt: minute(9) }

    expect(visited([first, part]).verifiedAt).toEqual(minute(1))
  })

  test('is no drift any more once all that can be compared agrees', () => {
    const rest = { ...hot, reason: 'definition_differs', unknownReason: null } as const

    expect(visited([drifted, rest])).toMatchObject({
      verdict: 'unknown',
      reason: 'definition_differs',
    })
    expect(visited([drifted, { ...hot, unknownReason: 'hot' }]).verdict).toBe('drifted')
    expect(visited([drifted, { ...rest, drifted: [EVERYTHING] }]).verdict).toBe('drifted')
  })

  test('has no drifted chunks once it agrees', () => {
    expect(visited([drifted, same]).chunksDrifted).toBe(0)
  })

  test('has the rows that the last look found, and none that an older one did', () => {
    const counts = { missing: 1n, extra: 0n, changed: 2n }
    const located = { fingerprint: '', counts, counted: true, rows: [], ranges: [] }
    const found = { ...drifted, located }

    expect(visited([found])).toMatchObject({ rowsDrifted: counts, counted: true })
    expect(visited([found, drifted])).toMatchObject({ rowsDrifted: null, counted: false })
    expect(visited([found, lag])).toMatchObject({ rowsDrifted: counts, counted: true })
  })
})

describe('what of its definition keeps a table from being compared', () => {
  const column = makeCause()
  const key = makeCause({ object: 'index', name: 'orders.PRIMARY', differs: ['columns'] })
  const differs = (...causes: readonly Cause[]) => ({
    ...inconclusive('definition_differs'),
    causes,
  })

  it.for<[string, readonly TableOutcome[], readonly Cause[]]>([
    ['is nothing where all of it is', [same], []],
    ['is what the first visit found', [differs(column)], [column]],
    ['is what the last visit found', [differs(column), differs(key, column)], [key, column]],
    ['is told of a drift as well', [{ ...drifted, causes: [column] }], [column]],
    ['is over when all of it was compared', [differs(column), same], []],
    ['outlives a visit that says nothing', [{ ...drifted, causes: [column] }, lag], [column]],
    ['is over when another reason is why', [differs(column), hot], []],
  ])('%s', ([, outcomes, causes]) => {
    expect(visited(outcomes).causes).toEqual(causes)
  })

  test('is over when the table is left out', () => {
    const standing = visited([differs(column)])
    expect(turned(standing, 'skipped', 'excluded', minute(9)).causes).toEqual([])
  })
})

describe('a suspicion', () => {
  const suspected = (standing: Standing) => shown({ ...standing, isSuspect: true })

  it.for<[Verdict, Reason | null, Verdict]>([
    ['same', null, 'suspect'],
    ['unknown', 'lag', 'suspect'],
    ['drifted', null, 'drifted'],
    ['missing', 'extra_on_replica', 'missing'],
    ['skipped', 'excluded', 'skipped'],
  ])('over %s (%s) is shown as %s', ([verdict, reason, expected]) => {
    expect(suspected(standingAt(verdict, reason, minute(0))).verdict).toBe(expected)
  })

  test('has no reason', () => {
    expect(suspected(standingAt('unknown', 'lag', minute(0))).reason).toBeNull()
  })

  it.for([same, drifted, hot, lag, unreachable])(
    'is over with the visit: $verdict $reason',
    (end) => {
      expect(visited([end], { ...visited([same]), isSuspect: true }).isSuspect).toBe(false)
    },
  )

  test('leaves nothing of itself in what is shown', () => {
    expect(Object.keys(shown(standingAt('same', null, minute(0))))).not.toContain('isSuspect')
  })
})
