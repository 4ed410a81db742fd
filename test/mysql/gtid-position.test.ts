import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import {
  coversPosition,
  errantRuns,
  formatGtidPosition,
  type GtidPosition,
  type GtidRun,
  missingCount,
  parseGtidPosition,
  type SourceGtids,
} from '../../src/mysql/gtid-position.ts'

const position = parseGtidPosition

describe('a position, parsed and printed again', () => {
  it.for<[why: string, text: string, printed: string]>([
    ['the empty position', '', ''],
    ['one domain', '0-1-100', '0-1-100'],
    ['domains in order', '10-1-5,2-3-4', '2-3-4,10-1-5'],
    ['several servers of one domain (gtid_binlog_state)', '0-2-7,0-1-9', '0-1-9,0-2-7'],
    ['white space', ' 0-1-100 ,\n1-2-5\n', '0-1-100,1-2-5'],
    [
      'the largest numbers',
      '4294967295-4294967295-18446744073709551615',
      '4294967295-4294967295-18446744073709551615',
    ],
  ])('%s', ([, text, printed]) => {
    expect(formatGtidPosition(position(text))).toBe(printed)
  })
})

describe('a malformed position is refused', () => {
  it.for<[text: string, message: string]>([
    ['0-1', 'malformed GTID: "0-1"'],
    ['0-1-2-3', 'malformed GTID: "0-1-2-3"'],
    ['0-1--2', 'malformed GTID: "0-1--2"'],
    ['0-1-5,x', 'malformed GTID: "x"'],
    ['0-1-18446744073709551616', 'GTID out of range: "0-1-18446744073709551616"'],
    ['4294967296-1-1', 'GTID out of range: "4294967296-1-1"'],
    ['0-4294967296-1', 'GTID out of range: "0-4294967296-1"'],
    ['0-1-5,0-1-6', 'GTID position has 0-1 twice: "0-1-5,0-1-6"'],
    [
      '3e11fa47-71ca-11e1-9e33-c80aa9429562:1',
      'malformed GTID: "3e11fa47-71ca-11e1-9e33-c80aa9429562:1"',
    ],
  ])('%s', ([text, message]) => {
    expect(() => position(text)).toThrow(new TypeError(message))
  })
})

describe('a position covers another', () => {
  it.for<[why: string, reached: string, wanted: string, covers: boolean]>([
    ['when nothing is wanted', '', '', true],
    ['when it is the same', '0-1-100', '0-1-100', true],
    ['when it is ahead', '0-1-101', '0-1-100', true],
    ['not when it is behind', '0-1-99', '0-1-100', false],
    ['when another server continued the domain', '0-2-100', '0-1-100', true],
    ['when it has more domains', '0-1-100,1-1-5', '0-1-100', true],
    ['not when it lacks a domain', '0-1-100', '0-1-100,1-1-5', false],
    [
      'not when it is ahead in one domain and behind in another',
      '0-1-900,1-1-4',
      '0-1-1,1-1-5',
      false,
    ],
    ['beyond 2^53', '0-1-9007199254740993', '0-1-9007199254740992', true],
    ['not by rounding', '0-1-9007199254740992', '0-1-9007199254740993', false],
  ])('%s', ([, reached, wanted, covers]) => {
    expect(coversPosition(position(reached), position(wanted))).toBe(covers)
  })
})

describe('missing transactions', () => {
  it.for<[why: string, source: string, replica: string, missing: bigint]>([
    ['none at the same place', '0-1-100', '0-1-100', 0n],
    ['the difference in a domain', '0-1-100', '0-1-97', 3n],
    ['summed over domains', '0-1-100,1-1-10', '0-1-97,1-1-5', 8n],
    ['being ahead in one domain makes up for nothing', '0-1-100,1-1-10', '0-1-97,1-1-99', 3n],
    ['a whole domain', '0-1-100,1-1-10', '0-1-100', 10n],
    ['a domain that only the replica has does not count', '0-1-5', '0-1-5,7-1-9', 0n],
    ['the newest of several servers counts', '0-1-90,0-2-100', '0-1-97', 3n],
  ])('%s', ([, source, replica, missing]) => {
    expect(missingCount(position(source), position(replica))).toBe(missing)
  })
})

const sourceOf = (logged: string, applied = '', loggedSince = ''): SourceGtids => ({
  logged: position(logged),
  applied: position(applied),
  loggedSince: position(loggedSince),
})

/** `0-2-7` alone, `0-2-(5..7]` with those before it. */
const shown = (runs: readonly GtidRun[]) =>
  runs.map(({ domain, server, after, last }) => `${domain}-${server}-(${after}..${last}]`).join(',')

describe('errant runs', () => {
  it.for<[why: string, replica: string, source: string, errant: string]>([
    ['none where the source has logged the same', '0-1-100', '0-1-100', ''],
    ['none on a replica that is behind', '0-1-90', '0-1-100', ''],
    ['a server that the source does not know', '0-1-100,0-2-7', '0-1-100', '0-2-(0..7]'],
    ['further than the source knows', '0-1-100,0-2-9', '0-1-100,0-2-7', '0-2-(7..9]'],
    ['one per domain and server', '5-3-1,0-2-7,0-1-4', '0-1-4', '0-2-(0..7],5-3-(0..1]'],
    ['a higher number of another server hides nothing', '0-2-7', '0-1-100', '0-2-(0..7]'],
  ])('%s', ([, replica, source, errant]) => {
    expect(shown(errantRuns(position(replica), [sourceOf(source)]))).toBe(errant)
  })

  it.for<[why: string, replica: string, source: SourceGtids, errant: string]>([
    [
      'none that a source from a backup applied before its first binary log',
      '0-9-50,0-1-60',
      sourceOf('0-1-60', '0-9-50', '0-1-51'),
      '',
    ],
    [
      'none while it is not known from when on that source has logged all',
      '0-9-50,0-1-60',
      sourceOf('0-1-60', '0-1-60'),
      '',
    ],
    [
      'what a source in the middle of a chain would have logged, however far it is by now',
      '0-1-900,0-3-101',
      sourceOf('0-1-5000', '0-1-5000', '0-1-1'),
      '0-3-(0..101]',
    ],
    [
      'of that only what is behind the beginning of its log',
      '0-1-900,0-3-101',
      sourceOf('0-1-5000', '0-1-5000', '0-1-90'),
      '0-3-(89..101]',
    ],
  ])('%s', ([, replica, source, errant]) => {
    expect(shown(errantRuns(position(replica), [source]))).toBe(errant)
  })

  test('what any of several sources has is none', () => {
    const sources = [sourceOf('0-1-100'), sourceOf('0-1-90,1-1-5')]
    expect(errantRuns(position('0-1-95,1-1-5'), sources)).toEqual([])
  })
})

const state: fc.Arbitrary<GtidPosition> = fc.uniqueArray(
  fc.record({ domain: fc.nat(3), server: fc.nat(3), sequence: fc.bigInt(1n, 9n) }),
  { maxLength: 8, selector: ({ domain, server }) => `${domain}-${server}` },
)

function highest(list: GtidPosition, domain: number): number {
  return Math.max(
    0,
    ...list.filter((entry) => entry.domain === domain).map((e) => Number(e.sequence)),
  )
}

describe('for all positions', () => {
  const both = (check: (left: GtidPosition, right: GtidPosition) => void) =>
    fc.assert(fc.property(state, state, check), { numRuns: 500 })

  test('printing and parsing again changes nothing, in any order', () => {
    both((list) => {
      const parsed = position(formatGtidPosition(list))
      expect(new Set(parsed)).toEqual(new Set(list))
      expect(position(formatGtidPosition(list.toReversed()))).toEqual(parsed)
    })
  })

  test('missing is the sum over domains', () => {
    both((source, replica) => {
      const lacking = [0, 1, 2, 3].map((domain) =>
        Math.max(0, highest(source, domain) - highest(replica, domain)),
      )
      const sum = lacking.reduce((total, next) => total + next)
      expect(missingCount(source, replica)).toBe(BigInt(sum))
      expect(missingCount(source.toReversed(), replica.toReversed())).toBe(BigInt(sum))
    })
  })

  test('what is covered lacks nothing, and every position covers itself', () => {
    both((reached, wanted) => {
      const covers = [0, 1, 2, 3].every(
        (domain) => highest(reached, domain) >= highest(wanted, domain),
      )
      expect(coversPosition(reached, wanted)).toBe(covers)
      expect(coversPosition(wanted, wanted)).toBe(true)
    })
  })

  test('errant runs are the replica’s, and gone once the source has them', () => {
    both((replica, source) => {
      const errantTo = (logged: GtidPosition) =>
        errantRuns(replica, [{ logged, applied: [], loggedSince: [] }])
      const errant = errantTo(source)
      const entries = errant.map(({ last, domain, server }) => ({ domain, server, sequence: last }))
      expect(replica).toEqual(expect.arrayContaining(entries))
      const adopted = source.filter(
        ({ domain, server }) => !errant.some((e) => e.domain === domain && e.server === server),
      )
      expect(errantTo([...adopted, ...entries])).toEqual([])
      for (const entry of replica) {
        const known = source.find((e) => e.domain === entry.domain && e.server === entry.server)
        const isErrant = errant.some(
          ({ domain, server }) => domain === entry.domain && server === entry.server,
        )
        expect(isErrant).toBe(known === undefined || known.sequence < entry.sequence)
      }
    })
  })
})
