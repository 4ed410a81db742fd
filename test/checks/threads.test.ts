import { describe, expect, test } from 'vitest'
import { threads } from '../../src/checks/threads.ts'
import { ServerError } from '../../src/errors.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import { stateOf } from '../../src/output/judge.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom, fakeDatabase, uuidOf } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { mysql57Row } from '../support/fake-status-rows.ts'

function pair() {
  const replica = fakeDatabase('db2', [channelFrom('db1')])
  const scan = fakeScan([fakeDatabase('db1'), replica], { checks: ['threads', 'gtid'] })
  return {
    scan,
    replica,
    look: () => runCheck(scan.context, threads),
    /** db2 is that from now on. */
    become(vendor: Flavor['vendor'], ...version: Flavor['version']) {
      const { control } = scan.context.facts.get('db2')?.server ?? {}
      Object.assign(control ?? {}, { flavor: async (): Promise<Flavor> => ({ vendor, version }) })
    },
    lines: (event: string) => scan.log.filter((line) => line.includes(`event=${event} `)),
    server: () => reportOf(scan.context).servers.find(({ name }) => name === 'db2'),
  }
}

describe('a version that nobody has tried', () => {
  test('is warned of once, and looked at like the newest', async () => {
    const { look, become, lines, server } = pair()
    become('mysql', 27, 1, 0)

    await look()
    await look()

    expect(lines('version_unknown')).toHaveLength(1)
    expect(lines('version_unknown')[0]).toMatch(/level=warn .*server=db2 version="mysql 27.1.0"/)
    expect(server()).toMatchObject({ up: true, version: '27.1.0', channels: [{ source: 'db1' }] })
  })

  test('is warned of again when there is a newer one', async () => {
    const { look, become, lines } = pair()
    become('mysql', 27, 1, 0)
    await look()
    become('mysql', 27, 2, 0)

    await look()

    expect(lines('version_unknown')).toHaveLength(2)
  })

  test('is none of those that were', async () => {
    const { look, lines } = pair()

    await look()

    expect(lines('version_unknown')).toEqual([])
    expect(lines('version_changed')).toEqual([])
  })
})

describe('a server that comes back from its restart', () => {
  test('as another version is told so, and looked at as that', async () => {
    const { look, become, lines, server, replica } = pair()
    await look()
    become('mysql', 5, 7, 44)
    replica.channels.splice(0, 1, mysql57Row({ Master_UUID: uuidOf('db1') }))

    await look()

    expect(lines('version_changed')[0]).toMatch(/server=db2 version="mysql 5.7.44" from="mysql 8/)
    expect(server()).toMatchObject({ version: '5.7.44', channels: [{ source: 'db1' }] })
    expect(replica.asked).toContain('SHOW SLAVE STATUS')
  })

  test('as another kind of server keeps nothing that was said of its GTIDs', async () => {
    const { look, become, scan, server } = pair()
    await look()
    const facts = scan.context.facts.get('db2')
    if (facts)
      facts.gtid = {
        enabled: true,
        errant: 3n,
        errantSet: 'x',
        errantExact: true,
        errantTransactions: null,
      }
    become('mariadb', 11, 8, 2)

    await look().catch(() => undefined)

    expect(server()).toMatchObject({ flavor: 'mariadb', gtid: null })
  })
})

describe('a replica that took over', () => {
  test('and is made read-only is a source that cannot be written, not a replica without replication', async () => {
    const promoted = fakeDatabase('db1', [channelFrom('db2')])
    const other = fakeDatabase('db2')
    const scan = fakeScan([promoted, other], { checks: ['threads'] })
    const look = () => runCheck(scan.context, threads)
    const roles = () =>
      Object.fromEntries(reportOf(scan.context).servers.map((s) => [s.name, s.role]))
    await look()
    expect(roles()).toEqual({ db1: 'replica', db2: 'source' })

    promoted.channels.splice(0)
    promoted.identity['read_only'] = '0'
    other.channels.push(channelFrom('db1'))
    await look()
    await look()
    promoted.identity['read_only'] = '1'
    await look()

    expect(roles()).toEqual({ db1: 'source', db2: 'replica' })
  })
})

describe('a status that the account may not read any more', () => {
  const denied = new ServerError('privilege', 'db2: SELECT command denied', 1142)

  test('is not told as it was last', async () => {
    const { look, replica, server } = pair()
    await look()
    expect(server()).toMatchObject({ up: true, isStatusKnown: true })

    replica.refusals.push([/replication_connection_configuration|SHOW REPLICA STATUS/, denied])
    await look()

    const refused = server()
    expect(refused).toMatchObject({ up: true, isStatusKnown: false })
    expect(refused && stateOf(refused)).toMatchObject({ channels: null, readOnly: null })

    replica.refusals.splice(0)
    await look()
    expect(server()).toMatchObject({ isStatusKnown: true })
  })
})
