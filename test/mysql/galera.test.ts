import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { galeraFencing, galeraMembership } from '../../src/mysql/galera.ts'
import { mariadb } from '../../src/mysql/mariadb.ts'
import { mysql } from '../../src/mysql/mysql.ts'
import type { Row } from '../../src/mysql/query.ts'
import { fakeSession } from '../support/fake-session.ts'

const HISTORY = '01008f32-e8fb-11f1-a469-ee6bfb472d10'
const NODE = '042f88ef-e8fb-11f1-944e-47e3117cc753'
const ZEROS = '00000000-0000-0000-0000-000000000000'

/** SHOW GLOBAL STATUS LIKE 'wsrep\_%' of a node of MariaDB 10.11.19, shortened to what may matter. */
const SYNCED = {
  wsrep_local_state_uuid: HISTORY,
  wsrep_last_committed: '17',
  wsrep_local_state_comment: 'Synced',
  wsrep_se_checkpoint: `${HISTORY}:17 0-1-14`,
  wsrep_cluster_conf_id: '3',
  wsrep_cluster_size: '3',
  wsrep_cluster_state_uuid: HISTORY,
  wsrep_cluster_status: 'Primary',
  wsrep_connected: 'ON',
  wsrep_gcomm_uuid: NODE,
  wsrep_provider_name: 'Galera',
  wsrep_ready: 'ON',
}
/** The same server without a cluster. */
const ALONE = {
  wsrep_cluster_conf_id: '18446744073709551615',
  wsrep_cluster_size: '0',
  wsrep_cluster_state_uuid: '',
  wsrep_cluster_status: 'Disconnected',
  wsrep_connected: 'OFF',
  wsrep_provider_name: '',
  wsrep_ready: 'OFF',
}

type Status = Readonly<Record<string, string>>

function node(status: Status | (() => Status)) {
  const rows = (): Row[] =>
    Object.entries(typeof status === 'function' ? status() : status).map(([name, Value]) => ({
      Variable_name: name,
      Value,
    }))
  return fakeSession({ 'SHOW GLOBAL STATUS': rows })
}

describe('a node', () => {
  it.for<[string, Status, Awaited<ReturnType<typeof galeraMembership>>]>([
    [
      'that is synced takes part',
      SYNCED,
      { kind: 'galera', group: HISTORY, node: NODE, state: 'active', refusesWrites: false },
    ],
    [
      'that gives another one its data, or was locked for a backup, is behind',
      { ...SYNCED, wsrep_local_state_comment: 'Donor/Desynced' },
      { kind: 'galera', group: HISTORY, node: NODE, state: 'catching_up', refusesWrites: false },
    ],
    [
      'that joins for the first time does not know yet whose it will be',
      {
        ...SYNCED,
        wsrep_local_state_uuid: ZEROS,
        wsrep_cluster_state_uuid: '',
        wsrep_cluster_status: 'non-Primary',
        wsrep_local_state_comment: 'Joining: receiving State Transfer',
        wsrep_ready: 'OFF',
      },
      { kind: 'galera', group: null, node: NODE, state: 'apart', refusesWrites: true },
    ],
    [
      'that comes back knows whose it was',
      { ...SYNCED, wsrep_cluster_state_uuid: ZEROS, wsrep_local_state_comment: 'Joined' },
      { kind: 'galera', group: HISTORY, node: NODE, state: 'catching_up', refusesWrites: false },
    ],
    [
      'that has lost the others is apart, and cannot be written whatever read_only says',
      {
        ...SYNCED,
        wsrep_cluster_status: 'non-Primary',
        wsrep_local_state_comment: 'Initialized',
        wsrep_ready: 'OFF',
      },
      { kind: 'galera', group: HISTORY, node: NODE, state: 'apart', refusesWrites: true },
    ],
    ['that is none is no member', ALONE, null],
    ['built without it is no member', {}, null],
  ])('%s', async ([, status, membership]) => {
    expect(await galeraMembership(node(status))).toEqual(membership)
  })

  test('of Percona XtraDB Cluster is recognised, and not fenced', async () => {
    const session = node(SYNCED)
    const members = fakeSession({
      'SELECT @@server_uuid AS own': [],
      'SHOW GLOBAL STATUS': await session.query('SHOW GLOBAL STATUS'),
    })
    expect(await mysql.membership(members)).toMatchObject({ kind: 'galera', state: 'active' })
    expect(mysql.memberFencing('galera')).toBeNull()
    expect(mariadb.memberFencing('galera')).toBe(galeraFencing)
  })
})

describe('the fence', () => {
  const at = (last: number, stored = last, history = HISTORY) =>
    node({
      ...SYNCED,
      wsrep_last_committed: String(last),
      wsrep_local_state_uuid: history,
      wsrep_cluster_state_uuid: history,
      wsrep_se_checkpoint: `${history}:${stored} 0-1-5`,
    })
  const OTHER = HISTORY.replace('01', '02')

  test('covers what is visible before it is counted as committed', async () => {
    expect(await galeraFencing.position(at(17, 18))).toBe(`${HISTORY}:18`)
  })

  test('covers a DDL, which InnoDB does not count', async () => {
    expect(await galeraFencing.position(at(18, 17))).toBe(`${HISTORY}:18`)
  })

  test('rests on what was committed alone where the server does not tell what is stored', async () => {
    const { wsrep_se_checkpoint: _, ...older } = SYNCED
    expect(await galeraFencing.position(node(older))).toBe(`${HISTORY}:17`)
  })

  it.for<[string, number, string, boolean]>([
    ['has reached what it has committed', 17, `${HISTORY}:17`, true],
    ['has not reached what comes after, as numbers and not as text', 9, `${HISTORY}:10`, false],
    ['has reached nothing of another history', 17, `${OTHER}:5`, false],
  ])('a node %s', async ([, last, position, reached]) => {
    expect(await galeraFencing.hasReached(at(last, 99), position, 'galera')).toBe(reached)
  })

  test('a node whose history began anew covers no earlier stored number', async () => {
    const moved = node({ ...SYNCED, wsrep_se_checkpoint: `${OTHER}:99 0-1-5` })
    expect(await galeraFencing.position(moved)).toBe(`${HISTORY}:17`)
  })

  test.for(['-1', '18446744073709551615', ''])(
    'a node that has committed nothing, and says "%s", proves nothing',
    async (last) => {
      const empty = node({ ...SYNCED, wsrep_last_committed: last })
      await expect(galeraFencing.position(empty)).rejects.toThrow(ServerError)
      const reached = galeraFencing.hasReached(empty, `${HISTORY}:17`, 'galera')
      await expect(reached).rejects.toThrow(ServerError)
    },
  )

  test('the source is read only once it shows all that the other may have had', async () => {
    const [source, replica] = [at(17), at(18, 19)]
    const ceiling = await galeraFencing.ceiling({ source, replica }, 'galera', '')
    expect(ceiling).toEqual({ target: `${HISTORY}:19`, received: '' })
    let last = 18
    const control = node(() => ({ ...SYNCED, wsrep_last_committed: String(last) }))
    const read = () =>
      galeraFencing.readPast({ control, reader: source }, ceiling, async () => 'rows')
    expect(await read()).toBeNull()
    last = 19
    expect(await read()).toEqual({ value: 'rows' })
  })
})
