import { describe, expect, it, test } from 'vitest'
import type { CheckName, Verdict } from '../../src/domain.ts'
import { serverVerdict, setVerdict, tableVerdict } from '../../src/output/judge.ts'
import type { TableStanding } from '../../src/report.ts'
import { ago, makeSet, makeTable } from '../support/make-report.ts'

type Standing = Partial<TableStanding> | null

describe('the verdict of a table', () => {
  it.for<[string, { checksum: Standing; rowCount: Standing }, CheckName[] | null, string]>([
    ['is checksum’s', { checksum: { verdict: 'suspect' }, rowCount: {} }, null, 'suspect'],
    [
      'is drifted by a confirmed count difference, whatever checksum says',
      { checksum: { verdict: 'same' }, rowCount: { verdict: 'drifted' } },
      null,
      'drifted',
    ],
    [
      'is not touched by a count difference that is not confirmed',
      { checksum: { verdict: 'same' }, rowCount: { verdict: 'suspect' } },
      null,
      'same',
    ],
    [
      'is missing when either check found it gone',
      { checksum: { verdict: 'unknown', reason: 'not_yet' }, rowCount: { verdict: 'missing' } },
      null,
      'missing',
    ],
    [
      'is unknown where only the counts are equal',
      { checksum: null, rowCount: { verdict: 'same' } },
      null,
      'unknown not_compared',
    ],
    [
      'is row_count’s where checksum was left out by request',
      { checksum: null, rowCount: { verdict: 'same' } },
      ['row_count'],
      'same',
    ],
    [
      'is row_count’s by request although a checksum is known',
      { checksum: { verdict: 'drifted' }, rowCount: { verdict: 'same' } },
      ['row_count'],
      'same',
    ],
    [
      'keeps row_count’s own reason',
      { checksum: null, rowCount: { verdict: 'unknown', reason: 'lag' } },
      null,
      'unknown lag',
    ],
    [
      'is unknown when no check looked',
      { checksum: null, rowCount: null },
      null,
      'unknown not_compared',
    ],
    [
      'stays skipped',
      { checksum: { verdict: 'skipped', reason: 'view' }, rowCount: { verdict: 'drifted' } },
      null,
      'skipped view',
    ],
  ])('%s', ([, standings, requested, expected]) => {
    const { verdict, reason } = tableVerdict(makeTable(standings), requested)
    expect([verdict, reason].filter(Boolean).join(' ')).toBe(expected)
  })

  test('was verified when the readings began that it rests on', () => {
    const table = makeTable({
      checksum: { verifiedAt: ago(500) },
      rowCount: { verdict: 'drifted', verifiedAt: ago(5) },
    })
    expect(tableVerdict(table).verifiedAt).toEqual(ago(5))
  })

  test('was never verified when only counts were asked for', () => {
    const table = makeTable({ checksum: null, rowCount: { verifiedAt: ago(5) } })
    expect(tableVerdict(table, ['row_count']).verifiedAt).toBeNull()
  })
})

describe('the verdict of a set and of a server', () => {
  const setOf = (...verdicts: Verdict[]) =>
    makeSet({
      tables: verdicts.map((verdict, index) =>
        makeTable({ table: `t${index}`, checksum: { verdict } }),
      ),
    })

  it.for<[Verdict[], Verdict]>([
    [['same', 'suspect'], 'suspect'],
    [['suspect', 'unknown'], 'unknown'],
    [['unknown', 'missing'], 'missing'],
    [['missing', 'drifted'], 'drifted'],
    [['same', 'skipped'], 'same'],
    [['skipped'], 'unknown'],
    [[], 'unknown'],
  ])('%s is %s', ([verdicts, expected]) => {
    expect(setVerdict(setOf(...verdicts))).toBe(expected)
  })

  test('a server that is no examined end has none', () => {
    expect(serverVerdict(setOf('drifted'), 'db1')).toBeNull()
    expect(serverVerdict(setOf('drifted'), 'db2')).toBe('drifted')
  })
})
