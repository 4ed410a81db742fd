import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { Damage } from '../../src/state-file/codec.ts'
import { decodeState, encodeState } from '../../src/state-file/document.ts'
import { anyMemories, BEGINNING, makeMemory, makeTableMemory } from '../support/make-memory.ts'

const written = (sets: Parameters<typeof encodeState>[0]) =>
  Buffer.from([...encodeState(sets)].join(''))

/** What is wrong with it; null = nothing. */
function problemOf(bytes: Uint8Array): string | null {
  try {
    decodeState(bytes)
    return null
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    return error.message
  }
}

/** A file whose hash is right, whatever its lines say. */
function fileOf(...lines: unknown[]): Buffer {
  const head = { product: 'mysql-drift-exporter', format: 5 }
  const text = [head, ...lines].map((line) => `${JSON.stringify(line)}\n`).join('')
  const sha256 = createHash('sha256').update(text).digest('hex')
  return Buffer.from(`${text}${JSON.stringify({ sha256 })}\n`)
}

/** The lines of a set, in which one field of its table is another. */
function linesWith(path: readonly string[], value: unknown): unknown[] {
  const open = { lower: { key: ['7'], side: 'before' }, upper: null }
  const done = { chunks: 1, rows: { source: 1n, replica: 1n }, startedAt: new Date(0) }
  const table = makeTableMemory({
    passedAt: new Date(0),
    position: { signature: 's', done, open: [{ lower: null, upper: null }] },
    drifted: { checksum: { key: 'k', ranges: [open as never] } },
  })
  const lines = written([makeMemory({ tables: [table] })])
    .toString()
    .trimEnd()
    .split('\n')
  const parsed = lines.slice(1, -1).map((line) => JSON.parse(line))
  let at = parsed.at(-1).table
  for (const step of path.slice(0, -1)) at = at[step]
  at[path.at(-1) ?? ''] = value
  return parsed
}

describe('a state file', () => {
  test('is read as it was written, whatever names are in it', () => {
    fc.assert(
      fc.property(anyMemories, (memories) => {
        expect(decodeState(written(memories))).toEqual(memories)
      }),
      { numRuns: 300 },
    )
  })

  test('leaves out bounds that it would not read again, and keeps all else', () => {
    const ranges = [{ lower: { key: ["CONVERT('a')"], side: 'before' as const }, upper: null }]
    const done = { chunks: 1, rows: { source: 1n, replica: 1n }, startedAt: BEGINNING }
    const table = makeTableMemory({
      drifted: { checksum: { key: 'k', ranges }, row_count: { key: 'k', ranges: [] } },
      position: { signature: 's', done, open: ranges },
    })
    expect(decodeState(written([makeMemory({ tables: [table] })]))[0]?.tables).toEqual([
      { ...table, drifted: { row_count: { key: 'k', ranges: [] } }, position: null },
    ])
  })

  test('has one object a line, however many tables there are', () => {
    const tables = Array.from({ length: 700 }, () => makeTableMemory())
    const slices = [...encodeState([makeMemory({ tables })])]
    expect(slices.length).toBeGreaterThan(3)
    expect(slices.join('').trimEnd().split('\n')).toHaveLength(700 + 3)
  })

  test('that ends anywhere but at its end is known to be damaged', () => {
    fc.assert(
      fc.property(anyMemories, (memories) => {
        const bytes = written(memories)
        const step = Math.max(1, Math.floor(bytes.length / 300))
        for (let length = 0; length < bytes.length; length += length < 300 ? 1 : step) {
          expect({ length, problem: problemOf(bytes.subarray(0, length)) }).not.toMatchObject({
            problem: null,
          })
        }
        expect(problemOf(bytes.subarray(0, -1))).not.toBeNull()
      }),
      { numRuns: 10 },
    )
  })

  test('of which every byte counts: every prefix and every other byte is damage', () => {
    const bytes = written([makeMemory()])
    for (let at = 0; at < bytes.length; at += 1) {
      expect(problemOf(bytes.subarray(0, at)), `cut at ${at}`).not.toBeNull()
      const other = Buffer.from(bytes)
      other[at] = (other[at] ?? 0) ^ 1
      expect(problemOf(other), `byte ${at}`).not.toBeNull()
    }
  })

  test('with something behind its end is damaged', () => {
    expect(problemOf(Buffer.concat([written([]), Buffer.from('\n')]))).toMatch(/changed/)
  })
})

describe('a file of somebody else', () => {
  it.for<[string, string, RegExp]>([
    ['nothing', '', /empty/],
    ['a configuration', 'replication_sets:\n  - name: shop\n', /does not begin as a state file/],
    ['JSON of another program', '{"product":"other","format":1}\n', /does not begin/],
    ['the word null', 'null\n', /does not begin/],
    ['one long line', 'x'.repeat(100_000), /does not begin/],
    ['bytes', '\xff\xfe\0\0\n', /does not begin/],
    [
      'the version before',
      '{"product":"mysql-drift-exporter","format":4}\n',
      /format is 4, expected 5/,
    ],
    [
      'a later version',
      '{"product":"mysql-drift-exporter","format":6}\n',
      /format is 6, expected 5/,
    ],
    ['no version', '{"product":"mysql-drift-exporter"}\n', /format is undefined, expected 5/],
  ])('%s is refused, and it is said why', ([, contents, problem]) => {
    expect(problemOf(Buffer.from(contents, 'latin1'))).toMatch(problem)
  })
})

describe('a line that is not as this version writes it', () => {
  it.for<[string, readonly string[], unknown, string]>([
    ['a time', ['firstSeen'], '2026-11-20', 'table.firstSeen: expected a time'],
    ['a time as a number', ['firstSeen'], 0, 'table.firstSeen: expected a time'],
    ['a text', ['id', 'schema'], 1, 'table.id.schema: expected a text'],
    ['a number', ['position', 'done', 'chunks'], -1, 'chunks: expected a whole number'],
    ['a count', ['position', 'done', 'rows', 'source'], 1, 'source: expected a whole number as'],
    ['a list', ['position', 'open'], {}, 'position.open: expected a list'],
    ['an object', ['position'], [], 'table.position: expected an object'],
    ['a field that is not there', ['position', 'done'], {}, 'chunks: expected to be there'],
    ['another field', ['id', 'more'], 1, 'table.id: expected no other field'],
    ['a check', ['standings'], { gtid: 1 }, 'table.standings: expected no other field'],
    ['a prototype', ['standings'], JSON.parse('{"__proto__":1}'), 'expected no other field'],
  ])('%s', ([, path, value, problem]) => {
    expect(problemOf(fileOf(...linesWith(path, value)))).toContain(problem)
  })

  it.for([
    '1 OR 1=1',
    "x'00' UNION SELECT 1",
    "'2026'; DROP TABLE t",
    "_utf8mb4 x'00' COLLATE utf8mb4_bin OR 1",
    '(SELECT SLEEP(9))',
    "x'0'",
    '',
  ])('a bound that is no literal never gets into a statement: %s', (literal) => {
    const lines = linesWith(['drifted', 'checksum', 'ranges', '0', 'lower', 'key'], [literal])
    const problem = problemOf(fileOf(...lines))
    expect(problem).toMatch(/lower\.key\[0\]: expected a literal of SQL$/)
  })

  it.for<[string, unknown[]]>([
    ['a table without a set', [{ table: {} }]],
    [
      'a line of another kind',
      [{ set: { name: '', passStartedAt: null, comparedAs: '' } }, { x: 1 }],
    ],
    [
      'two things in one line',
      [{ set: { name: '', passStartedAt: null, comparedAs: '' }, table: {} }],
    ],
    ['no object', [null]],
    ['a text', ['set']],
  ])('%s', ([, lines]) => {
    expect(problemOf(fileOf(...lines))).toMatch(/line \d: expected a set/)
  })

  test('a set that is there twice', () => {
    const line = { set: { name: 'shop', passStartedAt: null, comparedAs: '' } }
    expect(problemOf(fileOf(line, line))).toMatch(/twice/)
  })
})
