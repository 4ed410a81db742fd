import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { mysql } from '../../src/mysql/mysql.ts'
import { fakeSession } from '../support/fake-session.ts'

const GROUP = 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee'
const [OWN, SECOND, THIRD] = ['4fedd45a', '4ffe7f69', '50246f5b'].map(
  (start) => `${start}-e8fa-11f1-9cea-02fc00000001`,
)

/** As MySQL 9.7.4 tells it. */
const seen = (states: readonly string[], group: string | null = GROUP) =>
  states.map((state, index) => ({
    own: OWN ?? null,
    member: [OWN, SECOND, THIRD][index] ?? null,
    state,
    group_name: group,
  }))

const membershipOf = (rows: ReturnType<typeof seen>) =>
  mysql.membership(fakeSession({ 'SELECT @@server_uuid': rows, SHOW: [] }))

describe('a member', () => {
  it.for<[string, ReturnType<typeof seen>, Awaited<ReturnType<typeof membershipOf>>]>([
    [
      'that is online takes part',
      seen(['ONLINE', 'ONLINE', 'ONLINE']),
      {
        kind: 'group_replication',
        group: GROUP,
        node: null,
        state: 'active',
        refusesWrites: false,
      },
    ],
    [
      'that sees one of three gone takes part',
      seen(['ONLINE', 'UNREACHABLE', 'ONLINE']),
      {
        kind: 'group_replication',
        group: GROUP,
        node: null,
        state: 'active',
        refusesWrites: false,
      },
    ],
    [
      'that recovers is behind',
      seen(['RECOVERING', 'ONLINE', 'ONLINE']),
      {
        kind: 'group_replication',
        group: GROUP,
        node: null,
        state: 'catching_up',
        refusesWrites: false,
      },
    ],
    [
      'without a majority is apart though it calls itself online, and its commits wait',
      seen(['ONLINE', 'UNREACHABLE', 'UNREACHABLE']),
      { kind: 'group_replication', group: GROUP, node: null, state: 'apart', refusesWrites: true },
    ],
    [
      'with half of four is apart',
      seen(['ONLINE', 'ONLINE', 'UNREACHABLE', 'UNREACHABLE']),
      { kind: 'group_replication', group: GROUP, node: null, state: 'apart', refusesWrites: true },
    ],
    [
      'that was expelled is apart',
      seen(['ERROR']),
      { kind: 'group_replication', group: GROUP, node: null, state: 'apart', refusesWrites: false },
    ],
    [
      'that was started without its group is apart, and may be written',
      seen(['OFFLINE']),
      { kind: 'group_replication', group: GROUP, node: null, state: 'apart', refusesWrites: false },
    ],
    ['of nothing, with the plugin loaded, is none', seen(['OFFLINE'], ''), null],
    ['of nothing, as 5.7 says it, is none', seen([''], null), null],
    ['of nothing, without the plugin, is none', [], null],
  ])('%s', async ([, rows, membership]) => {
    expect(await membershipOf(rows)).toEqual(membership)
  })

  test('whose account may not ask is none, as far as anybody knows', async () => {
    const denied = new ServerError('privilege', 'db1: denied', 1142)
    const session = fakeSession({ 'SELECT @@server_uuid': denied, SHOW: [] })
    expect(await mysql.membership(session)).toBeNull()
  })
})

describe('the fence between members', () => {
  const fencing = mysql.memberFencing('group_replication')

  test('goes up to all that the other has executed or is about to: its own commits come over no channel', async () => {
    const replica = fakeSession({
      'SELECT @@global.gtid_owned': [{ owned: `${GROUP}:7#33` }],
      'SELECT @@global.gtid_executed': [{ executed: `${GROUP}:1-5:1000001-1000003`, mode: 'ON' }],
    })
    const source = fakeSession({})
    const ceiling = await fencing?.ceiling({ source, replica }, 'group_replication', '')
    expect(ceiling).toEqual({ target: `${GROUP}:1-5:7:1000001-1000003`, received: '' })
  })

  test('is reached by what is executed', async () => {
    const replica = fakeSession({ 'SELECT GTID_SUBSET': [{ reached: '0' }] })
    expect(await fencing?.hasReached(replica, `${GROUP}:1-5`, 'group_replication')).toBe(false)
  })
})

it.for<[string, string | null, boolean]>([
  ['has a group that it may be in', 'ACTIVE', true],
  ['has it switched off', 'DISABLED', false],
  ['has no such plugin', null, false],
])('a server that %s', async ([, status, isHidden]) => {
  const session = fakeSession({ 'SELECT PLUGIN_STATUS': status === null ? [] : [{ status }] })
  expect(await mysql.hasHiddenMembers(session)).toBe(isHidden)
})
