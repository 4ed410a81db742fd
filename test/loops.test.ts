import { describe, expect, it, test } from 'vitest'
import { isFedBySeveral, leadsTo, loopsOf } from '../src/loops.ts'

/** `a>b`: b replicates from a. */
function links(...written: readonly string[]) {
  return written.map((each) => {
    const [source = '', replica = ''] = each.split('>')
    return { source, replica }
  })
}

function shown(names: string, ...written: readonly string[]) {
  const all = links(...written)
  const { loops, closing } = loopsOf(names.split(' '), all)
  return {
    loops: loops.map((loop) => loop.join(' ')),
    compared: all
      .filter((link) => !closing.has(link))
      .map((link) => `${link.source}>${link.replica}`),
  }
}

describe('a circle is compared once', () => {
  it.for<[string, string, string[], { loops: string[]; compared: string[] }]>([
    ['a chain is none', 'a b c', ['a>b', 'b>c'], { loops: [], compared: ['a>b', 'b>c'] }],
    ['a pair, from the first', 'a b', ['b>a', 'a>b'], { loops: ['a b'], compared: ['a>b'] }],
    [
      'the same pair, from the other one when that stands first',
      'b a',
      ['b>a', 'a>b'],
      { loops: ['b a'], compared: ['b>a'] },
    ],
    [
      'a ring, but for the link that closes it',
      'a b c',
      ['a>b', 'b>c', 'c>a'],
      { loops: ['a b c'], compared: ['a>b', 'b>c'] },
    ],
    [
      'a pair with a replica, which is no part of it',
      'a b c',
      ['a>b', 'b>a', 'b>c'],
      { loops: ['a b'], compared: ['a>b', 'b>c'] },
    ],
    [
      'a hub with two-way spokes, from the hub',
      'hub a b',
      ['hub>a', 'a>hub', 'hub>b', 'b>hub'],
      { loops: ['hub a b'], compared: ['hub>a', 'hub>b'] },
    ],
    [
      'the same, from a spoke on',
      'a hub b',
      ['hub>a', 'a>hub', 'hub>b', 'b>hub'],
      { loops: ['a hub b'], compared: ['a>hub', 'hub>b'] },
    ],
    [
      'two circles, each by itself',
      'a b c d',
      ['a>b', 'b>a', 'c>d', 'd>c', 'a>c'],
      { loops: ['a b', 'c d'], compared: ['a>b', 'c>d', 'a>c'] },
    ],
  ])('%s', ([, names, written, expected]) => {
    expect(shown(names, ...written)).toEqual(expected)
  })

  test('and its closing link knows the others of it', () => {
    const [ab, bc, ca] = links('a>b', 'b>c', 'c>a')
    if (!ab || !bc || !ca) throw new Error('three links were made')

    expect(loopsOf(['a', 'b', 'c'], [ab, bc, ca]).closing).toEqual(new Map([[ca, [ab, bc]]]))
  })
})

test('a source outside the set leads nowhere', () => {
  expect(leadsTo('a', 'b', [{ source: null, replica: 'b' }])).toBe(false)
})

describe('what a server logs may come from several', () => {
  it.for<[string, string, string[], boolean]>([
    ['not at the top', 'a', ['a>b'], false],
    ['not in a chain', 'b', ['a>b', 'b>c'], false],
    ['on a hub', 'hub', ['a>hub', 'b>hub'], true],
    ['not on the source of one', 'a', ['a>hub', 'b>hub'], false],
    ['below a hub', 'c', ['a>hub', 'b>hub', 'hub>c'], true],
    ['in a pair', 'a', ['a>b', 'b>a'], true],
    ['below a pair', 'd', ['a>b', 'b>a', 'b>c', 'c>d'], true],
  ])('%s', ([, name, written, expected]) => {
    expect(isFedBySeveral(name, links(...written))).toBe(expected)
  })
})
