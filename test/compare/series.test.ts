import { describe, expect, it, test } from 'vitest'
import { judgeLook, type Look, NEW_SERIES, type Series } from '../../src/compare/series.ts'

/** `look('AAB', 'C')`: the source read three times, the replica once. */
function look(source: string, replica: string): Look {
  const reading = (token: string) => ({ token, rows: 1n })
  return { source: [...source].map(reading), replica: reading(replica) }
}

function judged(...looks: readonly Look[]) {
  let series: Series = NEW_SERIES
  const results = looks.map((each) => {
    const judgement = judgeLook(series, each)
    series = judgement.series
    return judgement.result
  })
  return { results, disagreements: series.disagreements }
}

describe('one look', () => {
  it.for<[string, Look, string, number]>([
    ['agrees when both ends stand still and are equal', look('AA', 'A'), 'same', 0],
    ['agrees with what the source had at first', look('AB', 'A'), 'same', 0],
    ['agrees with what the source had at last', look('AB', 'B'), 'same', 0],
    ['agrees with what the source had in between', look('ABBCA', 'C'), 'same', 0],
    ['agrees with one reading among many others', look('AAAAAAAAAB', 'B'), 'same', 0],
    ['proves nothing while the source moves', look('AB', 'C'), 'moving', 0],
    ['proves nothing when the source moved and came back', look('ABA', 'C'), 'moving', 0],
    [
      'disagrees when the source stood still and the replica differs',
      look('AA', 'B'),
      'disagree',
      1,
    ],
    ['disagrees after many equal readings of the source', look('AAAAAAAAAA', 'B'), 'disagree', 1],
  ])('%s', ([, one, result, disagreements]) => {
    expect(judged(one)).toEqual({ results: [result], disagreements })
  })
})

describe('a series of looks', () => {
  it.for<[string, Look[], string, number]>([
    [
      'counts disagreements with unchanged contents',
      [look('AA', 'B'), look('AA', 'B'), look('AAA', 'B')],
      'disagree',
      3,
    ],
    [
      'starts again when the source changed between looks',
      [look('AA', 'B'), look('AA', 'B'), look('CC', 'B')],
      'disagree',
      1,
    ],
    [
      'starts again when the replica changed between looks',
      [look('AA', 'B'), look('AA', 'B'), look('AA', 'C')],
      'disagree',
      1,
    ],
    [
      'starts again after the source moved',
      [look('AA', 'B'), look('AA', 'B'), look('AC', 'B'), look('AA', 'B')],
      'disagree',
      1,
    ],
    [
      'starts again after an agreement',
      [look('AA', 'B'), look('AA', 'B'), look('AB', 'B'), look('AA', 'B')],
      'disagree',
      1,
    ],
    [
      'takes a replica for equal that now has what the source had at the last look',
      [look('AA', 'B'), look('CC', 'A')],
      'same',
      0,
    ],
    [
      'is ended by agreement, however often it disagreed',
      [look('AA', 'B'), look('AA', 'B'), look('BB', 'B')],
      'same',
      0,
    ],
  ])('%s', ([, looks, last, disagreements]) => {
    const { results, disagreements: counted } = judged(...looks)
    expect({ last: results.at(-1), disagreements: counted }).toEqual({ last, disagreements })
  })

  test('never counts for drift a row that flips between two values with each look', () => {
    const looks = Array.from({ length: 20 }, (_, i) =>
      i % 2 === 0 ? look('AA', 'B') : look('BB', 'A'),
    )

    expect(judged(...looks).disagreements).toBeLessThan(2)
  })

  test('is not changed by judging it: the same series can be judged again', () => {
    const before = { ...NEW_SERIES }

    judgeLook(NEW_SERIES, look('AA', 'B'))

    expect(NEW_SERIES).toEqual(before)
  })
})

describe('a look at plain counts, where a missing row and one on its way make the same number', () => {
  const judgeCounts = (each: Look) => judgeLook(NEW_SERIES, each, { isSound: false }).result

  it.for<[string, Look, string]>([
    ['agrees when the source stood still and has as many', look('AA', 'A'), 'same'],
    ['proves nothing by a number that the source had at first', look('AB', 'A'), 'moving'],
    ['proves nothing by a number that the source had at last', look('AB', 'B'), 'moving'],
    ['disagrees when the source stood still and has more', look('AA', 'B'), 'disagree'],
  ])('%s', ([, each, result]) => {
    expect(judgeCounts(each)).toBe(result)
  })
})

describe('something that is made anew', () => {
  const made = (source: string, replica: string | null): Look => ({
    source: [...source].map((stamp) => ({ token: 'table', rows: 0n, stamp })),
    replica:
      replica === null ? { token: '', rows: 0n } : { token: 'view', rows: 0n, stamp: replica },
  })

  it.for<[string, readonly Look[], number]>([
    ['is one thing as long as its stamps stay', [made('11', 'x'), made('11', 'x')], 2],
    ['starts again when the source made it anew', [made('11', null), made('22', null)], 1],
    ['starts again when the replica made it anew', [made('11', 'x'), made('11', 'y')], 1],
    ['is moving when the source made it anew within a look', [made('12', null)], 0],
  ])('%s', ([, looks, disagreements]) => {
    expect(judged(...looks).disagreements).toBe(disagreements)
  })

  test('agrees by its looks alone', () => {
    const look: Look = {
      source: [{ token: 'table', rows: 0n, stamp: '1' }],
      replica: { token: 'table', rows: 0n, stamp: '2' },
    }
    expect(judged(look).results).toEqual(['same'])
  })
})
