/** What `serve --state.file` remembers: over kills at any moment, and in the middle of a long pass. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { CHECK_NAMES } from '../../src/domain.ts'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import { startFeed } from '../../src/lab/feed.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import type { SetMemory } from '../../src/scan/memory.ts'
import { decodeState } from '../../src/state-file/document.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, type Exporter, runCli, startExporter } from '../support/exporter.ts'
import { untilMetrics, untilSame } from '../support/exporter-waits.ts'
import { notTheSame } from '../support/report.ts'

const KILLS = 6
const SLOW_ROWS = 8_000
const CUSTOMERS = { server: 'db2', schema: 'shop', table: 'customers' }
const TABLE = { schema: 'shop', name: 'customers' }

/** One pass a day over the contents, in the smallest chunks, and nothing else that reads tables. */
const ONE_PASS = {
  checks: {
    threads: { interval: '1s' },
    gtid: { enabled: false },
    row_count: { enabled: false },
    schema: { enabled: false },
    checksum: { interval: '24h', chunk_time: '10ms', confirm_delay: '200ms' },
  },
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)
  let folder = ''
  let file = ''

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
  })

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'drift-state-'))
    file = join(folder, 'state')
  })

  afterEach(async () => {
    rmSync(folder, { recursive: true, force: true })
    const lab = cluster()
    for (const breakage of breakagesOf(lab)) await undo(lab, breakage)
    await lab.server('db1').exec('DROP TABLE IF EXISTS shop.zz_slow')
    await lab.caughtUp()
  })

  const start = (lab: Lab, config?: string) => startExporter(lab, config, [`--state.file=${file}`])

  async function kill(exporter: Exporter): Promise<SetMemory> {
    exporter.signal('SIGKILL')
    await exporter.ended
    return memory()
  }

  /** @throws when the file is not whole. */
  function memory(): SetMemory {
    const [set] = decodeState(readFileSync(file))
    if (set === undefined) throw new Error('the file holds no set')
    return set
  }

  test('a drift and its since outlive kill after kill under load, and a repair ends it', async () => {
    const lab = cluster()
    let exporter = await start(lab)
    await untilSame(exporter)
    const drift = await breakServer(lab, { fault: 'change-row', server: 'db2', table: TABLE })
    const samples = await untilMetrics(exporter, [['table_drifted', CUSTOMERS, 1]])
    const since = samples.value('table_drifted_since_timestamp_seconds', CUSTOMERS)
    expect(since).not.toBeNull()
    await until(
      () => memory().tables.some(({ standings }) => standings.checksum?.verdict === 'drifted'),
      'the verdict is written down',
    )
    {
      await using _feed = await startFeed(lab, { perSecond: 50 })
      for (let kills = 0; kills < KILLS; kills += 1) {
        await kill(exporter)
        exporter = await start(lab)
        const first = await exporter.metrics()
        const seen = [
          first.value('table_drifted', CUSTOMERS),
          first.value('table_drifted_since_timestamp_seconds', CUSTOMERS),
        ]
        expect(seen, exporter.stderr()).toEqual([1, since])
        expect(exporter.stderr()).not.toContain('state_set_aside')
        // Not for anything to happen: so that it is killed wherever it is.
        await delay(3_000 * Math.random())
      }
    }
    await lab.caughtUp()
    await untilMetrics(exporter, [
      ['table_drifted', CUSTOMERS, 1],
      ['table_drifted_since_timestamp_seconds', CUSTOMERS, since],
    ])
    await drift.undo()
    await untilMetrics(exporter, [['table_drifted', CUSTOMERS, 0]])
    expect(notTheSame(await untilSame(exporter))).toEqual([])
    expect(await exporter.stop(), exporter.stderr()).toBe(0)
    expect(readdirSync(folder)).toEqual(['state'])
    expect(memory().tables.every(({ standings }) => standings.checksum?.verdict === 'same')).toBe(
      true,
    )
  })

  test('a drift is remembered while its replica is away, and the replica comes back as one', async () => {
    const lab = cluster()
    const first = await start(lab)
    await untilSame(first)
    await breakServer(lab, { fault: 'change-row', server: 'db2', table: TABLE })
    const samples = await untilMetrics(first, [['table_drifted', CUSTOMERS, 1]])
    const since = samples.value('table_drifted_since_timestamp_seconds', CUSTOMERS)
    expect(await first.stop(), first.stderr()).toBe(0)
    const killed = await breakServer(lab, { fault: 'kill-server', server: 'db2' })

    await using second = await start(lab)

    const expected = [
      ['table_drifted', CUSTOMERS, 1],
      ['table_drifted_since_timestamp_seconds', CUSTOMERS, since],
      ['server_info', { server: 'db2', role: 'replica' }, 1],
    ] as const
    await untilMetrics(second, [['up', { server: 'db2' }, 0], ...expected])
    await killed.undo()
    await untilMetrics(second, [['up', { server: 'db2' }, 1], ...expected])
  })

  test('a check that fails over a restart has last succeeded when it did before', async () => {
    const lab = cluster()
    const first = await start(lab)
    await untilSame(first)
    const killed = await breakServer(lab, { fault: 'kill-server', server: 'db2' })
    const failing = CHECK_NAMES.map(
      (check) => ['check_success', { server: 'db2', check }, 0] as const,
    )
    const before = await untilMetrics(first, failing)
    const successes = CHECK_NAMES.map((check) => {
      const at = { server: 'db2', check }
      const name = 'check_last_success_timestamp_seconds'
      return [name, at, before.value(name, at)] as const
    })
    expect(successes.map(([, , at]) => at)).not.toContain(0)
    expect(await first.stop(), first.stderr()).toBe(0)

    await using second = await start(lab)

    await untilMetrics(second, [...failing, ...successes])
    await killed.undo()
    await untilMetrics(second, [['check_success', { server: 'db2', check: 'checksum' }, 1]])
  })

  test('a long pass goes on where it was killed, and where it was stopped', async () => {
    const lab = cluster()
    // Little to store and much to read: each row takes a fraction of a millisecond to compute.
    await lab.server('db1').exec(
      `CREATE TABLE shop.zz_slow (id INT NOT NULL PRIMARY KEY,
         slow CHAR(64) AS (SHA2(REPEAT('x', 100000 + id), 256)) VIRTUAL)`,
      `INSERT INTO shop.zz_slow (id) SELECT a.stock * 100 + b.n FROM
         (SELECT DISTINCT stock FROM shop.products WHERE stock BETWEEN 1 AND ${SLOW_ROWS / 100}) a,
         (SELECT DISTINCT stock AS n FROM shop.products WHERE stock BETWEEN 1 AND 100) b`,
    )
    await lab.caughtUp()
    const config = configOf(lab, {}, ONE_PASS)
    const doneOf = ({ tables }: SetMemory) =>
      tables.find(({ id }) => id.table === 'zz_slow')?.position?.done.rows.source ?? 0n
    const first = await start(lab, config)
    // What is read next can only be of the long walk.
    const othersAreDone = ({ tables }: SetMemory) =>
      tables.every(
        ({ id, standings }) => id.table === 'zz_slow' || standings.checksum?.verdict === 'same',
      )
    await until(
      () => doneOf(memory()) > 0n && othersAreDone(memory()),
      'only the walk is left, and it is written down',
      120_000,
    )
    const atKill = await kill(first)
    const second = await start(lab, config)
    await until(
      async () =>
        ((await second.metrics()).value('rows_checked_total', { server: 'db1' }) ?? 0) > 0,
      'it goes on',
      120_000,
    )
    expect(await second.stop(), second.stderr()).toBe(0)
    const atStop = memory()
    expect(doneOf(atStop)).toBeGreaterThan(doneOf(atKill))
    expect(doneOf(atStop)).toBeLessThan(BigInt(SLOW_ROWS))
    expect(atStop.passStartedAt).toEqual(atKill.passStartedAt)

    await using third = await start(lab, config)
    const { replication_sets: sets } = await untilSame(third, 120_000)

    const rows = { source: String(SLOW_ROWS), replica: String(SLOW_ROWS) }
    expect(sets[0]?.tables.filter(({ table }) => table === 'zz_slow')).toMatchObject([
      { server: 'db2', verdict: 'same', rows },
      { server: 'db3', verdict: 'same', rows },
    ])
    // Nothing was read twice, of no table.
    const left = SLOW_ROWS - Number(doneOf(atStop))
    await untilMetrics(third, [
      ['rows_checked_total', { server: 'db1' }, left],
      ['rows_checked_total', { server: 'db2' }, left],
      ['rows_checked_total', { server: 'db3' }, left],
      ['checksum_pass_progress_ratio', {}, 1],
    ])
  })

  test('a file that is damaged, or is somebody else’s, is set aside and work begins anew', async () => {
    const lab = cluster()
    const exporter = await start(lab)
    await untilSame(exporter)
    expect(await exporter.stop(), exporter.stderr()).toBe(0)
    const whole = readFileSync(file)
    for (const contents of [whole.subarray(0, whole.length / 2), Buffer.from(configOf(lab))]) {
      writeFileSync(file, contents)
      await using next = await start(lab)
      await untilSame(next)
      const [, aside = ''] = /event=state_set_aside .* renamed_to=(\S+)/.exec(next.stderr()) ?? []
      expect(readFileSync(aside)).toEqual(contents)
      await until(() => memory().tables.length === 10, 'what was found is written down')
    }
  })

  test('a second exporter does not take the file of the first', async () => {
    const lab = cluster()
    await using first = await start(lab)
    const run = await runCli(
      ['serve', '--web.listen-address=127.0.0.1:0', `--state.file=${file}`],
      { config: configOf(lab) },
    )
    expect(run.code, run.explain).toBe(1)
    expect(run.stderr.trimEnd().split('\n'), run.explain).toHaveLength(1)
    expect(run.stderr, run.explain).toContain(`is used by process ${first.pid}`)
  })

  test('a changed configuration is taken up without forgetting what still applies', async () => {
    const lab = cluster()
    await using exporter = await start(lab)
    await untilSame(exporter)
    await breakServer(lab, { fault: 'change-row', server: 'db2', table: TABLE })
    const samples = await untilMetrics(exporter, [['table_drifted', CUSTOMERS, 1]])
    const since = samples.value('table_drifted_since_timestamp_seconds', CUSTOMERS)
    exporter.rewrite(configOf(lab, { tables: { exclude: ['shop.p*'] } }))
    exporter.signal('SIGHUP')
    await untilMetrics(exporter, [
      ['tables_skipped', { server: 'db2', check: 'checksum', reason: 'excluded' }, 2],
      ['table_drifted', CUSTOMERS, 1],
      ['table_drifted_since_timestamp_seconds', CUSTOMERS, since],
    ])
  })
})
