/** What is told of errant transactions from look to look: where, what they touched, when, and at what cost. */
import { describe, expect, test } from 'vitest'
import { gtid } from '../../src/checks/gtid.ts'
import { threads } from '../../src/checks/threads.ts'
import { reportOf } from '../../src/scan/report.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { type FakeBinlog, fakeBinlog, rowsOf } from '../support/fake-binlog.ts'
import { channelFrom, type FakeDatabase, fakeDatabase, uuidOf } from '../support/fake-database.ts'
import { fakeScan } from '../support/fake-scan.ts'

const [ONE, TWO] = [uuidOf('db1'), uuidOf('db2')]
const INTERVAL_MS = 15_000

interface Shop {
  readonly replica: FakeDatabase
  readonly binlog: FakeBinlog
  /** The replica writes its own transactions up to that one. */
  err(upTo: number, table?: string): void
  /** After the interval; statements that it sent to the binary log. */
  look(): Promise<string[]>
  told(): ReturnType<typeof reportOf>['servers'][number]['gtid']
}

function shop({ once = false, readable = true } = {}): Shop {
  const [source, replica] = [fakeDatabase('db1'), fakeDatabase('db2', [channelFrom('db1')])]
  const binlog = fakeBinlog('mysql')
  if (readable) replica.binlog = binlog
  const scan = fakeScan([source, replica], { checks: ['threads', 'gtid'], once })
  let written = 0
  return {
    replica,
    binlog,
    err(upTo, table = 'shop.t') {
      while (written < upTo) {
        written += 1
        binlog.write(`${TWO}:${written}`, ...rowsOf(table))
      }
      replica.gtidExecuted = `${ONE}:1-100,${TWO}:1-${upTo}`
    },
    async look() {
      await scan.world.sleep(INTERVAL_MS)
      await runCheck(scan.context, threads)
      const before = replica.asked.length
      await runCheck(scan.context, gtid)
      const sent = replica.asked.slice(before)
      return sent.filter((sql) => /BINARY LOGS|BINLOG EVENTS/.test(sql))
    },
    told: () => reportOf(scan.context).servers.find(({ name }) => name === 'db2')?.gtid ?? null,
  }
}

const secondsOf = (moment: Date | null | undefined) => moment && moment.getTime() / 1000

describe('an errant transaction', () => {
  test('that was there before us is found, and came before our first look', async () => {
    const { err, look, told } = shop()
    err(1, 'shop.orders')

    await look()

    const [found, ...others] = told()?.errantTransactions ?? []
    expect(others).toEqual([])
    expect(found).toMatchObject({ gtid: `${TWO}:1`, tables: ['shop.orders'], writtenAfter: null })
    expect(found?.writtenBefore).toBeInstanceOf(Date)
  })

  test('that comes while we watch came between two looks', async () => {
    const { err, look, told } = shop()
    await look()
    err(1)

    await look()

    const [found] = told()?.errantTransactions ?? []
    const [after, before] = [secondsOf(found?.writtenAfter), secondsOf(found?.writtenBefore)]
    expect(after).toBeTypeOf('number')
    expect(Number(before) - Number(after)).toBeGreaterThanOrEqual(INTERVAL_MS / 1000)
    expect(Number(before) - Number(after)).toBeLessThan(2 * (INTERVAL_MS / 1000))
  })

  test('that is the second keeps apart when each came', async () => {
    const { err, look, told } = shop()
    await look()
    err(1)
    await look()
    err(2)
    await look()
    await look()

    const [first, second] = told()?.errantTransactions ?? []
    expect(secondsOf(first?.writtenBefore)).toBeLessThanOrEqual(
      Number(secondsOf(second?.writtenAfter)) + 1,
    )
  })

  test('that its source adopts is listed no more', async () => {
    const { err, look, told, replica } = shop()
    err(2)
    await look()
    replica.gtidExecuted = `${ONE}:1-100`

    await look()

    expect(told()).toMatchObject({ errant: 0n, errantTransactions: [] })
  })

  test('in a log that the account may not read is counted all the same', async () => {
    const { err, look, told } = shop({ readable: false })
    err(2)

    await look()

    expect(told()).toMatchObject({ errant: 2n, errantExact: true, errantTransactions: null })
  })
})

describe('the log is read', () => {
  test('not at all while nothing is errant', async () => {
    const { look } = shop()

    expect(await look()).toEqual([])
    expect(await look()).toEqual([])
  })

  test('once, however often one looks', async () => {
    const { err, look } = shop()
    err(1)
    expect((await look()).length).toBeGreaterThan(0)

    expect(await look()).toEqual([])
    expect(await look()).toEqual([])
  })

  test('from where it ended at the look before, when all was well then', async () => {
    const { binlog, err, look, told } = shop()
    for (let n = 1; n <= 2000; n += 1) binlog.write(`${ONE}:${n}`, ...rowsOf('shop.t'))
    await look()
    err(1)

    const sent = await look()

    expect(told()?.errantTransactions).toHaveLength(1)
    expect(sent.filter((sql) => sql.includes('BINLOG EVENTS'))).toHaveLength(1)
  })

  test('from the beginning, when what is errant is not where it should be', async () => {
    const { binlog, replica, look, told } = shop()
    // In the log already at the first look, and among what is executed at the second.
    binlog.write(`${TWO}:1`, ...rowsOf('shop.t'))
    await look()
    replica.gtidExecuted = `${ONE}:1-100,${TWO}:1-1`
    await look()
    expect(told()?.errantTransactions).toEqual([])

    await look()

    expect(told()?.errantTransactions).toHaveLength(1)
  })

  test('in portions, and goes on at the next look where it was', async () => {
    const { binlog, err, look, told } = shop()
    for (let n = 1; n <= 6000; n += 1) binlog.write(`${ONE}:${n}`, ...rowsOf('shop.t'))
    err(1)

    expect(await look()).toHaveLength(42)
    expect(told()).toMatchObject({ errant: 1n, errantTransactions: [] })
    await look()

    expect(told()?.errantTransactions).toHaveLength(1)
  })

  test('not while the server is to be left in peace', async () => {
    const { err, look, replica, told } = shop()
    err(1)
    replica.load.threadsRunning = 26
    expect(await look()).toEqual([])
    expect(told()).toMatchObject({ errant: 1n, errantTransactions: [] })
    replica.load.threadsRunning = 2

    await look()

    expect(told()?.errantTransactions).toHaveLength(1)
  })

  test('anew when a log is purged that was to be read', async () => {
    const { binlog, err, look, told } = shop()
    for (let n = 1; n <= 6000; n += 1) binlog.write(`${ONE}:${n}`, ...rowsOf('shop.t'))
    err(1)
    await look()
    binlog.rotate(`${ONE}:1-6000,${TWO}:1`)
    err(2)
    binlog.purge(1)
    await look()
    expect(told()?.errantTransactions).toBeNull()

    await look()

    expect(told()?.errantTransactions?.map(({ gtid: one }) => one)).toEqual([`${TWO}:2`])
  })

  test('to its end within one look by check', async () => {
    const { binlog, err, look, told } = shop({ once: true })
    for (let n = 1; n <= 6000; n += 1) binlog.write(`${ONE}:${n}`, ...rowsOf('shop.t'))
    err(1)

    await look()

    expect(told()?.errantTransactions).toHaveLength(1)
  })
})
