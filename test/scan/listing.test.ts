import { describe, expect, it, test } from 'vitest'
import type { SetConfig } from '../../src/config/config.ts'
import { DEFAULTS } from '../../src/config/defaults.ts'
import type { TableEntry, TableKind } from '../../src/mysql/catalog.ts'
import { tableKey, tablesOf } from '../../src/scan/listing.ts'

function makeConfig(tables: Partial<SetConfig['tables']> = {}): SetConfig {
  return {
    ...DEFAULTS,
    name: 'shop',
    credentials: { username: 'drift', password: '' },
    servers: [],
    tables: { ...DEFAULTS.tables, ...tables },
  }
}

/** `shop.orders`, or `view shop.totals`. */
function listing(...names: readonly string[]): Map<string, TableEntry> {
  return new Map(
    names.map((name) => {
      const [kind = 'table', path = name] = name.includes(' ') ? name.split(' ') : ['table', name]
      const [schema = '', table = ''] = path.split('.')
      const entry = { schema, table, kind: kind as TableKind, engine: 'InnoDB', approximateRows: 1 }
      return [tableKey(entry), entry]
    }),
  )
}

const alone = { listed: [], isComplete: true, isFirstLink: true }

describe('a table is', () => {
  it.for<[string, string[], string[], object[]]>([
    ['on both ends', ['a.t'], ['a.t'], [{ on: 'both' }]],
    ['on the source', ['a.t'], [], [{ on: 'source' }]],
    ['on the replica', [], ['a.t'], [{ on: 'replica' }]],
    ['another one in another schema', ['a.t'], ['b.t'], [{ on: 'source' }, { on: 'replica' }]],
    ['another one in another case', ['a.T'], ['a.t'], [{ on: 'source' }, { on: 'replica' }]],
  ])('%s', ([, source, replica, expected]) => {
    expect(tablesOf(makeConfig(), listing(...source), listing(...replica), alone)).toMatchObject(
      expected,
    )
  })

  test('not taken for another whose name has a dot', () => {
    const entry = (schema: string, table: string) => ({ schema, table })

    expect(tableKey(entry('a.b', 'c'))).not.toBe(tableKey(entry('a', 'b.c')))
  })
})

describe('a table is skipped', () => {
  it.for<[string, Partial<SetConfig['tables']>, string, string | null]>([
    ['not, unless something says so', {}, 'shop.orders', null],
    ['when it is excluded', { exclude: ['shop.tmp_*'] }, 'shop.tmp_1', 'excluded'],
    ['when it is not included', { include: ['shop.*'] }, 'crm.people', 'excluded'],
    ['not when it is included', { include: ['shop.*'] }, 'shop.orders', null],
    [
      'when it is included and excluded',
      { include: ['shop.*'], exclude: ['*.log'] },
      'shop.log',
      'excluded',
    ],
    ['as a view', {}, 'view shop.totals', 'view'],
    ['as a sequence', {}, 'sequence shop.numbers', 'system'],
    ['as excluded, though it is a view', { exclude: ['shop.*'] }, 'view shop.totals', 'excluded'],
  ])('%s', ([, tables, name, skipped]) => {
    const [table] = tablesOf(makeConfig(tables), listing(name), listing(name), alone)

    expect(table?.skipped).toBe(skipped)
  })
})

describe('on a hub', () => {
  const hub = listing('a.mine', 'a.theirs', 'a.both')
  const mine = listing('a.mine', 'a.both')
  const others = { listed: [listing('a.theirs', 'a.both')], isComplete: true, isFirstLink: true }

  test('a table that another source carries is not listed', () => {
    const names = tablesOf(makeConfig(), mine, hub, others).map(({ entry }) => entry.table)

    expect(names).toEqual(['mine', 'both'])
  })

  test('a table that another source has too is contested', () => {
    const tables = tablesOf(makeConfig(), mine, hub, others)

    expect(tables.map(({ isContested }) => isContested)).toEqual([false, true])
  })

  test('a table of nobody is extra', () => {
    const tables = tablesOf(makeConfig(), mine, listing('a.scratch'), others)

    expect(tables.find(({ entry }) => entry.table === 'scratch')?.on).toBe('replica')
  })

  test('a table of nobody may be of a source that was not listed', () => {
    const incomplete = { ...others, isComplete: false, isFirstLink: true }

    const tables = tablesOf(makeConfig(), mine, listing('a.mine', 'a.scratch'), incomplete)

    expect(tables.map(({ entry }) => entry.table)).toEqual(['mine', 'both'])
  })
})
