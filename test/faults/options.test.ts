import { expect, test } from 'vitest'
import { MATRIX } from '../../faults/matrix.ts'
import { optionsOf } from '../../faults/options.ts'

test('without options everything runs, on every flavor, in fast motion', () => {
  expect(optionsOf([])).toMatchObject({
    flavors: ['mariadb', 'mysql'],
    rows: MATRIX,
    speed: 60,
    clusters: 4,
    results: null,
  })
})

test('faults are chosen by a part of their name', () => {
  const options = optionsOf(['--fault', 'row changed', '--fault', 'failover', '--flavor', 'mysql'])
  expect(options?.rows.map(({ fault }) => fault)).toEqual([
    'row changed',
    'failover',
    'failover from a dead source',
  ])
  expect(options?.flavors).toEqual(['mysql'])
})

test.for([
  [['--speed', '0'], /--speed is a whole number above 0, not "0"/],
  [['--clusters', 'many'], /--clusters is a whole number above 0, not "many"/],
  [['--flavor', 'oracle'], /--flavor is one of mariadb, mysql, not "oracle"/],
  [['--fault', 'earthquake'], /no fault has "earthquake" in its name/],
  [['--fast'], /Unknown option/],
] as const)('%s is refused with what was expected', ([argv, message]) => {
  expect(() => optionsOf(argv)).toThrow(message)
})
