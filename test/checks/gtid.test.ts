import { describe, expect, test } from 'vitest'
import { gtid } from '../../src/checks/gtid.ts'
import { threads } from '../../src/checks/threads.ts'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { channelFrom, type FakeDatabase, fakeDatabase, uuidOf } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

const [ONE, TWO] = [uuidOf('db1'), uuidOf('db2')]

function set(...databases: FakeDatabase[]) {
  const scan = fakeScan(databases, { checks: ['threads', 'gtid'] })
  return {
    scan,
    async look() {
      await runCheck(scan.context, threads)
      await runCheck(scan.context, gtid)
    },
    of(name: string) {
      const server = reportOf(scan.context).servers.find((each) => each.name === name)
      return { gtid: server?.gtid, channels: server?.channels ?? [], checks: server?.checks }
    },
  }
}

const pair = () => [fakeDatabase('db1'), fakeDatabase('db2', [channelFrom('db1')])] as const

describe('transactions of a replica', () => {
  test('are errant when no source has them', async () => {
    const [source, replica] = pair()
    replica.gtidExecuted = `${ONE}:1-100,${TWO}:1-3`
    const { look, of } = set(source, replica)

    await look()

    expect(of('db2').gtid).toMatchObject({ errant: 3n, errantSet: `${TWO}:1-3`, errantExact: true })
  })

  test('are read before those of the source, so that none is invented', async () => {
    const [source, replica] = pair()
    const order: string[] = []
    for (const database of [source, replica]) {
      const answer = database.answer.bind(database)
      database.answer = (sql) => {
        if (sql.includes('gtid_purged')) order.push(database.name)
        return answer(sql)
      }
    }

    await set(source, replica).look()

    expect(order).toEqual(['db2', 'db1'])
  })

  test('are not known to be errant while one of its sources cannot be read', async () => {
    const sources = [fakeDatabase('db1'), fakeDatabase('db3')] as const
    const channels = [
      channelFrom('db1', { Channel_Name: 'a' }),
      channelFrom('db3', { Channel_Name: 'b' }),
    ]
    const hub = fakeDatabase('db2', channels)
    sources[1].trouble = new ServerError('connect', 'db3: gone')
    hub.gtidExecuted = `${ONE}:1-100,${TWO}:1-3`
    const { look, of } = set(...sources, hub)

    await look()

    expect(of('db2').gtid).toMatchObject({ errant: null, errantSet: null })
  })

  test('of a hub are not errant when any of its sources has them', async () => {
    const sources = [fakeDatabase('db1'), fakeDatabase('db3')] as const
    sources[1].gtidExecuted = `${uuidOf('db3')}:1-7`
    const channels = [
      channelFrom('db1', { Channel_Name: 'a' }),
      channelFrom('db3', { Channel_Name: 'b' }),
    ]
    const hub = fakeDatabase('db2', channels)
    hub.gtidExecuted = `${ONE}:1-100,${uuidOf('db3')}:1-7`
    const { look, of } = set(...sources, hub)

    await look()

    expect(of('db2').gtid?.errant).toBe(0n)
  })
})

describe('a replica', () => {
  test('that is promoted has no errant transactions any more', async () => {
    const [source, replica] = pair()
    replica.gtidExecuted = `${ONE}:1-100,${TWO}:1-3`
    const { look, of } = set(source, replica)
    await look()
    replica.channels.length = 0

    await look()

    expect(of('db2').gtid).toBeNull()
  })

  test('that is given another source lacks nothing of the one that it had', async () => {
    const [source, replica] = pair()
    const other = fakeDatabase('db3')
    other.gtidExecuted = `${uuidOf('db3')}:1-7`
    const { look, of } = set(source, replica, other)
    await look()
    source.gtidExecuted = `${ONE}:1-500`
    replica.channels.splice(0, 1, channelFrom('db3'))

    await look()
    expect(of('db2').channels[0]).toMatchObject({ source: 'db3', missing: null })
    await look()

    expect(of('db2').channels[0]?.missing).toBe(7n)
  })

  test('with a source that is MariaDB since its restart is not compared by what means nothing there', async () => {
    const [source, replica] = pair()
    const { scan, look, of } = set(source, replica)
    await look()
    const flavor = { vendor: 'mariadb', version: [10, 11, 19] } as const
    Object.assign(scan.context.facts.get('db1')?.server.control ?? {}, {
      flavor: async () => flavor,
    })
    source.gtidExecuted = '0-1-100'

    await runCheck(scan.context, gtid)

    expect(of('db2').checks?.gtid).toMatchObject({ success: true, failures: { internal: 0 } })
    expect(of('db2').gtid?.errant).toBeNull()
    expect(of('db2').channels[0]?.unrecoverable).toBeNull()
  })

  test('that prints a GTID set which is none fails the check, and nothing else', async () => {
    const [source, replica] = pair()
    replica.gtidExecuted = 'not a set'
    const { scan, look, of } = set(source, replica)

    await look()

    expect(of('db2').checks?.gtid).toMatchObject({
      success: false,
      failures: { query: 1, internal: 0 },
    })
    expect(scan.log.join('\n')).toMatch(/check=gtid reason=query error="db2: malformed GTID set/)
  })
})

describe('transactions of a source', () => {
  test('are missing when the previous look saw them and the replica has them not', async () => {
    const [source, replica] = pair()
    replica.gtidExecuted = `${ONE}:1-90`
    const { look, of } = set(source, replica)

    await look()
    expect(of('db2').channels[0]?.missing).toBeNull()
    source.gtidExecuted = `${ONE}:1-200`
    await look()

    expect(of('db2').channels[0]?.missing).toBe(10n)
  })

  test('are not missing when they were on their way', async () => {
    const [source, replica] = pair()
    replica.gtidExecuted = `${ONE}:1-90`
    const { look, of } = set(source, replica)

    await look()
    replica.gtidExecuted = `${ONE}:1-100`
    source.gtidExecuted = `${ONE}:1-200`
    await look()

    expect(of('db2').channels[0]?.missing).toBe(0n)
  })

  test('are not asked for where nobody replicates', async () => {
    const source = fakeDatabase('db1')
    const { look, of } = set(source)

    await look()

    expect(of('db1').gtid).toBeNull()
    expect(source.asked.some((sql) => sql.includes('gtid_purged'))).toBe(false)
  })
})

describe('a server that is gone', () => {
  test('is no failure of the check on its replica', async () => {
    const [source, replica] = pair()
    const { look, of } = set(source, replica)
    await look()
    source.trouble = new ServerError('connect', 'db1: gone')

    await look()

    expect(of('db2').checks?.gtid?.success).toBe(true)
  })

  test('is not asked again by this check, and fails it with the reason that was found', async () => {
    const [source, replica] = pair()
    const { look, of } = set(source, replica)
    await look()
    replica.trouble = new ServerError('timeout', 'db2: silent')

    await look()

    expect(of('db2').checks?.gtid).toMatchObject({ success: false, failures: { timeout: 1 } })
  })
})
