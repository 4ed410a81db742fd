/** Names as long as the servers take them, and an account that is let into a part of the schemas. */
import { beforeAll, describe, expect, test } from 'vitest'
import { quoteName } from '../../src/mysql/sql.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { configOf, runCheck } from '../support/exporter.ts'
import { setIn, tableIn } from '../support/report.ts'

/** The longest identifier there is: 64 characters, none of which takes more than three bytes. */
const LONGEST = '名'.repeat(64)
/** What has a file of its own on MariaDB is named `@540d@540d...` there, and a file's name ends at 255 bytes. */
const LONGEST_FILE = '名'.repeat(50)
const NAME = quoteName(LONGEST)
const TABLE = `${quoteName(LONGEST_FILE)}.${quoteName(LONGEST_FILE)}`

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  describe('objects with the longest names that there can be', () => {
    beforeAll(async () => {
      const lab = cluster()
      await lab
        .server('db1')
        .exec(
          `CREATE DATABASE ${quoteName(LONGEST_FILE)}`,
          `CREATE TABLE ${TABLE} (id INT PRIMARY KEY, ${NAME} INT, KEY ${NAME} (${NAME}), CONSTRAINT ${NAME} CHECK (${NAME} > 0))`,
          `INSERT INTO ${TABLE} VALUES (1, 1), (2, 2)`,
          `CREATE VIEW ${quoteName(LONGEST_FILE)}.${quoteName(LONGEST_FILE.replace('名', 'v'))} AS SELECT 1 AS ${NAME}`,
          `CREATE PROCEDURE ${quoteName(LONGEST_FILE)}.${NAME} () SELECT 1`,
          `CREATE EVENT ${quoteName(LONGEST_FILE)}.${NAME} ON SCHEDULE EVERY 1 DAY DO SELECT 1`,
          `CREATE TRIGGER ${quoteName(LONGEST_FILE)}.${quoteName(LONGEST_FILE)} BEFORE INSERT ON ${TABLE} FOR EACH ROW SET NEW.id = NEW.id`,
        )
      await lab.caughtUp()
    })

    test('are the same, and each is told by its whole name when the replica lacks it', async () => {
      const lab = cluster()
      const same = await runCheck(lab)
      expect(setIn(same.json).schema_differences, same.explain).toEqual([])
      expect(tableIn(same.json, 'db2', `${LONGEST_FILE}.${LONGEST_FILE}`).verdict).toBe('same')
      await lab
        .server('db2')
        .unlogged(
          `DROP TRIGGER ${quoteName(LONGEST_FILE)}.${quoteName(LONGEST_FILE)}`,
          `DROP EVENT ${quoteName(LONGEST_FILE)}.${NAME}`,
          `DROP PROCEDURE ${quoteName(LONGEST_FILE)}.${NAME}`,
          `ALTER TABLE ${TABLE} DROP CONSTRAINT ${NAME}`,
          `ALTER TABLE ${TABLE} DROP KEY ${NAME}, DROP COLUMN ${NAME}`,
        )
      const run = await runCheck(lab)
      const { schema_differences: differences } = setIn(run.json)
      expect(differences.map(({ object, name }) => [object, name]).sort(), run.explain).toEqual(
        [
          ...['check', 'column', 'index'].map((part) => [part, `${LONGEST_FILE}.${LONGEST}`]),
          ['trigger', `${LONGEST_FILE}.${LONGEST_FILE}`],
          ...['event', 'procedure'].map((object) => [object, LONGEST]),
        ].sort(),
      )
      expect(
        tableIn(run.json, 'db2', `${LONGEST_FILE}.${LONGEST_FILE}`),
        run.explain,
      ).toMatchObject({
        verdict: 'unknown',
        reason: 'definition_differs',
        causes: [{ object: 'column', name: `${LONGEST_FILE}.${LONGEST}`, differs: ['missing'] }],
      })
    })

    test('are not made of characters of four bytes: no server takes those', async () => {
      const db1 = cluster().server('db1')
      const create = db1.unlogged('CREATE DATABASE four', 'CREATE TABLE four.`a😀` (id INT)')
      if (flavor === 'mariadb') return expect(create).rejects.toThrow(/Invalid utf8mb4/)
      // MySQL 9.7 says nothing, and makes another name of it.
      await create
      const rows = await db1.query(
        "SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'four'",
      )
      expect(rows).toMatchObject([{ name: 'a?' }])
      await db1.unlogged('DROP DATABASE four')
    })
  })

  describe('an account that may read one schema of two', () => {
    const PASSWORD = 's3cret-of-ours'
    const STATUS = {
      mysql: ['PROCESS, REPLICATION CLIENT'],
      mariadb: ['PROCESS, SLAVE MONITOR, BINLOG MONITOR'],
    } as const
    const check = () =>
      runCheck(cluster(), ['--checks=row_count,checksum,grants'], {
        config: configOf(cluster(), { username: 'partial', password: PASSWORD }),
      })

    beforeAll(async () => {
      const lab = cluster()
      const tables = ['seen', 'hidden'].flatMap((schema) => [
        `CREATE DATABASE ${schema}`,
        `CREATE TABLE ${schema}.t (id INT PRIMARY KEY, a INT)`,
        `INSERT INTO ${schema}.t VALUES (1, 1), (2, 2)`,
      ])
      await lab
        .server('db1')
        .exec(
          ...tables,
          `CREATE USER partial@'%' IDENTIFIED BY '${PASSWORD}'`,
          ...STATUS[flavor].map((rights) => `GRANT ${rights} ON *.* TO partial@'%'`),
          "GRANT SELECT ON seen.* TO partial@'%'",
          ...(flavor === 'mysql' ? ["GRANT SELECT ON performance_schema.* TO partial@'%'"] : []),
        )
      await lab.caughtUp()
      await lab
        .server('db2')
        .unlogged('UPDATE seen.t SET a = 3 WHERE id = 1', 'UPDATE hidden.t SET a = 3 WHERE id = 1')
    })

    test('finds the drift there, and says nothing of what it is not shown', async () => {
      const run = await check()
      const { tables } = setIn(run.json)
      expect(
        tables.map(({ schema, verdict }) => [schema, verdict]),
        run.explain,
      ).toEqual([['seen', 'drifted']])
      expect(run.code, run.explain).toBe(2)
    })

    test('takes what only the source shows it for unknown, and not for missing', async () => {
      const db1 = cluster().server('db1')
      await db1.unlogged("GRANT SELECT ON hidden.* TO partial@'%'")
      const run = await check()
      await db1.unlogged("REVOKE SELECT ON hidden.* FROM partial@'%'")
      expect(tableIn(run.json, 'db2', 'hidden.t'), run.explain).toMatchObject({
        verdict: 'unknown',
        reason: 'no_privilege',
      })
      expect(tableIn(run.json, 'db2', 'seen.t'), run.explain).toMatchObject({ verdict: 'drifted' })
    })
  })
})
