/** Fences on MariaDB where a replica has several channels, or its source several writers. */
import { describe, expect, it, test } from 'vitest'
import { NoFence } from '../../src/errors.ts'
import type { Fencing, Identity } from '../../src/mysql/dialect.ts'
import { mariadbFencing } from '../../src/mysql/mariadb-fencing.ts'
import type { Row } from '../../src/mysql/query.ts'
import { fakeSession } from '../support/fake-session.ts'
import { mariadbRow } from '../support/fake-status-rows.ts'

const SERVER: Identity = {
  serverId: '101',
  uuid: null,
  hostname: 'east',
  port: 3306,
  readOnly: false,
  binaryLog: true,
  gtidEnabled: true,
}

const sourceThat = (logged: Partial<Record<'position' | 'state' | 'strict', string>> = {}) =>
  fakeSession({
    'SELECT @@global.gtid_binlog_pos': [
      { position: '1-101-9', state: '1-101-9', strict: '0', ...logged },
    ],
    'SHOW MASTER STATUS': [{ File: 'binlog.000007', Position: '342' }],
  })

interface Hub {
  readonly threads?: string
  readonly applied?: string
  readonly own?: string
  readonly channel?: Row
}

function hubThat({ threads = '0', applied = '1-101-9', own = '', channel = {} }: Hub = {}) {
  return fakeSession({
    'SELECT @@global.gtid_slave_pos': [{ position: applied, state: own, id: '103', threads }],
    'SHOW ALL SLAVES STATUS': [
      mariadbRow({ Connection_name: 'west', Master_Server_Id: '102', Exec_Master_Log_Pos: '999' }),
      mariadbRow({ Connection_name: 'east', ...channel }),
    ],
  })
}

const logging = (state: string) => fakeSession({ 'SELECT @@global.gtid_binlog_state': [{ state }] })

interface Asked {
  readonly source?: Parameters<typeof sourceThat>[0]
  readonly hub?: Hub
  /** What the other source has in its log; null = it cannot be asked. */
  readonly west?: string | null
  readonly channel?: string | null
}

async function hasReached({ source, hub, west = '2-102-5', channel = 'east' }: Asked) {
  const others = west === null ? null : [logging(west)]
  const fence: Fencing = mariadbFencing({ source: SERVER, replica: SERVER, others, isMixed: false })
  const position = await fence.position(sourceThat(source))
  return await fence.hasReached(hubThat(hub), position, channel)
}

describe('on a hub that applies with one thread, a fence is reached', () => {
  it.for<[string, Asked, boolean]>([
    ['at the place of its channel', {}, true],
    ['not a byte before it', { hub: { channel: { Exec_Master_Log_Pos: '341' } } }, false],
    ['behind it', { hub: { channel: { Relay_Master_Log_File: 'binlog.000008' } } }, true],
    [
      'not by the GTID, which another channel moves',
      { hub: { applied: '1-101-99', channel: { Exec_Master_Log_Pos: '4' } } },
      false,
    ],
    ['though both sources write one domain', { west: '1-102-50' }, true],
    ['though the other source cannot be asked', { west: null }, true],
    [
      'not before the channel has a place',
      { hub: { channel: { Relay_Master_Log_File: '' } } },
      false,
    ],
    [
      'not while the channel goes by GTID and has not connected since a crash',
      { hub: { channel: { Slave_IO_Running: 'Connecting' } } },
      false,
    ],
    [
      'while it is not connected and goes by place',
      { hub: { channel: { Slave_IO_Running: 'No', Using_Gtid: 'No' } } },
      true,
    ],
  ])('%s', async ([, asked, isReached]) => {
    expect(await hasReached(asked)).toBe(isReached)
  })

  test('not by a channel that was pointed at another server meanwhile', async () => {
    await expect(hasReached({ hub: { channel: { Master_Server_Id: '104' } } })).rejects.toThrow(
      /another/,
    )
  })
})

describe('on a hub that applies with several threads', () => {
  const parallel = { threads: '4' }

  it.for<[string, Asked, boolean]>([
    ['is reached by the GTIDs of a domain that nobody else writes', { hub: parallel }, true],
    ['is not reached before them', { hub: { ...parallel, applied: '1-101-8' } }, false],
    [
      'is reached by what it wrote itself',
      {
        source: { position: '1-101-9,3-103-4', state: '1-101-9,3-103-4' },
        hub: { ...parallel, own: '3-103-4' },
      },
      true,
    ],
  ])('a fence %s', async ([, asked, isReached]) => {
    expect(await hasReached(asked)).toBe(isReached)
  })

  it.for<[string, Asked]>([
    ['the other source writes the same domain', { west: '1-102-50' }],
    ['the other source cannot be asked', { west: null }],
    ['two servers write one domain of the source’s log', { source: { state: '1-101-9,1-105-3' } }],
    [
      'the last in the log is not the highest',
      { source: { state: '1-101-9,1-105-30', strict: '1' } },
    ],
  ])('there is no fence if %s', async ([, asked]) => {
    await expect(hasReached({ ...asked, hub: parallel })).rejects.toThrow(NoFence)
  })

  test('two servers in one domain are no harm if the log is strict', async () => {
    const source = { state: '1-101-9,1-105-3', strict: '1' }

    expect(await hasReached({ source, hub: parallel })).toBe(true)
  })
})

test('what comes by way of other servers is proven by GTIDs, whatever the threads', async () => {
  expect(await hasReached({ channel: null })).toBe(true)
  expect(await hasReached({ channel: null, hub: { applied: '1-101-8' } })).toBe(false)
})
