import { describe, expect, it, test } from 'vitest'
import type { ThreadState } from '../../src/domain.ts'
import { ChannelChanged, NoFence, ServerError } from '../../src/errors.ts'
import type { ChannelStatus, Fencing, Identity } from '../../src/mysql/dialect.ts'
import { NO_CHANNEL_RULES } from '../../src/mysql/filters.ts'
import type { Version } from '../../src/mysql/flavor.ts'
import { mysql } from '../../src/mysql/mysql.ts'
import type { Row } from '../../src/mysql/query.ts'
import { fakeSession } from '../support/fake-session.ts'
import { mysql57Row, mysql80Row, UUID } from '../support/fake-status-rows.ts'

async function channels(version: Version, rows: readonly Row[]) {
  const flavor = { vendor: 'mysql', version } as const
  const session = fakeSession({ SHOW: rows, 'SELECT CHANNEL_NAME': [], 'SELECT s.': [] }, flavor)
  return { found: await mysql.channels(session, flavor), asked: session.asked }
}

const healthy: ChannelStatus = {
  name: '',
  sourceHost: 'db1.internal',
  sourcePort: 3306,
  sourceUuid: UUID,
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

describe('a channel is read', () => {
  it.for<[string, Version, string, Row]>([
    ['5.7', [5, 7, 44], 'SHOW SLAVE STATUS', mysql57Row()],
    ['8.0.21', [8, 0, 21], 'SHOW SLAVE STATUS', mysql57Row({ Network_Namespace: '' })],
    ['8.0.22', [8, 0, 22], 'SHOW REPLICA STATUS', mysql80Row()],
    ['8.4', [8, 4, 6], 'SHOW REPLICA STATUS', mysql80Row()],
    ['9.7', [9, 7, 4], 'SHOW REPLICA STATUS', mysql80Row()],
    ['26.1', [26, 1, 0], 'SHOW REPLICA STATUS', mysql80Row()],
  ])('on %s', async ([, version, statement, row]) => {
    const { found, asked } = await channels(version, [row])

    expect(asked[0]).toBe(statement)
    expect(found).toEqual([healthy])
  })

  it.for<[string, Partial<Row>, Partial<Row>, Partial<ChannelStatus>]>([
    [
      'that has never connected: nobody knows who its source is',
      {
        Master_UUID: '',
        Master_Server_Id: '0',
        Slave_IO_Running: 'Connecting',
        Last_IO_Errno: '2003',
      },
      {
        Source_UUID: '',
        Source_Server_Id: '0',
        Replica_IO_Running: 'Connecting',
        Last_IO_Errno: '2003',
      },
      { sourceUuid: null, sourceServerId: null, io: 'connecting', ioErrorNumber: 2003 },
    ],
    [
      'whose applier stopped on an error: its lag is unknown, not 0',
      { Slave_SQL_Running: 'No', Last_SQL_Errno: '1062', Seconds_Behind_Master: null },
      { Replica_SQL_Running: 'No', Last_SQL_Errno: '1062', Seconds_Behind_Source: null },
      { sql: 'stopped', sqlErrorNumber: 1062, lagSeconds: null },
    ],
    [
      'that is behind and delayed on purpose',
      { Seconds_Behind_Master: '3725', SQL_Delay: '3600' },
      { Seconds_Behind_Source: '3725', SQL_Delay: '3600' },
      { lagSeconds: 3725, delaySeconds: 3600 },
    ],
    ['with a name', { Channel_Name: 'east' }, { Channel_Name: 'east' }, { name: 'east' }],
    [
      'that leaves out a schema',
      { Replicate_Ignore_DB: 'tmp' },
      { Replicate_Ignore_DB: 'tmp' },
      { rules: { ...NO_CHANNEL_RULES, ignoreDb: ['tmp'] } },
    ],
    [
      'that renames a schema',
      { Replicate_Rewrite_DB: '(a,b),(c,d)' },
      { Replicate_Rewrite_DB: '(a,b),(c,d)' },
      {
        rules: {
          ...NO_CHANNEL_RULES,
          rewrite: [
            { from: 'a', to: 'b' },
            { from: 'c', to: 'd' },
          ],
        },
      },
    ],
    [
      'that renames a schema with a comma in its name: which one is not to be seen',
      { Replicate_Rewrite_DB: '(a,b),(x,y,z)' },
      { Replicate_Rewrite_DB: '(a,b),(x,y,z)' },
      { rules: { ...NO_CHANNEL_RULES, isOpaque: true } },
    ],
    [
      'that leaves out a table with a comma in its name',
      { Replicate_Wild_Ignore_Table: 'a.b,c' },
      { Replicate_Wild_Ignore_Table: 'a.b,c' },
      { rules: { ...NO_CHANNEL_RULES, wildIgnoreTable: ['a.b', 'c'], isOpaque: true } },
    ],
    [
      'that leaves out what some servers wrote',
      { Replicate_Ignore_Server_Ids: '3, 4' },
      { Replicate_Ignore_Server_Ids: '3, 4' },
      { rules: { ...NO_CHANNEL_RULES, isOpaque: true } },
    ],
  ])('%s', async ([, old, now, expected]) => {
    const before = await channels([5, 7, 44], [mysql57Row(old as Row)])
    const after = await channels([8, 4, 6], [mysql80Row(now as Row)])

    expect(before.found).toEqual([{ ...healthy, ...expected }])
    expect(after.found).toEqual([{ ...healthy, ...expected }])
  })

  it.for<[string, ThreadState]>([
    ['Yes', 'running'],
    ['No', 'stopped'],
    ['Connecting', 'connecting'],
  ])('whose receiver says %s', async ([said, io]) => {
    const { found } = await channels([8, 4, 6], [mysql80Row({ Replica_IO_Running: said })])

    expect(found[0]?.io).toBe(io)
  })

  test('each, where there are several, without those of group replication', async () => {
    const names = ['east', 'group_replication_applier', 'west', 'group_replication_recovery']
    const { found } = await channels(
      [8, 4, 6],
      names.map((name) => mysql80Row({ Channel_Name: name })),
    )

    expect(found.map(({ name }) => name)).toEqual(['east', 'west'])
  })

  test('on a server that replicates from nobody as none', async () => {
    expect((await channels([8, 4, 6], [])).found).toEqual([])
  })
})

describe('an account without REPLICATION CLIENT', () => {
  const denied = new ServerError('privilege', 'db1: denied', 1227)
  const flavor = { vendor: 'mysql', version: [8, 4, 6] } as const
  const row = {
    Channel_Name: '',
    host: 'db1.internal',
    port: '3306',
    account: 'repl',
    uuid: UUID,
    io: 'CONNECTING',
    io_error: '2003',
    applier: 'ON',
    delay: '0',
    sql_error: null,
  }

  const noAppliers = { 'SELECT CHANNEL_NAME AS channel': [], 'SELECT s.': [] }
  const accountThatMaySelect = (filters: readonly Row[] = []) =>
    fakeSession(
      {
        SHOW: denied,
        ...noAppliers,
        'SELECT c.CHANNEL_NAME': [row],
        'SELECT CHANNEL_NAME AS Channel_Name': filters,
      },
      flavor,
    )

  test('finds the channels in performance_schema, without Seconds_Behind', async () => {
    const session = accountThatMaySelect()

    expect(await mysql.channels(session, flavor)).toEqual([
      { ...healthy, sourceServerId: null, io: 'connecting', ioErrorNumber: 2003, lagSeconds: null },
    ])
  })

  test('finds the filters of the channel there as well', async () => {
    const session = accountThatMaySelect([
      { Channel_Name: '', name: 'REPLICATE_DO_DB', rule: 'a,b' },
      { Channel_Name: 'west', name: 'REPLICATE_DO_DB', rule: 'c' },
      { Channel_Name: '', name: 'REPLICATE_REWRITE_DB', rule: '(a,b)' },
    ])

    expect((await mysql.channels(session, flavor))[0]?.rules).toEqual({
      ...NO_CHANNEL_RULES,
      doDb: ['a', 'b'],
      rewrite: [{ from: 'a', to: 'b' }],
    })
  })

  test('is not told that a table is missing where filters may be that nobody shows (5.7)', async () => {
    const old = { vendor: 'mysql', version: [5, 7, 44] } as const
    const session = fakeSession(
      { SHOW: denied, ...noAppliers, 'SELECT c.CHANNEL_NAME': [row] },
      old,
    )

    expect((await mysql.channels(session, old))[0]?.rules.isOpaque).toBe(true)
  })

  test('is the only one for whom another error is not thrown', async () => {
    const gone = new ServerError('connect', 'db1: gone')

    await expect(mysql.channels(fakeSession({ SHOW: gone }), flavor)).rejects.toThrow(gone)
  })
})

describe('who a server is', () => {
  const row = (overrides: Row = {}): Row => ({
    server_id: '101',
    uuid: UUID,
    hostname: 'db1',
    port: '3306',
    read_only: '0',
    super_read_only: '0',
    log_bin: '1',
    gtid_mode: 'ON',
    ...overrides,
  })

  it.for<[string, Row, object]>([
    ['writable', {}, { readOnly: false, gtidEnabled: true, binaryLog: true }],
    ['read-only', { read_only: '1' }, { readOnly: true }],
    ['super-read-only', { read_only: '1', super_read_only: '1' }, { readOnly: true }],
    ['without a binlog', { log_bin: '0' }, { binaryLog: false }],
    ['without GTIDs', { gtid_mode: 'OFF' }, { gtidEnabled: false }],
    ['on the way to GTIDs', { gtid_mode: 'OFF_PERMISSIVE' }, { gtidEnabled: false }],
    // What was written before still comes without a GTID, and gtid_executed says nothing of it.
    ['almost there', { gtid_mode: 'ON_PERMISSIVE' }, { gtidEnabled: false }],
  ])('%s', async ([, overrides, expected]) => {
    const session = fakeSession({ 'SELECT @@server_id': [row(overrides)] })

    expect(await mysql.identity(session)).toMatchObject({
      uuid: UUID,
      serverId: '101',
      ...expected,
    })
  })
})

const identity: Identity = {
  serverId: '1',
  uuid: UUID,
  hostname: 'db',
  port: 3306,
  readOnly: false,
  binaryLog: true,
  gtidEnabled: true,
}

function fencingOf(source: Partial<Identity> = {}, replica: Partial<Identity> = {}): Fencing {
  const fencing = mysql.fencing({
    source: { ...identity, ...source },
    replica: { ...identity, ...replica },
    others: [],
    isMixed: false,
  })
  if (fencing === null) throw new Error('there is no fence')
  return fencing
}

test('there is no fence when the source writes no binary log', () => {
  expect(() => fencingOf({ binaryLog: false })).toThrow('there is no fence')
})

test('there is no fence any more when the source leaves GTIDs while a pass is under way', async () => {
  const session = fakeSession({
    'SELECT @@global.gtid_owned': [{ owned: '' }],
    'SELECT @@global.gtid_executed': [{ executed: `${UUID}:1-6`, mode: 'ON_PERMISSIVE' }],
  })

  await expect(fencingOf().position(session)).rejects.toThrow(NoFence)
})

describe('a fence by file and position', () => {
  const places = fencingOf({ gtidEnabled: false })
  const status = (overrides: Row = {}) => ({
    ...mysql80Row(),
    Relay_Source_Log_File: 'binlog.000009',
    Exec_Source_Log_Pos: '500',
    Source_Log_File: 'binlog.000010',
    Read_Source_Log_Pos: '157',
    ...overrides,
  })

  it.for<[string, Version, string]>([
    ['8.0', [8, 0, 36], 'SHOW MASTER STATUS'],
    ['8.4', [8, 4, 6], 'SHOW BINARY LOG STATUS'],
  ])('is the end of the log of %s', async ([, version, statement]) => {
    const flavor = { vendor: 'mysql', version } as const
    const session = fakeSession({ SHOW: [{ File: 'b.000002', Position: '4' }] }, flavor)

    expect(await places.position(session)).toBe('b.000002:4')
    expect(session.asked).toEqual([statement])
  })

  it.for([
    ['binlog.000009:500', true],
    ['binlog.000009:501', false],
    ['binlog.000008:9000', true],
    ['binlog.000010:4', false],
    ['binlog.1000000:4', false],
  ] as const)('at %s is reached by what was applied: %s', async ([position, expected]) => {
    const session = fakeSession({ 'SHOW REPLICA STATUS': [status()] })

    expect(await places.hasReached(session, position, '')).toBe(expected)
  })

  test('is that of its own channel', async () => {
    const other = status({ Channel_Name: 'east', Exec_Source_Log_Pos: '4' })
    const session = fakeSession({ 'SHOW REPLICA STATUS': [other, status()] })

    expect(await places.hasReached(session, 'binlog.000009:500', '')).toBe(true)
    expect(await places.hasReached(session, 'binlog.000009:500', 'east')).toBe(false)
  })

  test('is none when the channel was pointed at another server meanwhile', async () => {
    const session = fakeSession({ 'SHOW REPLICA STATUS': [status({ Source_UUID: 'another' })] })

    const past = places.hasReached(session, 'binlog.000009:500', '')

    await expect(past).rejects.toThrow(ChannelChanged)
  })

  test('is none behind other servers', async () => {
    const past = places.hasReached(fakeSession({}), 'binlog.000009:500', null)

    await expect(past).rejects.toThrow(NoFence)
  })

  test('from above is what was received', async () => {
    const replica = fakeSession({ 'SHOW REPLICA STATUS': [status()] })
    const { target } = await places.ceiling({ source: fakeSession({}), replica }, '', '')

    expect(target).toBe('binlog.000010:157')
  })

  it.for<[string, string, string, boolean]>([
    ['past the ceiling', '157', '0', true],
    ['not before it', '156', '0', false],
    ['not while a commit waits for a semi-sync replica', '157', '1', false],
  ])('reads the source %s', async ([, position, waiting, isRead]) => {
    const control = fakeSession({
      'SHOW MASTER': [{ File: 'binlog.000010', Position: position }],
      'SHOW GLOBAL STATUS': [
        { Variable_name: 'Rpl_semi_sync_source_wait_sessions', Value: waiting },
      ],
    })
    const past = { target: 'binlog.000010:157', received: '' }
    const result = await places.readPast({ control, reader: control }, past, async () => 'read')

    expect(result !== null).toBe(isRead)
  })
})

describe('a fence', () => {
  test('covers what is visible before its GTID is in gtid_executed: owned first, then executed', async () => {
    const session = fakeSession({
      'SELECT @@global.gtid_owned': [{ owned: `${UUID}:7#55` }],
      'SELECT @@global.gtid_executed': [{ executed: `${UUID}:1-6`, mode: 'ON' }],
    })

    expect(await fencingOf().position(session)).toBe(`${UUID}:1-7`)
    expect(session.asked.map((sql) => sql.split('.')[1]?.split(' ')[0])).toEqual([
      'gtid_owned',
      'gtid_executed',
    ])
  })

  it.for([
    ['1', true],
    ['0', false],
  ] as const)('is reached when GTID_SUBSET says %s: %s', async ([reached, expected]) => {
    const session = fakeSession({ 'SELECT GTID_SUBSET': [{ reached }] })

    expect(await fencingOf().hasReached(session, `${UUID}:1-7`, '')).toBe(expected)
    expect(session.asked).toEqual([
      `SELECT GTID_SUBSET('${UUID}:1-7', @@global.gtid_executed) AS reached`,
    ])
  })

  async function ceiling(received: string, lastReceived: string, channel = '', uuid = UUID) {
    const replica = fakeSession({ SELECT: [{ received, uuid }] })
    const source = fakeSession({ SELECT: [{ owned: `${UUID}:9#12` }] })
    const found = await fencingOf().ceiling({ source, replica }, channel, lastReceived)
    return { ...found, asked: replica.asked, askedSource: source.asked.length }
  }

  it.for<[string, string, string, string]>([
    ['is what the channel received', `${UUID}:1-8`, `${UUID}:1-5`, `${UUID}:1-8`],
    ['is that at the first look too', `${UUID}:1-8`, '', `${UUID}:1-8`],
    ['is what the source owns when nothing was received since a restart', '', '', `${UUID}:9`],
    ['is both when the relay log started anew', `${UUID}:4-8`, `${UUID}:1-8`, `${UUID}:4-9`],
  ])('from above %s', async ([, received, last, target]) => {
    expect((await ceiling(received, last)).target).toBe(target)
  })

  test('from above is none when the channel is gone', async () => {
    const [source, replica] = [fakeSession({}), fakeSession({ SELECT: [] })]
    const past = fencingOf().ceiling({ source, replica }, '', `${UUID}:1-8`)
    await expect(past).rejects.toThrow(ChannelChanged)
  })

  test('from above is none when the channel was pointed at another server meanwhile', async () => {
    await expect(ceiling(`${UUID}:1-8`, '', '', 'another')).rejects.toThrow(ChannelChanged)
    expect((await ceiling(`${UUID}:1-8`, '', '', '')).target).toBe(`${UUID}:1-8`)
  })

  test('from above asks the source only when it must', async () => {
    expect((await ceiling(`${UUID}:1-8`, `${UUID}:1-5`)).askedSource).toBe(0)
    expect((await ceiling('', '')).askedSource).toBe(1)
  })

  test('is that of its own channel, whatever its name', async () => {
    expect((await ceiling('', '', `it's`)).asked[0]).toContain(`channel_name='it''s'`)
  })

  it.for([
    ['1', { value: 'read' }],
    ['0', null],
  ] as const)('reads the source only past the ceiling (%s)', async ([reached, expected]) => {
    const control = fakeSession({ SELECT: [{ reached }] })
    const reader = fakeSession({})
    const past = { target: `${UUID}:1-8`, received: '' }

    expect(await fencingOf().readPast({ control, reader }, past, async () => 'read')).toEqual(
      expected,
    )
  })
})
