import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { GtidObservation } from '../../src/mysql/dialect.ts'
import { mysqlGtids } from '../../src/mysql/mysql-gtids.ts'
import type { Row } from '../../src/mysql/query.ts'
import { type Answer, fakeSession } from '../support/fake-session.ts'
import { makeGtids } from '../support/fake-sights.ts'
import { UUID } from '../support/fake-status-rows.ts'

const OTHER = '99999999-71ca-11e1-9e33-c80aa9429562'

const seen = (executed: string, overrides: Partial<GtidObservation> = {}) =>
  makeGtids('mysql', executed, { ...received(''), ...overrides })

const received = (gtids: string, byGtid = true) => ({
  received: new Map([['', { byGtid, gtids }]]),
})

describe('errant transactions', () => {
  it.for<[string, replica: string, sources: string[], count: bigint, set: string]>([
    ['are not those of the source alone', `${UUID}:1-5`, [`${UUID}:1-9`], 0n, ''],
    ['are those of the replica', `${UUID}:1-5,${OTHER}:1-2`, [`${UUID}:1-9`], 2n, `${OTHER}:1-2`],
    ['are those beyond the source’s', `${UUID}:1-12`, [`${UUID}:1-9`], 3n, `${UUID}:10-12`],
    [
      'are not those of any of several sources',
      `${UUID}:1-5,${OTHER}:1-2`,
      [`${UUID}:1-5`, `${OTHER}:1-2`],
      0n,
      '',
    ],
    ['are told apart by their tag', `${UUID}:1-5:fix:1`, [`${UUID}:1-5`], 1n, `${UUID}:fix:1`],
  ])('%s', ([, replica, sources, count, set]) => {
    const errant = mysqlGtids.errant(
      seen(replica),
      sources.map((source) => seen(source)),
    )

    expect(errant).toMatchObject({ count, set, exact: true })
  })

  test('are not those that a semi-sync source has sent and not committed yet', () => {
    const source = seen(`${UUID}:1-54`, { owned: `${UUID}:55` })

    expect(mysqlGtids.errant(seen(`${UUID}:1-55`), [source]).count).toBe(0n)
  })
})

describe('one errant transaction', () => {
  const errant = mysqlGtids.errant(seen(`${OTHER}:1-2:fix:1`), [seen(`${OTHER}:1`)])

  it.for([
    [`${OTHER}:1`, false],
    [`${OTHER}:2`, true],
    [`${OTHER.toUpperCase()}:2`, true],
    [`${OTHER}:3`, false],
    [`${OTHER}:fix:1`, true],
    [`${OTHER}:fix:2`, false],
    [`${UUID}:2`, false],
  ] as const)('is %s: %s', ([gtid, expected]) => {
    expect(errant.includes(gtid)).toBe(expected)
  })

  it.for([
    ['', false],
    [`${OTHER}:1`, false],
    [`${OTHER}:1-2,\n${UUID}:1-7`, true],
  ] as const)('is among %j, which was logged: %s', ([logged, expected]) => {
    expect(errant.meets(logged)).toBe(expected)
  })
})

describe('transactions of a source', () => {
  const ends = (source: GtidObservation, replica: GtidObservation) => ({
    source,
    replica,
    channel: '',
  })

  test('are missing when the replica has not executed them', () => {
    expect(mysqlGtids.missing(ends(seen(`${UUID}:1-9`), seen(`${UUID}:1-3:5-6`)))).toBe(4n)
    expect(mysqlGtids.missing(ends(seen(`${UUID}:1-3`), seen(`${UUID}:1-9`)))).toBe(0n)
  })

  it.for<[string, Partial<GtidObservation>, bigint | null]>([
    ['are all received', received(`${UUID}:4-9`), 0n],
    ['are received in part', received(`${UUID}:4-6`), 3n],
    ['are not received at all', received(''), 6n],
    [
      'are not known to be received where the account may not see that',
      { received: new Map() },
      null,
    ],
  ])('%s', ([, replica, gap]) => {
    const both = ends(seen(`${UUID}:1-9`), seen(`${UUID}:1-3`, replica))

    expect(mysqlGtids.receiveGap(both)).toBe(gap)
  })

  it.for<[string, executed: string, Partial<GtidObservation>, bigint | null]>([
    ['are lost for a replica when they are purged', `${UUID}:1-2`, received(''), 2n],
    ['are not lost when they were applied', `${UUID}:1-4`, received(''), 0n],
    [
      'are not lost in the relay log of a delayed replica',
      `${UUID}:1-2`,
      received(`${UUID}:1-9`),
      0n,
    ],
    [
      'may have come with a backup on a channel by file and position',
      `${UUID}:9`,
      received(`${UUID}:9`, false),
      null,
    ],
    ['may be received where that is not told', `${UUID}:1-2`, { received: new Map() }, null],
    [
      'are not lost when none is purged that is not here',
      `${UUID}:1-4`,
      { received: new Map() },
      0n,
    ],
  ])('%s', ([, executed, replica, lost]) => {
    const source = seen(`${UUID}:1-9`, { purged: `${UUID}:1-4` })

    expect(mysqlGtids.unrecoverable(ends(source, seen(executed, replica)))).toBe(lost)
  })
})

describe('a look at a server', () => {
  const answers = (overrides: Record<string, Answer> = {}, row: Row = {}) => ({
    'SELECT s.CHANNEL_NAME': [{ channel: 'east', by_gtid: '1', received: `${UUID}:1-7` }],
    'SELECT @@global.gtid_owned': [{ owned: `${UUID}:8#12` }],
    'SELECT @@global.gtid_mode': [
      { mode: 'ON', executed: `${UUID}:1-7`, purged: `${UUID}:1-2`, ...row },
    ],
    ...overrides,
  })

  test('asks for what is about to commit before it asks for what is committed', async () => {
    const session = fakeSession(answers())

    expect(await mysqlGtids.observe(session, null)).toEqual(
      seen(`${UUID}:1-7`, {
        owned: `${UUID}:8`,
        purged: `${UUID}:1-2`,
        received: new Map([['east', { byGtid: true, gtids: `${UUID}:1-7` }]]),
      }),
    )
    expect(session.asked.at(-1)).toContain('gtid_executed')
  })

  it.for([
    ['ON', true],
    ['ON_PERMISSIVE', true],
    ['OFF_PERMISSIVE', false],
    ['OFF', false],
  ] as const)('with gtid_mode %s', async ([mode, enabled]) => {
    const session = fakeSession(answers({}, { mode }))

    expect(await mysqlGtids.observe(session, null)).toMatchObject({ enabled })
  })

  test('by an account that may not see performance_schema goes without it', async () => {
    const denied = new ServerError('privilege', 'db1: denied', 1142)
    const session = fakeSession(answers({ 'SELECT s.CHANNEL_NAME': denied }))

    expect((await mysqlGtids.observe(session, null)).received.size).toBe(0)
  })

  it.for<[string, ReturnType<typeof answers>]>([
    ['gtid_executed', answers({}, { executed: `${UUID}:1-7:` })],
    ['gtid_purged', answers({}, { purged: '0-1-7' })],
    ['gtid_owned', answers({ 'SELECT @@global.gtid_owned': [{ owned: 'x' }] })],
    [
      'the received set',
      answers({ 'SELECT s.CHANNEL_NAME': [{ channel: '', by_gtid: '1', received: 'x:1' }] }),
    ],
  ])('that prints nonsense as %s fails as the server’s fault, not as ours', async ([, given]) => {
    await expect(mysqlGtids.observe(fakeSession(given), null)).rejects.toMatchObject({
      name: 'ServerError',
      reason: 'query',
      message: expect.stringMatching(/^db1: malformed GTID set: /),
    })
  })

  test('that prints endless nonsense is not quoted endlessly', async () => {
    const given = answers({}, { executed: `${UUID}:${'x'.repeat(100_000)}` })
    const failure = await mysqlGtids
      .observe(fakeSession(given), null)
      .catch((error: Error) => error)

    expect((failure as Error).message.length).toBeLessThan(250)
  })
})
