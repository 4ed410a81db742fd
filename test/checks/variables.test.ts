/** Settings are compared and judged when they are read, and believed when they are read twice. */
import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { variables } from '../../src/checks/variables.ts'
import type { SetConfig } from '../../src/config/config.ts'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { watchSet } from '../../src/scan/watch.ts'
import { channelFrom, type FakeDatabase, fakeDatabase } from '../support/fake-database.ts'
import { type FakeScan, fakeScan } from '../support/fake-scan.ts'

const HOUR = 3_600_000
const DELAY = 5_000
const CONFIG = { intervals: { threads: 15_000, variables: HOUR } }
const CHECKS = ['threads', 'variables'] as const

function start(config: Partial<SetConfig> = {}) {
  const source = fakeDatabase('db1')
  const replica = fakeDatabase('db2', [channelFrom('db1')])
  const scan = fakeScan([source, replica], { config: { ...CONFIG, ...config }, checks: CHECKS })
  return { source, replica, scan }
}

async function look(scan: FakeScan, scope: 'all' | 'findings' = 'all'): Promise<void> {
  await runCheck(scan.context, threads)
  await runCheck(scan.context, variables, scope)
}

const found = ({ context }: FakeScan) =>
  reportOf(context).variableFindings.map(({ server, name, value, source }) =>
    [server, name, value, ...(source ? [`not ${source.value} of ${source.server}`] : [])].join(' '),
  )

const reads = ({ asked }: FakeDatabase) =>
  asked.filter((sql) => sql.startsWith('SELECT VARIABLE_NAME')).length

describe('a look', () => {
  test('at settings that are in order is one statement per server', async () => {
    const { source, replica, scan } = start()
    await look(scan)
    expect(found(scan)).toEqual([])
    expect([reads(source), reads(replica)]).toEqual([1, 1])
    const [db1, db2] = reportOf(scan.context).servers
    const judged = [
      'log_bin',
      'sync_binlog',
      'replica_exec_mode',
      'binlog_filters',
      'replication_filters',
    ]
    expect(db1?.settings).toEqual({ judged, compared: [] })
    expect(db2?.settings).toEqual({ judged, compared: ['sql_mode'] })
  })

  test('finds what is dangerous on a server by what it is to others', async () => {
    const { source, replica, scan } = start()
    for (const { settings } of [source, replica]) settings['replica_exec_mode'] = 'IDEMPOTENT'
    source.settings['sync_binlog'] = '0'
    await look(scan)
    expect(found(scan)).toEqual(['db1 sync_binlog 0', 'db2 replica_exec_mode IDEMPOTENT'])
  })

  test('believes a difference when it finds it again a while later', async () => {
    const { replica, scan } = start()
    replica.settings['sql_mode'] = 'ANSI'
    const before = scan.world.elapsed()
    await look(scan)
    expect(found(scan)).toEqual(['db2 sql_mode ANSI not ANSI_QUOTES of db1'])
    expect(reads(replica)).toBe(2)
    expect(scan.world.elapsed() - before).toBeGreaterThanOrEqual(DELAY)
  })

  test('believes at once what one server says of itself', async () => {
    const { source, scan } = start()
    source.settings['sync_binlog'] = '0'
    await look(scan)
    expect(found(scan)).toEqual(['db1 sync_binlog 0'])
    expect(reads(source)).toBe(1)
  })

  test('does not believe what somebody is about to change everywhere', async () => {
    const { source, replica, scan } = start()
    await look(scan)
    source.settings['sql_mode'] = 'ANSI'
    const then = scan.world.sleep(DELAY / 2).then(() => {
      replica.settings['sql_mode'] = 'ANSI'
    })
    await Promise.all([look(scan), then])
    expect(found(scan)).toEqual([])
    expect(reportOf(scan.context).servers[1]?.settings?.compared).toEqual(['sql_mode'])
  })

  test('says what it knew as long as they go on changing', async () => {
    const { replica, scan } = start()
    await look(scan)
    Object.defineProperty(replica.settings, 'sql_mode', {
      enumerable: true,
      get: () => `MODE${scan.world.elapsed()}`,
    })
    await look(scan)
    expect(found(scan)).toEqual([])
  })

  test('at a server that can not be read leaves what is known of it', async () => {
    const { replica, scan } = start()
    replica.settings['sql_mode'] = 'ANSI'
    await look(scan)
    replica.refusals.push([/VARIABLE_NAME/, new ServerError('timeout', 'db2: too slow')])
    replica.settings['sql_mode'] = 'ANSI_QUOTES'
    await look(scan)
    expect(found(scan)).toEqual(['db2 sql_mode ANSI not ANSI_QUOTES of db1'])
    const status = reportOf(scan.context).servers[1]?.checks.variables
    expect(status).toMatchObject({ success: false, failures: { timeout: 1 } })
  })

  test('reads nothing where the account may write', async () => {
    const { replica, scan } = start()
    const facts = scan.context.facts.get('db2')
    if (facts) facts.privileges = { excess: [], missing: [], refused: ['INSERT'] }
    await look(scan)
    expect(reads(replica)).toBe(0)
    expect(reportOf(scan.context).servers[1]?.checks.variables).toMatchObject({
      success: false,
      failures: { write_privileges: 1 },
    })
  })

  test('leaves out what is meant to be as it is', async () => {
    const { source, replica, scan } = start({ variablesIgnore: ['sync_binlog', 'sql_mode'] })
    source.settings['sync_binlog'] = '0'
    replica.settings['sql_mode'] = 'ANSI'
    await look(scan)
    expect(found(scan)).toEqual([])
    const { settings } = reportOf(scan.context).servers[1] ?? {}
    expect(settings?.compared).toEqual([])
    expect(settings?.judged).not.toContain('sync_binlog')
  })
})

describe('what was found', () => {
  test('is seen to be repaired within two minutes', async () => {
    const { replica, scan } = start()
    replica.settings['sql_mode'] = 'ANSI'
    const watching = watchSet(scan.context)
    await scan.world.sleep(HOUR / 2)
    expect(found(scan)).toHaveLength(1)
    replica.settings['sql_mode'] = 'ANSI_QUOTES'
    await scan.world.sleep(120_000)
    expect(found(scan)).toEqual([])
    scan.ending.abort()
    await watching
  })

  test('costs nothing where there is nothing', async () => {
    const { source, scan } = start()
    const watching = watchSet(scan.context)
    await scan.world.sleep(HOUR / 2)
    expect(reads(source)).toBe(1)
    scan.ending.abort()
    await watching
  })

  test('outlives a restart, also while the server is away', async () => {
    const { replica, scan } = start()
    replica.settings['sql_mode'] = 'ANSI'
    replica.settings['sync_binlog'] = '0'
    await look(scan)
    const before = found(scan)
    expect(before).toHaveLength(2)
    replica.trouble = new ServerError('connect', 'db2: refused')
    const after = await scan.killed()
    expect(found(after)).toEqual(before)
    await look(after)
    expect(found(after)).toEqual(before)
  })
})

test('one full look has its second look, too', async () => {
  const source = fakeDatabase('db1')
  const replica = fakeDatabase('db2', [channelFrom('db1')])
  replica.settings['sql_mode'] = 'ANSI'
  const scan = fakeScan([source, replica], { config: CONFIG, checks: CHECKS, once: true })
  await scan.once()
  expect(found(scan)).toEqual(['db2 sql_mode ANSI not ANSI_QUOTES of db1'])
})
