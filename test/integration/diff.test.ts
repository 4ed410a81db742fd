/** `diff` against real servers: which rows, which columns, and nobody's values unless they are asked for. */
import { beforeAll, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { configOf, type Run, runCli } from '../support/exporter.ts'

interface DiffObject {
  readonly verdict: string
  readonly reason: string | null
  readonly rows: readonly {
    readonly key: Readonly<Record<string, string>>
    readonly kind: string
    readonly columns: readonly string[]
    readonly source?: Readonly<Record<string, string | null>> | null
    readonly replica?: Readonly<Record<string, string | null>> | null
  }[]
  readonly truncated: boolean
}

const diff = (lab: Lab, ...args: string[]): Promise<Run> =>
  runCli(['diff', ...args], { config: configOf(lab) })
const json = async (
  lab: Lab,
  ...args: string[]
): Promise<DiffObject & { readonly code: number | null }> => {
  const run = await diff(lab, '--output=json', ...args)
  try {
    return { ...(JSON.parse(run.text) as DiffObject), code: run.code }
  } catch (error) {
    throw new Error(run.explain, { cause: error })
  }
}

const CREATE = `CREATE TABLE odd.t (
  a INT NOT NULL, b VARCHAR(20) CHARACTER SET latin1 NOT NULL, c VARBINARY(8) NOT NULL,
  secret VARCHAR(40), amount DOUBLE, doc BLOB, PRIMARY KEY (a, b, c))`
const FILL = Array.from(
  { length: 400 },
  (_, n) => `(${n % 20}, 'né${n}', X'00FF', 'hush ${n}', ${n}.5, 'x')`,
)

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  beforeAll(async () => {
    const lab = cluster()
    await createShop(lab.server('db1'))
    await lab
      .server('db1')
      .exec(
        'CREATE DATABASE odd',
        'CREATE VIEW odd.v AS SELECT 1 AS n',
        CREATE,
        `INSERT INTO odd.t VALUES ${FILL.join(', ')}`,
      )
    await lab.caughtUp()
  })

  describe('rows that differ', () => {
    beforeAll(async () => {
      await cluster()
        .server('db2')
        .unlogged(
          "DELETE FROM odd.t WHERE a = 7 AND b = 'né27'",
          "UPDATE odd.t SET secret = 'told', amount = 0.1 WHERE a = 3 AND b = 'né3'",
          "INSERT INTO odd.t VALUES (99, 'Ä', X'C3', NULL, NULL, NULL)",
        )
    })

    test('are listed with their keys and columns, and without their values', async () => {
      const found = await json(cluster(), 'odd.t', '--server=db2')

      expect(found).toMatchObject({ code: 2, verdict: 'drifted', truncated: false })
      expect(found.rows).toEqual([
        { key: { a: '3', b: 'né3', c: '0x00FF' }, kind: 'changed', columns: ['secret', 'amount'] },
        { key: { a: '7', b: 'né27', c: '0x00FF' }, kind: 'missing', columns: [] },
        { key: { a: '99', b: 'Ä', c: '0xC3' }, kind: 'extra', columns: [] },
      ])
    })

    test('are told to people, values only with --reveal', async () => {
      const plain = await diff(cluster(), 'odd.t', '--server=db2')
      const revealed = await diff(cluster(), 'odd.t', '--server=db2', '--reveal')

      expect(plain.text.trimEnd().split('\n')).toEqual([
        'odd.t on db2, compared with db1: 3 rows differ',
        '  changed  a=3 b=né3 c=0x00FF: secret, amount',
        '  missing  a=7 b=né27 c=0x00FF',
        '  extra    a=99 b=Ä c=0xC3',
      ])
      expect(plain.text + plain.stderr).not.toMatch(/told|hush/)
      expect(revealed.text).toMatch(/^ +secret: hush 3 -> told$/m)
      expect(revealed.text).toMatch(/^ +secret: hush 27 -> -$/m)
      expect(revealed.text).toMatch(/^ +secret: - -> NULL$/m)
    })

    test('are none on the replica beside it', async () => {
      expect(await json(cluster(), 'odd.t', '--server=db3')).toMatchObject({
        code: 0,
        verdict: 'same',
        rows: [],
      })
    })
  })

  test('rows that no key tells apart are counted, copies of equal ones too', async () => {
    const [db1, db2] = ['db1', 'db2'].map((name) => cluster().server(name))
    await db1?.exec(
      'CREATE TABLE odd.keyless (bucket VARCHAR(20), n INT)',
      "INSERT INTO odd.keyless VALUES ('a', 1), ('a', 1), ('a', 1), ('b', 2), (NULL, NULL), ('c', 3)",
      'CREATE TABLE odd.nullable (id INT NULL UNIQUE, hash VARCHAR(20))',
      "INSERT INTO odd.nullable VALUES (1, 'x'), (NULL, 'y'), (NULL, 'y'), (NULL, 'z')",
    )
    await cluster().caughtUp()
    await db2?.unlogged(
      "DELETE FROM odd.keyless WHERE bucket = 'a' LIMIT 2",
      "UPDATE odd.keyless SET n = NULL WHERE bucket = 'b'",
      "UPDATE odd.nullable SET hash = 'x2' WHERE id = 1",
      "DELETE FROM odd.nullable WHERE hash = 'y' LIMIT 1",
    )

    const keyless = await json(cluster(), 'odd.keyless', '--server=db2', '--reveal')
    const nullable = await json(cluster(), 'odd.nullable', '--server=db2')

    expect(keyless).toMatchObject({ code: 2, verdict: 'drifted', count: '4', truncated: false })
    expect(keyless.rows).toHaveLength(3)
    expect(keyless.rows).toEqual(
      expect.arrayContaining([
        {
          ...{ key: {}, kind: 'missing', columns: [], copies: '2' },
          ...{ source: { bucket: 'a', n: '1' }, replica: null },
        },
        {
          ...{ key: {}, kind: 'missing', columns: [], copies: '1' },
          ...{ source: { bucket: 'b', n: '2' }, replica: null },
        },
        {
          ...{ key: {}, kind: 'extra', columns: [], copies: '1' },
          ...{ source: null, replica: { bucket: 'b', n: null } },
        },
      ]),
    )
    expect(nullable).toMatchObject({ code: 2, verdict: 'drifted', count: '2', truncated: false })
    expect(nullable.rows).toEqual([
      { key: { id: '1' }, kind: 'changed', columns: ['hash'] },
      { key: {}, kind: 'missing', columns: [], copies: '1' },
    ])
  })

  test('a table that only one end has is told as such', async () => {
    const db2 = cluster().server('db2')
    await db2.unlogged('CREATE TABLE shop.alone (id INT PRIMARY KEY)')

    expect(await json(cluster(), 'shop.alone', '--server=db2')).toMatchObject({
      code: 2,
      verdict: 'missing',
      reason: 'extra_on_replica',
    })
  })

  test('what cannot be told is not called the same', async () => {
    const lab = cluster()
    const broken = await breakServer(lab, { fault: 'stop-sql-thread', server: 'db3' })
    await lab.server('db1').exec('UPDATE shop.products SET stock = stock + 1')
    try {
      expect(await json(lab, 'shop.products', '--server=db3')).toMatchObject({
        code: 3,
        verdict: 'unknown',
        reason: 'lag',
      })
    } finally {
      await broken.undo()
    }
  })

  test.for([
    ['without a table', [], /expected SCHEMA\.TABLE/],
    [
      'with a table that nobody has',
      ['shop.nothing', '--server=db2'],
      /expected a table of db1 or db2, got "shop\.nothing"/,
    ],
    ['with a view', ['odd.v', '--server=db2'], /expected a table, got "odd\.v", which is a view/],
    [
      'with a source',
      ['shop.orders', '--server=db1'],
      /--server: expected one of the replicas, db2, db3, got "db1"/,
    ],
    [
      'without a server where there are several',
      ['shop.orders'],
      /expected --server=NAME, one of the replicas: db2, db3/,
    ],
    [
      'with a server that is not there',
      ['shop.orders', '--server=db9'],
      /expected one of db1, db2, db3, got "db9"/,
    ],
  ] as const)('%s it is a mistake, in one line', async ([, args, message]) => {
    const run = await diff(cluster(), ...args)

    expect(run.stderr).toMatch(message)
    expect(run.stderr).not.toMatch(/^ +at /m)
    expect(run.code).toBe(3)
  })
})
