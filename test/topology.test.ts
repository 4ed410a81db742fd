import { describe, expect, it, test } from 'vitest'
import type { LinkConfig } from '../src/config/config.ts'
import { type Sight, topologyOf } from '../src/topology.ts'
import { makeServerConfig } from './support/fake-server.ts'
import { makeChannel, makeIdentity, makeMembership, makeSight } from './support/fake-sights.ts'

const readOnly = (name: string) => ({ identity: makeIdentity(name, { readOnly: true }) })
const db1 = makeSight('db1')
const db2 = makeSight('db2', [makeChannel('db1')], readOnly('db2'))

const member = (name: string, overrides: Parameters<typeof makeMembership>[0] = {}) =>
  makeSight(name, [], { membership: makeMembership(overrides) })

const rolesOf = (sights: readonly Sight[], declared: readonly LinkConfig[] = []) =>
  Object.fromEntries(topologyOf(sights, declared).roles)
const sourcesOf = (sights: readonly Sight[]) =>
  topologyOf(sights, []).channels.map(({ source }) => source)
const declare = (source: string, replica: string): LinkConfig => ({ source, replica, kind: 'none' })

describe('roles', () => {
  it.for<[string, Sight[], Record<string, string>]>([
    ['a source with its replica', [db1, db2], { db1: 'source', db2: 'replica' }],
    [
      'a chain',
      [db1, db2, makeSight('db3', [makeChannel('db2')])],
      { db1: 'source', db2: 'intermediate', db3: 'replica' },
    ],
    [
      'a hub with two sources',
      [
        db1,
        makeSight('db2'),
        makeSight('hub', [makeChannel('db1', { name: 'a' }), makeChannel('db2', { name: 'b' })]),
      ],
      { db1: 'source', db2: 'source', hub: 'replica' },
    ],
    [
      'a two-way pair',
      [makeSight('db1', [makeChannel('db2')]), makeSight('db2', [makeChannel('db1')])],
      { db1: 'intermediate', db2: 'intermediate' },
    ],
    ['a lone server', [db1], { db1: 'unknown' }],
    [
      'a replica whose channel was removed',
      [db1, makeSight('db2', [], { wasReplica: true })],
      { db1: 'unknown', db2: 'detached' },
    ],
    [
      'a replica that was promoted and is written now',
      [
        makeSight('db1', [makeChannel('db2')], { ...readOnly('db1'), wasReplica: true }),
        makeSight('db2', [], { wasReplica: true }),
        makeSight('db3', [makeChannel('db2')], readOnly('db3')),
      ],
      { db1: 'replica', db2: 'source', db3: 'replica' },
    ],
    [
      'an intermediate that lost its channel and cannot be written',
      [
        db1,
        makeSight('db2', [], { ...readOnly('db2'), wasReplica: true }),
        makeSight('db3', [makeChannel('db2')], readOnly('db3')),
      ],
      { db1: 'unknown', db2: 'detached', db3: 'replica' },
    ],
    [
      'a server that should be a replica and has no channel',
      [db1, makeSight('db2', [], { config: makeServerConfig('db2', 'replica') })],
      { db1: 'unknown', db2: 'detached' },
    ],
    [
      'a server that was never read, though it should be a replica',
      [db1, makeSight('db2', null, { identity: null, config: makeServerConfig('db2', 'replica') })],
      { db1: 'unknown', db2: 'unknown' },
    ],
    [
      'a replica of a server outside of the set',
      [makeSight('db2', [makeChannel('elsewhere')])],
      { db2: 'replica' },
    ],
    [
      'a cluster with a replica of one of its members',
      [member('db1'), member('db2'), makeSight('db3', [makeChannel('db2')])],
      { db1: 'member', db2: 'member', db3: 'replica' },
    ],
    [
      'a member that replicates from outside of its cluster',
      [
        member('db1'),
        makeSight('db2', [makeChannel('elsewhere')], { membership: makeMembership() }),
      ],
      { db1: 'member', db2: 'member' },
    ],
  ])('%s', ([, sights, roles]) => {
    expect(rolesOf(sights)).toEqual(roles)
  })

  test('a configured link makes its ends source and replica', () => {
    expect(rolesOf([db1, makeSight('old')], [declare('db1', 'old')])).toEqual({
      db1: 'source',
      old: 'replica',
    })
  })

  test('do not change because a peer is down: its last sight counts', () => {
    const stopped = makeSight('db2', [
      makeChannel('db1', { io: 'connecting', ioErrorNumber: 2003 }),
    ])

    expect(rolesOf([db1, stopped])).toEqual({ db1: 'source', db2: 'replica' })
  })
})

describe('the source of a channel', () => {
  const byAddress = { sourceUuid: null, sourceServerId: null }

  it.for<[string, Sight[], (string | null)[]]>([
    ['is known by its UUID, whatever the address', [db1, db2], ['db1']],
    [
      'is known by its server id where there is no UUID (MariaDB)',
      [db1, makeSight('db2', [makeChannel('db1', { sourceUuid: null })])],
      ['db1'],
    ],
    [
      'is known by its configured address before it has ever connected',
      [db1, makeSight('db2', [makeChannel('db1', { ...byAddress, sourceHost: 'db1' })])],
      ['db1'],
    ],
    [
      'is known by what it calls itself',
      [db1, makeSight('db2', [makeChannel('db1', { ...byAddress, sourceHost: 'db1.internal' })])],
      ['db1'],
    ],
    [
      'is another one on another port',
      [
        db1,
        makeSight('db2', [
          makeChannel('db1', { ...byAddress, sourceHost: 'db1', sourcePort: 3307 }),
        ]),
      ],
      [null],
    ],
    [
      'is known by its address where two servers have its id',
      [
        db1,
        makeSight('db2', [makeChannel('db1', { sourceUuid: null, sourceHost: 'db1' })]),
        makeSight('db3', [], { identity: makeIdentity('db3', { serverId: '101' }) }),
      ],
      ['db1'],
    ],
    [
      'is known by its address where two servers have its UUID, a copied data directory',
      [
        db1,
        makeSight('db2', [makeChannel('db1', { sourceHost: 'db1' })]),
        makeSight('db3', [], { identity: makeIdentity('db3', { uuid: 'uuid-of-db1' }) }),
      ],
      ['db1'],
    ],
    [
      'is nobody where ids are shared and the address says nothing',
      [
        db1,
        makeSight('db2', [makeChannel('db1', { sourceUuid: null })]),
        makeSight('db3', [], { identity: makeIdentity('db3', { serverId: '101' }) }),
      ],
      [null],
    ],
    ['is nobody when it is not in the set', [db1, makeSight('db2', [makeChannel('db9')])], [null]],
    [
      'is never the replica itself',
      [makeSight('db1', [makeChannel('db1', { sourceUuid: null, sourceHost: 'db1' })])],
      [null],
    ],
    [
      'is not the server that has taken over its address, with another UUID',
      [db1, makeSight('db2', [makeChannel('db9', { sourceHost: 'db1' })])],
      [null],
    ],
  ])('%s', ([, sights, sources]) => {
    expect(sourcesOf(sights)).toEqual(sources)
  })

  test('is told for each channel', () => {
    const hub = makeSight('hub', [
      makeChannel('db1', { name: 'a' }),
      makeChannel('db9', { name: 'b' }),
      makeChannel('db2', { name: 'c' }),
    ])

    expect(sourcesOf([db1, makeSight('db2'), hub])).toEqual(['db1', null, 'db2'])
  })
})

describe('a server under two names', () => {
  const again = makeSight('db1b', [], { identity: makeIdentity('db1') })
  const replicaAgain = makeSight('db2b', [makeChannel('db1')], readOnly('db2'))

  test('is one server, with one role, and one source', () => {
    const { twins, roles, sources } = topologyOf([db1, again, db2], [])

    expect([...twins]).toEqual([['db1b', 'db1']])
    expect(Object.fromEntries(roles)).toEqual({ db1: 'source', db1b: 'source', db2: 'replica' })
    expect(sources).toBe(1)
  })

  test('is the source of its replicas under the first', () => {
    expect(sourcesOf([db1, again, db2])).toEqual(['db1'])
  })

  test('is no replica of itself', () => {
    const itself = makeChannel('db2', { sourceUuid: null, sourceHost: 'db2' })

    expect(sourcesOf([makeSight('db2', [itself], readOnly('db2')), replicaAgain])).toEqual([
      null,
      null,
    ])
  })

  test('is another one where only the ids are the same: a copied data directory', () => {
    const copy = makeSight('db3', [], { identity: { ...makeIdentity('db1'), hostname: 'db3' } })

    expect([...topologyOf([db1, copy], []).twins]).toEqual([])
  })
})

test('a configured link counts only until its replica has a channel', () => {
  expect(topologyOf([db1, db2], [declare('db1', 'db2')]).declared).toEqual([])
  expect(topologyOf([db1, makeSight('old')], [declare('db1', 'old')]).declared).toHaveLength(1)
})

describe('the number of sources', () => {
  const pair = [makeSight('db1', [makeChannel('db2')]), makeSight('db2', [makeChannel('db1')])]
  const ring = [
    makeSight('db1', [makeChannel('db3')]),
    makeSight('db2', [makeChannel('db1')]),
    makeSight('db3', [makeChannel('db2')]),
  ]
  const hub = makeSight('hub', [
    makeChannel('db1', { name: 'a' }),
    makeChannel('db2', { name: 'b' }),
  ])

  it.for<[string, readonly Sight[], number | null]>([
    ['is 1 in a healthy set', [db1, db2], 1],
    ['is 1 in a chain', [db1, db2, makeSight('db3', [makeChannel('db2')], readOnly('db3'))], 1],
    ['is 1 for a hub, however many sources it has', [db1, makeSight('db2'), hub], 1],
    ['is 1 for a two-way pair', pair, 1],
    ['is 1 for a ring', ring, 1],
    [
      'is 1 for a two-way pair with a replica',
      [...pair, makeSight('db3', [makeChannel('db1')], readOnly('db3'))],
      1,
    ],
    ['is 1 though the replica can be written', [db1, makeSight('db2', [makeChannel('db1')])], 1],
    ['is 2 when a replica was promoted beside its source', [db1, makeSight('db2')], 2],
    [
      'is 2 when a detached replica can be written',
      [db1, makeSight('db2', [], { wasReplica: true })],
      2,
    ],
    [
      'is 1 when the detached replica is read-only',
      [db1, makeSight('db2', [], { wasReplica: true, ...readOnly('db2') })],
      1,
    ],
    ['is 0 when the source is read-only', [makeSight('db1', [], readOnly('db1')), db2], 0],
    ['is 1 in a cluster', [member('db1'), member('db2'), member('db3')], 1],
    [
      'is 1 in a cluster with one primary',
      [makeSight('db1', [], { membership: makeMembership(), ...readOnly('db1') }), member('db2')],
      1,
    ],
    [
      'is 1 in a cluster with a replica that can be written',
      [member('db1'), member('db2'), makeSight('db3', [makeChannel('db2')])],
      1,
    ],
    [
      'is 1 when a member has lost the others and refuses writes',
      [member('db1'), member('db2'), member('db3', { state: 'apart', refusesWrites: true })],
      1,
    ],
    [
      'is 2 when a member has left the others and can be written',
      [member('db1'), member('db2'), member('db3', { state: 'apart' })],
      2,
    ],
    ['is 2 for two clusters', [member('db1'), member('db2', { group: 'cluster-2' })], 2],
    [
      'is 2 for a cluster and a server beside it',
      [member('db1'), member('db2'), makeSight('db3')],
      2,
    ],
    [
      'is not known as long as a server was not read',
      [db1, makeSight('db2', null, { identity: null })],
      null,
    ],
  ])('%s', ([, sights, sources]) => {
    expect(topologyOf(sights, []).sources).toBe(sources)
  })
})

describe('the links of a cluster', () => {
  const linksOf = (...sights: Sight[]) =>
    topologyOf(sights, []).members.map(
      ({ source, replica, state }) => `${source} -> ${replica} ${state}`,
    )

  it.for<[string, Sight[], string[]]>([
    [
      'go from the first in the configuration to each other one',
      [member('db1'), makeSight('db2'), member('db3'), member('db4')],
      ['db1 -> db3 active', 'db1 -> db4 active'],
    ],
    [
      'say which member does not take part',
      [member('db1', { state: 'catching_up' }), member('db2'), member('db3', { state: 'apart' })],
      ['db1 -> db2 catching_up', 'db1 -> db3 apart'],
    ],
    [
      'do not go from cluster to cluster',
      [member('db1'), member('db2', { group: 'cluster-2' }), member('db3', { group: 'cluster-2' })],
      ['db2 -> db3 active'],
    ],
    [
      'do not go from one kind to the other, whatever they are called',
      [member('db1'), member('db2', { kind: 'group_replication' })],
      [],
    ],
    [
      'are none to a node that does not know whose it is',
      [member('db1'), member('db2', { group: null })],
      [],
    ],
  ])('%s', ([, sights, links]) => {
    expect(linksOf(...sights)).toEqual(links)
  })
})

describe('nodes of a cluster that share server id, host name and port', () => {
  const alike = { identity: makeIdentity('db1', { uuid: null, hostname: 'localhost' }) }
  const node = (name: string, id: string) =>
    makeSight(name, [], { ...alike, membership: makeMembership({ node: id }) })

  test('are several servers all the same', () => {
    const { twins, members } = topologyOf([node('db1', 'a'), node('db2', 'b')], [])
    expect(twins.size).toBe(0)
    expect(members).toHaveLength(1)
  })

  test('are one where they are the same node', () => {
    const { twins, members } = topologyOf([node('db1', 'a'), node('again', 'a')], [])
    expect([...twins]).toEqual([['again', 'db1']])
    expect(members).toEqual([])
  })
})
