import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { GtidObservation, Received } from '../../src/mysql/dialect.ts'
import { mariadbGtids } from '../../src/mysql/mariadb-gtids.ts'
import type { Row } from '../../src/mysql/query.ts'
import { type Answer, fakeSession } from '../support/fake-session.ts'
import { makeGtids } from '../support/fake-sights.ts'

const seen = (executed: string, overrides: Partial<GtidObservation> = {}) =>
  makeGtids('mariadb', executed, overrides)

const channel = (gtids: string, byGtid = true): ReadonlyMap<string, Received> =>
  new Map([['', { byGtid, gtids }]])

const ends = (source: GtidObservation, replica: GtidObservation) => ({
  source,
  replica,
  channel: '',
})

describe('errant transactions', () => {
  it.for<
    [string, replica: string, sources: [string, string?, string?][], count: bigint, set: string]
  >([
    ['are not those of the source', '0-101-5', [['0-101-9']], 0n, ''],
    ['are those of the replica', '0-101-5,0-102-6', [['0-101-9']], 1n, '0-102-6'],
    ['are those that the source has less of', '0-101-12', [['0-101-9']], 1n, '0-101-12'],
    ['of a domain that the source has not', '0-101-5,7-102-1', [['0-101-9']], 1n, '7-102-1'],
    [
      'are not those of any of several sources',
      '0-101-5,1-103-4',
      [['0-101-5'], ['1-103-4']],
      0n,
      '',
    ],
    [
      'are not those that a source applied and never logged',
      '0-100-50,0-101-60',
      [['0-101-60', '0-100-50', '0-101-51']],
      0n,
      '',
    ],
  ])('%s', ([, replica, sources, count, set]) => {
    const errant = mariadbGtids.errant(
      seen(replica),
      sources.map(([executed, applied = '', loggedSince = '']) =>
        seen(executed, { applied, loggedSince, loggedFirst: loggedSince }),
      ),
    )

    expect(errant).toMatchObject({ count, set, exact: count === 0n })
  })

  test('may be among what a source applied, when nobody knows since when it logs: not exact', () => {
    const source = seen('0-101-60', { applied: '0-101-60' })

    expect(mariadbGtids.errant(seen('0-100-50,0-101-60'), [source])).toMatchObject({
      count: 0n,
      exact: false,
    })
  })

  // The exporter is started anew, and sees no more of the log than what is left.
  test('of a leaf are not none because the middle of the chain has purged its log', () => {
    const middle = seen('0-101-5000', { applied: '0-101-5000', loggedSince: '0-101-4000' })
    const leaf = seen('0-101-5000,0-103-901')

    expect(mariadbGtids.errant(leaf, [middle])).toMatchObject({ count: 0n, exact: false })
    const seenToBegin = { ...middle, loggedSince: '0-101-1', loggedFirst: '0-101-1' }
    expect(mariadbGtids.errant(leaf, [seenToBegin])).toMatchObject({ set: '0-103-901' })
    const restored = { ...middle, loggedFirst: '0-101-4000' }
    expect(mariadbGtids.errant(leaf, [restored])).toMatchObject({ count: 0n, exact: true })
  })

  test('of a leaf stay errant when the middle of the chain has gone on', () => {
    const middle = seen('0-101-5000', { applied: '0-101-5000', loggedSince: '0-101-1' })

    expect(mariadbGtids.errant(seen('0-101-900,0-103-901'), [middle]).set).toBe('0-103-901')
  })
})

describe('one errant transaction', () => {
  const errant = mariadbGtids.errant(seen('0-102-9,7-102-3'), [seen('0-102-6')])

  it.for([
    ['0-102-6', false],
    ['0-102-7', true],
    ['0-102-9', true],
    ['0-102-10', false],
    ['0-101-8', false],
    ['7-102-1', true],
  ] as const)('is %s: %s', ([gtid, expected]) => {
    expect(errant.includes(gtid)).toBe(expected)
  })

  it.for([
    ['', false],
    ['0-101-900,0-102-6', false],
    ['0-102-7', true],
    ['7-102-1', true],
  ] as const)('is among %j, which was logged: %s', ([logged, expected]) => {
    expect(errant.meets(logged)).toBe(expected)
  })

  test('and others make a set that leaves out what others wrote in between', () => {
    expect(errant.setOf(['0-102-7', '0-102-9', '0-102-8', '7-102-1', '7-102-3'])).toBe(
      '0-102-7..9,7-102-1,7-102-3',
    )
  })
})

describe('transactions of a source', () => {
  it.for<[string, source: string, applied: string, missing: bigint]>([
    ['all applied', '0-101-9', '0-101-9', 0n],
    ['behind', '0-101-9', '0-101-4', 5n],
    ['after a failover, by another server id', '0-101-9,0-102-12', '0-102-12', 0n],
    ['behind in one domain, not in the other', '0-101-9,1-101-4', '0-101-9,1-101-1', 3n],
    ['never applied anything', '0-101-9', '', 9n],
  ])('are missing: %s', ([, source, applied, missing]) => {
    expect(mariadbGtids.missing(ends(seen(source), seen('', { applied })))).toBe(missing)
  })

  test('are not missing on a former source that wrote them itself', () => {
    const source = seen('0-101-900,0-102-905', { applied: '0-101-900' })

    expect(mariadbGtids.missing(ends(source, seen('0-101-900')))).toBe(5n)
  })

  test('of before its beginning may have come with a backup where the place is a file and a position', () => {
    const source = seen('0-101-900', { purged: '0-101-800' })
    const fresh = seen('', { received: channel('', false) })

    expect(mariadbGtids.missing(ends(source, fresh))).toBe(0n)
    expect(mariadbGtids.unrecoverable(ends(source, fresh))).toBe(0n)
    expect(mariadbGtids.missing(ends(source, { ...fresh, applied: '0-101-890' }))).toBe(10n)
  })

  it.for<[string, gtids: string, gap: bigint | null]>([
    ['are all received', '0-101-9', 0n],
    ['are received in part', '0-101-6', 3n],
    ['are not known to be received: by file and position it is not told', '', null],
  ])('%s', ([, gtids, gap]) => {
    const replica = seen('', { applied: '0-101-4', received: channel(gtids, gtids !== '') })

    expect(mariadbGtids.receiveGap(ends(seen('0-101-9'), replica))).toBe(gap)
  })

  it.for<[string, purged: string | null, Partial<GtidObservation>, bigint | null]>([
    ['are not lost while all binary logs are there', '', { applied: '0-101-2' }, 0n],
    ['are lost when they are purged', '0-101-5', { applied: '0-101-2' }, 3n],
    ['are lost as a whole domain', '0-101-5,7-9-4', { applied: '0-101-5' }, 4n],
    ['are not lost when they were applied', '0-101-5', { applied: '0-101-5' }, 0n],
    [
      'are not lost when they were received',
      '0-101-5',
      { applied: '0-101-2', received: channel('0-101-8') },
      0n,
    ],
    ['are not lost for whom wrote them', '0-102-5', { executed: '0-102-5' }, 0n],
    ['may be lost where nobody may look', null, { applied: '0-101-2' }, null],
  ])('%s', ([, purged, replica, lost]) => {
    const source = seen('0-101-9,0-102-5,7-9-4', { purged })

    expect(mariadbGtids.unrecoverable(ends(source, { ...seen(''), ...replica }))).toBe(lost)
  })
})

describe('a look at a server', () => {
  /** Recorded on 10.11.19. */
  const event = (type: string, info: string): Row => ({
    Event_type: type,
    Info: info,
    End_log_pos: '285',
  })
  const log = (list: string, ...more: Row[]): Row[] => [
    event('Format_desc', 'Server ver: 10.11.19-MariaDB-log, Binlog ver: 4'),
    event('Gtid_list', list),
    event('Binlog_checkpoint', 'binlog.000007'),
    ...more,
  ]
  const answers = (overrides: Record<string, Answer> = {}, row: Row = {}) => ({
    'SHOW ALL SLAVES STATUS': [
      { Connection_name: 'east', Using_Gtid: 'Slave_Pos', Gtid_IO_Pos: '0-101-9' },
    ],
    'SHOW BINLOG EVENTS': log('[]', event('Gtid', 'BEGIN GTID 0-101-3 cid=18')),
    'SELECT @@global.gtid_binlog_state': [
      { state: '0-101-9', applied: '0-101-9', logs_all: '1', ...row },
    ],
    ...overrides,
  })
  const look = (
    overrides: Record<string, Answer> = {},
    row: Row = {},
    before: GtidObservation | null = null,
  ) => mariadbGtids.observe(fakeSession(answers(overrides, row)), before)

  test('sees all that was purged, and how far each channel has received', async () => {
    const found = await look({ 'SHOW BINLOG EVENTS': log('[0-101-3,1-102-7,\n7-1-2]') })

    expect(found).toEqual(
      seen('0-101-9', {
        applied: '0-101-9',
        purged: '0-101-3,1-102-7,7-1-2',
        loggedSince: '0-101-3,1-102-7,7-1-2',
        received: new Map([['east', { byGtid: true, gtids: '0-101-9' }]]),
      }),
    )
  })

  it.for<[string, Row[], string]>([
    ['the first transaction', log('[]', event('Gtid', 'GTID 0-101-3')), '0-101-3'],
    ['the lower of what was purged', log('[0-101-5,0-102-4]'), '0-102-4'],
    [
      'the same in an encrypted log',
      [event('Format_desc', ''), event('Start_encryption', ''), event('Gtid_list', '[0-1-5]')],
      '0-1-5',
    ],
  ])('knows from when on all was logged by %s', async ([, rows, since]) => {
    expect((await look({ 'SHOW BINLOG EVENTS': rows })).loggedSince).toBe(since)
  })

  test('knows it still when the beginnings are purged, until the log starts anew', async () => {
    const known = { loggedSince: '0-101-2', loggedFirst: '0-101-2' }
    const before = seen('0-101-8', known)
    const purged = { 'SHOW BINLOG EVENTS': log('[0-101-7]') }

    expect(await look(purged, {}, before)).toMatchObject(known)
    const anew = { 'SHOW BINLOG EVENTS': log('[]') }
    const nothing = { loggedSince: '', loggedFirst: '' }
    expect(await look(anew, { state: '0-101-1' }, before)).toMatchObject(nothing)
  })

  it.for<[string, Row[], string]>([
    ['that is whole', log('[]', event('Gtid', 'GTID 0-101-3')), '0-101-3'],
    ['that is purged', log('[0-101-5]', event('Gtid', 'GTID 0-101-6')), ''],
    [
      'that is purged in another domain',
      log('[1-101-5]', event('Gtid', 'GTID 0-101-3')),
      '0-101-3',
    ],
  ])('knows the first of a log %s', async ([, rows, first]) => {
    expect((await look({ 'SHOW BINLOG EVENTS': rows })).loggedFirst).toBe(first)
  })

  it.for<[string, Row]>([
    ['0', { logs_all: '0' }],
    ['OFF', { logs_all: 'OFF' }],
  ])('does not take for complete what is logged with log_slave_updates %s', async ([, row]) => {
    expect((await look({}, row)).loggedSince).toBe('')
  })

  test('of an account without BINLOG MONITOR or SLAVE MONITOR goes without what these show', async () => {
    const denied = new ServerError('privilege', 'db1: denied', 1227)
    const found = await look({ 'SHOW BINLOG EVENTS': denied, 'SHOW ALL SLAVES STATUS': denied })

    expect(found).toMatchObject({ executed: '0-101-9', purged: null, received: new Map() })
  })

  test('of a server without a binary log knows of none that is purged', async () => {
    const found = await look({ 'SHOW BINLOG EVENTS': [] }, { state: '' })

    expect(found).toMatchObject({ executed: '', purged: null, loggedSince: '' })
  })

  it.for<[string, Record<string, Answer>, Row]>([
    ['gtid_binlog_state', {}, { state: '0-101' }],
    ['gtid_slave_pos', {}, { applied: '0-101-9,0-101-9' }],
    ['the list at the head of a log', { 'SHOW BINLOG EVENTS': log('[0-x-1]') }, {}],
    [
      'what was received',
      {
        'SHOW ALL SLAVES STATUS': [
          { Connection_name: '', Using_Gtid: 'No', Gtid_IO_Pos: '4294967296-1-1' },
        ],
      },
      {},
    ],
  ])('that prints nonsense as %s fails as the server’s fault', async ([, overrides, row]) => {
    await expect(look(overrides, row)).rejects.toMatchObject({
      name: 'ServerError',
      reason: 'query',
    })
  })
})
