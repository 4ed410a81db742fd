/** Names that break naive SQL, HTML, logs and metrics: compared like any other, and printed harmlessly. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import { quoteName, quoteText } from '../../src/mysql/sql.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { runCheck, startExporter } from '../support/exporter.ts'
import { promtoolComplaints } from '../support/exporter-samples.ts'
import { untilMetrics, untilSame } from '../support/exporter-waits.ts'
import { notTheSame, setIn } from '../support/report.ts'

/** Each is a schema, a table in it, the table's key column and the key's name. */
const NAMES = [
  'back`tick``s',
  `quo'te"s`,
  'per%cent_%s',
  'new\nline\r\ttab',
  '<script>alert(1)</script>',
  'dots.in.a.name',
  'spa ces in it',
  'what?',
  '#hash -- /* no comment */',
  'back\\slash\\',
  '$`{x}&amp;',
  'ünïcödé ☃ 名前',
  'x'.repeat(64),
  'Twin',
  'twin',
]

/** Values of keys: what breaks a literal, and a character outside the BMP, which names may not hold. */
const KEYS = ['', "it's", '`', '\\', '%', '\n', '😀', '<script>', 'A', 'a', 'ä', '?', '\0']
const ROWS = 1_100

const tableOf = (name: string) => `${quoteName(name)}.${quoteName(name)}`

async function createAll(lab: Lab): Promise<void> {
  const keys = KEYS.map((key) => `(${quoteText(key)}, 'v')`).join(', ')
  const numbers = Array.from({ length: ROWS }, (_, n) => `('k${n}', 'v${n}')`).join(', ')
  await lab.server('db1').exec(
    ...NAMES.flatMap((name) => [
      `CREATE DATABASE ${quoteName(name)}`,
      `CREATE TABLE ${tableOf(name)} (
        ${quoteName(name)} VARCHAR(60) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        ${quoteName(`${name.slice(0, 60)}.v`)} VARCHAR(20) COMMENT '😀 '' <b>',
        UNIQUE KEY ${quoteName(name)} (${quoteName(name)})
      )`,
      `INSERT INTO ${tableOf(name)} VALUES ${keys}, ${numbers}`,
    ]),
  )
  await lab.caughtUp()
}

/** One row of every table gets another value on db2, or its old one again. */
async function plant(lab: Lab, value: string): Promise<void> {
  await lab
    .server('db2')
    .unlogged(
      ...NAMES.map(
        (name) =>
          `UPDATE ${tableOf(name)} SET ${quoteName(`${name.slice(0, 60)}.v`)} = '${value}' WHERE ${quoteName(name)} = '😀'`,
      ),
    )
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(() => createAll(cluster()), 60_000)

  test('are the same when they are the same', async () => {
    const run = await runCheck(cluster())
    expect(notTheSame(run.json), run.explain).toEqual([])
    const names = setIn(run.json).tables.map(({ schema, table }) => [schema, table])
    expect(names.sort()).toEqual(NAMES.map((name) => [name, name]).sort())
    expect(run.code, run.explain).toBe(0)
  })

  describe('with a drift in each', () => {
    test('check finds every one and prints one line for Nagios', async () => {
      const lab = cluster()
      await plant(lab, 'other')
      try {
        const [run, nagios, text] = await Promise.all([
          runCheck(lab),
          runCheck(lab, ['--output=nagios']),
          runCheck(lab, ['--output=text']),
        ])
        const drifted = setIn(run.json).tables.filter(({ verdict }) => verdict === 'drifted')
        expect(drifted.map(({ table }) => table).sort(), run.explain).toEqual([...NAMES].sort())
        for (const { code, explain } of [run, nagios, text]) expect(code, explain).toBe(2)
        expect(nagios.text, nagios.explain).toMatch(/^DRIFT CRITICAL - 15 tables drifted on db2 \(/)
        expect(nagios.text.trimEnd(), nagios.explain).not.toMatch(/\p{Cc}/u)
        expect(nagios.text.split('|'), nagios.explain).toHaveLength(2)
        expect(text.text.replaceAll('\n', ''), text.explain).not.toMatch(/\p{Cc}/u)
        const rows = text.text.split('\n').filter((line) => line.includes('db1 -> db2'))
        expect(rows, text.explain).toHaveLength(NAMES.length)
      } finally {
        await plant(lab, 'v')
      }
    })

    test('serve exports them as labels, and no page or log line breaks', async () => {
      const lab = cluster()
      await using exporter = await startExporter(lab)
      await untilSame(exporter)
      await plant(lab, 'other')
      try {
        const samples = await untilMetrics(exporter, [
          ['tables', { server: 'db2', check: 'checksum', state: 'drifted' }, NAMES.length],
        ])
        expect(promtoolComplaints(samples.text)).toBe('')
        const drifted = samples.all('table_drifted').filter(({ value }) => value === 1)
        const names = drifted.map(({ labels }) => labels['table'] ?? '')
        expect(names.sort()).toEqual([...NAMES].sort())
        const page = await exporter.text('/')
        expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;')
        expect(page).not.toContain('<script>alert')
        for (const line of exporter.stderr().trimEnd().split('\n')) {
          expect(line).toMatch(/^ts=\S+ level=\w+ event=\w+/)
        }
      } finally {
        await plant(lab, 'v')
      }
      await untilSame(exporter)
    })
  })

  test('a column of such a name that the replica lacks is named as it is', async () => {
    const lab = cluster()
    const name = 'new\nline\r\ttab'
    const column = '<script>alert(2)</script>'
    await lab.server('db1').exec(`ALTER TABLE ${tableOf(name)} ADD ${quoteName(column)} INT`)
    await lab.caughtUp()
    const drop = `ALTER TABLE ${tableOf(name)} DROP ${quoteName(column)}`
    await lab.server('db2').unlogged(drop)
    await using exporter = await startExporter(lab)
    const run = await runCheck(lab)
    expect(setIn(run.json).schema_differences, run.explain).toMatchObject([
      { schema: name, object: 'column', name: `${name}.${column}`, kind: 'missing' },
    ])
    expect(run.code, run.explain).toBe(2)
    await until(
      async () => (await exporter.text('/')).includes('&lt;script&gt;alert(2)'),
      'the page names the column',
    )
    expect(await exporter.text('/')).not.toContain('<script>alert')
    expect(promtoolComplaints((await exporter.metrics()).text)).toBe('')
    await lab.server('db1').exec(`SET sql_log_bin = 0; ${drop}`)
  })
})
