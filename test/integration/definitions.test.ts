/** Tables that the two ends define otherwise: never the same, and what of them is why is named. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, startCluster, until, useCluster } from '../support/cluster.ts'
import { configOf, type Run, runCheck, runCli, startExporter } from '../support/exporter.ts'
import { type TableObject, tableIn } from '../support/report.ts'

interface Case {
  readonly table: string
  /** What is between the parentheses of CREATE TABLE. */
  readonly columns: string
  /** On the replica, behind the binary log's back. */
  readonly change: readonly string[]
  readonly verdict: string
  /** `column c: type: int -> bigint` */
  readonly causes: readonly string[]
}

const COLUMNS = "id INT PRIMARY KEY, a INT, b VARCHAR(20) CHARACTER SET utf8mb4 DEFAULT 'x'"
const alter = (table: string, what: string) => `ALTER TABLE d.${table} ${what}`

const CASES: readonly Case[] = [
  {
    table: 'kind',
    columns: COLUMNS,
    change: [alter('kind', 'MODIFY a BIGINT')],
    verdict: 'unknown definition_differs',
    causes: ['column kind.a: type: int -> bigint'],
  },
  {
    table: 'charset',
    columns: COLUMNS,
    change: [alter('charset', "MODIFY b VARCHAR(20) CHARACTER SET latin1 DEFAULT 'x'")],
    verdict: 'unknown definition_differs',
    causes: ['column charset.b: charset: varchar(20) utf8mb4 -> varchar(20) latin1'],
  },
  {
    table: 'moved',
    columns: COLUMNS,
    change: [alter('moved', 'MODIFY a INT AFTER b')],
    verdict: 'unknown definition_differs',
    causes: ['column moved.a: order: int at 2 -> int at 3'],
  },
  {
    table: 'fewer',
    columns: COLUMNS,
    change: [alter('fewer', 'DROP COLUMN a')],
    verdict: 'unknown definition_differs',
    causes: ['column fewer.a: missing: int -> -'],
  },
  {
    table: 'more',
    columns: COLUMNS,
    change: [alter('more', 'ADD c DATE')],
    verdict: 'unknown definition_differs',
    causes: ['column more.c: extra: - -> date'],
  },
  {
    table: 'sorted',
    columns:
      'a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, id INT, b INT',
    change: [
      alter('sorted', 'MODIFY a VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL'),
    ],
    verdict: 'unknown key_differs',
    causes: ['index sorted.PRIMARY: collation: (a utf8mb4_general_ci) -> (a utf8mb4_bin)'],
  },
  {
    table: 'keyless',
    columns: COLUMNS,
    change: [alter('keyless', 'DROP PRIMARY KEY')],
    verdict: 'unknown key_differs',
    causes: ['index keyless.PRIMARY: missing: (id) -> -'],
  },
  {
    table: 'drifted',
    columns: COLUMNS,
    change: [alter('drifted', 'DROP COLUMN a'), "UPDATE d.drifted SET b = 'y' WHERE id = 7"],
    verdict: 'drifted',
    causes: ['column drifted.a: missing: int -> -'],
  },
  {
    table: 'ignored',
    columns: COLUMNS,
    change: [alter('ignored', 'MODIFY a BIGINT')],
    verdict: 'same',
    causes: [],
  },
  {
    table: 'plain',
    columns: COLUMNS,
    change: [
      alter('plain', "MODIFY a INT NOT NULL DEFAULT 3, COMMENT 'c', ADD INDEX (a)"),
      alter('plain', "MODIFY b VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT 'z'"),
    ],
    verdict: 'same',
    causes: [],
  },
]

const ROWS = Array.from({ length: 50 }, (_, n) => `('${n}', ${n})`).join(', ')

const create = ({ table, columns }: Case) => [
  `CREATE TABLE d.${table} (${columns})`,
  `INSERT INTO d.${table} (id, a) VALUES ${ROWS}`,
]

const told = ({ causes }: Pick<TableObject, 'causes'>) =>
  causes.map(
    ({ object, name, differs, source, replica }) =>
      `${object} ${name}: ${differs.join(', ')}: ${source ?? '-'} -> ${replica ?? '-'}`,
  )

const verdictIn = (run: Run, table: string) => {
  const { verdict, reason } = tableIn(run.json, 'db2', `d.${table}`)
  return reason === null ? verdict : `${verdict} ${reason}`
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])
  const config = () =>
    configOf(cluster(), { tables: { include: ['d.*'], ignore_columns: { 'd.ignored': ['a'] } } })

  beforeAll(async () => {
    const lab = cluster()
    await lab.server('db1').exec('CREATE DATABASE d', ...CASES.flatMap(create))
    await lab.caughtUp()
    await lab.server('db2').unlogged(...CASES.flatMap(({ change }) => change))
  }, 60_000)

  describe('check', () => {
    let run: Run
    beforeAll(async () => {
      run = await runCheck(cluster(), ['--checks=checksum,row_count'], { config: config() })
    }, 120_000)

    test.for(CASES)('of d.$table names what differs, where it matters', ({ table, ...wanted }) => {
      expect(verdictIn(run, table), run.explain).toBe(wanted.verdict)
      expect(told(tableIn(run.json, 'db2', `d.${table}`)), run.explain).toEqual(wanted.causes)
    })

    test('tells people too', async () => {
      const text = await runCheck(cluster(), ['--output=text', '--checks=checksum'], {
        config: config(),
      })
      expect(text.text, text.explain).toMatch(
        /^ +d\.kind +db1 -> db2 +column kind\.a: int -> bigint$/m,
      )
      expect(text.text, text.explain).toMatch(/key_differs \(d\.\w+: index \w+\.PRIMARY, /)
    })
  })

  test('diff of a table whose column the replica lacks says so beside the rows', async () => {
    const run = await runCli(['diff', 'd.drifted', '--output=json'], { config: config() })
    const diff = JSON.parse(run.text) as Pick<TableObject, 'causes' | 'verdict'>
    expect(diff, run.explain).toMatchObject({
      verdict: 'drifted',
      rows: [{ kind: 'changed', key: { id: '7' }, columns: ['b'] }],
    })
    expect(told(diff)).toEqual(['column drifted.a: missing: int -> -'])
  })

  test('the page names them, and no longer once the definitions are the same again', async () => {
    const lab = cluster()
    const restore = alter('more', 'DROP COLUMN c')
    await using exporter = await startExporter(lab, config())
    await until(
      async () => (await exporter.text('/')).includes('column more.c: not there -&gt; date'),
      'the page names the column',
    )
    await lab.server('db2').unlogged(restore)
    await until(async () => !(await exporter.text('/')).includes('more.c'), 'the page forgets it')
  })
})

/** Statements that give `db2` what it needs before it makes keys of its own. */
const MAKES_KEYS = [
  'STOP REPLICA SQL_THREAD',
  'CHANGE REPLICATION SOURCE TO REQUIRE_TABLE_PRIMARY_KEY_CHECK = GENERATE',
  'START REPLICA SQL_THREAD',
]

describe('on mysql, a replica that generates invisible primary keys', () => {
  const flavor: Vendor = 'mysql'
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(async () => {
    const lab = cluster()
    await lab.server('db2').exec(...MAKES_KEYS)
    await lab
      .server('db1')
      .exec(
        'CREATE DATABASE d',
        'CREATE TABLE d.plain (id INT, a INT)',
        'CREATE TABLE d.walked (a INT, id INT UNIQUE)',
        'CREATE TABLE d.changed (id INT, a INT)',
        'CREATE TABLE d.walked_changed (a INT, id INT UNIQUE)',
        ...['plain', 'walked', 'changed', 'walked_changed'].map(
          (table) => `INSERT INTO d.${table} (id, a) VALUES ${ROWS}`,
        ),
      )
    await lab.caughtUp()
    await lab
      .server('db2')
      .unlogged(
        'UPDATE d.changed SET a = 99 WHERE id = 7',
        'DELETE FROM d.walked_changed WHERE id = 8',
      )
  }, 60_000)

  // Seen on 9.7: a table with a UNIQUE key over NOT NULL columns gets none.
  test('has one in every table', async () => {
    const rows = await cluster()
      .server('db2')
      .query(
        "SELECT TABLE_NAME AS name FROM information_schema.COLUMNS WHERE COLUMN_NAME = 'my_row_id' ORDER BY 1",
      )
    expect(rows.map(({ name }) => name)).toEqual(['changed', 'plain', 'walked', 'walked_changed'])
  })

  test('is compared without them: equal rows are the same, and drift is found', async () => {
    const run = await runCheck(cluster())
    expect(verdictIn(run, 'plain'), run.explain).toBe('same')
    expect(verdictIn(run, 'walked'), run.explain).toBe('same')
    const changed = tableIn(run.json, 'db2', 'd.changed')
    expect(changed, run.explain).toMatchObject({ verdict: 'drifted', causes: [] })
    expect(changed.rows_drifted, run.explain).toEqual({ missing: '1', extra: '1', changed: '0' })
    const walked = tableIn(run.json, 'db2', 'd.walked_changed')
    expect(walked, run.explain).toMatchObject({ verdict: 'drifted', causes: [] })
    expect(walked.rows_drifted, run.explain).toEqual({ missing: '1', extra: '0', changed: '0' })
  })

  test('is compared in the same way with a replica that has none', async () => {
    await using lab = await startCluster(flavor)
    await lab.server('db2').exec(...MAKES_KEYS)
    await lab
      .server('db1')
      .exec(
        'CREATE DATABASE d',
        'CREATE TABLE d.plain (id INT, a INT)',
        `INSERT INTO d.plain (id, a) VALUES ${ROWS}`,
      )
    await lab.caughtUp()
    const run = await runCheck(lab)
    for (const server of ['db2', 'db3']) {
      expect(tableIn(run.json, server, 'd.plain'), run.explain).toMatchObject({ verdict: 'same' })
    }
  })
})
