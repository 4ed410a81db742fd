/** Filters that go by who wrote a transaction, or in which domain: nobody can tell which tables they leave out. */
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import { createShop } from '../../src/lab/shop.ts'
import { until, useCluster } from '../support/cluster.ts'
import { runCheck } from '../support/exporter.ts'
import { notTheSame } from '../support/report.ts'

const OTHER_DOMAIN = 'SET SESSION gtid_domain_id = 7'
const OTHER_SERVER = 'SET SESSION server_id = 99'

describe('on mariadb', () => {
  const cluster = useCluster('mariadb', [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
    const table = { schema: 'shop', name: 'payments' }
    await breakServer(cluster(), { fault: 'change-row', server: 'db2', table })
  })

  test.for([
    ['IGNORE_DOMAIN_IDS = (7)', OTHER_DOMAIN],
    ['DO_DOMAIN_IDS = (0)', OTHER_DOMAIN],
    ['IGNORE_SERVER_IDS = (99)', OTHER_SERVER],
  ] as const)('what differs behind %s is not compared', async ([rule, asOther]) => {
    const [db1, db2] = [cluster().server('db1'), cluster().server('db2')]
    const none = 'IGNORE_DOMAIN_IDS = (), DO_DOMAIN_IDS = (), IGNORE_SERVER_IDS = ()'
    const { sql } = db2.engine
    await db2.exec(
      sql.stop(''),
      `CHANGE MASTER TO ${none}`,
      `CHANGE MASTER TO ${rule}`,
      sql.start(''),
    )
    await db1.exec(asOther, `UPDATE shop.orders SET total = total + 1 WHERE id = 1`)
    await db1.exec(`UPDATE shop.customers SET name = '${rule}' WHERE id = 1`)
    await until(
      async () => (await db2.value('SELECT name FROM shop.customers WHERE id = 1')) === rule,
      'what is carried arrives',
    )
    // As the last one: a fence that waited for it in vain would say lag.
    await db1.exec(asOther, `UPDATE shop.orders SET total = total + 1 WHERE id = 1`)

    const run = await runCheck(cluster())

    expect(notTheSame(run.json), run.explain).toEqual([
      'db2 shop.orders: unknown not_compared',
      'db2 shop.payments: unknown not_compared',
    ])
  })
})
