import { describe, expect, it, test } from 'vitest'
import type { SetConfig } from '../../src/config/config.ts'
import { DEFAULTS } from '../../src/config/defaults.ts'
import type { TableEntry, TableKind } from '../../src/mysql/catalog.ts'
import { type ChannelRules, NO_RULES, type Rules } from '../../src/mysql/filters.ts'
import { tableKey } from '../../src/scan/listing.ts'
import { type OnLink, tablesOf } from '../../src/scan/tables-on-link.ts'

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
      const entry = { schema, table, kind: kind as TableKind, engine: 'InnoDB' }
      return [tableKey(entry), entry]
    }),
  )
}

/** Of a replica with one channel without rules, unless said otherwise. */
function onLink(
  source: readonly string[],
  replica: readonly string[],
  overrides: Partial<OnLink> = {},
): OnLink {
  return {
    rules: NO_RULES,
    loop: [],
    source: listing(...source),
    replica: listing(...replica),
    others: [],
    othersBefore: 0,
    ...overrides,
  }
}

const withRules = (channel: Partial<ChannelRules>): Rules => ({
  ...NO_RULES,
  channel: { ...NO_RULES.channel, ...channel },
})
const carrying = (...names: readonly string[]) => ({
  rules: NO_RULES,
  carried: new Set(listing(...names).keys()),
})

describe('a table is', () => {
  it.for<[string, string[], string[], object[]]>([
    ['on both ends', ['a.t'], ['a.t'], [{ on: 'both' }]],
    ['on the source', ['a.t'], [], [{ on: 'source' }]],
    ['on the replica', [], ['a.t'], [{ on: 'replica' }]],
    ['another one in another schema', ['a.t'], ['b.t'], [{ on: 'source' }, { on: 'replica' }]],
    ['another one in another case', ['a.T'], ['a.t'], [{ on: 'source' }, { on: 'replica' }]],
  ])('%s', ([, source, replica, expected]) => {
    expect(tablesOf(makeConfig(), onLink(source, replica))).toMatchObject(expected)
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
    const [table] = tablesOf(makeConfig(tables), onLink([name], [name]))

    expect(table?.skipped).toBe(skipped)
  })
})

describe('by the rules of its channel', () => {
  const ignoring = { rules: withRules({ ignoreDb: ['tmp'] }) }

  it.for<[string, string[], string[]]>([
    ['on both ends', ['tmp.t'], ['tmp.t']],
    ['on the source alone', ['tmp.t'], []],
    ['on the replica alone', [], ['tmp.t']],
  ])('a table that it leaves out is skipped, %s', ([, source, replica]) => {
    const [table] = tablesOf(makeConfig(), onLink(source, replica, ignoring))

    expect(table?.skipped).toBe('filtered')
  })

  test('a table that it carries is missed', () => {
    const [table] = tablesOf(makeConfig(), onLink(['shop.t'], [], ignoring))

    expect(table).toMatchObject({ on: 'source', skipped: null, doubt: null })
  })

  test('a table of which nobody can tell is doubtful', () => {
    const rules = withRules({ isOpaque: true })

    const tables = tablesOf(makeConfig(), onLink(['a.t', 'a.u'], ['a.t', 'a.v'], { rules }))

    expect(tables.map(({ doubt }) => doubt)).toEqual(Array(3).fill('not_compared'))
  })
})

describe('a schema that gets another name', () => {
  const rules = withRules({ rewrite: [{ from: 'app', to: 'app_e' }] })

  test('is compared under both, and told of under that on the replica', () => {
    const tables = tablesOf(makeConfig(), onLink(['app.t'], ['app_e.t'], { rules }))

    expect(tables).toMatchObject([
      { on: 'both', source: { schema: 'app' }, replica: { schema: 'app_e' }, skipped: null },
    ])
  })

  test('may be named in the configuration as it is on the replica', () => {
    const config = makeConfig({ exclude: ['app_e.*'] })

    const [table] = tablesOf(config, onLink(['app.t'], ['app_e.t'], { rules }))

    expect(table?.skipped).toBe('excluded')
  })

  test('is missed under its new name', () => {
    const [table] = tablesOf(makeConfig(), onLink(['app.t'], [], { rules }))

    expect(table).toMatchObject({ on: 'source', replica: { schema: 'app_e' } })
  })

  test('has nothing to do with one that has its old name on the replica', () => {
    const tables = tablesOf(makeConfig(), onLink([], ['app.t'], { rules }))

    expect(tables).toMatchObject([{ on: 'replica', skipped: 'filtered' }])
  })

  test('cannot be told from another that gets the same', () => {
    const both = withRules({ rewrite: ['a', 'b'].map((from) => ({ from, to: 'c' })) })

    const tables = tablesOf(
      makeConfig(),
      onLink(['a.t', 'b.t', 'b.u'], ['c.t', 'c.u'], { rules: both }),
    )

    expect(tables.map(({ barred }) => barred)).toEqual(['not_compared', null])
  })
})

describe('on a link that closes a circle', () => {
  const forward = { rules: withRules({ ignoreDb: ['back'] }) }

  test('what the others bring is theirs to compare', () => {
    const tables = tablesOf(makeConfig(), onLink(['a.t'], ['a.t', 'a.u'], { loop: [NO_RULES] }))

    expect(tables).toEqual([])
  })

  test('what one of them leaves out is compared here', () => {
    const loop = [NO_RULES, forward.rules]

    const tables = tablesOf(makeConfig(), onLink(['a.t', 'back.t'], ['a.t', 'back.t'], { loop }))

    expect(tables.map(({ entry }) => entry.schema)).toEqual(['back'])
  })
})

describe('on a hub', () => {
  const hub = ['a.mine', 'a.theirs', 'a.both']
  const mine = ['a.mine', 'a.both']
  const others = [carrying('a.theirs', 'a.both')]
  const named = (tables: ReturnType<typeof tablesOf>) => tables.map(({ entry }) => entry.table)

  test('a table that another source carries is not listed', () => {
    expect(named(tablesOf(makeConfig(), onLink(mine, hub, { others })))).toEqual(['mine', 'both'])
  })

  test('a table that another source carries too is contested', () => {
    const tables = tablesOf(makeConfig(), onLink(mine, hub, { others }))

    expect(tables.map(({ barred }) => barred)).toEqual([null, 'multi_source'])
  })

  test('a table of nobody is extra', () => {
    const tables = tablesOf(makeConfig(), onLink(mine, ['a.scratch'], { others }))

    expect(tables.find(({ entry }) => entry.table === 'scratch')?.on).toBe('replica')
  })

  test('a table of nobody is told of once, on the first channel that would bring it', () => {
    const toldOn = (rules: Rules, other: Rules, othersBefore: number) => {
      const first = { rules: other, carried: new Set<string>() }
      const link = onLink([], ['a.scratch'], { rules, others: [first], othersBefore })
      return tablesOf(makeConfig(), link).map(({ skipped }) => skipped)
    }
    const ignoring = withRules({ ignoreDb: ['a'] })

    expect(toldOn(NO_RULES, NO_RULES, 0)).toEqual([null])
    expect(toldOn(NO_RULES, NO_RULES, 1)).toEqual([])
    expect(toldOn(NO_RULES, ignoring, 1)).toEqual([null])
    expect(toldOn(ignoring, NO_RULES, 0)).toEqual([])
    expect(toldOn(ignoring, ignoring, 0)).toEqual(['filtered'])
    expect(toldOn(ignoring, ignoring, 1)).toEqual([])
  })

  test('a table may be of a source of which nobody knows what it has', () => {
    const unknown = [{ rules: NO_RULES, carried: null }]

    const tables = tablesOf(
      makeConfig(),
      onLink(mine, ['a.mine', 'a.scratch'], { others: unknown }),
    )

    expect(named(tables)).toEqual(['mine', 'both'])
    expect(tables.map(({ doubt }) => doubt)).toEqual(['multi_source', 'multi_source'])
  })

  test('a table is not of such a source if its channel leaves it out', () => {
    const unknown = [{ rules: withRules({ doDb: ['b'] }), carried: null }]

    const tables = tablesOf(
      makeConfig(),
      onLink(mine, ['a.mine', 'a.scratch'], { others: unknown }),
    )

    expect(named(tables)).toEqual(['mine', 'both', 'scratch'])
    expect(tables.map(({ doubt }) => doubt)).toEqual([null, null, null])
  })
})
