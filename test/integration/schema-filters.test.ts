/** Definitions behind replication filters: what is left out is no difference, what is renamed is compared by either name. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { ServerSpec } from '../../src/lab/start.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { runCheck } from '../support/exporter.ts'
import { differencesIn, setIn } from '../support/report.ts'

const DEFINITIONS = ['--checks=threads,grants,schema']
const NOT_LOGGED = { 'binlog-ignore-db': 'audit' }
const FILTERS: Readonly<Record<Vendor, readonly string[]>> = {
  mysql: [
    "CHANGE REPLICATION FILTER REPLICATE_WILD_IGNORE_TABLE = ('hr.%'), REPLICATE_IGNORE_TABLE = (shop.skipped), REPLICATE_REWRITE_DB = ((crm, crm_copy))",
  ],
  mariadb: [
    "SET GLOBAL replicate_wild_ignore_table = 'hr.%'",
    "SET GLOBAL replicate_ignore_table = 'shop.skipped'",
    "SET GLOBAL replicate_rewrite_db = 'crm->crm_copy'",
  ],
}

function servers(): ServerSpec[] {
  return [
    { name: 'db1', settings: NOT_LOGGED },
    { name: 'db2', source: 'db1' },
  ]
}

const table = (name: string) => `CREATE TABLE ${name} (id INT PRIMARY KEY, v INT)`

describeFlavors((flavor) => {
  describe('a replica that leaves out some tables and renames a schema', () => {
    const cluster = useCluster(flavor, servers())

    beforeAll(async () => {
      const lab = cluster()
      const [db1, db2] = [lab.server('db1'), lab.server('db2')]
      const { sql } = db2.engine
      await db1.exec('CREATE DATABASE shop', 'CREATE DATABASE hr', 'CREATE DATABASE crm')
      await lab.caughtUp()
      await db2.exec(sql.stop(''), ...FILTERS[flavor], sql.start(''))
      await db2.unlogged('CREATE DATABASE crm_copy', 'DROP DATABASE crm')
      await db1.exec(
        table('shop.orders'),
        table('shop.skipped'),
        table('hr.people'),
        'CREATE DATABASE audit',
        'USE audit',
        table('audit.log'),
      )
      await lab.caughtUp()
      // Filters by schema hold for statements by the schema in use: both ends are given theirs by hand.
      for (const [server, schema] of [
        [db1, 'crm'],
        [db2, 'crm_copy'],
      ] as const) {
        await server.unlogged(table(`${schema}.people`))
      }
    })

    test('has no difference in what it leaves out or calls otherwise', async () => {
      const run = await runCheck(cluster(), DEFINITIONS)

      expect(differencesIn(run.json), run.explain).toEqual([])
    })

    test('has a real one told, by its name on the replica, and nothing of what it leaves out', async () => {
      const db2 = cluster().server('db2')
      await db2.unlogged(
        'ALTER TABLE crm_copy.people ADD COLUMN note INT',
        'ALTER TABLE shop.orders DROP COLUMN v',
        table('hr.own'),
      )

      const run = await runCheck(cluster(), DEFINITIONS)

      expect(differencesIn(run.json), run.explain).toEqual([
        'db2 crm_copy people.note: column extra',
        'db2 shop orders.v: column missing',
      ])
    })

    test('has a renamed schema compared, also when there is one of the old name', async () => {
      await cluster()
        .server('db2')
        .unlogged('CREATE DATABASE crm', 'ALTER DATABASE crm_copy COLLATE latin1_bin')

      const run = await runCheck(cluster(), DEFINITIONS)

      const unknown = setIn(run.json).schema_unknown.filter(({ name }) => name?.startsWith('crm'))
      expect(unknown, run.explain).toEqual([
        {
          server: 'db2',
          schema: 'crm_copy',
          objects: ['schema'],
          name: 'crm_copy',
          reason: 'not_compared',
        },
      ])
    })
  })
})
