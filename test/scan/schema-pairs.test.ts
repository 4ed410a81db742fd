/** Which definitions are compared on a link, under which names, and which a filter or another source leaves in doubt. */
import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import type { SetConfig } from '../../src/config/config.ts'
import { DEFAULTS } from '../../src/config/defaults.ts'
import { ServerError } from '../../src/errors.ts'
import { type ChannelRules, NO_RULES, type Rules } from '../../src/mysql/filters.ts'
import { type Subject, type SubjectKind, subjectKey } from '../../src/mysql/structure/subject.ts'
import { linksOf } from '../../src/scan/groups.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { type Lists, type Pair, pairsOn } from '../../src/scan/schema/pairs.ts'
import { channelFrom, type FakeDatabase, fakeDatabase } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

/** `relation shop.orders`, `schema shop`. */
const list = (...names: readonly string[]): ReadonlyMap<string, Subject> =>
  new Map(
    names.map((each) => {
      const [kind = '', path = ''] = each.split(' ')
      const [schema = '', name = schema] = path.split('.')
      const subject: Subject = { kind: kind as SubjectKind, schema, name }
      return [subjectKey(subject), subject]
    }),
  )

const told = ({ source, replica, barred, doubt }: Pair) =>
  [
    `${replica.kind} ${replica.schema}.${replica.name}`,
    ...(source.schema === replica.schema ? [] : [`from ${source.schema}`]),
    ...(barred === null ? [] : [`barred: ${barred}`]),
    ...(doubt === null ? [] : [`doubt: ${doubt}`]),
  ].join(', ')

/** On each link of the set, by the channel's name. */
async function pairsIn(
  databases: readonly FakeDatabase[],
  lists: Lists,
  { rules, config = {} }: { rules?: Rules; config?: Partial<SetConfig> } = {},
): Promise<Record<string, string[]>> {
  const { context } = fakeScan(databases, { config })
  await runCheck(context, threads)
  const links = linksOf(context).groups.flatMap((group) => group.links)
  return Object.fromEntries(
    links.map((link) => {
      const asked = rules === undefined ? link : { ...link, rules }
      return [link.channel, pairsOn(context, asked, lists).map(told).sort()]
    }),
  )
}

const renamed = (channel: Partial<ChannelRules>): Rules => ({
  ...NO_RULES,
  channel: { ...NO_RULES.channel, ...channel },
})

describe('on a link', () => {
  const pair = () => [fakeDatabase('db1'), fakeDatabase('db2', [channelFrom('db1')])]
  const both = (...names: readonly string[]): Lists =>
    new Map([
      ['db1', list(...names)],
      ['db2', list(...names)],
    ])

  test('everything is compared that both ends have', async () => {
    const names = ['schema shop', 'relation shop.orders', 'procedure shop.p', 'event shop.e']
    expect(await pairsIn(pair(), both(...names))).toEqual({
      '': ['event shop.e', 'procedure shop.p', 'relation shop.orders', 'schema shop.shop'],
    })
  })

  test('what is in a schema that one end lacks is told of with the schema', async () => {
    const lists: Lists = new Map([
      ['db1', list('schema shop', 'relation shop.orders', 'event shop.e')],
      ['db2', list()],
    ])
    expect(await pairsIn(pair(), lists)).toEqual({ '': ['schema shop.shop'] })
  })

  test('a renamed schema is compared under both names, with all that is in it', async () => {
    const lists: Lists = new Map([
      ['db1', list('schema shop', 'relation shop.orders', 'procedure shop.p')],
      ['db2', list('schema store', 'relation store.orders', 'procedure store.p')],
    ])
    const rules = renamed({ rewrite: [{ from: 'shop', to: 'store' }] })
    expect(await pairsIn(pair(), lists, { rules })).toEqual({
      '': [
        'procedure store.p, from shop, doubt: not_compared',
        'relation store.orders, from shop',
        'schema store.store, from shop, doubt: not_compared',
      ],
    })
  })

  test('a table that a filter leaves out is not compared, and programs are in doubt', async () => {
    const names = ['relation shop.orders', 'relation shop.cache', 'event shop.e']
    const rules = renamed({ ignoreTable: ['shop.cache'] })
    expect(await pairsIn(pair(), both(...names), { rules })).toEqual({
      '': ['event shop.e, doubt: not_compared', 'relation shop.orders'],
    })
  })

  test('what the configuration excludes is not compared', async () => {
    const names = ['schema shop', 'relation shop.orders', 'relation hr.pay', 'procedure hr.p']
    const tables = { ...DEFAULTS.tables, include: ['shop.*'] }
    expect(await pairsIn(pair(), both(...names), { config: { tables } })).toEqual({
      '': ['relation shop.orders', 'schema shop.shop'],
    })
  })

  test('an end that could not be listed fails the look', async () => {
    const gone = new ServerError('connect', 'db2: gone')
    const lists: Lists = new Map<string, ReadonlyMap<string, Subject> | ServerError>([
      ['db1', list('relation shop.orders')],
      ['db2', gone],
    ])
    await expect(pairsIn(pair(), lists)).rejects.toBe(gone)
  })
})

describe('on a hub', () => {
  const hub = () => [
    fakeDatabase('east'),
    fakeDatabase('west'),
    fakeDatabase('hub', [
      channelFrom('east', { Channel_Name: 'e' }),
      channelFrom('west', { Channel_Name: 'w' }),
    ]),
  ]
  const lists = (east: string[], west: string[], own: string[]): Lists =>
    new Map([
      ['east', list(...east)],
      ['west', list(...west)],
      ['hub', list(...own)],
    ])

  test('what one source brings is not extra on the link of the other', async () => {
    const found = await pairsIn(
      hub(),
      lists(
        ['schema a', 'relation a.t', 'event a.e'],
        ['schema b', 'relation b.t', 'event b.e'],
        ['schema a', 'relation a.t', 'event a.e', 'schema b', 'relation b.t', 'event b.e'],
      ),
    )
    expect(found).toEqual({
      e: ['event a.e', 'relation a.t', 'schema a.a'],
      w: ['event b.e', 'relation b.t', 'schema b.b'],
    })
  })

  test('what both sources have is not compared with either', async () => {
    const all = ['relation a.t', 'procedure a.p']
    const found = await pairsIn(hub(), lists(all, all, all))
    const barred = ['procedure a.p, barred: multi_source', 'relation a.t, barred: multi_source']
    expect(
      Object.values(found).flatMap((each) => each.filter((one) => /barred/.test(one))),
    ).toEqual([...barred, ...barred])
  })

  test('what no source has is told once', async () => {
    const found = await pairsIn(hub(), lists([], [], ['event a.e', 'relation a.t']))
    expect(Object.values(found).flat().sort()).toEqual(['event a.e', 'relation a.t'])
  })

  test('what no source has is not told while one of them cannot be listed', async () => {
    const some = new Map<string, ReadonlyMap<string, Subject> | ServerError>([
      ['east', list()],
      ['hub', list('event a.e')],
    ])
    const { context } = fakeScan(hub())
    await runCheck(context, threads)
    const [east] = linksOf(context)
      .groups.flatMap((group) => group.links)
      .filter(({ channel }) => channel === 'e')
    if (east === undefined) throw new Error('there is a link to east')
    some.set('west', new ServerError('connect', 'west: gone'))
    expect(pairsOn(context, east, some).map(told)).toEqual([])
  })
})
