/** Very many of a kind: what is asked of a server must not grow with what it does not need to know. */
import { beforeAll, describe, expect, test } from 'vitest'
import { listTables } from '../../src/mysql/catalog.ts'
import { tableSizes } from '../../src/mysql/sizes.ts'
import { asExporter } from '../support/as-exporter.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { configOf, QUICK, runCheck } from '../support/exporter.ts'
import { setIn, tableIn } from '../support/report.ts'

const TABLES = 60
/** MySQL takes a file for each of them, or a piece of one file; either takes its time. */
const PARTITIONS = 1_000
const TWO = [{ name: 'db1' }, { name: 'db2', source: 'db1' }].map((server) => ({
  ...server,
  settings: { 'innodb-file-per-table': '0' },
}))

const partitions = Array.from(
  { length: PARTITIONS },
  (_, n) => `PARTITION p${n} VALUES LESS THAN (${(n + 1) * 10})`,
).join(', ')
const rows = Array.from({ length: PARTITIONS }, (_, n) => `(${n * 10}, 0)`).join(', ')

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, TWO)

  test('listing tables opens none of them', async () => {
    const db1 = cluster().server('db1')
    const names = Array.from({ length: TABLES }, (_, n) => `many.t${n}`)
    await db1.exec(
      'CREATE DATABASE many',
      ...names.map((name) => `CREATE TABLE ${name} (id INT PRIMARY KEY)`),
      'FLUSH TABLES',
    )
    const opened = await asExporter(db1, async (session) => {
      const status = async () => {
        const [row] = await session.query("SHOW SESSION STATUS LIKE 'Opened_tables'")
        return Number(row?.['Value'])
      }
      const before = await status()
      const listed = await listTables(session)
      expect(listed.filter(({ schema }) => schema === 'many')).toHaveLength(TABLES)
      return (await status()) - before
    })
    expect(opened).toBeLessThan(TABLES / 2)
  })

  test('sizes are told of each table, also of one without a key', async () => {
    const db1 = cluster().server('db1')
    await db1.exec(
      'CREATE DATABASE sized',
      'CREATE TABLE sized.keyed (id INT PRIMARY KEY, b BLOB)',
      'CREATE TABLE sized.plain (id INT)',
      'CREATE VIEW sized.v AS SELECT 1 AS one',
      `INSERT INTO sized.keyed VALUES ${Array.from({ length: 40 }, (_, n) => `(${n}, REPEAT('x', 4000))`).join(', ')}`,
      'ANALYZE TABLE sized.keyed, sized.plain',
    )
    const sizes = await asExporter(db1, tableSizes)
    const sized = sizes
      .filter(({ schema }) => schema === 'sized')
      .toSorted((a, b) => a.bytes - b.bytes)
    expect(sized.map(({ table, hasKey }) => [table, hasKey])).toEqual([
      ['plain', false],
      ['keyed', true],
    ])
    expect(sized[1]?.rows).toBeGreaterThan(0)
    expect(sized[1]?.bytes).toBeGreaterThan(100_000)
  })

  describe(`a table of ${PARTITIONS} partitions`, () => {
    beforeAll(async () => {
      const lab = cluster()
      await lab
        .server('db1')
        .exec(
          'CREATE DATABASE parted',
          `CREATE TABLE parted.t (id INT PRIMARY KEY, a INT) PARTITION BY RANGE (id) (${partitions})`,
          `INSERT INTO parted.t VALUES ${rows}`,
        )
      await lab.caughtUp({ timeoutMs: 240_000 })
    }, 300_000)

    // A server that opens so many files for the first time takes more than the usual second.
    const patient = { ...QUICK, throttle: { ...QUICK.throttle, query_timeout: '30s' } }
    const check = () => {
      const config = configOf(cluster(), {}, patient)
      return runCheck(cluster(), ['--tables=parted.*'], { config })
    }

    test('is the same when it is the same, and shows what it lost and what changed', async () => {
      const lab = cluster()
      const same = await check()
      expect(tableIn(same.json, 'db2', 'parted.t'), same.explain).toMatchObject({ verdict: 'same' })
      expect(setIn(same.json).schema_differences, same.explain).toEqual([])
      await lab
        .server('db2')
        .unlogged(
          `UPDATE parted.t SET a = 1 WHERE id = ${PARTITIONS * 5}`,
          `ALTER TABLE parted.t DROP PARTITION p${PARTITIONS - 1}`,
        )
      const run = await check()
      expect(tableIn(run.json, 'db2', 'parted.t'), run.explain).toMatchObject({
        verdict: 'drifted',
        rows_drifted: { missing: '1', extra: '0', changed: '1' },
      })
      expect(setIn(run.json).schema_differences, run.explain).toMatchObject([
        { object: 'partition', name: `t.p${PARTITIONS - 1}`, kind: 'missing' },
      ])
    })
  })
})
