import { describe, expect, it } from 'vitest'
import { sharedIdentities } from '../src/identities.ts'
import type { Identity } from '../src/mysql/dialect.ts'
import { type Sight, topologyOf } from '../src/topology.ts'
import { makeChannel, makeIdentity, makeMembership, makeSight } from './support/fake-sights.ts'

const db1 = makeSight('db1')
const replica = (name: string, identity: Partial<Identity> = {}) =>
  makeSight(name, [makeChannel('db1')], { identity: makeIdentity(name, identity) })

const member = (name: string, identity: Partial<Identity>) =>
  makeSight(name, [], {
    identity: makeIdentity(name, identity),
    membership: makeMembership({ group: 'g' }),
  })

function shared(sights: readonly Sight[]) {
  const known = sights.flatMap(({ config, identity, membership }) =>
    identity === null ? [] : [{ name: config.name, identity, cluster: membership?.group ?? null }],
  )
  return sharedIdentities(known, topologyOf(sights, [])).map(
    ({ what, id, servers }) => `${what} ${id}: ${servers.join(' ')}`,
  )
}

describe('servers share', () => {
  it.for<[string, Sight[], string[]]>([
    ['nothing in a healthy set', [db1, replica('db2'), replica('db3')], []],
    [
      'a server id',
      [db1, replica('db2'), replica('db3', { serverId: '102' })],
      ['server_id 102: db2 db3'],
    ],
    [
      'a UUID, which is told once though their ids are the same too',
      [db1, replica('db2'), replica('db3', { serverId: '102', uuid: 'uuid-of-db2' })],
      ['server_uuid uuid-of-db2: db2 db3'],
    ],
    [
      'everything: they are one',
      [db1, replica('db2'), { ...replica('db2b'), identity: makeIdentity('db2') }],
      ['server db2.internal:3306: db2 db2b'],
    ],
    [
      'an id that is no harm, for neither replicates',
      [db1, makeSight('old', [], { identity: makeIdentity('old', { serverId: '101' }) })],
      [],
    ],
    [
      'no id that members of one cluster have together',
      [
        member('db1', { serverId: '1' }),
        member('db2', { serverId: '1' }),
        makeSight('db3', [makeChannel('db1'), makeChannel('db2', { name: 'b' })]),
      ],
      [],
    ],
    [
      'nothing that MariaDB does not have',
      [
        makeSight('db1', [], { identity: makeIdentity('db1', { uuid: null }) }),
        makeSight('db2', [], { identity: makeIdentity('db2', { uuid: null }) }),
      ],
      [],
    ],
  ])('%s', ([, sights, expected]) => {
    expect(shared(sights)).toEqual(expected)
  })
})
