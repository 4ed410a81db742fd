/** Whose heartbeat a replica is judged by, and what becomes of a table that cannot be read. */
import { describe, expect, it, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { ServerError } from '../../src/errors.ts'
import type { Row } from '../../src/mysql/query.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom, type FakeDatabase, fakeDatabase } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

const META = { schema: 'meta', table: 'heartbeat', timeZone: 'UTC' }

/** The rows that every server has by now, by the name of their writer. */
function beats(of: Record<string, string>, databases: readonly FakeDatabase[]): Row[] {
  return Object.entries(of).map(([name, ts]) => ({
    writer: databases.find((database) => database.name === name)?.identity['server_id'] ?? name,
    ts,
  }))
}

async function look(
  databases: readonly FakeDatabase[],
  written: Record<string, string>,
  heartbeat: typeof META | null = META,
) {
  const scan = fakeScan(databases, { checks: ['threads'], config: { heartbeat } })
  for (const database of databases) database.heartbeats = beats(written, databases)
  await runCheck(scan.context, threads)
  // Who is whose source is known when everybody was seen.
  await runCheck(scan.context, threads)
  const of = (name: string) => reportOf(scan.context).servers.find((server) => server.name === name)
  return { scan, of, at: (name: string) => of(name)?.heartbeat?.toISOString() ?? null }
}

const chain = () => [
  fakeDatabase('db1'),
  fakeDatabase('db2', [channelFrom('db1')]),
  fakeDatabase('db3', [channelFrom('db2')]),
]

describe('the heartbeat of a replica', () => {
  test('is that of its source, whatever writers before wrote and whatever it writes itself', async () => {
    const { at } = await look(chain(), {
      db1: '2026-11-20T11:59:58',
      db2: '2026-11-20T12:00:00',
      '777': '2026-01-01T00:00:00',
    })

    expect(at('db2')).toBe('2026-11-20T11:59:58.000Z')
  })

  test('is that of the source of its source where only that one writes', async () => {
    const { at } = await look(chain(), { db1: '2026-11-20T11:59:58' })

    expect(at('db3')).toBe('2026-11-20T11:59:58.000Z')
  })

  test('is the oldest of those of several sources', async () => {
    const hub = fakeDatabase('db3', [
      channelFrom('db1', { Channel_Name: 'a' }),
      channelFrom('db2', { Channel_Name: 'b' }),
    ])
    const { at } = await look([fakeDatabase('db1'), fakeDatabase('db2'), hub], {
      db1: '2026-11-20T11:59:58',
      db2: '2026-11-20T11:50:00',
    })

    expect(at('db3')).toBe('2026-11-20T11:50:00.000Z')
  })

  test('is found by the server id of a source that is not in the set', async () => {
    const replica = fakeDatabase('db2', [channelFrom('elsewhere', { Source_Server_Id: '4242' })])
    const { at } = await look([replica], { '4242': '2026-11-20T11:59:58' })

    expect(at('db2')).toBe('2026-11-20T11:59:58.000Z')
  })

  test('is written in the zone that the configuration names', async () => {
    const madrid = { ...META, timeZone: 'Europe/Madrid' }
    const { at } = await look(chain(), { db1: '2026-11-20 12:59:58.250' }, madrid)

    expect(at('db2')).toBe('2026-11-20T11:59:58.250Z')
  })

  it.for<[string, Record<string, string>, typeof META | null]>([
    ['nobody of its ancestors writes one', { '777': '2026-11-20T11:59:58' }, META],
    ['no table is configured', { db1: '2026-11-20T11:59:58' }, null],
  ])('is none when %s', async ([, written, heartbeat]) => {
    expect((await look(chain(), written, heartbeat)).at('db3')).toBeNull()
  })

  test('does not go round in a ring', async () => {
    const pair = [
      fakeDatabase('db1', [channelFrom('db2')]),
      fakeDatabase('db2', [channelFrom('db1')]),
    ]

    expect((await look(pair, {})).at('db1')).toBeNull()
  })

  test('is not asked for on a source', async () => {
    const databases = chain()
    await look(databases, { db1: '2026-11-20T11:59:58' })

    expect(databases[0]?.asked.some((sql) => sql.includes('heartbeat'))).toBe(false)
  })
})

describe('a heartbeat table that cannot be read', () => {
  it.for<[string, (replica: FakeDatabase | undefined) => void, RegExp]>([
    [
      'is not there',
      (replica) =>
        replica?.refusals.push([/heartbeat/, new ServerError('query', 'db2: no such table', 1146)]),
      /check=threads reason=query error="db2: no such table/,
    ],
    [
      'holds no times',
      (replica) => Object.assign(replica ?? {}, { heartbeats: [{ writer: 'db11', ts: 'soon' }] }),
      /check=threads reason=query error="db2: no time in meta.heartbeat.ts/,
    ],
    [
      'holds NULL',
      (replica) => Object.assign(replica ?? {}, { heartbeats: [{ writer: 'db11', ts: null }] }),
      /check=threads reason=query error="db2: no time in meta.heartbeat.ts/,
    ],
  ])('because it %s fails the check, and the server is up', async ([, spoil, said]) => {
    const databases = chain()
    const { scan, of, at } = await look(databases, { db1: '2026-11-20T11:59:58' })
    spoil(databases[1])

    await runCheck(scan.context, threads)

    expect(of('db2')).toMatchObject({ up: true, checks: { threads: { success: false } } })
    expect(at('db2')).toBeNull()
    expect(scan.log.join('\n')).toMatch(said)
  })
})
