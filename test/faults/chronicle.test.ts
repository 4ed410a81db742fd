import { describe, expect, test } from 'vitest'
import { Chronicle } from '../../faults/chronicle.ts'
import { critical, type ExpectedAlert, warning } from '../../faults/expected.ts'
import type { Look, SeenAlert } from '../../faults/look.ts'

const DRIFTED = critical('TablesDrifted', 'db2')
const COUNTED = warning('RowCountDrifted', 'db2')
const STALE = warning('CheckStale', 'db2')
const ELSEWHERE = critical('TablesDrifted', 'db3')

const seen = (one: ExpectedAlert, how: Partial<SeenAlert>): SeenAlert => ({
  ...one,
  isPending: false,
  isFiring: false,
  isTold: false,
  ...how,
})
const pending = (one: ExpectedAlert) => seen(one, { isPending: true })
const firing = (one: ExpectedAlert) => seen(one, { isFiring: true, isTold: true })

/** One look a round, at 1,000, 2,000, ... */
function watched(
  expected: { fires?: ExpectedAlert[]; later?: ExpectedAlert[]; others?: string[] },
  ...looks: readonly (readonly SeenAlert[] | 'repaired')[]
): Chronicle {
  const { fires = [], later = [], others = [] } = expected
  const isOthers = ({ server }: ExpectedAlert) => server !== null && others.includes(server)
  const chronicle = new Chronicle({ fires, later, isOthers })
  let round = 0
  for (const alerts of looks) {
    if (alerts === 'repaired') chronicle.repaired()
    else {
      round += 1
      chronicle.see({ at: round * 1000, round, alerts, errors: [] })
    }
  }
  return chronicle
}

describe('while the fault is there', () => {
  test('it is calm once what should fire does, for as many rounds', () => {
    const fires = [DRIFTED, COUNTED]
    expect(watched({ fires }, [firing(DRIFTED)]).calmRounds).toBe(0)
    expect(watched({ fires }, [firing(DRIFTED), pending(COUNTED)]).calmRounds).toBe(0)
    const both = [firing(DRIFTED), firing(COUNTED)]
    expect(watched({ fires }, [firing(DRIFTED)], both, both).calmRounds).toBe(2)
  })

  test('what fires in Prometheus and is not known to Alertmanager is not there yet', () => {
    const untold = seen(DRIFTED, { isFiring: true })
    const chronicle = watched({ fires: [DRIFTED] }, [untold], [firing(DRIFTED)])
    expect(chronicle.calmRounds).toBe(1)
    expect(chronicle.records).toMatchObject([{ firedAt: 1000, toldAt: 2000 }])
  })

  test('an alert that is about to fire is waited for: it goes away, or is not expected', () => {
    const alerts = [firing(DRIFTED), pending(STALE)]
    expect(watched({ fires: [DRIFTED] }, alerts, alerts).calmRounds).toBe(0)
    expect(watched({ fires: [DRIFTED] }, alerts, [firing(DRIFTED)]).calmRounds).toBe(1)
    const fired = watched({ fires: [DRIFTED] }, alerts, [firing(DRIFTED), firing(STALE)])
    expect(fired.records).toContainEqual(expect.objectContaining({ as: 'unexpected' }))
    expect(fired.calmRounds).toBe(1)
  })

  test('what is true if the fault lasts is neither waited for nor held against it', () => {
    const expected = { fires: [DRIFTED], later: [STALE] }
    expect(watched(expected, [firing(DRIFTED), pending(STALE)]).calmRounds).toBe(1)
    const { records } = watched(expected, [firing(DRIFTED), firing(STALE)])
    expect(records.map(({ as }) => as)).toEqual(['expected', 'later'])
  })

  test('an alert of a server with a fault of its own is none of ours', () => {
    const alerts = [firing(DRIFTED), firing(ELSEWHERE)]
    expect(watched({ fires: [DRIFTED] }, alerts).records).toHaveLength(2)
    expect(watched({ fires: [DRIFTED], others: ['db3'] }, alerts).records).toHaveLength(1)
  })

  test('an expected alert that goes away has blinked', () => {
    const there = [firing(DRIFTED)]
    const { records } = watched({ fires: [DRIFTED] }, there, [], there)
    expect(records).toMatchObject([{ hasBlinked: true, endedAt: null }])
    expect(watched({ fires: [DRIFTED] }, there, there).records).toMatchObject([
      { hasBlinked: false },
    ])
  })
})

describe('after the repair', () => {
  test('it is calm once nothing fires, nothing is about to, and Alertmanager has forgotten', () => {
    const fires = [DRIFTED]
    const there = [firing(DRIFTED)]
    const told = [seen(DRIFTED, { isTold: true })]
    expect(watched({ fires }, there, 'repaired', there, told).calmRounds).toBe(0)
    const chronicle = watched({ fires }, there, 'repaired', there, told, [], [])
    expect(chronicle.calmRounds).toBe(2)
    expect(chronicle.records).toMatchObject([{ endedAt: 4000, hasBlinked: false }])
    expect(watched({ fires }, there, 'repaired', [pending(STALE)]).calmRounds).toBe(0)
  })

  test('an alert that only the repair causes is not expected either', () => {
    const { records } = watched(
      { fires: [DRIFTED] },
      [firing(DRIFTED)],
      'repaired',
      [firing(STALE)],
      [],
    )
    expect(records).toMatchObject([{ as: 'expected' }, { as: 'unexpected', endedAt: 3000 }])
  })
})

test('a rule that cannot be evaluated is remembered', () => {
  const chronicle = new Chronicle({ fires: [], later: [], isOthers: () => false })
  const look: Look = { at: 1, round: 1, alerts: [], errors: ['TablesDrifted: many-to-many'] }
  chronicle.see(look)
  expect([...chronicle.errors]).toEqual(['TablesDrifted: many-to-many'])
})
