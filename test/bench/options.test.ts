import { expect, test } from 'vitest'
import { isKept, parseOptions } from '../../bench/options.ts'
import { throughputIn } from '../../bench/sysbench.ts'
import { UserError } from '../../src/errors.ts'

test('rows are named or numbered', () => {
  expect(parseOptions(['--rows=1,oltp'])?.rows).toEqual(['verification', 'oltp'])
})

test('without options everything is measured as the targets say', () => {
  expect(parseOptions([])).toEqual({
    rows: ['verification', 'bound', 'digest', 'oltp', 'schema'],
    flavors: ['mariadb', 'mysql'],
    size: 2_000_000,
    repeat: 5,
    seconds: 10,
    patienceSeconds: 20,
  })
})

test('a small table is for trying: one quick round, and not kept', () => {
  const options = parseOptions(['--size=20000'])
  expect(options).toMatchObject({ repeat: 1, seconds: 2, patienceSeconds: 0 })
  expect(options && isKept(options)).toBe(false)
})

test.for([['--rows=6'], ['--flavor=oracle'], ['--size=many'], ['--repeat=0'], ['--fast']])(
  'a mistake names the option: %s',
  (argv) => {
    const [option = ''] = argv[0]?.split('=') ?? []
    expect(() => parseOptions(argv)).toThrow(UserError)
    expect(() => parseOptions(argv)).toThrow(option)
  },
)

test('sysbench’s transactions per second are read, not its queries', () => {
  const text = `SQL statistics:
    transactions:                        2474   (309.03 per sec.)
    queries:                             49480  (6180.60 per sec.)`
  expect(throughputIn(text)).toBe(309.03)
  expect(() => throughputIn('FATAL: cannot connect')).toThrow('cannot connect')
})
