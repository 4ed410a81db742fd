/** Hundreds of write transactions a second and replicas that lag: no false alarm, and no drift missed. */
import { setTimeout as delay } from 'node:timers/promises'
import { beforeAll, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import { type Feed, startFeed } from '../../src/lab/feed.ts'
import type { Lab } from '../../src/lab/lab.ts'
import type { LabServer } from '../../src/lab/server.ts'
import { createShop } from '../../src/lab/shop.ts'
import type { ServerSpec } from '../../src/lab/start.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { type Exporter, startExporter } from '../support/exporter.ts'
import { untilMetrics, untilReport } from '../support/exporter-waits.ts'
import { notTheSame } from '../support/report.ts'

const PASSES = 20
/** A slow machine makes fewer of them: that is no reason to fail, a false alarm is. */
const LONGEST_MS = 60_000

/** db2 applies one by one, db3 with four workers, on MySQL out of order: its GTID set has gaps. */
function serversOf(flavor: Vendor): readonly ServerSpec[] {
  const parallel =
    flavor === 'mariadb'
      ? { 'slave-parallel-threads': '4', 'slave-parallel-mode': 'optimistic' }
      : { 'replica-parallel-workers': '4', 'replica-preserve-commit-order': 'OFF' }
  return [
    { name: 'db1' },
    {
      name: 'db2',
      source: 'db1',
      settings: flavor === 'mysql' ? { 'replica-parallel-workers': '1' } : {},
    },
    { name: 'db3', source: 'db1', settings: parallel },
  ]
}

interface Background extends AsyncDisposable {
  readonly rounds: number
}

function inBackground(round: (signal: AbortSignal) => Promise<void>): Background {
  const stopping = new AbortController()
  const seen = { rounds: 0 }
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await round(stopping.signal)
      seen.rounds += 1
    }
  })()
  // The failure is told when it is disposed of.
  done.catch(() => undefined)
  return {
    get rounds() {
      return seen.rounds
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await done
    },
  }
}

/** Its applier is stopped for as long as it runs in between. */
function lagging(server: LabServer): Background {
  const { sql } = server.engine
  return inBackground(async (signal) => {
    await server.exec(sql.stop('', 'sql'))
    await delay(400, undefined, { signal }).catch(() => undefined)
    await server.exec(sql.start('', 'sql'))
    await delay(400, undefined, { signal }).catch(() => undefined)
  })
}

/** Flags that flip between two values: what the source has now the replica had before. */
function flipping(source: LabServer): Background {
  let id = 0
  return inBackground(async (signal) => {
    id = (id + 1) % 5
    await source.exec(`UPDATE shop.flags SET flag = 1 - flag WHERE id IN (${id}, 9)`)
    await delay(40, undefined, { signal }).catch(() => undefined)
  })
}

async function stayBehind(server: LabServer, seconds: number): Promise<void> {
  const { sql } = server.engine
  await server.exec(sql.stop(''), sql.delay('', seconds), sql.start(''))
}

function transactions({ counters }: Feed): number {
  return counters.inserts + counters.updates + counters.deletes
}

async function passes(exporter: Exporter, server: string): Promise<number> {
  const samples = await exporter.metrics()
  return samples.value('check_runs_total', { server, check: 'checksum' }) ?? 0
}

const falseAlarms = (exporter: Exporter) =>
  exporter
    .stderr()
    .split('\n')
    .filter((line) => /to=(drifted|missing)/.test(line))

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, serversOf(flavor))

  beforeAll(async () => {
    const db1 = cluster().server('db1')
    await createShop(db1)
    const rows = Array.from({ length: 10 }, (_, id) => `(${id}, 0)`)
    await db1.exec(
      'CREATE TABLE shop.flags (id INT PRIMARY KEY, flag TINYINT NOT NULL)',
      `INSERT INTO shop.flags VALUES ${rows.join(', ')}`,
    )
    await cluster().caughtUp()
  })

  /** While `work` runs, db2 lags by stops and starts, db3 stays a second behind, and everything is written. */
  async function underLoad(
    perSecond: number,
    work: (feed: Feed, lab: Lab) => Promise<void>,
  ): Promise<void> {
    const lab = cluster()
    const [db1, db2, db3] = [lab.server('db1'), lab.server('db2'), lab.server('db3')]
    await stayBehind(db3, 1)
    try {
      await using feed = await startFeed(lab, { perSecond, connections: 4 })
      await using flips = flipping(db1)
      await using stops = lagging(db2)
      await until(() => transactions(feed) > 200, 'the feed is at work')
      await work(feed, lab)
      expect(feed.counters.errors).toBe(0)
      expect(Math.min(flips.rounds, stops.rounds)).toBeGreaterThan(2)
    } finally {
      await stayBehind(db3, 0)
    }
    await lab.caughtUp({ timeoutMs: 60_000 })
  }

  test(`${PASSES} passes of serve, or a minute of them, under load and lag call nothing drifted`, async () => {
    await underLoad(1_000, async (feed, lab) => {
      await using exporter = await startExporter(lab)
      const [started, before] = [performance.now(), transactions(feed)]
      await until(
        async () => {
          expect(falseAlarms(exporter)).toEqual([])
          const seen = await Promise.all(['db2', 'db3'].map((server) => passes(exporter, server)))
          return Math.min(...seen) > PASSES || performance.now() - started > LONGEST_MS
        },
        `there were ${PASSES} passes`,
        2 * LONGEST_MS,
      )
      const rate = (transactions(feed) - before) / ((performance.now() - started) / 1000)
      console.info(`${flavor}: ${rate.toFixed(0)} write transactions a second`)
      expect(falseAlarms(exporter), exporter.stderr()).toEqual([])
      expect(exporter.stderr()).not.toMatch(/event=internal|^ +at /m)
      const samples = await exporter.metrics()
      // The load was felt: readings without a fence did differ.
      expect(samples.value('chunk_mismatches_total', { server: 'db3' })).toBeGreaterThan(0)
    })
  }, 240_000)

  test('a row changed in a table that is being written is found, there and nowhere else', async () => {
    await underLoad(100, async (_feed, lab) => {
      await using exporter = await startExporter(lab)
      const broken = await Promise.all([
        breakServer(lab, {
          fault: 'change-row',
          server: 'db3',
          table: { schema: 'shop', name: 'orders' },
        }),
        breakServer(lab, {
          fault: 'delete-row',
          server: 'db3',
          table: { schema: 'shop', name: 'payments' },
        }),
      ])
      await untilMetrics(
        exporter,
        [
          ['table_drifted', { server: 'db3', schema: 'shop', table: 'orders' }, 1],
          ['table_drifted', { server: 'db3', schema: 'shop', table: 'payments' }, 1],
        ],
        240_000,
      )
      expect(falseAlarms(exporter).length, exporter.stderr()).toBeLessThanOrEqual(3)
      for (const one of broken) await one.undo()
      await untilReport(
        exporter,
        (report) => !notTheSame(report).some((line) => line.includes('drifted')),
        'the repaired tables are no longer drifted',
        240_000,
      )
    })
  }, 600_000)
})
