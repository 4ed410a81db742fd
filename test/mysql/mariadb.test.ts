import { describe, expect, it, test } from 'vitest'
import type { ThreadState } from '../../src/domain.ts'
import { ChannelChanged, ServerError } from '../../src/errors.ts'
import type { ChannelStatus, FencedEnds, Identity } from '../../src/mysql/dialect.ts'
import { NO_CHANNEL_RULES } from '../../src/mysql/filters.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import { mariadb } from '../../src/mysql/mariadb.ts'
import type { Row } from '../../src/mysql/query.ts'
import { type Answer, type FakeSession, fakeSession } from '../support/fake-session.ts'
import { mariadbRow } from '../support/fake-status-rows.ts'

const MARIADB_10_11 = { vendor: 'mariadb', version: [10, 11, 19] } as const

async function channels(
  rows: readonly Row[],
  { workers = [], flavor = MARIADB_10_11 }: { workers?: Answer; flavor?: Flavor } = {},
) {
  const answers = { 'SHOW ALL SLAVES STATUS': rows, 'SELECT CHANNEL_NAME': workers }
  return await mariadb.channels(fakeSession(answers, flavor), flavor)
}

const healthy: ChannelStatus = {
  name: '',
  sourceHost: 'db1.internal',
  sourcePort: 3306,
  sourceUuid: null,
  sourceServerId: '101',
  io: 'running',
  sql: 'running',
  ioErrorNumber: 0,
  sqlErrorNumber: 0,
  lagSeconds: 0,
  workersFailed: null,
  delaySeconds: 0,
  account: 'repl',
  rules: NO_CHANNEL_RULES,
}

const OPAQUE = { ...NO_CHANNEL_RULES, isOpaque: true }
const REWRITTEN = [
  { from: 'a', to: 'b' },
  { from: 'c', to: 'd' },
]

/** Columns that came with 10.11 to 11.4, and 11.6. */
const MARIADB_11 = {
  Replicate_Rewrite_DB: '',
  Slave_Non_Transactional_Groups: '0',
  Slave_Transactional_Groups: '8',
  Master_last_event_time: '2026-11-20 12:00:00',
  Slave_last_event_time: '2026-11-20 12:00:00',
  Master_Slave_time_diff: '0',
}

describe('a connection is read', () => {
  it.for<[string, Row, Partial<ChannelStatus>]>([
    ['on 10.4', mariadbRow(), {}],
    ['on 11', mariadbRow(MARIADB_11), {}],
    ['with a name', mariadbRow({ Connection_name: 'east' }), { name: 'east' }],
    [
      'that has never connected',
      mariadbRow({ Master_Server_Id: '0', Slave_IO_Running: 'Connecting', Last_IO_Errno: '2003' }),
      { sourceServerId: null, io: 'connecting', ioErrorNumber: 2003 },
    ],
    [
      'whose applier stopped: its lag is unknown, not 0',
      mariadbRow({ Slave_SQL_Running: 'No', Last_SQL_Errno: '1032', Seconds_Behind_Master: null }),
      { sql: 'stopped', sqlErrorNumber: 1032, lagSeconds: null },
    ],
    [
      'that is behind, and delayed on purpose',
      mariadbRow({ Seconds_Behind_Master: '61', SQL_Delay: '60' }),
      { lagSeconds: 61, delaySeconds: 60 },
    ],
    [
      'that leaves out a table',
      mariadbRow({ Replicate_Ignore_Table: 'a.b' }),
      { rules: { ...NO_CHANNEL_RULES, ignoreTable: ['a.b'] } },
    ],
    [
      'that carries two schemas',
      mariadbRow({ Replicate_Do_DB: 'shop,crm' }),
      { rules: { ...NO_CHANNEL_RULES, doDb: ['shop', 'crm'] } },
    ],
    [
      'that leaves out a domain',
      mariadbRow({ Replicate_Ignore_Domain_Ids: '2' }),
      { rules: OPAQUE },
    ],
    [
      'that carries some domains',
      mariadbRow({ Replicate_Do_Domain_Ids: '1, 2' }),
      { rules: OPAQUE },
    ],
    [
      'that renames a schema, as 11 tells',
      mariadbRow({ ...MARIADB_11, Replicate_Rewrite_DB: 'a->b,c->d' }),
      { rules: { ...NO_CHANNEL_RULES, rewrite: REWRITTEN } },
    ],
  ])('%s', async ([, row, expected]) => {
    expect(await channels([row])).toEqual([{ ...healthy, ...expected }])
  })

  it.for<[string, ThreadState]>([
    ['Yes', 'running'],
    ['No', 'stopped'],
    ['Connecting', 'connecting'],
    ['Preparing', 'connecting'],
  ])('whose receiver says %s', async ([said, io]) => {
    expect((await channels([mariadbRow({ Slave_IO_Running: said })]))[0]?.io).toBe(io)
  })

  test('each of several', async () => {
    const names = ['', 'east', 'west']
    const found = await channels(names.map((name) => mariadbRow({ Connection_name: name })))

    expect(found.map(({ name }) => name)).toEqual(names)
  })
})

describe('failed appliers', () => {
  const rows = [mariadbRow(), mariadbRow({ Connection_name: 'east' })]
  /** Recorded on 10.11.19 with slave_parallel_threads=4 and performance_schema=ON. */
  const workers = [{ channel: 'east', failed: '1' }]

  test('are counted by connection where parallel ones are listed', async () => {
    const found = await channels(rows, { workers })

    expect(found.map(({ workersFailed }) => workersFailed)).toEqual([null, 1])
  })

  it.for<[string, Flavor, Answer]>([
    ['of 10.5, which has no list of them', { vendor: 'mariadb', version: [10, 5, 28] }, workers],
    ['of 10.4', { vendor: 'mariadb', version: [10, 4, 34] }, workers],
    ['where the account may not see it', MARIADB_10_11, new ServerError('privilege', 'no', 1142)],
  ])('are not known: %s', async ([, flavor, answer]) => {
    const found = await channels(rows, { workers: answer, flavor })

    expect(found.map(({ workersFailed }) => workersFailed)).toEqual([null, null])
  })
})

describe('who a server is', () => {
  it.for<[string, boolean]>([
    ['0', false],
    ['OFF', false],
    ['1', true],
    ['ON', true],
    ['NO_LOCK', true],
  ])('read_only %s', async ([read_only, readOnly]) => {
    const row = { server_id: '101', hostname: 'db1', port: '3306', read_only, log_bin: '1' }

    const identity = await mariadb.identity(fakeSession({ SELECT: [row] }))

    expect(identity).toMatchObject({ readOnly, uuid: null, serverId: '101', gtidEnabled: true })
  })
})

const SERVER: Identity = {
  serverId: '101',
  uuid: null,
  hostname: 'db1',
  port: 3306,
  readOnly: false,
  binaryLog: true,
  gtidEnabled: true,
}

const BETWEEN: FencedEnds = { source: SERVER, replica: SERVER, others: [], isMixed: false }

const fencing = (() => {
  const found = mariadb.fencing(BETWEEN)
  if (found === null) throw new Error('there is no fence')
  return found
})()

function channelOf(serverId: string, name = ''): FakeSession {
  return fakeSession({
    'SHOW ALL SLAVES STATUS': [{ Connection_name: name, Master_Server_Id: serverId }],
  })
}

describe('a fence', () => {
  it.for<[string, string, boolean]>([
    ['0-101-9', '0-101-9', true],
    ['0-101-8', '0-101-9', false],
    ['0-102-10', '0-101-9', true],
    ['0-101-9', '0-101-9,1-101-1', false],
    ['', '0-101-1', false],
  ])('with %s applied has reached %s: %s', async ([applied, position, expected]) => {
    const replica = fakeSession({ 'SELECT @@global.gtid_slave_pos': [{ position: applied }] })

    expect(await fencing.hasReached(replica, position, '')).toBe(expected)
  })

  test('from above is the end of the source’s binlog', async () => {
    const source = fakeSession({
      'SHOW MASTER STATUS': [{ File: 'binlog.000007', Position: '342' }],
    })
    const replica = channelOf('101')

    const { target } = await fencing.ceiling({ source, replica }, '', '')

    expect(target).toBe('binlog.000007:342')
  })

  it.for<[string, FakeSession]>([
    ['the channel is gone', fakeSession({ 'SHOW ALL SLAVES STATUS': [] })],
    ['the channel is of another name', channelOf('101', 'east')],
    ['the channel was pointed at another server meanwhile', channelOf('102')],
  ])('from above is none when %s', async ([, replica]) => {
    const past = fencing.ceiling({ source: fakeSession({}), replica }, '', '')

    await expect(past).rejects.toThrow(ChannelChanged)
  })

  test('from above does not ask a channel that was not connected yet whom it comes from', async () => {
    const source = fakeSession({ 'SHOW MASTER STATUS': [{ File: 'binlog.000007', Position: '4' }] })

    const { target } = await fencing.ceiling({ source, replica: channelOf('0') }, '', '')

    expect(target).toBe('binlog.000007:4')
  })
})

describe('a reading of the source past the end of its binlog', () => {
  interface Snapshot {
    readonly at?: string
    readonly gtids?: readonly [snapshot: string | null, end: string | null]
  }

  function sourceAt({
    at = 'binlog.000007:342',
    gtids = ['0-101-8', '0-101-9'],
  }: Snapshot): FakeSession {
    const [file = '', position = ''] = at.split(':')
    return fakeSession({
      'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY': [],
      "SHOW STATUS LIKE 'binlog_snapshot_%'": [
        { Variable_name: 'Binlog_snapshot_file', Value: file },
        { Variable_name: 'Binlog_snapshot_position', Value: position },
      ],
      'SELECT BINLOG_GTID_POS': [{ at_snapshot: gtids[0], at_end: gtids[1] }],
      COMMIT: [],
    })
  }

  async function readPast(target: string, snapshot: Snapshot, read = async () => 'read') {
    const reader = sourceAt(snapshot)
    const control = fakeSession({})
    const past = { target, received: '' }
    const result = await fencing.readPast({ control, reader }, past, read)
    return { isRead: result?.value === 'read', asked: reader.asked }
  }

  it.for<[string, string, Snapshot, boolean]>([
    ['at the very place', 'binlog.000007:342', {}, true],
    ['a byte before it', 'binlog.000007:343', {}, false],
    ['behind it', 'binlog.000007:341', {}, true],
    ['in the next file', 'binlog.000007:9999999', { at: 'binlog.000008:4' }, true],
    ['in the file before', 'binlog.000008:4', { at: 'binlog.000007:9999999' }, false],
    ['in file 10 after file 9', 'binlog.000009:500', { at: 'binlog.000010:4' }, true],
    ['in file 9 before file 10', 'binlog.000010:4', { at: 'binlog.000009:500' }, false],
    ['in file 1000000 after 999999', 'binlog.999999:500', { at: 'binlog.1000000:4' }, true],
    ['with a dot in its name', 'my.bin.log.000007:342', { at: 'my.bin.log.000008:4' }, true],
    ['beyond 4 GB', 'binlog.000007:4294967296', { at: 'binlog.000007:4294967297' }, true],
    [
      'before it by events that are no transactions, on an idle source',
      'binlog.000008:469',
      { at: 'binlog.000008:432', gtids: ['0-101-9', '0-101-9'] },
      true,
    ],
    [
      'the same, and the domains come in another order',
      'binlog.000008:469',
      { at: 'binlog.000008:432', gtids: ['1-101-3,0-101-9', '0-101-9,1-101-3'] },
      true,
    ],
    [
      'before it while a commit waits for a semi-sync replica',
      'binlog.000008:469',
      { at: 'binlog.000008:432', gtids: ['0-101-8', '0-101-9'] },
      false,
    ],
    [
      'before it in a file that is purged by now',
      'binlog.000008:469',
      { at: 'binlog.000001:432', gtids: [null, '0-101-9'] },
      false,
    ],
    ['nowhere, since there is no binlog', 'binlog.000007:342', { at: ':0' }, false],
    ['at no known position', 'binlog.000007:342', { at: ':' }, false],
  ])('with a snapshot %s', async ([, target, snapshot, isRead]) => {
    expect((await readPast(target, snapshot)).isRead).toBe(isRead)
  })

  test('is made inside the snapshot, which ends with it', async () => {
    const { asked } = await readPast('binlog.000007:342', {})

    // Nor does it ask for the costly BINLOG_GTID_POS() when the snapshot is not before the end.
    expect(asked).toEqual([
      'START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY',
      "SHOW STATUS LIKE 'binlog_snapshot_%'",
      'COMMIT',
    ])
  })

  test('ends the snapshot when the reading fails', async () => {
    const reader = sourceAt({})
    const failing = fencing.readPast(
      { control: fakeSession({}), reader },
      { target: 'binlog.000007:342', received: '' },
      () => Promise.reject(new ServerError('timeout', 'too long', 1969)),
    )

    await expect(failing).rejects.toThrow('too long')
    expect(reader.asked.at(-1)).toBe('COMMIT')
  })
})

describe('a fence can be had', () => {
  it.for<[string, Partial<Identity>, boolean]>([
    ['with a binlog', {}, true],
    ['not without one', { binaryLog: false }, false],
  ])('%s', ([, source, can]) => {
    const fence = mariadb.fencing({ ...BETWEEN, source: { ...SERVER, ...source } })

    expect(fence !== null).toBe(can)
  })
})
