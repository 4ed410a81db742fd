import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  containsGtidSet,
  countGtids,
  formatGtidSet,
  type GtidSet,
  parseGtidOwned,
  parseGtidSet,
  subtractGtidSet,
  unionGtidSets,
} from '../../src/mysql/gtid-set.ts'

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const B = '00000000-0000-0000-0000-000000000001'

describe('a GTID set, parsed and printed again', () => {
  // Right-hand sides are what GTID_SUBTRACT(left, '') of MySQL 9.7.4 prints.
  it.for<[why: string, text: string, printed: string]>([
    ['the empty set', '', ''],
    ['nothing but commas', ' ,\n, ', ''],
    ['one transaction', `${A}:7`, `${A}:7`],
    ['an interval', `${A}:1-5`, `${A}:1-5`],
    ['upper case', `${A.toUpperCase()}:1:TAG:2`, `${A}:1:tag:2`],
    ['white space', ` ${A} : 1 - 3 : tag : 4 ,\n ${B}:1`, `${B}:1,\n${A}:1-3:tag:4`],
    ['intervals that touch', `${A}:5:1-4`, `${A}:1-5`],
    ['intervals that overlap', `${A}:3-9:1-5:4`, `${A}:1-9`],
    ['an interval of one', `${A}:4-4`, `${A}:4`],
    ['leading zeros', `${A}:00012`, `${A}:12`],
    ['a UUID twice', `${A}:1,${A}:3`, `${A}:1:3`],
    ['a tag alone', `${A}:_a:1`, `${A}:_a:1`],
    ['several tags', `${A}:1-3:tag_a:5:7-9:Other:1`, `${A}:1-3:other:1:tag_a:5:7-9`],
    ['a tag twice', `${A}:1:tag:1:2:other:1:tag:3,${A}:7`, `${A}:1:7:other:1:tag:1-3`],
    ['tags in byte order', `${A}:a_:2:a1:3:A:4:__:6`, `${A}:__:6:a:4:a1:3:a_:2`],
    [
      'a tag of 32',
      `${A}:abcdefghijklmnopqrstuvwxyz_12345:1`,
      `${A}:abcdefghijklmnopqrstuvwxyz_12345:1`,
    ],
    ['the largest number', `${A}:1-9223372036854775806`, `${A}:1-9223372036854775806`],
  ])('%s', ([, text, printed]) => {
    expect(formatGtidSet(parseGtidSet(text))).toBe(printed)
  })
})

describe('a malformed GTID set is refused', () => {
  it.for<[text: string, piece: string]>([
    ['hello', 'hello'],
    ['0-1-100', '0-1-100'],
    [A, A],
    [`${A}:`, ''],
    [`${A}:1:`, ''],
    [`${A}:1::2`, ''],
    [`${A}:tag`, `${A}:tag`],
    [`${A}:tag:tug:1`, `${A}:tag`],
    [`${A}:0-3`, '0-3'],
    [`${A}:5-3`, '5-3'],
    [`${A}:+1`, '+1'],
    [`${A}:0x10`, '0x10'],
    [`${A}:1\n2`, '1\n2'],
    [`${A}:1-2-3`, '1-2-3'],
    [`${A}:9223372036854775807`, '9223372036854775807'],
    [`${A}:abcdefghijklmnopqrstuvwxyz_123456:1`, 'abcdefghijklmnopqrstuvwxyz_123456'],
    [`${A}:t-g:1`, 't-g'],
    [`${A.replaceAll('-', '')}:1`, A.replaceAll('-', '')],
    [`${B}:1,${A}x:1`, `${A}x`],
  ])('%j names "%s"', ([text, piece]) => {
    expect(() => parseGtidSet(text)).toThrow(
      new TypeError(
        `malformed GTID set: "${piece}" in ${JSON.stringify(text.slice(text.indexOf(',') + 1)).replace('\\n', '\n')}`,
      ),
    )
  })
})

describe('gtid_owned', () => {
  it.for<[why: string, text: string, printed: string]>([
    ['nothing owned', '', ''],
    ['one', `${A}:55#65`, `${A}:55`],
    ['several of one UUID, in no order', `${A}:99#21:2#18:3#4`, `${A}:2-3:99`],
    ['a tag', `${A}:tag:8#10`, `${A}:tag:8`],
    ['a newline between UUIDs', `${B}:1#11\n${A}:2#12`, `${B}:1,\n${A}:2`],
    ['commas between UUIDs', `${B}:1#11,\n${A}:2#12`, `${B}:1,\n${A}:2`],
    [
      'nothing between UUIDs, as MySQL 9.7.4 writes it',
      '3e11fa47-71ca-11e1-9e33-c80aa9429560:99#21:2#183e11fa47-71ca-11e1-9e33-c80aa9429560:tag:4#173e11fa47-71ca-11e1-9e33-c80aa9429561:1#193e11fa47-71ca-11e1-9e33-c80aa9429561:tag:3#20',
      '3e11fa47-71ca-11e1-9e33-c80aa9429560:2:99:tag:4,\n3e11fa47-71ca-11e1-9e33-c80aa9429561:1:tag:3',
    ],
    ['a thread before a UUID of digits only', `${A}:7#12${B}:1#1`, `${B}:1,\n${A}:7`],
  ])('%s', ([, text, printed]) => {
    expect(formatGtidSet(parseGtidOwned(text))).toBe(printed)
  })

  it.for([`${A}:55`, `${A}`, '55#65', `${A}:5-6#65`, `${A}:0#65`, `${A}:55#`])(
    '%s is refused',
    (text) => {
      expect(() => parseGtidOwned(text)).toThrow(TypeError)
    },
  )
})

test('numbers beyond 2^53 are exact', () => {
  const set = parseGtidSet(`${A}:9007199254740993-9223372036854775806`)
  const removed = parseGtidSet(`${A}:9007199254740994`)
  expect(formatGtidSet(subtractGtidSet(set, removed))).toBe(
    `${A}:9007199254740993:9007199254740995-9223372036854775806`,
  )
  expect(countGtids(set)).toBe(9214364837600034814n)
})

test('tags are origins of their own', () => {
  const untagged = parseGtidSet(`${A}:1-5`)
  expect(containsGtidSet(untagged, parseGtidSet(`${A}:tag:1`))).toBe(false)
})

test('100,000 gaps are subtracted in one walk', () => {
  const numbers = Array.from({ length: 100_000 }, (_, index) => 2 * index + 1)
  const odd = parseGtidSet(`${A}:${numbers.join(':')}`)
  const rest = subtractGtidSet(parseGtidSet(`${A}:1-200000`), odd)
  expect(countGtids(rest)).toBe(100_000n)
  expect(subtractGtidSet(rest, odd)).toEqual(rest)
})

/** The model: every transaction written out as text. */
type Model = ReadonlySet<string>

const origin = fc.constantFrom(A, B, `${A}:t`, `${A}:tag`, `${B}:t`)
const interval = fc.tuple(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 0, max: 6 }))
const pieces = fc.array(fc.tuple(origin, interval), { maxLength: 12 })
type Pieces = readonly (readonly [string, readonly [number, number]])[]

function textOf(list: Pieces): string {
  return list.map(([name, [first, more]]) => `${name}:${first}-${first + more}`).join(',')
}

function modelOf(list: Pieces): Model {
  return new Set(
    list.flatMap(([name, [first, more]]) =>
      Array.from({ length: more + 1 }, (_, index) => `${name}#${first + index}`),
    ),
  )
}

function modelOfSet(set: GtidSet): Model {
  const members = new Set<string>()
  for (const [name, intervals] of set) {
    for (const [first, last] of intervals) {
      for (let number = first; number <= last; number++) members.add(`${name}#${number}`)
    }
  }
  return members
}

function without(members: Model, removed: Model): Model {
  return new Set([...members].filter((member) => !removed.has(member)))
}

describe('for all sets', () => {
  const both = (check: (left: Pieces, right: Pieces) => void) =>
    fc.assert(fc.property(pieces, pieces, check), { numRuns: 500 })

  test('parsing gives the members that are written', () => {
    both((list) => {
      expect(modelOfSet(parseGtidSet(textOf(list)))).toEqual(modelOf(list))
    })
  })

  test('printing and parsing again changes nothing', () => {
    both((list) => {
      const set = parseGtidSet(textOf(list))
      const printed = formatGtidSet(set)
      expect(parseGtidSet(printed)).toEqual(set)
      expect(formatGtidSet(parseGtidSet(printed))).toBe(printed)
    })
  })

  test('the order in which it is written does not matter', () => {
    both((list) => {
      const reversed = formatGtidSet(parseGtidSet(textOf(list.toReversed())))
      expect(reversed).toBe(formatGtidSet(parseGtidSet(textOf(list))))
    })
  })

  test('the difference is that of the members', () => {
    both((left, right) => {
      const difference = subtractGtidSet(parseGtidSet(textOf(left)), parseGtidSet(textOf(right)))
      expect(modelOfSet(difference)).toEqual(without(modelOf(left), modelOf(right)))
    })
  })

  test('the union is that of the members, in either order', () => {
    both((left, right) => {
      const [a, b] = [parseGtidSet(textOf(left)), parseGtidSet(textOf(right))]
      expect(modelOfSet(unionGtidSets(a, b))).toEqual(
        new Set([...modelOf(left), ...modelOf(right)]),
      )
      expect(formatGtidSet(unionGtidSets(b, a))).toBe(formatGtidSet(unionGtidSets(a, b)))
    })
  })

  test('a without b, and what they share, are a', () => {
    both((left, right) => {
      const [a, b] = [parseGtidSet(textOf(left)), parseGtidSet(textOf(right))]
      const difference = subtractGtidSet(a, b)
      const shared = subtractGtidSet(a, difference)
      expect(formatGtidSet(unionGtidSets(difference, shared))).toBe(formatGtidSet(a))
      expect(countGtids(difference) + countGtids(shared)).toBe(countGtids(a))
    })
  })

  test('a without b has nothing of b, and taking b again takes nothing', () => {
    both((left, right) => {
      const [a, b] = [parseGtidSet(textOf(left)), parseGtidSet(textOf(right))]
      const difference = subtractGtidSet(a, b)
      expect(without(modelOfSet(difference), modelOf(right))).toEqual(modelOfSet(difference))
      expect(subtractGtidSet(difference, b)).toEqual(difference)
    })
  })

  test('one contains the other exactly if all its members do', () => {
    both((left, right) => {
      const [a, b] = [parseGtidSet(textOf(left)), parseGtidSet(textOf(right))]
      expect(containsGtidSet(a, b)).toBe(without(modelOf(right), modelOf(left)).size === 0)
      expect(containsGtidSet(unionGtidSets(a, b), b)).toBe(true)
    })
  })

  test('the count is that of the members', () => {
    both((list) => {
      expect(countGtids(parseGtidSet(textOf(list)))).toBe(BigInt(modelOf(list).size))
    })
  })

  test('gtid_owned says the same with any separator, and with none', () => {
    const owned = fc.uniqueArray(
      fc.tuple(fc.constantFrom(A, B, `${A}:tag`), fc.nat(4_000_000_000)),
      {
        maxLength: 6,
      },
    )
    fc.assert(
      fc.property(owned, fc.constantFrom('', '\n', ',', ',\n'), (list, separator) => {
        const text = list.map(([name, thread], index) => `${name}:${index + 1}#${thread}`)
        const set = list.map(([name], index) => `${name}:${index + 1}`)
        expect(parseGtidOwned(text.join(separator))).toEqual(parseGtidSet(set.join()))
      }),
    )
  })
})
