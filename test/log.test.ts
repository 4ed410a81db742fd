import { describe, expect, it, test } from 'vitest'
import { createLogger, type LogFields, type LogLevel } from '../src/log.ts'

function logged(
  fields: LogFields,
  format: 'logfmt' | 'json' = 'logfmt',
  level: LogLevel = 'debug',
) {
  const lines: string[] = []
  const now = () => new Date('2026-11-20T12:00:00Z')
  const log = createLogger({ level, format, now, write: (line) => lines.push(line) })
  for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('verdict', fields)
  return lines
}

const line = (fields: LogFields, format?: 'json') => logged(fields, format, 'error')[0]

describe('a line in logfmt', () => {
  test('has time, level and event first', () => {
    expect(line({ set: 'shop' })).toBe(
      'ts=2026-11-20T12:00:00.000Z level=error event=verdict set=shop',
    )
  })

  it.for<[string, LogFields[string], string]>([
    ['a word', 'orders', 'orders'],
    ['a number', 0, '0'],
    ['false', false, 'false'],
    ['no text', '', '""'],
    ['a space', 'two words', '"two words"'],
    ['a quote', 'a"b', String.raw`"a\"b"`],
    ['an equals sign', 'a=b', '"a=b"'],
    ['a backslash', String.raw`a\b`, String.raw`"a\\b"`],
    ['a new line', 'a\nlevel=error', String.raw`"a\nlevel=error"`],
    ['a carriage return', 'a\rb', String.raw`"a\rb"`],
    ['an escape sequence', '\u001b[31m', String.raw`"\u001b[31m"`],
    ['a zero byte', 'a\0', String.raw`"a\u0000"`],
    ['a control character beyond ASCII', 'a\u009bb', String.raw`"a\u009bb"`],
    ['a line separator', 'a\u2028b', String.raw`"a\u2028b"`],
    ['letters of any language', 'заказы', 'заказы'],
    ['an emoji', '🐬', '🐬'],
  ])('with %s', ([, value, written]) => {
    expect(line({ table: value })).toBe(
      `ts=2026-11-20T12:00:00.000Z level=error event=verdict table=${written}`,
    )
  })
})

describe('a line in JSON', () => {
  test('is one object on one line', () => {
    const written = line({ table: 'a\n"b"\u2028', n: 1, reason: null }, 'json') ?? ''

    expect(JSON.parse(written)).toEqual({
      ts: '2026-11-20T12:00:00.000Z',
      level: 'error',
      event: 'verdict',
      table: 'a\n"b"\u2028',
      n: 1,
      reason: null,
    })
    expect(written).not.toMatch(/[\n\u2028]/)
  })
})

describe('a level', () => {
  it.for([
    ['debug', 4],
    ['info', 3],
    ['warn', 2],
    ['error', 1],
  ] as const)('%s lets %i of four events through', ([level, count]) => {
    expect(logged({}, 'logfmt', level)).toHaveLength(count)
  })
})
