import { describe, expect, it, test } from 'vitest'
import type { SeenReplicas } from '../src/mysql/seen-replicas.ts'
import { unwatchedReplicas, type Watcher } from '../src/unwatched.ts'
import { makeIdentity } from './support/fake-sights.ts'

const NOBODY: SeenReplicas = { by: 'name', replicas: [] }

function watcher(name: string, overrides: Partial<Watcher> = {}): Watcher {
  return { name, identity: makeIdentity(name), seen: NOBODY, watched: new Map(), ...overrides }
}

const replica = (serverId: string, uuid: string | null = null) => ({
  serverId,
  uuid,
  host: '10.0.0.9',
  port: '3306',
})
const named = (...replicas: readonly ReturnType<typeof replica>[]): SeenReplicas => ({
  by: 'name',
  replicas,
})
const connected = (...accounts: readonly string[]): SeenReplicas => ({
  by: 'connection',
  readers: accounts.map((account) => ({ account, host: '10.0.0.9' })),
})

describe('of the replicas that a source names', () => {
  it.for<[string, SeenReplicas, string[]]>([
    ['a configured one is watched, by its UUID', named(replica('7', 'uuid-of-db2')), []],
    ['by its server id where there is no UUID', named(replica('102')), []],
    ['another one is not', named(replica('7')), ['server_id 7 on 10.0.0.9:3306']],
    [
      'a copy with the same server id and another UUID is not',
      named(replica('102', 'uuid-of-a-copy')),
      ['server_id 102 on 10.0.0.9:3306'],
    ],
  ])('%s', ([, seen, expected]) => {
    expect(unwatchedReplicas([watcher('db1', { seen }), watcher('db2')])).toEqual(expected)
  })

  test('one that has two sources is one', () => {
    const seen = named(replica('7'))

    expect(unwatchedReplicas([watcher('db1', { seen }), watcher('db2', { seen })])).toHaveLength(1)
  })
})

describe('of the connections over which a log is read', () => {
  const watched = new Map([['repl', 1]])

  it.for<[string, SeenReplicas, string[] | null]>([
    ['as many as are configured are watched', connected('repl'), []],
    ['one more is not', connected('repl', 'repl'), ['a replica of db1 on 10.0.0.9']],
    ['one of another account is a consumer of the log', connected('repl', 'cdc'), []],
    ['too few are not all that there are', connected(), null],
  ])('%s', ([, seen, expected]) => {
    expect(unwatchedReplicas([watcher('db1', { seen, watched }), watcher('db2')])).toEqual(expected)
  })

  test('any is a replica where no replica is configured', () => {
    const alone = watcher('db1', { seen: connected('somebody') })

    expect(unwatchedReplicas([alone])).toEqual(['a replica of db1 on 10.0.0.9'])
  })
})

describe('nothing is told', () => {
  test('while one server does not tell', () => {
    expect(unwatchedReplicas([watcher('db1'), watcher('db2', { seen: null })])).toBeNull()
  })

  test('while a configured server was never read: it may be the one that is seen', () => {
    const seen = named(replica('102'))

    expect(
      unwatchedReplicas([watcher('db1', { seen }), watcher('db2', { identity: null })]),
    ).toBeNull()
  })
})
