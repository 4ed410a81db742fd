/** What the exporter does to servers that have other things to do: it gives way, it waits, it leaves nothing. */
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { LabServer } from '../../src/lab/server.ts'
import { createShop } from '../../src/lab/shop.ts'
import { readLoad } from '../../src/mysql/load.ts'
import { asExporter } from '../support/as-exporter.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, QUICK, runCheck, type Settings, startExporter } from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { notTheSame } from '../support/report.ts'

/** Reading one chunk of it takes minutes: whatever ends sooner was ended. */
const SLOW = { name: 'slow', rows: 20_000, work: 1_000_000 }
/** A chunk of it has some hundred rows, and a batch of re-checks would have all of it. */
const WIDE = { name: 'wide', rows: 4_000, work: 10_000 }
const RUNNING = "command = 'Query' AND user = 'drift' AND info LIKE '%`slow`%'"

/** A virtual column that is computed at each reading; added last, so that writing the rows is quick. */
async function createSlowTable(
  source: LabServer,
  { name, rows: count, work }: typeof SLOW,
): Promise<void> {
  const digits = 'SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3'
  const rows = Array.from({ length: 8 }, (_, i) => `(${digits}) AS t${i}`).join(', ')
  const id = Array.from({ length: 8 }, (_, i) => `t${i}.d * ${4 ** i}`).join(' + ')
  const hashes = [1, 2, 3, 4].map((n) => `SHA2(REPEAT(CONCAT(id, ${n}, '.......'), ${work}), 512)`)
  await source.exec(
    `CREATE TABLE shop.${name} (id INT PRIMARY KEY)`,
    `INSERT INTO shop.${name} SELECT ${id} AS id FROM ${rows} HAVING id < ${count}`,
    `ALTER TABLE shop.${name} ADD COLUMN hash TEXT AS (CONCAT(${hashes})) VIRTUAL`,
  )
}

async function running(server: LabServer): Promise<number> {
  const sql = `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE ${RUNNING}`
  return Number(await server.value(sql))
}

function untilReading(servers: readonly LabServer[]): Promise<unknown> {
  return until(
    async () => (await Promise.all(servers.map(running))).every((count) => count > 0),
    'the slow table is read on each of them',
    60_000,
  )
}

/** How many readings of the wide table each transaction of ours had, as the general log tells it. */
async function readingsInTransactions(server: LabServer): Promise<number[]> {
  const ours = "argument LIKE '/* mysql-drift-exporter */%'"
  const rows = await server.query(
    `SELECT thread_id AS id, argument AS statement FROM mysql.general_log WHERE ${ours}`,
  )
  const open = new Map<string, number>()
  const ended: number[] = []
  for (const { id = null, statement } of rows) {
    const readings = open.get(String(id))
    if (statement?.includes('START TRANSACTION')) open.set(String(id), 0)
    else if (readings === undefined) continue
    else if (statement?.includes('FROM `shop`.`wide`')) open.set(String(id), readings + 1)
    else if (statement?.includes('COMMIT')) {
      open.delete(String(id))
      ended.push(readings)
    }
  }
  return ended
}

/** One set with nothing but a slow table, whose readings have so long. */
function slowConfig(lab: Lab, queryTimeout: string, { name } = SLOW): string {
  const { checks } = QUICK
  const quiet = { ...checks, row_count: { enabled: false }, schema: { enabled: false } }
  const throttle = { max_duty: 1, query_timeout: queryTimeout, max_threads_running: 1000 }
  return configOf(lab, { tables: { include: [`shop.${name}`] } }, { checks: quiet, throttle })
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
  })

  afterEach(async () => {
    const lab = cluster()
    for (const breakage of breakagesOf(lab)) await undo(lab, breakage)
    await lab.caughtUp()
  })

  describe('while a table is read that takes many minutes', () => {
    beforeAll(async () => {
      await createSlowTable(cluster().server('db1'), SLOW)
      await cluster().caughtUp()
    })

    test('a DDL on it ends, on the source and on its replicas, for the reading is killed', async () => {
      const lab = cluster()
      await using exporter = await startExporter(lab, slowConfig(lab, '1h'))
      await untilReading(lab.servers)

      // Its own limit is half a minute; the reading has an hour.
      await lab.server('db1').exec('ALTER TABLE shop.slow ADD COLUMN added INT')
      await lab.caughtUp({ timeoutMs: 60_000 })

      for (const server of lab.servers) {
        expect(await server.query("SHOW COLUMNS FROM shop.slow LIKE 'added'")).toHaveLength(1)
      }
      expect(exporter.stderr()).toContain('gave way to a session that waits for a metadata lock')
      const samples = await until(async () => {
        const seen = await exporter.metrics()
        return (seen.value('queries_killed_total', { server: 'db1' }) ?? 0) > 0 ? seen : null
      }, 'the kill is counted')
      const timedOut = { server: 'db2', check: 'checksum', reason: 'timeout' }
      expect(samples.value('tables_unknown', timedOut)).toBeFalsy()
    })

    test('nothing of ours runs when the exporter has ended', async () => {
      const lab = cluster()
      const exporter = await startExporter(lab, slowConfig(lab, '1h'))
      await untilReading(lab.servers)
      expect(await exporter.stop(), exporter.stderr()).toBe(0)
      expect(await Promise.all(lab.servers.map(running))).toEqual([0, 0, 0])
    })

    test('nothing of ours runs for longer than its limit when the exporter was killed', async () => {
      const lab = cluster()
      const db1 = lab.server('db1')
      await db1.exec(
        "SET GLOBAL log_output = 'TABLE'",
        'TRUNCATE mysql.general_log',
        'SET GLOBAL general_log = ON',
      )
      const exporter = await startExporter(lab, slowConfig(lab, '5s'))
      await untilReading(lab.servers)
      await db1.exec('SET GLOBAL general_log = OFF')
      exporter.signal('SIGKILL')
      await exporter.ended
      await until(
        async () => (await Promise.all(lab.servers.map(running))).every((count) => count === 0),
        'no reading is left',
        60_000,
      )
      // It is the server's limit that ended them: ours are gone, and they had minutes to go.
      const limit = flavor === 'mysql' ? 'max_execution_time=5000' : 'max_statement_time=5,'
      const set = `SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE '%${limit}%'`
      expect(Number(await db1.value(set))).toBeGreaterThan(0)
    })
  })

  if (flavor === 'mariadb') {
    test('where many wide rows differ they are looked at again in short transactions: a DDL waits for one of them', async () => {
      const lab = cluster()
      const db1 = lab.server('db1')
      await createSlowTable(db1, WIDE)
      await lab.caughtUp()
      await lab.server('db3').unlogged('DELETE FROM shop.wide WHERE id % 10 = 0')
      await db1.exec(
        "SET GLOBAL log_output = 'TABLE'",
        'TRUNCATE mysql.general_log',
        'SET GLOBAL general_log = ON',
      )
      await using exporter = await startExporter(lab, slowConfig(lab, '1s', WIDE))

      const readings = await until(
        async () => {
          const found = await readingsInTransactions(db1)
          return found.reduce((sum, count) => sum + count, 0) > 40 ? found : null
        },
        'many ranges were looked at behind fences',
        240_000,
      )

      await exporter.stop()
      await db1.exec('SET GLOBAL general_log = OFF', 'DROP TABLE shop.wide')
      expect(Math.max(...readings), String(readings)).toBeLessThan(8)
    })
  }

  test('the load is told by the real server, and a DDL that waits is seen', async () => {
    const db1 = cluster().server('db1')
    await asExporter(db1, async (session) => {
      const calm = await readLoad(session)
      expect(calm.threadsRunning).toBeGreaterThan(0)
      expect(calm.historyList).toBeGreaterThanOrEqual(0)
      expect(calm.waitingLocks).toBe(0)
      await db1.session(async (holder) => {
        await holder.query('START TRANSACTION')
        await holder.query('SELECT COUNT(*) FROM shop.orders')
        const ddl = db1.exec('ALTER TABLE shop.orders COMMENT = "waited"')
        await until(async () => (await readLoad(session)).waitingLocks, 'the DDL is seen to wait')
        await holder.query('COMMIT')
        await ddl
      })
      expect((await readLoad(session)).waitingLocks).toBe(0)
    })
  })

  const TROUBLES = {
    lagging: async (lab: Lab) => {
      const table = { schema: 'shop', name: 'payments' }
      await breakServer(lab, { fault: 'lag', server: 'db2', table })
      await lab.server('db1').exec('UPDATE shop.payments SET amount = amount + 1 LIMIT 1')
    },
    dead: (lab: Lab) => breakServer(lab, { fault: 'kill-server', server: 'db2' }),
    delayed: (lab: Lab) => breakServer(lab, { fault: 'delay-replica', server: 'db2' }),
  } as const satisfies Record<string, (lab: Lab) => Promise<unknown>>
  const config = (lab: Lab, more: Settings = {}) =>
    configOf(lab, { tables: { exclude: ['shop.slow'] }, ...more })

  test.for(Object.keys(TROUBLES) as (keyof typeof TROUBLES)[])(
    'with one replica %s a drift on the other one is found',
    async (trouble) => {
      const lab = cluster()
      await TROUBLES[trouble](lab)
      await breakServer(lab, {
        fault: 'change-row',
        server: 'db3',
        table: { schema: 'shop', name: 'orders' },
      })
      await using exporter = await startExporter(lab, config(lab, { throttle: { max_lag: '1s' } }))
      await untilMetrics(exporter, [
        ['table_drifted', { server: 'db3', schema: 'shop', table: 'orders' }, 1],
        ['table_drifted', { server: 'db3', schema: 'shop', table: 'payments' }, 0],
        ...(trouble === 'lagging'
          ? ([['throttled', { server: 'db2', reason: 'lag' }, 1]] as const)
          : []),
      ])
    },
  )

  test('check ends on a source that is too busy, and says which tables it could not read', async () => {
    const lab = cluster()
    // Our own look is the one statement that runs.
    const busy = { max_duty: 1, max_threads_running: 1 }
    await db1Busy(lab, async () => {
      const run = await runCheck(lab, [], { config: config(lab, { throttle: busy }) })
      expect(run.code, run.explain).toBe(3)
      const compared = notTheSame(run.json).filter((line) => !line.includes('skipped'))
      expect(compared.length, run.explain).toBeGreaterThan(0)
      for (const line of compared) expect(line, run.explain).toContain('unknown throttled')
    })
  })
})

/** Two statements of others run on db1 for as long as `work` does. */
async function db1Busy(lab: Lab, work: () => Promise<void>): Promise<void> {
  const db1 = lab.server('db1')
  const sleepers = [1, 2].map(() => db1.exec('SELECT SLEEP(3600)').catch(() => undefined))
  const SLEEPING = "SELECT id FROM information_schema.processlist WHERE info = 'SELECT SLEEP(3600)'"
  try {
    await until(async () => (await db1.query(SLEEPING)).length === 2, 'both sleep')
    await work()
  } finally {
    for (const row of await db1.query(SLEEPING)) {
      await db1.exec(`KILL ${Object.values(row)[0]}`)
    }
    await Promise.all(sleepers)
  }
}
