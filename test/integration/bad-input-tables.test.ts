/** Tables and links that cannot be compared as they are: each says so with its reason, and drift is found all the same. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import { describeFlavors, startCluster, useCluster } from '../support/cluster.ts'
import { configOf, runCheck, runCli, type Settings } from '../support/exporter.ts'
import { notTheSame, tableIn } from '../support/report.ts'

interface Case {
  readonly name: string
  readonly create: readonly string[]
  /** On db2 alone, unseen by the source. */
  readonly onReplica?: readonly string[]
  readonly settings?: Settings
  readonly expected: readonly string[]
}

const rows = (from: number, to: number, row: (n: number) => string) =>
  Array.from({ length: to - from + 1 }, (_, i) => row(from + i)).join(', ')

const CASES: readonly Case[] = [
  {
    name: 'a table without a key within the limit is compared, rows that are there twice too',
    create: [
      'CREATE TABLE odd.t (a INT, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `(${n % 5}, 1)`)}`,
    ],
    onReplica: ['DELETE FROM odd.t WHERE a = 3 LIMIT 2'],
    expected: ['db2 odd.t: drifted'],
  },
  {
    name: 'a table without a key that is beyond the limit is unknown, and not read',
    create: [
      'CREATE TABLE odd.t (a INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 900, (n) => `(${n})`)}`,
      'ANALYZE TABLE odd.t',
    ],
    onReplica: ['DELETE FROM odd.t WHERE a = 3'],
    settings: { checks: { checksum: { max_unkeyed_rows: 100 } } },
    expected: ['db2 odd.t: unknown no_key'],
  },
  {
    name: 'a key whose collation differs cannot order both ends',
    create: [
      'CREATE TABLE odd.t (a VARCHAR(20) COLLATE utf8mb4_general_ci PRIMARY KEY, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `('k${n}', 1)`)}`,
    ],
    onReplica: ['ALTER TABLE odd.t MODIFY a VARCHAR(20) COLLATE utf8mb4_bin'],
    expected: ['db2 odd.t: unknown key_differs'],
  },
  {
    name: 'a key that only one end has cannot order both ends',
    create: [
      'CREATE TABLE odd.t (a INT PRIMARY KEY, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `(${n}, 1)`)}`,
    ],
    onReplica: ['ALTER TABLE odd.t DROP PRIMARY KEY'],
    expected: ['db2 odd.t: unknown key_differs'],
  },
  {
    name: 'a type that differs is never the same, though all values are',
    create: [
      'CREATE TABLE odd.t (a INT PRIMARY KEY, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `(${n}, 1)`)}`,
    ],
    onReplica: ['ALTER TABLE odd.t MODIFY b BIGINT'],
    expected: ['db2 odd.t: unknown definition_differs'],
  },
  {
    name: 'a drift beside a column that only one end has is found',
    create: [
      'CREATE TABLE odd.t (a INT PRIMARY KEY, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `(${n}, 1)`)}`,
    ],
    onReplica: ['ALTER TABLE odd.t ADD c INT', 'UPDATE odd.t SET b = 2 WHERE a = 7'],
    expected: ['db2 odd.t: drifted'],
  },
  {
    name: 'a nullable unique key orders the rows, and those with a NULL are compared beside it',
    create: [
      'CREATE TABLE odd.t (a INT, b INT, c INT, UNIQUE KEY (a, b))',
      `INSERT INTO odd.t VALUES ${rows(1, 400, (n) => `(${n % 3 === 0 ? 'NULL' : n}, ${n % 7 === 0 ? 'NULL' : 1}, 1)`)}`,
    ],
    onReplica: ['UPDATE odd.t SET c = 2 WHERE a IS NULL AND b = 1 LIMIT 1'],
    expected: ['db2 odd.t: drifted'],
  },
  {
    name: 'a nullable unique key is the same where nothing differs',
    create: [
      'CREATE TABLE odd.t (a INT, b INT, UNIQUE KEY (a))',
      `INSERT INTO odd.t VALUES ${rows(1, 3_000, (n) => `(${n % 3 === 0 ? 'NULL' : n}, 1)`)}`,
    ],
    expected: [],
  },
  {
    name: 'a drift outside of `where` is nobody’s business',
    create: [
      'CREATE TABLE odd.t (a INT PRIMARY KEY, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `(${n}, 1)`)}`,
    ],
    onReplica: ['UPDATE odd.t SET b = 2 WHERE a = 7', 'DELETE FROM odd.t WHERE a = 8'],
    settings: { tables: { where: { 'odd.t': 'a > 10' } } },
    expected: [],
  },
  {
    name: 'a drift inside of `where` is drift',
    create: [
      'CREATE TABLE odd.t (a INT PRIMARY KEY, b INT)',
      `INSERT INTO odd.t VALUES ${rows(1, 50, (n) => `(${n}, 1)`)}`,
    ],
    onReplica: ['UPDATE odd.t SET b = 2 WHERE a = 11'],
    settings: { tables: { where: { 'odd.t': 'a > 10' } } },
    expected: ['db2 odd.t: drifted'],
  },
  {
    name: 'a `where` that the table cannot answer is unknown, and not the same',
    create: ['CREATE TABLE odd.t (a INT PRIMARY KEY)', 'INSERT INTO odd.t VALUES (1)'],
    settings: { tables: { where: { 'odd.t': 'nothing > 10' } } },
    expected: ['db2 odd.t: unknown not_compared'],
  },
]

describeFlavors((flavor) => {
  describe('a table', () => {
    const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

    test.for(CASES)('$name', async ({ create, onReplica = [], settings = {}, expected }) => {
      const lab = cluster()
      await lab.server('db1').exec('DROP DATABASE IF EXISTS odd', 'CREATE DATABASE odd', ...create)
      await lab.caughtUp()
      await lab.server('db2').unlogged(...onReplica)

      const run = await runCheck(lab, [], { config: configOf(lab, settings) })

      expect(notTheSame(run.json), run.explain).toEqual(expected)
    })

    test('a row that is larger than a packet is told apart, or unknown, and never hides', async () => {
      const lab = cluster()
      const [db1, db2] = [lab.server('db1'), lab.server('db2')]
      await db1.exec(
        'DROP DATABASE IF EXISTS odd',
        'CREATE DATABASE odd',
        'CREATE TABLE odd.t (a INT PRIMARY KEY, b LONGBLOB, c LONGBLOB)',
        "INSERT INTO odd.t VALUES (1, REPEAT('x', 900000), REPEAT('y', 900000)), (2, '', '')",
      )
      await lab.caughtUp()
      await db2.unlogged("UPDATE odd.t SET c = CONCAT(LEFT(c, 899999), 'z') WHERE a = 1")
      for (const server of [db1, db2]) await server.exec('SET GLOBAL max_allowed_packet = 1048576')
      try {
        const run = await runCheck(lab)
        const { verdict, reason } = tableIn(run.json, 'db2', 'odd.t')
        expect([verdict, reason], run.explain).toEqual(['drifted', null])
      } finally {
        for (const server of [db1, db2]) {
          await server.exec('SET GLOBAL max_allowed_packet = 67108864')
        }
      }
    })
  })

  describe('a replica that leaves tables out by a filter', () => {
    let lab: Lab
    const filter =
      flavor === 'mysql'
        ? "CHANGE REPLICATION FILTER REPLICATE_WILD_IGNORE_TABLE = ('odd.left%')"
        : "SET GLOBAL replicate_wild_ignore_table = 'odd.left%'"
    const stop = flavor === 'mysql' ? 'STOP REPLICA' : 'STOP SLAVE'
    const start = flavor === 'mysql' ? 'START REPLICA' : 'START SLAVE'

    beforeAll(async () => {
      lab = await startCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])
      await lab.server('db2').exec(stop, filter, start)
      await lab
        .server('db1')
        .exec(
          'CREATE DATABASE odd',
          'CREATE TABLE odd.kept (a INT PRIMARY KEY)',
          'CREATE TABLE odd.left_out (a INT PRIMARY KEY)',
          'INSERT INTO odd.kept VALUES (1), (2)',
        )
      await lab.caughtUp()
      return () => lab.down()
    }, 180_000)

    test('lacks them as it should, and what it carries is compared', async () => {
      const run = await runCheck(lab)

      expect(
        notTheSame(run.json).filter((line) => /missing|drifted/.test(line)),
        run.explain,
      ).toEqual([])
      expect(tableIn(run.json, 'db2', 'odd.kept').verdict).toBe('same')
    })
  })

  test('of a replica that is an hour behind on purpose, what differs is unknown at once', async () => {
    await using lab = await startCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])
    await lab
      .server('db1')
      .exec(
        'CREATE DATABASE odd',
        'CREATE TABLE odd.t (a INT PRIMARY KEY)',
        'CREATE TABLE odd.u (a INT PRIMARY KEY)',
      )
    await lab.caughtUp()
    const [stop, change, start] =
      flavor === 'mysql'
        ? ['STOP REPLICA', 'CHANGE REPLICATION SOURCE TO SOURCE_DELAY = 3600', 'START REPLICA']
        : ['STOP SLAVE', 'CHANGE MASTER TO MASTER_DELAY = 3600', 'START SLAVE']
    await lab.server('db2').exec(stop, change, start)
    await lab.server('db1').exec('INSERT INTO odd.t VALUES (1)')

    const run = await runCli(['check', '--output=json'], { config: configOf(lab) })

    expect(notTheSame(run.json), run.explain).toEqual(['db2 odd.t: unknown delayed'])
    expect(tableIn(run.json, 'db2', 'odd.u').verdict).toBe('same')
  })
})
