import { describe, expect, test } from 'vitest'
import type { AlertOutcome, Outcome } from '../../faults/outcome.ts'
import { matrixLines, outcomeLine } from '../../faults/report.ts'
import { isGood, scoreOf } from '../../faults/verdict.ts'

const FOUND: AlertOutcome = {
  key: 'critical TablesDrifted db2',
  as: 'expected',
  fired: 610,
  told: 611,
  resolved: 90,
}
const MISSED: AlertOutcome = { ...FOUND, fired: null, told: null, resolved: null }
const UNEXPECTED: AlertOutcome = { ...FOUND, key: 'warning CheckStale db3', as: 'unexpected' }
const LATE: AlertOutcome = { ...FOUND, key: 'warning CoverageLow db2', as: 'later', resolved: 900 }
const SLOW: AlertOutcome = { ...FOUND, resolved: 62 }

const outcome = (more: Partial<Outcome> = {}): Outcome => ({
  flavor: 'mariadb',
  fault: 'row changed',
  speed: 1,
  server: 'db2',
  alerts: [FOUND],
  problems: [],
  log: [],
  seconds: 900,
  ...more,
})

describe('an outcome is good', () => {
  test.for<[string, Partial<Outcome>, boolean]>([
    ['when what should has fired and is over', {}, true],
    ['when it was silent and should be', { alerts: [] }, true],
    ['with what is true as well', { alerts: [FOUND, { ...UNEXPECTED, as: 'later' }] }, true],
    ['not when something is missed', { alerts: [MISSED] }, false],
    ['not when something else fired', { alerts: [FOUND, UNEXPECTED] }, false],
    ['not when it never ends', { alerts: [{ ...FOUND, resolved: null }] }, false],
    ['not when a rule could not be evaluated', { problems: ['not evaluated: X'] }, false],
    ['not when the repair is seen too late', { alerts: [{ ...FOUND, resolved: 121 }] }, false],
    ['though late, when it was not awaited', { alerts: [FOUND, LATE] }, true],
    ['at speed with room for what nothing divides', { speed: 60, alerts: [SLOW] }, true],
    ['not when it is late at speed as well', { speed: 120, alerts: [SLOW] }, false],
  ])('%s', ([, more, good]) => {
    expect(isGood(outcome(more))).toBe(good)
  })
})

test('precision falls with every alert too many, recall with every one too few', () => {
  expect(scoreOf([outcome(), outcome({ alerts: [] })])).toMatchObject({ precision: 1, recall: 1 })
  expect(scoreOf([outcome(), outcome({ alerts: [FOUND, UNEXPECTED] })])).toMatchObject({
    found: 2,
    unexpected: 1,
    precision: 2 / 3,
    recall: 1,
  })
  expect(scoreOf([outcome(), outcome({ alerts: [MISSED] })])).toMatchObject({
    missed: 1,
    precision: 1,
    recall: 0.5,
  })
})

test('a fault whose repair is seen too late says which alert was late', () => {
  const lines = outcomeLine(outcome({ alerts: [{ ...FOUND, resolved: 121 }] }))
  expect(lines).toMatch(/NOT as expected.*\n {2}late: critical TablesDrifted db2$/)
})

test('the matrix says what was expected, what was seen, and what that comes to', () => {
  const lines = matrixLines([
    outcome(),
    outcome({ fault: 'heavy writes', alerts: [UNEXPECTED], problems: ['not evaluated: X'] }),
  ])
  expect(lines.join('\n')).toMatchInlineSnapshot(`
    "flavor   fault               alert                       expected  seen  fired    told     resolved
    mariadb  heavy writes (db2)  warning CheckStale db3      NO        yes   610.0 s  611.0 s  90.0 s
    mariadb  row changed (db2)   critical TablesDrifted db2  yes       yes   610.0 s  611.0 s  90.0 s

    faults: 2, of which 1 are to be silent; as expected: 1
    alerts: 1 expected and seen, 0 missed, 1 not expected
    precision 0.500, recall 1.000
    time to fire, from the fault to Alertmanager: median 611.0 s, longest 611.0 s
    time to resolve, from the repair: median 90.0 s, longest 90.0 s
    at real durations; a repair is to resolve within 120 s
    NOT as expected: mariadb, heavy writes
      not evaluated: X
    NOT good"
  `)
})
