/** Statements that every session sends, by version: none may name what a server lacks. */
import { describe, expect, it, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import { dialectOf } from '../../src/mysql/dialects.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import { waitingLocks } from '../../src/mysql/load.ts'
import { readsEverything } from '../../src/mysql/plan.ts'
import { fakeSession } from '../support/fake-session.ts'

const VERSIONS: readonly Flavor[] = [
  { vendor: 'mysql', version: [5, 7, 44] },
  { vendor: 'mysql', version: [8, 0, 21] },
  { vendor: 'mysql', version: [8, 4, 6] },
  { vendor: 'mysql', version: [9, 7, 4] },
  { vendor: 'mysql', version: [26, 7, 0] },
  { vendor: 'mariadb', version: [10, 4, 34] },
  { vendor: 'mariadb', version: [10, 11, 19] },
  { vendor: 'mariadb', version: [12, 1, 2] },
]

describe.for(VERSIONS)('$vendor $version', (flavor) => {
  const isMysql = flavor.vendor === 'mysql'

  test('is given a limit on statements under the name that it knows', () => {
    const limits = dialectOf(flavor).sessionLimits(1500).join('; ')

    expect(limits).toContain(isMysql ? 'max_execution_time=1500' : 'max_statement_time=1.5')
    expect(limits).not.toContain(isMysql ? 'max_statement_time' : 'max_execution_time')
  })

  test('explains in the form of old, whatever it is set to', async () => {
    const session = fakeSession({ EXPLAIN: [{ type: 'range' }] }, flavor)

    expect(await readsEverything(session, 'SELECT 1')).toBe(false)
    expect(session.asked).toEqual([
      isMysql ? 'EXPLAIN FORMAT=TRADITIONAL SELECT 1' : 'EXPLAIN SELECT 1',
    ])
  })

  it.for([
    ['replica', 'SHOW'],
    ['log', 'SHOW'],
  ] as const)('is asked for its %s in words that it has', async ([what, start]) => {
    const session = fakeSession({ [start]: [], SELECT: [] }, flavor)
    if (what === 'replica') await dialectOf(flavor).channels(session, flavor)
    else await dialectOf(flavor).logEnd(session)

    expect(session.asked[0]).toBe(WORDS[`${flavor.vendor} ${flavor.version.join('.')}`]?.[what])
  })
})

/** SHOW SLAVE STATUS and SHOW MASTER STATUS are gone in 8.4; MariaDB keeps the old words. */
const WORDS: Readonly<Record<string, { readonly replica: string; readonly log: string }>> = {
  'mysql 5.7.44': { replica: 'SHOW SLAVE STATUS', log: 'SHOW MASTER STATUS' },
  'mysql 8.0.21': { replica: 'SHOW SLAVE STATUS', log: 'SHOW MASTER STATUS' },
  'mysql 8.4.6': { replica: 'SHOW REPLICA STATUS', log: 'SHOW BINARY LOG STATUS' },
  'mysql 9.7.4': { replica: 'SHOW REPLICA STATUS', log: 'SHOW BINARY LOG STATUS' },
  'mysql 26.7.0': { replica: 'SHOW REPLICA STATUS', log: 'SHOW BINARY LOG STATUS' },
  'mariadb 10.4.34': { replica: 'SHOW ALL SLAVES STATUS', log: 'SHOW MASTER STATUS' },
  'mariadb 10.11.19': { replica: 'SHOW ALL SLAVES STATUS', log: 'SHOW MASTER STATUS' },
  'mariadb 12.1.2': { replica: 'SHOW ALL SLAVES STATUS', log: 'SHOW MASTER STATUS' },
}

describe('sessions that wait for a metadata lock', () => {
  test('are found where information_schema has no list of processes any more', async () => {
    const gone = new ServerError('query', "db1: Unknown table 'PROCESSLIST'", 1109)
    const session = fakeSession({
      'SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST': gone,
      'SELECT COUNT(*) AS n FROM performance_schema.processlist': [{ n: '2' }],
    })

    expect(await waitingLocks(session)).toBe(2)
  })

  test('are not none because of another error', async () => {
    const gone = new ServerError('connect', 'db1: gone')

    await expect(waitingLocks(fakeSession({ SELECT: gone }))).rejects.toThrow(gone)
  })
})
