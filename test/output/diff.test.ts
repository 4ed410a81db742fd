import { describe, expect, it, test } from 'vitest'
import type { RowDifference, TableDiff } from '../../src/answers.ts'
import { renderDiffJson, renderDiffText } from '../../src/output/diff.ts'
import { makeCause } from '../support/make-report.ts'

const ROW: RowDifference = {
  kind: 'changed',
  key: { id: '7' },
  columns: ['total'],
  copies: 1n,
  values: null,
}

const DIFF: TableDiff = {
  schema: 'shop',
  table: 'orders',
  server: 'db2',
  source: 'db1',
  verdict: 'drifted',
  reason: null,
  rows: [ROW],
  count: 1n,
  counted: true,
  causes: [],
}

const values = { source: { total: '1', note: null }, replica: { total: '2', note: null } }

describe('in JSON', () => {
  test('it is the object of the contract', () => {
    expect(JSON.parse(renderDiffJson(DIFF))).toMatchObject({
      schema: 'shop',
      table: 'orders',
      server: 'db2',
      rows: [{ key: { id: '7' }, kind: 'changed', columns: ['total'] }],
      truncated: false,
    })
  })

  it.for<[string, Partial<TableDiff>, boolean]>([
    ['has more rows than it lists', { count: 2n }, true],
    ['does not know how many there are', { counted: false }, true],
    ['knows of none that it does not list', {}, false],
    ['is the same', { verdict: 'same', rows: [], count: 0n }, false],
  ])('it says so when it %s', ([, overrides, truncated]) => {
    expect(JSON.parse(renderDiffJson({ ...DIFF, ...overrides }))).toMatchObject({ truncated })
  })

  test('what of its definition keeps it from being compared is there', () => {
    const diff = { ...DIFF, causes: [makeCause()] }
    expect(JSON.parse(renderDiffJson(diff))).toMatchObject({ causes: [makeCause()] })
  })

  test('values are there only where they were read', () => {
    const rows = [{ ...ROW, values }]

    expect(JSON.parse(renderDiffJson(DIFF)).rows[0]).not.toHaveProperty('source')
    expect(JSON.parse(renderDiffJson({ ...DIFF, rows })).rows[0]).toMatchObject(values)
  })
})

describe('for people', () => {
  it.for<[Partial<TableDiff>, string]>([
    [{ verdict: 'same', rows: [], count: 0n }, 'shop.orders on db2, compared with db1: the same'],
    [
      { verdict: 'unknown', reason: 'lag', rows: [], count: null, counted: false },
      'shop.orders on db2, compared with db1: unknown: lag',
    ],
    [
      { verdict: 'missing', reason: 'missing_on_replica', rows: [], count: null },
      'shop.orders on db2, compared with db1: not on the replica',
    ],
    [
      { rows: [], count: null, counted: false },
      'shop.orders on db2, compared with db1: drifted; which rows could not be told',
    ],
    [
      {
        verdict: 'unknown',
        reason: 'key_differs',
        rows: [],
        count: null,
        causes: [
          makeCause({ object: 'index', name: 'orders.PRIMARY', source: '(id)', replica: null }),
        ],
      },
      'shop.orders on db2, compared with db1: unknown: key_differs\n  index orders.PRIMARY: (id) -> no key to walk by',
    ],
    [{}, 'shop.orders on db2, compared with db1: 1 row differs\n  changed  id=7: total'],
    [
      { count: 9n, counted: false },
      'shop.orders on db2, compared with db1: at least 9 rows differ\n  changed  id=7: total\n  ... of which the first 1 are shown',
    ],
  ])('%o', ([overrides, text]) => {
    expect(renderDiffText({ ...DIFF, ...overrides })).toBe(text)
  })

  test('a row that holds commands to a terminal is one harmless line', () => {
    const rows = [{ ...ROW, kind: 'missing', key: { id: '\u001b[2J\n' }, columns: [] } as const]
    expect(renderDiffText({ ...DIFF, rows })).toContain('  missing  id=\\x1b[2J\\n')
  })

  it.for<[bigint, string]>([
    [1n, '  missing  a row without a key'],
    [3n, '  missing  3 equal rows without a key'],
  ])('a row that no key tells apart is counted: %s', ([copies, line]) => {
    const rows = [{ ...ROW, kind: 'missing', key: {}, columns: [], copies } as const]
    const diff = { ...DIFF, rows, count: copies }
    expect(renderDiffText(diff).split('\n')).toEqual([expect.any(String), line])
    expect(JSON.parse(renderDiffJson(diff))).toMatchObject({
      rows: [{ key: {}, copies: String(copies) }],
      truncated: false,
    })
  })
})
