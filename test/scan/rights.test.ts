/** An account that may read only a part: the rest is unknown, whatever it looks like. */
import { describe, expect, test } from 'vitest'
import { grants } from '../../src/checks/grants.ts'
import { ServerError } from '../../src/errors.ts'
import { parseGrants } from '../../src/mysql/grants.ts'
import { isRefused } from '../../src/scan/context.ts'
import { reportOf } from '../../src/scan/report.ts'
import { readRights } from '../../src/scan/rights.ts'
import { runCheck } from '../../src/scan/run-check.ts'
import { watchSet } from '../../src/scan/watch.ts'
import { fakeScan } from '../support/fake-scan.ts'
import { fakeShop } from '../support/fake-shop.ts'

/** `shop.orders` is not on the replica, and of `shop.payments` a row differs. */
async function verdicts(...onReplica: readonly string[]): Promise<Record<string, string>> {
  const { databases, replica } = fakeShop()
  replica.tables.delete('shop.orders')
  replica.tables.get('shop.payments')?.rows.set(1, 'other')
  const scan = fakeScan(databases)
  const lines = onReplica.map((grant) => `GRANT ${grant} TO \`drift\`@\`%\``)
  const facts = scan.context.facts.get('db2')
  if (facts && lines.length > 0) {
    facts.grants = parseGrants(lines)
    replica.grants.splice(0, Number.POSITIVE_INFINITY, ...lines)
  }
  await scan.pass('checksum')
  return scan.verdicts()
}

const FOUND = { 'db2 shop.orders': 'missing_on_replica', 'db2 shop.payments': 'drifted' }
const UNSEEN = { 'db2 shop.orders': 'no_privilege', 'db2 shop.payments': 'no_privilege' }

describe('what differs is found', () => {
  test('by an account that reads everything', async () => {
    expect(await verdicts('SELECT ON *.*')).toEqual(FOUND)
  })

  test('by one that reads this schema', async () => {
    expect(await verdicts('SELECT ON `other`.*', 'SELECT ON `sh_p`.*')).toEqual(FOUND)
  })

  test('where nobody asked for the account’s rights', async () => {
    expect(await verdicts()).toEqual(FOUND)
  })
})

describe('what one end shows in part is unknown', () => {
  test('where the account reads another schema', async () => {
    expect(await verdicts('SELECT ON `other`.*')).toEqual(UNSEEN)
  })

  test('where it reads some columns', async () => {
    const orders = 'SELECT (`id`) ON `shop`.`orders`'
    expect(await verdicts(orders, 'SELECT ON `shop`.`payments`')).toEqual({
      'db2 shop.orders': 'no_privilege',
      'db2 shop.payments': 'drifted',
    })
  })

  test('where it only knows of the tables', async () => {
    expect(await verdicts('SHOW VIEW, TRIGGER ON *.*')).toEqual(UNSEEN)
  })
})

test('tables that are not shown since the account lost its rights are not missing, before anybody has read the rights again', async () => {
  const { databases, replica } = fakeShop()
  const scan = fakeScan(databases)
  await scan.pass('checksum')
  const facts = scan.context.facts.get('db2')
  if (facts) facts.grants = parseGrants(replica.grants)
  replica.grants.splice(0, Number.POSITIVE_INFINITY, 'GRANT USAGE ON *.* TO `drift`@`%`')
  replica.tables.clear()

  await scan.pass('checksum')

  expect(new Set(Object.values(scan.verdicts()))).toEqual(new Set(['no_privilege']))
})

describe('the connections', () => {
  async function renewed(change: (grants: string[]) => void): Promise<number> {
    const { databases, replica } = fakeShop()
    const scan = fakeScan(databases, { checks: ['threads', 'grants'] })
    let count = 0
    Object.assign(scan.context.facts.get('db2')?.server ?? {}, { renew: () => (count += 1) })
    await runCheck(scan.context, grants)
    change(replica.grants)
    await runCheck(scan.context, grants)
    return count
  }

  test('are new ones after the rights of the account changed, which old ones do not learn', async () => {
    expect(await renewed((held) => held.push('GRANT SHOW VIEW ON `shop`.* TO `drift`@`%`'))).toBe(1)
    expect(await renewed((held) => held.splice(0))).toBe(1)
  })

  test('stay while nothing changes', async () => {
    expect(await renewed(() => undefined)).toBe(0)
  })
})

describe('rights that change while it watches', () => {
  const MINUTE = 60_000
  const ALL =
    'GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS, REPLICATION CLIENT ON *.* TO `drift`@`%`'
  const BLIND = 'GRANT PROCESS, REPLICATION CLIENT ON *.* TO `drift`@`%`'

  /** Within a long interval of every check but `threads`. */
  function watched() {
    const { databases, replica } = fakeShop()
    replica.tables.get('shop.payments')?.rows.set(1, 'other')
    const checks = ['threads', 'grants', 'row_count', 'checksum'] as const
    const scan = fakeScan(databases, { checks })
    replica.grants.splice(0, Infinity, ALL)
    const hold = (...held: string[]) => replica.grants.splice(0, Infinity, ...held)
    const missing = () =>
      reportOf(scan.context).servers.find(({ name }) => name === 'db2')?.privileges?.missing
    const end = async (watching: Promise<void>) => {
      scan.ending.abort()
      await watching
    }
    return { scan, replica, hold, missing, end }
  }

  test('what a right hid that is back is compared within two minutes, not after the interval', async () => {
    const { scan, hold, missing, end } = watched()
    hold(BLIND)
    const watching = watchSet(scan.context)
    await scan.world.sleep(5 * MINUTE)
    expect(scan.verdicts()).toMatchObject({ 'db2 shop.payments': 'no_privilege' })
    expect(scan.verdicts('row_count')).toMatchObject({ 'db2 shop.payments': 'no_privilege' })
    hold(ALL)
    await scan.world.sleep(2 * MINUTE)
    expect(missing()).toEqual([])
    expect(scan.verdicts()).toEqual({ 'db2 shop.orders': 'same', 'db2 shop.payments': 'drifted' })
    expect(new Set(Object.values(scan.verdicts('row_count')))).toEqual(new Set(['same']))
    await end(watching)
  })

  test('a right that is gone is told within a minute of the first refusal', async () => {
    const { scan, replica, hold, missing, end } = watched()
    const watching = watchSet(scan.context)
    await scan.world.sleep(5 * MINUTE)
    expect(missing()).toEqual([])
    hold('GRANT SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS ON *.* TO `drift`@`%`')
    const denied = new ServerError('privilege', 'db2: access denied')
    replica.refusals.push([/^SHOW REPLICA STATUS|replication_applier_filters/, denied])
    await scan.world.sleep(MINUTE)
    expect(missing()).toEqual([expect.stringContaining('REPLICATION CLIENT')])
    await end(watching)
  })

  test('an account that may write by now is refused as soon as its rights are read', async () => {
    const { scan, hold } = watched()
    await runCheck(scan.context, grants)
    expect(isRefused(scan.context, 'db2')).toBe(false)
    hold(ALL, 'GRANT INSERT ON `shop`.* TO `drift`@`%`')
    const server = scan.context.facts.get('db2')?.server
    if (server !== undefined) await readRights(scan.context, server)
    expect(isRefused(scan.context, 'db2')).toBe(true)
  })
})
