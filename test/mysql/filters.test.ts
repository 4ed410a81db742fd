import { describe, expect, it, test } from 'vitest'
import {
  type Carriage,
  type ChannelRules,
  carriageOf,
  carriageOnReplica,
  type LogRules,
  NO_CHANNEL_RULES,
  NO_LOG_RULES,
  schemaOnReplica,
} from '../../src/mysql/filters.ts'

const rulesOf = (channel: Partial<ChannelRules>, log: Partial<LogRules> = {}) => ({
  channel: { ...NO_CHANNEL_RULES, ...channel },
  log: { ...NO_LOG_RULES, ...log },
})

/** `shop.orders` */
function named(name: string) {
  const [schema = '', table = ''] = name.split('.')
  return { schema, table }
}

describe('by the rules of its channel a table is', () => {
  it.for<[string, Partial<ChannelRules>, string, Carriage]>([
    ['carried where there are none', {}, 'a.t', 'carried'],
    ['carried in a schema that is wanted', { doDb: ['a', 'b'] }, 'b.t', 'carried'],
    ['filtered in a schema that is not', { doDb: ['a', 'b'] }, 'c.t', 'filtered'],
    ['filtered in a schema that is ignored', { ignoreDb: ['a'] }, 'a.t', 'filtered'],
    ['carried in any other', { ignoreDb: ['a'] }, 'b.t', 'carried'],
    [
      'carried in a wanted schema, whatever is ignored',
      { doDb: ['a'], ignoreDb: ['a'] },
      'a.t',
      'carried',
    ],
    ['carried if it is wanted by name', { doTable: ['a.t'] }, 'a.t', 'carried'],
    ['filtered if only others are', { doTable: ['a.t'] }, 'a.u', 'filtered'],
    ['filtered if it is ignored by name', { ignoreTable: ['a.t'] }, 'a.t', 'filtered'],
    ['carried if only others are ignored', { ignoreTable: ['a.t'] }, 'a.u', 'carried'],
    [
      'carried by name, before what is ignored',
      { doTable: ['a.t'], ignoreTable: ['a.t'] },
      'a.t',
      'carried',
    ],
    ['carried by a pattern', { wildDoTable: ['a%.t_'] }, 'abc.t1', 'carried'],
    ['filtered if no pattern wants it', { wildDoTable: ['a%.t_'] }, 'abc.t', 'filtered'],
    ['filtered by a pattern', { wildIgnoreTable: ['tmp%.%'] }, 'tmp1.t', 'filtered'],
    [
      'ignored by name, before a pattern wants it',
      { ignoreTable: ['a.t'], wildDoTable: ['a.%'] },
      'a.t',
      'filtered',
    ],
    [
      'wanted by a pattern, before a pattern ignores it',
      { wildDoTable: ['a.%'], wildIgnoreTable: ['%.t'] },
      'a.t',
      'carried',
    ],
    [
      'carried if nothing is wanted and no pattern ignores it',
      { ignoreTable: ['a.t'], wildIgnoreTable: ['b.%'] },
      'c.t',
      'carried',
    ],
    [
      'filtered by its schema, though its name is wanted',
      { ignoreDb: ['a'], doTable: ['a.t'] },
      'a.t',
      'filtered',
    ],
    [
      'not meant by a pattern with an escaped underscore',
      { wildIgnoreTable: ['a\\_b.%'] },
      'axb.t',
      'carried',
    ],
    ['meant by it literally', { wildIgnoreTable: ['a\\_b.%'] }, 'a_b.t', 'filtered'],
    ['not meant by brackets and dots', { wildIgnoreTable: ['a.[t].*'] }, 'a.t', 'carried'],
    ['undecided by a rule in another case', { ignoreTable: ['a.T'] }, 'a.t', 'undecided'],
    ['undecided by a pattern in another case', { wildDoTable: ['A.%'] }, 'a.t', 'undecided'],
    ['undecided by a rule with another accent', { ignoreTable: ['a.té'] }, 'a.te', 'undecided'],
    ['undecided by domains or server ids', { isOpaque: true }, 'a.t', 'undecided'],
    ['filtered all the same', { isOpaque: true, ignoreDb: ['a'] }, 'a.t', 'filtered'],
    ['undecided with a comma in its name', { ignoreTable: ['a.t'] }, 'a.t,u', 'undecided'],
    ['carried with a comma where there are no rules', {}, 'a.t,u', 'carried'],
  ])('%s', ([, rules, name, carriage]) => {
    expect(carriageOf(rulesOf(rules), named(name))).toBe(carriage)
  })
})

describe('by the rules of the source’s binary log a table is', () => {
  it.for<[string, Partial<LogRules>, Partial<ChannelRules>, string, Carriage]>([
    ['carried in a schema that is logged', { doDb: ['a'] }, {}, 'a.t', 'carried'],
    ['filtered in one that is not', { doDb: ['a'] }, {}, 'b.t', 'filtered'],
    ['filtered in one that is ignored', { ignoreDb: ['a'] }, {}, 'a.t', 'filtered'],
    [
      'filtered though the channel wants it',
      { ignoreDb: ['a'] },
      { doDb: ['a'] },
      'a.t',
      'filtered',
    ],
    [
      'undecided where statements are logged',
      { ignoreDb: ['a'], format: 'MIXED' },
      {},
      'b.t',
      'undecided',
    ],
    ['filtered there too', { ignoreDb: ['a'], format: 'STATEMENT' }, {}, 'a.t', 'filtered'],
    [
      'carried by statements where nothing is filtered',
      { format: 'STATEMENT' },
      {},
      'a.t',
      'carried',
    ],
    [
      'undecided by statements where the channel goes by schemas',
      { format: 'MIXED' },
      { doDb: ['a'] },
      'a.t',
      'undecided',
    ],
    [
      'carried by statements where it goes by tables',
      { format: 'MIXED' },
      { ignoreTable: ['a.u'] },
      'a.t',
      'carried',
    ],
  ])('%s', ([, log, channel, name, carriage]) => {
    expect(carriageOf(rulesOf(channel, log), named(name))).toBe(carriage)
  })
})

describe('a schema that gets another name', () => {
  const renamed = { rewrite: [{ from: 'app', to: 'app_e' }] }

  test('has it on the replica', () => {
    expect(schemaOnReplica(rulesOf(renamed), 'app')).toBe('app_e')
    expect(schemaOnReplica(rulesOf(renamed), 'crm')).toBe('crm')
  })

  it.for<[string, Partial<ChannelRules>, string, Carriage]>([
    ['is carried under its new name', { doDb: ['app_e'] }, 'app.t', 'carried'],
    ['is not carried under its old one', { doDb: ['app'] }, 'app.t', 'filtered'],
    ['is filtered by rules on the new one', { wildIgnoreTable: ['app_e.%'] }, 'app.t', 'filtered'],
  ])('%s', ([, rules, name, carriage]) => {
    expect(carriageOf(rulesOf({ ...renamed, ...rules }), named(name))).toBe(carriage)
  })

  test('is filtered by the binary log under its old one', () => {
    expect(carriageOf(rulesOf(renamed, { ignoreDb: ['app'] }), named('app.t'))).toBe('filtered')
  })

  it.for<[string, Partial<ChannelRules>, string, Carriage]>([
    ['that the replica alone has is carried', {}, 'app_e.t', 'carried'],
    ['whose old name the replica has: nothing comes there', {}, 'app.t', 'filtered'],
    ['is filtered on the replica too', { ignoreDb: ['app_e'] }, 'app_e.t', 'filtered'],
  ])('%s', ([, rules, name, carriage]) => {
    expect(carriageOnReplica(rulesOf({ ...renamed, ...rules }), named(name))).toBe(carriage)
  })
})
