import { describe, expect, test } from 'vitest'
import { inColumns } from '../../src/demo/columns.ts'
import { countLines } from '../../src/demo/counts.ts'
import { createScreen, NBSP, type Screen, wrap } from '../../src/demo/screen.ts'

const UP = (lines: number) => `\u001b[${lines}F\u001b[0J`

function drawn(isLive: boolean, draw: (screen: Screen) => void, columns = 80): string {
  let text = ''
  const out = (more: string) => {
    text += more
  }
  draw(createScreen({ out, isLive, hasColors: false, columns: () => columns }))
  return text
}

describe('the screen', () => {
  test('keeps what is live below what stays', () => {
    const text = drawn(true, (screen) => {
      screen.live(['OUT'])
      screen.line('db3 is back')
      screen.live([])
    })
    expect(text).toBe(`   OUT\n${UP(1)}db3 is back\n   OUT\n${UP(1)}`)
  })

  test('draws nothing live where nobody watches, and no control characters', () => {
    const text = drawn(false, (screen) => {
      screen.live(['OUT'])
      screen.line('db3 is back')
    })
    expect(text).toBe('db3 is back\n')
  })

  test('cuts live lines at the edge, where a broken one would be counted as one line', () => {
    expect(drawn(true, (screen) => screen.live(['customers']), 10)).toBe('   custom\n')
  })

  test('sets paragraphs off by one empty line, never by two', () => {
    const text = drawn(false, (screen) => {
      screen.title('All is well')
      screen.say('The rows.')
      screen.gap()
      screen.fact('up 1')
    })
    expect(text).toBe('All is well\n\n   The rows.\n\nup 1\n'.replace('\nup', '\n   up'))
  })
})

describe('a long line', () => {
  test('is broken between labels, and what was measured stays together', () => {
    const text = `up{set="shop",server="db3"} ${`0 -> 1 after 2.1 s`.replaceAll(' ', NBSP)}`
    expect(wrap(text, 20, '', '  ')).toEqual([
      'up{set="shop",',
      '  server="db3"}',
      '  0 -> 1 after 2.1 s',
    ])
  })

  test('keeps a word that is longer than any line', () => {
    expect(wrap('see http://127.0.0.1:9090/alerts', 10, '> ', '  ')).toEqual([
      '> see',
      '  http://127.0.0.1:9090/alerts',
    ])
  })
})

test('a server that does not answer is OUT, a table that cannot be counted is not 0', () => {
  const lines = countLines({
    tables: ['orders'],
    servers: [
      { name: 'db1', rows: [1234] },
      { name: 'db2', rows: [null] },
      { name: 'db3', rows: null },
    ],
  })
  expect(lines).toEqual([
    '     orders    all',
    'db1   1,234  1,234',
    'db2       -      0',
    'db3     OUT    OUT',
  ])
})

test('columns are as wide as their widest cell, and nothing hangs over at the end', () => {
  expect(
    inColumns([
      ['a', 'bbb', 'c'],
      ['aa', 'b', ''],
    ]),
  ).toEqual(['a   bbb  c', 'aa  b'])
})
