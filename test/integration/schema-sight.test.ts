/** What one end does not show to the account, or not now, is unknown: never missing, and no reason not to find the rest. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { ServerSpec } from '../../src/lab/start.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, runCheck } from '../support/exporter.ts'
import { setIn } from '../support/report.ts'
import { GROUNDS } from '../support/schema-objects.ts'

const PASSWORD = 's3cret-of-ours'
const PAIR: readonly ServerSpec[] = [{ name: 'db1' }, { name: 'db2', source: 'db1' }]
const STATUS = {
  mysql: 'SELECT, PROCESS, REPLICATION CLIENT',
  mariadb: 'SELECT, PROCESS, SLAVE MONITOR, BINLOG MONITOR',
} as const

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, PAIR)
  const on = (name: string) => cluster().server(name)
  const check = (username: string, checks = 'schema,grants') =>
    runCheck(cluster(), [`--checks=${checks}`], {
      config: configOf(cluster(), { username, password: PASSWORD }),
    })
  const createUser = (name: string) => `CREATE USER ${name}@'%' IDENTIFIED BY '${PASSWORD}'`

  beforeAll(async () => {
    await on('db1').exec(
      ...GROUNDS,
      'CREATE VIEW shop.v AS SELECT id FROM shop.parent',
      'CREATE TRIGGER shop.t BEFORE INSERT ON shop.triggered FOR EACH ROW SET NEW.b = 1',
      'CREATE PROCEDURE shop.p () SELECT 1',
      'CREATE EVENT shop.e ON SCHEDULE EVERY 1 DAY DO SELECT 1',
      'CREATE TABLE shop.child (id INT PRIMARY KEY, a INT, FOREIGN KEY k (a) REFERENCES shop.parent (id))',
      'CREATE TABLE shop.narrower (id INT PRIMARY KEY, a INT)',
      'CREATE DATABASE hr',
      'CREATE TABLE hr.people (id INT PRIMARY KEY)',
      createUser('uneven'),
      `GRANT ${STATUS[flavor]}, SHOW VIEW, TRIGGER, EVENT ON *.* TO uneven@'%'`,
      createUser('narrow'),
      `GRANT ${STATUS[flavor].replace('SELECT, ', '')} ON *.* TO narrow@'%'`,
      "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON shop.* TO narrow@'%'",
      "GRANT SELECT, SHOW VIEW, TRIGGER, EVENT ON hr.* TO narrow@'%'",
      ...(flavor === 'mysql'
        ? [
            "GRANT SHOW_ROUTINE ON *.* TO narrow@'%'",
            "GRANT SELECT ON performance_schema.* TO narrow@'%'",
          ]
        : ["GRANT SELECT ON mysql.proc TO narrow@'%'"]),
    )
    await cluster().caughtUp()
    await on('db2').unlogged(
      "REVOKE SHOW VIEW, TRIGGER, EVENT ON *.* FROM uneven@'%'",
      "REVOKE ALL ON hr.* FROM narrow@'%'",
      'ALTER TABLE shop.narrower DROP a',
    )
  })

  test('views, triggers and events that the replica hides are unknown, and the GRANTs are named', async () => {
    const run = await check('uneven')
    const { schema_differences: differences, schema_unknown: unknown } = setIn(run.json)
    expect(
      differences.map(({ name }) => name),
      run.explain,
    ).toEqual(['narrower.a'])
    expect(unknown, run.explain).toEqual([
      {
        server: 'db2',
        schema: null,
        objects: ['view', 'trigger', 'event', ...(flavor === 'mysql' ? [] : ['foreign_key'])],
        name: null,
        reason: 'no_privilege',
      },
    ])
    const missing = setIn(run.json).privileges.flatMap((one) => one.missing)
    expect(missing.join('\n'), run.explain).toMatch(/GRANT TRIGGER ON \*\.\* TO `uneven`/)
    const alone = await check('uneven', 'schema')
    expect(setIn(alone.json).schema_unknown, alone.explain).toEqual(unknown)
    expect(setIn(alone.json).schema_differences, alone.explain).toEqual(differences)
  })

  test('a schema that the replica hides is unknown, and what is in it', async () => {
    const run = await check('narrow')
    const { schema_differences: differences, schema_unknown: unknown } = setIn(run.json)
    expect(
      differences.map(({ name }) => name),
      run.explain,
    ).toEqual(['narrower.a'])
    expect(unknown, run.explain).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ schema: 'hr', objects: ['schema'], reason: 'no_privilege' }),
      ]),
    )
    expect(
      unknown.filter(({ schema }) => schema === 'shop'),
      run.explain,
    ).toEqual([])
  })

  describe('while a table is being made on the replica', () => {
    test('nothing else waits for it', async () => {
      const making = on('db2').unlogged('CREATE TABLE shop.slow AS SELECT SLEEP(600) AS s')
      making.catch(() => undefined)
      const running =
        "SELECT id FROM information_schema.PROCESSLIST WHERE info LIKE 'CREATE TABLE shop.slow%'"
      const id = await until(() => on('db2').value(running), 'the table is being made')
      const run = await check('uneven', 'schema')
      await on('db2').exec(`KILL ${id}`)
      const { schema_differences: differences, schema_unknown: unknown } = setIn(run.json)
      expect(
        differences.map(({ name }) => name),
        run.explain,
      ).toEqual(['narrower.a'])
      const named = unknown.filter(({ name }) => name !== null)
      // MySQL shows a table when it is there, MariaDB waits for it.
      const waited = { schema: 'shop', name: 'slow', reason: 'timeout' }
      expect(named, run.explain).toMatchObject(flavor === 'mysql' ? [] : [waited])
    })
  })
})
