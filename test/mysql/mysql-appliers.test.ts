/** Lag and failed appliers of MySQL, from rows recorded on 9.7.4 in each of the states. */
import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { ChannelStatus } from '../../src/mysql/dialect.ts'
import type { Flavor, Version } from '../../src/mysql/flavor.ts'
import { withAppliers } from '../../src/mysql/mysql-appliers.ts'
import type { Row } from '../../src/mysql/query.ts'
import { type Answer, fakeSession } from '../support/fake-session.ts'
import { makeChannel } from '../support/fake-sights.ts'

const NOW = 1_764_095_000
const at = (secondsAgo: number) => (NOW - secondsAgo).toFixed(6)
const NEVER = '0.000000'

const worker = (overrides: Row = {}): Row => ({
  channel: '',
  error: '0',
  applying: NEVER,
  applied: at(600),
  ended: at(599.9),
  ...overrides,
})

const state = (overrides: Row = {}): Row => ({
  channel: '',
  now: at(0),
  remaining: null,
  by_gtid: '1',
  caught_up: '1',
  ...overrides,
})

interface Seen {
  readonly channel?: Partial<ChannelStatus>
  readonly workers?: Answer
  readonly states?: readonly Row[]
  readonly version?: Version
}

async function look({
  channel = {},
  workers = [worker(), worker()],
  states = [state()],
  version = [8, 0, 36],
}: Seen) {
  const flavor: Flavor = { vendor: 'mysql', version }
  const session = fakeSession({ 'SELECT CHANNEL_NAME': workers, 'SELECT s.': states }, flavor)
  const [found] = await withAppliers(session, flavor, [
    makeChannel('db1', { lagSeconds: 77, workersFailed: null, ...channel }),
  ])
  return { ...found, asked: session.asked }
}

describe('the lag of a channel', () => {
  it.for<[string, Seen, number | null]>([
    ['is 0 on an idle source, however long ago the last transaction was', {}, 0],
    [
      'is the age of the oldest transaction that an applier is at',
      { workers: [worker({ applying: at(3.25) }), worker({ applying: at(12.5) })] },
      12.5,
    ],
    [
      'is that with the receiver stopped, too',
      { channel: { io: 'stopped' }, workers: [worker({ applying: at(12.5) })] },
      12.5,
    ],
    [
      'is not known when all that was received is applied and nothing is received',
      { channel: { io: 'connecting' } },
      null,
    ],
    [
      'is not known when nothing is applied',
      { channel: { sql: 'stopped' }, states: [state({ caught_up: '0' })] },
      null,
    ],
    [
      'is never below 0 for a clock that is behind the source’s',
      { workers: [worker({ applying: at(-2) })] },
      0,
    ],
    [
      'is how long a transaction has waited for the configured delay',
      {
        channel: { delaySeconds: 3600 },
        states: [state({ remaining: '3000', caught_up: '0' })],
      },
      600,
    ],
    [
      'is that of the last transaction between two of a backlog',
      {
        workers: [worker(), worker({ applied: at(300), ended: at(0.01) })],
        states: [state({ caught_up: '0' })],
      },
      299.99,
    ],
    [
      'is what the server says when a new transaction is on its way to an applier',
      { states: [state({ caught_up: '0' })] },
      77,
    ],
    [
      'is what the server says where replication has no GTIDs and no applier is at one',
      { states: [state({ by_gtid: '0' })] },
      77,
    ],
    [
      'is what the server says while a source older than 8.0 writes no timestamps',
      {
        workers: [worker({ applied: NEVER, ended: at(0.01) })],
        states: [state({ caught_up: '0' })],
      },
      77,
    ],
    [
      'is what the server says where performance_schema has no appliers',
      { workers: [], states: [state({ caught_up: '0' })] },
      77,
    ],
    [
      'is what the server says where the account may not see performance_schema',
      { workers: new ServerError('privilege', 'db1: denied', 1142) },
      77,
    ],
    ['is what the server says on 5.7', { version: [5, 7, 44] }, 77],
  ])('%s', async ([, seen, lag]) => {
    expect((await look(seen)).lagSeconds).toBe(lag)
  })

  test('is its own where there are several', async () => {
    const flavor: Flavor = { vendor: 'mysql', version: [8, 4, 6] }
    const session = fakeSession(
      {
        'SELECT CHANNEL_NAME': [worker({ channel: 'east', applying: at(5) }), worker()],
        'SELECT s.': [state({ channel: 'east', caught_up: '0' }), state()],
      },
      flavor,
    )
    const channels = ['', 'east'].map((name) => makeChannel('db1', { name, lagSeconds: null }))

    const found = await withAppliers(session, flavor, channels)

    expect(found.map(({ lagSeconds }) => lagSeconds)).toEqual([0, 5])
  })
})

describe('failed appliers', () => {
  it.for<[string, Seen, number | null]>([
    ['are none', {}, 0],
    [
      'are those with an error',
      { workers: [worker({ error: '1032' }), worker({ error: '3030' }), worker()] },
      2,
    ],
    ['are told by 5.7', { version: [5, 7, 44], workers: [{ channel: '', error: '1062' }] }, 1],
    ['are not known where none are listed', { workers: [] }, null],
    [
      'are not known where the account may not see them',
      { workers: new ServerError('privilege', 'db1: denied', 1142) },
      null,
    ],
  ])('%s', async ([, seen, failed]) => {
    expect((await look(seen)).workersFailed).toBe(failed)
  })
})

describe('what is asked', () => {
  it.for<[string, Version, timed: boolean]>([
    ['5.7', [5, 7, 44], false],
    ['8.0', [8, 0, 11], true],
    ['8.4', [8, 4, 6], true],
    ['9.7', [9, 7, 4], true],
    ['26.7', [26, 7, 0], true],
  ])('of %s has no column that it lacks', async ([, version, timed]) => {
    const { asked } = await look({ version })

    expect(asked.some((sql) => sql.includes('TIMESTAMP'))).toBe(timed)
  })

  test('of a server without channels is nothing', async () => {
    const session = fakeSession({})

    expect(await withAppliers(session, await session.flavor(), [])).toEqual([])
    expect(session.asked).toEqual([])
  })
})
