/** What accounts need, what they hold, and that the README asks for exactly that. */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, THREE_MEMBERS, useCluster } from '../support/cluster.ts'
import { configOf, runCheck } from '../support/exporter.ts'
import { notTheSame, setIn } from '../support/report.ts'

const PASSWORD = 's3cret-of-ours'
const README = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')

/** The blocks under "Grants": for MySQL and MariaDB, first on everything, then on the schema `shop`. */
const [onAllMysql, onAllMariadb, onShopMysql, onShopMariadb] = [
  ...README.slice(README.indexOf('\n## Grants\n')).matchAll(/```sql\n([^`]*)```/g),
].map(([, sql]) => sql ?? '')
const ASKED_FOR = {
  mysql: { all: onAllMysql ?? '', shop: onShopMysql ?? '' },
  mariadb: { all: onAllMariadb ?? '', shop: onShopMariadb ?? '' },
}

const drift = { fault: 'change-row', server: 'db2', table: { schema: 'shop', name: 'orders' } }

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(async () => {
    const db1 = cluster().server('db1')
    await createShop(db1)
    await db1.exec(
      'CREATE DATABASE hr',
      'CREATE TABLE hr.pay (id INT PRIMARY KEY, v INT)',
      'CREATE TRIGGER shop.t BEFORE UPDATE ON shop.orders FOR EACH ROW SET NEW.total = NEW.total',
      'CREATE PROCEDURE shop.p() SELECT 1',
    )
  })

  async function exec(...statements: readonly string[]): Promise<void> {
    await cluster()
      .server('db1')
      .exec(...statements)
    await cluster().caughtUp()
  }

  const create = (user: string) => `CREATE USER ${user}@'%' IDENTIFIED BY '${PASSWORD}'`
  const check = (username: string, args: readonly string[] = []) =>
    runCheck(cluster(), args, { config: configOf(cluster(), { username, password: PASSWORD }) })
  /** What `grants` alone says of the account, on each server. */
  async function holds(username: string) {
    const run = await check(username, ['--checks=grants'])
    const { privileges } = setIn(run.json)
    return {
      code: run.code,
      excess: privileges
        .filter(({ excess }) => excess.length > 0)
        .map(({ server, excess }) => [server, ...excess].join(' ')),
      missing: privileges.flatMap(({ server, missing }) =>
        missing.map((one) => `${server} ${one}`),
      ),
    }
  }

  test.for(['all', 'shop'] as const)(
    'with the README’s statements on %s nothing is missing, nothing too much, and drift is found',
    async (where) => {
      const user = `readme_${where}`
      const sql = ASKED_FOR[flavor][where]
        .replaceAll("'drift'", user)
        .replace("'...'", `'${PASSWORD}'`)
      await exec(...sql.split(';').filter((statement) => statement.trim() !== ''))
      const broken = await breakServer(cluster(), drift)
      const drifted = await check(user)
      await broken.undo()
      expect(notTheSame(drifted.json), drifted.explain).toEqual(['db2 shop.orders: drifted'])
      const run = await check(user)
      expect(setIn(run.json).privileges, run.explain).toEqual([])
      expect(notTheSame(run.json), run.explain).toEqual([])
      const schemas = new Set(setIn(run.json).tables.map(({ schema }) => schema))
      expect([...schemas].sort()).toEqual(where === 'all' ? ['hr', 'shop'] : ['shop'])
      expect(setIn(run.json).schema_differences).toEqual([])
    },
  )

  const EVERYTHING =
    flavor === 'mysql'
      ? 'SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS, REPLICATION CLIENT'
      : 'SELECT, SHOW VIEW, TRIGGER, EVENT, PROCESS, SLAVE MONITOR, BINLOG MONITOR'

  test('a role that may write counts while it sleeps, with the role inside it', async () => {
    await exec(
      'CREATE ROLE inside',
      'CREATE ROLE writers',
      'CREATE ROLE readers',
      'GRANT INSERT ON shop.* TO inside',
      'GRANT inside TO writers',
      `GRANT ${EVERYTHING} ON *.* TO readers`,
      create('sleeper'),
      "GRANT readers TO sleeper@'%'",
      `SET DEFAULT ROLE readers ${flavor === 'mysql' ? 'TO' : 'FOR'} sleeper@'%'`,
    )
    expect(await holds('sleeper')).toEqual({ code: 0, excess: [], missing: [] })
    const idle = await check('sleeper')
    expect(notTheSame(idle.json), idle.explain).toEqual([])

    await exec("GRANT writers TO sleeper@'%'")
    expect(await holds('sleeper')).toEqual({
      code: 3,
      excess: ['db1 INSERT', 'db2 INSERT'],
      missing: [],
    })
  })

  test('a role that is harmless and sleeps changes nothing', async () => {
    await exec(
      'CREATE ROLE lookers',
      'GRANT SELECT ON hr.* TO lookers',
      create('looker'),
      "GRANT readers TO looker@'%'",
      "GRANT lookers TO looker@'%'",
      `SET DEFAULT ROLE readers ${flavor === 'mysql' ? 'TO' : 'FOR'} looker@'%'`,
    )
    const run = await check('looker')
    expect(setIn(run.json).privileges, run.explain).toEqual([])
    expect(notTheSame(run.json), run.explain).toEqual([])
  })

  test('a right on a single column is a right to write', async () => {
    await exec(
      create('clerk'),
      `GRANT ${EVERYTHING} ON *.* TO clerk@'%'`,
      "GRANT SELECT (id), UPDATE (total) ON shop.orders TO clerk@'%'",
    )
    expect(await holds('clerk')).toEqual({
      code: 3,
      excess: ['db1 UPDATE', 'db2 UPDATE'],
      missing: [],
    })
  })

  test('a table of which one end shows nothing, or some columns, is neither missing nor the same', async () => {
    await exec(
      create('half'),
      `GRANT ${EVERYTHING.replace('SELECT, SHOW VIEW, TRIGGER, EVENT, ', '')} ON *.* TO half@'%'`,
      ...(flavor === 'mysql' ? ["GRANT SELECT ON performance_schema.* TO half@'%'"] : []),
      "GRANT SELECT ON shop.* TO half@'%'",
      "GRANT SELECT ON hr.* TO half@'%'",
    )
    const db2 = cluster().server('db2')
    await db2.unlogged("REVOKE SELECT ON hr.* FROM half@'%'")
    const data = ['--checks=grants,row_count,checksum']
    const nothing = await check('half', data)
    expect(notTheSame(nothing.json), nothing.explain).toEqual(['db2 hr.pay: unknown no_privilege'])
    await db2.unlogged("GRANT SELECT (id) ON hr.pay TO half@'%'")
    const some = await check('half', data)
    expect(notTheSame(some.json), some.explain).toEqual(['db2 hr.pay: unknown no_privilege'])
    expect(some.code, some.explain).toBe(3)
  })

  test('what is neither needed nor dangerous is named, and the server is compared', async () => {
    await exec(
      create('hoarder'),
      `GRANT ${EVERYTHING}, LOCK TABLES ON *.* TO hoarder@'%'`,
      "GRANT PROXY ON clerk@'%' TO hoarder@'%'",
    )
    const both = ['db1 LOCK TABLES PROXY', 'db2 LOCK TABLES PROXY']
    expect(await holds('hoarder')).toEqual({ code: 1, excess: both, missing: [] })
    const run = await check('hoarder')
    expect(notTheSame(run.json), run.explain).toEqual([])
  })

  if (flavor === 'mysql') {
    test('a partial revoke hides a schema, and leaves the right to write everywhere else', async () => {
      for (const { name } of cluster().servers) {
        await cluster().server(name).unlogged('SET GLOBAL partial_revokes = ON')
      }
      await exec(
        create('partial'),
        `GRANT ${EVERYTHING} ON *.* TO partial@'%'`,
        "REVOKE SELECT, TRIGGER ON hr.* FROM partial@'%'",
        "REVOKE TRIGGER ON shop.* FROM partial@'%'",
      )
      const missing = 'GRANT TRIGGER ON `shop`.* TO `partial`@`%`'
      expect(await holds('partial')).toEqual({
        code: 1,
        excess: [],
        missing: [`db1 ${missing}`, `db2 ${missing}`],
      })
      const run = await check('partial')
      expect(notTheSame(run.json), run.explain).toEqual(['db2 hr.pay: unknown no_privilege'])

      await exec(
        missing,
        "GRANT INSERT ON *.* TO partial@'%'",
        "REVOKE INSERT ON hr.* FROM partial@'%'",
      )
      expect(await holds('partial')).toEqual({
        code: 3,
        excess: ['db1 INSERT', 'db2 INSERT'],
        missing: [],
      })
    })

    test('a dynamic privilege of an administrator is refused', async () => {
      await exec(
        create('dynamic'),
        `GRANT ${EVERYTHING} ON *.* TO dynamic@'%'`,
        "GRANT BACKUP_ADMIN, AUDIT_ABORT_EXEMPT ON *.* TO dynamic@'%'",
      )
      const both = ['db1', 'db2'].map((name) => `${name} BACKUP_ADMIN AUDIT_ABORT_EXEMPT`)
      expect(await holds('dynamic')).toEqual({ code: 3, excess: both, missing: [] })
    })
  } else {
    test('what everybody may, the account may', async () => {
      await exec('GRANT INSERT ON hr.* TO PUBLIC')
      const found = await holds('looker')
      await exec('REVOKE INSERT ON hr.* FROM PUBLIC')
      expect(found).toEqual({ code: 3, excess: ['db1 INSERT', 'db2 INSERT'], missing: [] })
    })
  }
})

describe('on mysql, members of a group', () => {
  const cluster = useCluster('mysql', THREE_MEMBERS, { cluster: true })

  test('that does not show itself to the account are not taken for servers on their own in silence', async () => {
    await cluster()
      .server('db1')
      .exec(
        'CREATE DATABASE shop',
        'CREATE TABLE shop.t (id INT PRIMARY KEY)',
        `CREATE USER aside@'%' IDENTIFIED BY '${PASSWORD}'`,
        "GRANT PROCESS, REPLICATION CLIENT ON *.* TO aside@'%'",
        "GRANT SELECT ON shop.* TO aside@'%'",
      )
    await cluster().caughtUp()
    const config = configOf(cluster(), { username: 'aside', password: PASSWORD })
    const run = await runCheck(cluster(), ['--checks=grants'], { config })
    const lacks = 'GRANT SELECT ON `performance_schema`.* TO `aside`@`%`'
    expect(
      setIn(run.json).privileges.filter(({ missing }) => missing.includes(lacks)),
      run.explain,
    ).toHaveLength(THREE_MEMBERS.length)
  })
})
