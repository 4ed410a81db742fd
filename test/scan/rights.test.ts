/** An account that may read only a part: the rest is unknown, whatever it looks like. */
import { describe, expect, test } from 'vitest'
import { grants } from '../../src/checks/grants.ts'
import { parseGrants } from '../../src/mysql/grants.ts'
import { runCheck } from '../../src/scan/run-check.ts'
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
  if (facts && lines.length > 0) facts.grants = parseGrants(lines)
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
