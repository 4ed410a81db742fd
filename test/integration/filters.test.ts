/** Replication filters: what the rules leave out on real servers is what we say, and what they carry is compared. */
import fc from 'fast-check'
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { LabServer } from '../../src/lab/server.ts'
import { createShop } from '../../src/lab/shop.ts'
import { dialectOf } from '../../src/mysql/dialects.ts'
import { carriageOf, type Rules, schemaOnReplica } from '../../src/mysql/filters.ts'
import { quoteName, quoteText } from '../../src/mysql/sql.ts'
import { asExporter } from '../support/as-exporter.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { runCheck } from '../support/exporter.ts'
import { notTheSame, setIn } from '../support/report.ts'
import { SEED } from '../support/seed.ts'

type Filters = Readonly<Partial<Record<Filter, readonly string[]>>>
type Filter =
  | 'do_db'
  | 'ignore_db'
  | 'do_table'
  | 'ignore_table'
  | 'wild_do_table'
  | 'wild_ignore_table'
  | 'rewrite_db'

const NAMES: readonly Filter[] = [
  'do_db',
  'ignore_db',
  'do_table',
  'ignore_table',
  'wild_do_table',
  'wild_ignore_table',
  'rewrite_db',
]

const SCHEMAS = ['a', 'ab', 'a_b', 'axb', 'b', 'B'] as const
const TABLES = ['t', 't_1', 'tx1'] as const
const EVERY = SCHEMAS.flatMap((schema) => TABLES.map((table) => ({ schema, table })))

/** All filters of the default channel, those that are not named removed. */
async function setFilters(replica: LabServer, filters: Filters): Promise<void> {
  const { sql } = replica.engine
  const isMysql = replica.flavor === 'mysql'
  await replica.exec(
    sql.stop(''),
    ...NAMES.map((name) =>
      isMysql ? mysqlFilter(name, filters[name] ?? []) : mariadbFilter(name, filters[name] ?? []),
    ),
    sql.start(''),
  )
}

/** `a->b` renames a schema. */
function mysqlFilter(name: Filter, values: readonly string[]): string {
  const written = values.map((value) => {
    if (name === 'rewrite_db') return `(${value.split('->').map(quoteName).join(', ')})`
    if (name.startsWith('wild')) return quoteText(value)
    return value.split('.').map(quoteName).join('.')
  })
  return `CHANGE REPLICATION FILTER REPLICATE_${name.toUpperCase()} = (${written.join(', ')})`
}

function mariadbFilter(name: Filter, values: readonly string[]): string {
  return `SET GLOBAL replicate_${name} = ${quoteText(values.join(','))}`
}

/** As the exporter reads them. */
async function rulesOn(source: LabServer, replica: LabServer): Promise<Rules> {
  const [log, [channel]] = await Promise.all([
    asExporter(source, async (session) => {
      const flavor = await session.flavor()
      return await dialectOf(flavor).logRules(session, flavor)
    }),
    asExporter(replica, async (session) => {
      const flavor = await session.flavor()
      return await dialectOf(flavor).channels(session, flavor)
    }),
  ])
  if (channel === undefined) throw new Error('the replica has a channel')
  return { log, channel: channel.rules }
}

const some = (...values: readonly string[]) =>
  fc.option(fc.subarray([...values], { minLength: 1, maxLength: 2 }), { nil: [], freq: 1 })

const anyFilters: fc.Arbitrary<Filters> = fc.record({
  do_db: fc.oneof(fc.constant([]), some('a', 'ab', 'a_b', 'b')),
  ignore_db: some('axb', 'a', 'B'),
  do_table: some('a.t', 'b.t_1', 'B.t'),
  ignore_table: some('a.t_1', 'ab.t', 'axb.tx1'),
  wild_do_table: some('a%.t%', 'a\\_b.%', '%.t_1'),
  wild_ignore_table: some('a_b.%', '%.t\\_1', 'b.%'),
  rewrite_db: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, some('a->b', 'axb->ab')),
})

const CASES = 30

/** Of a whole lab: what the source does not log is said when it starts. */
const NOT_LOGGED = { 'binlog-ignore-db': 'audit' }

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [
    { name: 'db1', settings: NOT_LOGGED },
    { name: 'db2', source: 'db1' },
  ])

  beforeAll(async () => {
    const db1 = cluster().server('db1')
    for (const schema of SCHEMAS) await db1.exec(`CREATE DATABASE ${schema}`)
    for (const { schema, table } of EVERY) {
      await db1.exec(
        `CREATE TABLE ${schema}.${table} (run INT, at VARCHAR(20), PRIMARY KEY (run, at))`,
      )
    }
    await createShop(db1)
    await cluster().caughtUp()
  })

  describe('a replica with filters', () => {
    test(`applies what we say that it does, with any of ${CASES} sets of rules`, async () => {
      const lab = cluster()
      const [db1, db2] = [lab.server('db1'), lab.server('db2')]
      const undecided = { tables: 0 }
      for (const [run, filters] of fc
        .sample(anyFilters, { numRuns: CASES, seed: SEED })
        .entries()) {
        await setFilters(db2, filters)
        const rules = await rulesOn(db1, db2)
        for (const { schema, table } of EVERY) {
          await db1.exec(`INSERT INTO ${schema}.${table} VALUES (${run}, '${schema}.${table}')`)
        }
        await lab.caughtUp()
        const said = EVERY.map((name) => [carriageOf(rules, name), name] as const)
        undecided.tables += said.filter(([carriage]) => carriage === 'undecided').length
        const arrived = async (schema: string, table: string, at: string) =>
          (await db2.value(
            `SELECT COUNT(*) FROM ${schema}.${table} WHERE run = ${run} AND at = '${at}'`,
          )) === '1'
        for (const [carriage, { schema, table }] of said) {
          if (carriage === 'undecided') continue
          const at = schemaOnReplica(rules, schema)
          expect(
            await arrived(at, table, `${schema}.${table}`),
            `seed ${SEED}, ${schema}.${table} as ${at}: ${JSON.stringify(filters)}`,
          ).toBe(carriage === 'carried')
        }
      }
      // Names that differ by case alone are all that we leave open.
      expect(undecided.tables).toBeLessThan((CASES * EVERY.length) / 4)
      await setFilters(db2, {})
      for (const { schema, table } of EVERY) await db1.exec(`DELETE FROM ${schema}.${table}`)
      await lab.caughtUp()
    })

    test('is compared in what it carries, and only there', async () => {
      const lab = cluster()
      const [db1, db2] = [lab.server('db1'), lab.server('db2')]
      await setFilters(db2, {
        ignore_db: ['ab'],
        wild_ignore_table: ['a\\_b.%'],
        rewrite_db: ['axb->axb_e'],
      })
      // On the source alone, by the rules; and once more by what the binary log leaves out.
      await db1.exec('INSERT INTO ab.t VALUES (1, 1)', 'INSERT INTO a_b.t VALUES (1, 1)')
      await db1.exec('CREATE DATABASE audit', 'USE audit', 'CREATE TABLE log (id INT PRIMARY KEY)')
      await db2.unlogged('CREATE DATABASE axb_e')
      for (const table of TABLES) {
        await db2.unlogged(`RENAME TABLE axb.${table} TO axb_e.${table}`)
      }
      await db2.unlogged('DROP DATABASE axb')
      await db1.exec('INSERT INTO axb.t VALUES (1, 1), (2, 2)')
      await lab.caughtUp()
      await db2.unlogged('DELETE FROM axb_e.t WHERE run = 2')
      const orders = { schema: 'shop', name: 'orders' }
      await breakServer(lab, { fault: 'change-row', server: 'db2', table: orders })

      const run = await runCheck(lab)

      const skipped = (schema: string, ...tables: string[]) =>
        tables.map((table) => `db2 ${schema}.${table}: skipped filtered`)
      expect(notTheSame(run.json), run.explain).toEqual(
        [
          ...skipped('ab', ...TABLES),
          ...skipped('a_b', ...TABLES),
          ...skipped('audit', 'log'),
          'db2 axb_e.t: drifted',
          'db2 shop.orders: drifted',
        ].sort(),
      )
      const renamed = setIn(run.json).tables.find(
        ({ schema, table }) => schema === 'axb_e' && table === 't',
      )
      expect(renamed?.rows, run.explain).toEqual({ source: '2', replica: '1' })
    })
  })
})
