/** Tables that change shape while they are read, and a server that hangs: no crash, no false word, nobody held up. */
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { LabServer } from '../../src/lab/server.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { runCheck, startExporter } from '../support/exporter.ts'
import { untilMetrics, untilSame } from '../support/exporter-waits.ts'
import { notTheSame, serverIn, setIn, tableIn } from '../support/report.ts'

/** Runs statements in turn until it is disposed of. */
function repeating(server: LabServer, statements: readonly string[]) {
  const stopping = new AbortController()
  let rounds = 0
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await server.exec(...statements)
      rounds += 1
    }
  })()
  // The failure is told when it is stopped.
  done.catch(() => undefined)
  return {
    rounds: () => rounds,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await done
    },
  }
}

const ROWS = Array.from({ length: 300 }, (_, n) => `(${n}, 'v${n}')`).join(', ')
const CREATE = 'CREATE TABLE moving.t (id INT PRIMARY KEY, v VARCHAR(20))'
const FILL = `INSERT INTO moving.t VALUES ${ROWS}`

const DDL = {
  'dropped and created': ['DROP TABLE moving.t', CREATE, FILL],
  'altered back and forth': [
    'ALTER TABLE moving.t ADD w INT NOT NULL DEFAULT 7',
    'UPDATE moving.t SET v = CONCAT(LEFT(v, 10), w) WHERE id % 3 = 0',
    'ALTER TABLE moving.t DROP w, MODIFY v VARCHAR(30)',
    'ALTER TABLE moving.t DROP PRIMARY KEY, ADD PRIMARY KEY (id, v)',
    'ALTER TABLE moving.t DROP PRIMARY KEY, ADD PRIMARY KEY (id), MODIFY v VARCHAR(20)',
  ],
  'emptied, renamed and filled': [
    'TRUNCATE moving.t',
    'RENAME TABLE moving.t TO moving.u',
    'RENAME TABLE moving.u TO moving.t',
    FILL,
    'DROP DATABASE moving',
    'CREATE DATABASE moving',
    CREATE,
    FILL,
  ],
} as const

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
  })

  test.for(Object.keys(DDL) as (keyof typeof DDL)[])(
    'a table that is %s while it is read is never called drifted or missing',
    async (kind) => {
      const lab = cluster()
      const db1 = lab.server('db1')
      await db1.exec('DROP DATABASE IF EXISTS moving', 'CREATE DATABASE moving', CREATE, FILL)
      await lab.caughtUp()
      await using exporter = await startExporter(lab)
      await untilSame(exporter)
      {
        await using ddl = repeating(db1, DDL[kind])
        const runs = runCheck(lab, ['--accept-unknown=definition_changed,definition_differs'])
        const passes = async () =>
          (await exporter.metrics()).value('check_runs_total', { server: 'db2', check: 'checksum' })
        const first = (await passes()) ?? 0
        await until(
          async () => {
            const bad = notTheSame(await exporter.api()).filter((line) =>
              /drifted|missing/.test(line),
            )
            expect(bad, exporter.stderr()).toEqual([])
            return ddl.rounds() >= 8 && ((await passes()) ?? 0) >= first + 6
          },
          'there were enough passes',
          60_000,
        )
        const run = await runs
        expect(run.stderr, run.explain).not.toMatch(/^ +at /m)
        expect(
          notTheSame(run.json).filter((line) => /drifted|missing/.test(line)),
          run.explain,
        ).toEqual([])
      }
      await lab.caughtUp()
      await untilSame(exporter)
      expect(exporter.stderr()).not.toMatch(/to=(drifted|missing)|event=internal|^ +at /m)
    },
  )

  test('a drift in a table that stands still is found while another is altered all the time', async () => {
    const lab = cluster()
    await lab
      .server('db1')
      .exec('DROP DATABASE IF EXISTS moving', 'CREATE DATABASE moving', CREATE, FILL)
    await lab.caughtUp()
    const table = { schema: 'shop', name: 'products' }
    await using _ddl = repeating(lab.server('db1'), DDL['dropped and created'])
    const drift = await breakServer(lab, { fault: 'change-row', server: 'db3', table })
    const run = await runCheck(lab)
    await drift.undo()
    expect(tableIn(run.json, 'db3', 'shop.products'), run.explain).toMatchObject({
      verdict: 'drifted',
    })
    expect(run.code, run.explain).toBe(2)
  })

  test('a frozen replica is OUT, and the drift of the others is found while it hangs', async () => {
    const lab = cluster()
    const orders = { server: 'db3', schema: 'shop', table: 'orders' }
    await using exporter = await startExporter(lab)
    await untilSame(exporter)
    const frozen = await breakServer(lab, { fault: 'freeze-server', server: 'db2' })
    const scraping = new AbortController()
    const scrapes = (async () => {
      for (; !scraping.signal.aborted; await delay(20)) await exporter.metrics()
    })()
    const table = { schema: 'shop', name: 'orders' }
    const drift = await breakServer(lab, { fault: 'change-row', server: 'db3', table })
    try {
      await untilMetrics(exporter, [['table_drifted', orders, 1]])
      await untilMetrics(exporter, [
        ['up', { server: 'db1' }, 1],
        ['up', { server: 'db3' }, 1],
        ['up', { server: 'db2' }, 0],
      ])
      const run = await runCheck(lab)
      expect(serverIn(run.json, 'db2'), run.explain).toMatchObject({ up: false })
      expect(notTheSame(run.json), run.explain).toContain('db3 shop.orders: drifted')
      expect(run.code, run.explain).toBe(2)
    } finally {
      scraping.abort()
      await frozen.undo()
      await drift.undo()
    }
    // Each of them was answered while db2 said nothing.
    await scrapes
    await untilMetrics(exporter, [['up', { server: 'db2' }, 1]])
    await untilSame(exporter)
  })

  test('a server that freezes in the middle of a check does not hang it', async () => {
    const lab = cluster()
    const db2 = lab.server('db2')
    const running = runCheck(lab)
    await until(
      async () =>
        (await db2.query("SELECT 1 FROM information_schema.processlist WHERE user = 'drift'"))
          .length > 0,
      'the check is on its way',
      10_000,
    )
    await db2.freeze()
    const run = await running.finally(() => db2.thaw())
    expect(run.code, run.explain).toBe(3)
    expect(serverIn(run.json, 'db2'), run.explain).toMatchObject({ up: false })
    expect(
      setIn(run.json).tables.filter(
        ({ server, verdict }) => server === 'db3' && verdict !== 'same',
      ),
      run.explain,
    ).toEqual([])
  })

  test('with a frozen source everything is unknown, and the check ends', async () => {
    const lab = cluster()
    const frozen = await breakServer(lab, { fault: 'freeze-server', server: 'db1' })
    const run = await runCheck(lab).finally(() => frozen.undo())
    expect(run.code, run.explain).toBe(3)
    expect(setIn(run.json).verdict, run.explain).toBe('unknown')
  })
})
