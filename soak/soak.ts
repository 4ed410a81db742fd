/** An hour, or a minute, of everything at once against the real exporter: it may neither cry wolf nor miss one. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from '../src/lab/lab.ts'
import { promote } from '../src/lab/promote.ts'
import { randomNumbers } from '../src/lab/random.ts'
import { type ServerSpec, startLab } from '../src/lab/start.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { disturb, SOURCE_TURN } from './disturbances.ts'
import { DRIFTS } from './drifts.ts'
import { type Exporter, startExporter } from './exporter.ts'
import { Ledger } from './ledger.ts'
import { type Load, startLoad } from './load.ts'
import { Planter, reallyDiffers, seconds } from './planter.ts'
import { alarmLine, type FalseAlarm, isGood, type SoakResult } from './result.ts'
import { BUSY, createTables, QUIET } from './tables.ts'
import { Turns } from './turns.ts'
import { type Alarm, Watcher } from './watcher.ts'

export interface SoakOptions {
  readonly cache: string
  readonly flavor: Vendor
  /** In each of them every kind of drift is planted once. Waiting for the last ones comes on top. */
  readonly minutes: number
  readonly perSecond: number
  readonly seed: number
  /** How long the exporter may take to see a drift, and to see that it is repaired. */
  readonly limitSeconds: number
  say(line: string): void
}

const MINUTE_MS = 60_000

/** Three replicas, each with as many parallel appliers as MySQL has by default. */
const APPLIERS = 4
/** Nine hundred commits a second on four servers and one disk: no replica would ever catch up otherwise. */
const settings = { 'innodb-flush-log-at-trx-commit': '2', 'sync-binlog': '0' }
const SERVERS: readonly ServerSpec[] = [
  { name: 'db1', settings },
  ...['db2', 'db3', 'db4'].map((name) => ({ name, source: 'db1', settings })),
]

export async function runSoak(options: SoakOptions): Promise<SoakResult> {
  const startedAt = performance.now()
  const say = (line: string) => options.say(`${seconds(performance.now() - startedAt)}: ${line}`)
  const { cache, flavor } = options
  await using lab = await startLab({ cache, flavor, servers: SERVERS, appliers: APPLIERS })
  await createTables(lab.source())
  await lab.caughtUp()
  const folder = mkdtempSync(join(tmpdir(), 'drift-soak-'))
  const result = await new Soak(lab, options, say).run(folder)
  if (isGood(result)) rmSync(folder, { recursive: true, force: true })
  else say(`the exporter's log: ${join(folder, 'exporter.log')}`)
  return result
}

class Soak {
  readonly #lab: Lab
  readonly #options: SoakOptions
  readonly #say: (line: string) => void
  readonly #random: () => number
  readonly #ledger = new Ledger()
  readonly #turns = new Turns()
  readonly #falseAlarms: Promise<FalseAlarm>[] = []
  readonly #disturbances = new Map<string, number>()

  constructor(lab: Lab, options: SoakOptions, say: (line: string) => void) {
    this.#lab = lab
    this.#options = options
    this.#say = say
    this.#random = randomNumbers(options.seed)
  }

  async run(folder: string): Promise<SoakResult> {
    let exporter: Exporter | undefined
    const watcher = new Watcher({
      report: async () => {
        if (exporter === undefined) throw new Error('not started yet')
        return await exporter.report()
      },
      isPlanted: ({ server, schema, table, at }) =>
        this.#ledger.isPlanted(server, schema, table, at),
      onFalseAlarm: (alarm) => this.#falseAlarm(alarm),
    })
    await using running = await startExporter(this.#lab, folder, (line) => watcher.hear(line))
    exporter = running
    watcher.start()
    try {
      return await this.#underLoad(watcher, running)
    } finally {
      await watcher.stop()
    }
  }

  async #underLoad(watcher: Watcher, exporter: Exporter): Promise<SoakResult> {
    const { perSecond, seed } = this.#options
    const stopping = new AbortController()
    await using load = await startLoad(this.#lab, perSecond, seed)
    const since = performance.now()
    const scene = {
      lab: this.#lab,
      turns: this.#turns,
      signal: stopping.signal,
      between: this.#between,
    }
    const disturbing = disturb(scene, (name) => {
      this.#disturbances.set(name, (this.#disturbances.get(name) ?? 0) + 1)
    })
    const done = this.#plantAndFailOver(watcher, load)
    let wasProvenSame = false
    try {
      // Whichever fails first ends the soak; the other's failure is then no news.
      done.catch(() => undefined)
      await Promise.race([done, disturbing])
      wasProvenSame = await done
    } finally {
      stopping.abort()
      await Promise.allSettled([disturbing])
    }
    await disturbing
    const wasWritten = { transactions: load.transactions(), ms: performance.now() - since }
    await load.stop()
    if (exporter.exitCode() !== null) throw new Error(`the exporter ended: ${exporter.exitCode()}`)
    return {
      ledger: this.#ledger,
      isProvenSame: wasProvenSame && (await this.#isProvenSame(watcher, 'after the load')),
      falseAlarms: await Promise.all(this.#falseAlarms),
      differsAtTheEnd: await this.#differences(),
      seconds: wasWritten.ms / 1000,
      transactions: wasWritten.transactions,
      wantedPerSecond: perSecond,
      disturbances: this.#disturbances,
      turned: watcher.turned,
    }
  }

  /**
   * In the middle, with nothing planted that would be inherited, another server becomes the source.
   * @returns whether all was proven the same under the new one.
   */
  async #plantAndFailOver(watcher: Watcher, load: Load): Promise<boolean> {
    const { minutes, limitSeconds } = this.#options
    const planter = new Planter({
      lab: this.#lab,
      ledger: this.#ledger,
      watcher,
      turns: this.#turns,
      limitMs: limitSeconds * 1_000,
      between: this.#between,
      say: this.#say,
    })
    let open: Promise<void>[] = []
    let isProvenSame = false
    for (let minute = 1; minute <= minutes; minute += 1) {
      const endsAt = performance.now() + MINUTE_MS
      open.push(...DRIFTS.map((drift) => this.#plantLater(planter, drift)))
      await Promise.race([delay(endsAt - performance.now()), firstFailure(open)])
      this.#say(`minute ${minute}: ${load.transactions()} transactions so far`)
      if (minute !== Math.ceil(minutes / 2)) continue
      await Promise.all(open)
      open = []
      await this.#failOver()
      isProvenSame = await this.#isProvenSame(watcher, 'after the failover')
    }
    await Promise.all(open)
    return isProvenSame
  }

  async #plantLater(planter: Planter, drift: (typeof DRIFTS)[number]): Promise<void> {
    await delay(this.#between(0, MINUTE_MS * 0.9))
    await planter.plant(drift)
  }

  /** Nobody else does anything to any server meanwhile. */
  async #failOver(): Promise<void> {
    const { servers } = this.#lab
    const turns = [SOURCE_TURN, ...servers.map(({ name }) => name)]
    const alone = turns.reduceRight<() => Promise<void>>(
      (work, turn) => () => this.#turns.take(turn, work),
      async () => {
        const replicas = servers.filter(({ sources }) => sources.length > 0)
        const chosen = replicas[this.#between(0, replicas.length - 1)]?.name ?? ''
        await promote(this.#lab, chosen, { say: (line) => this.#say(`failover: ${line}`) })
      },
    )
    await alone()
  }

  #falseAlarm(alarm: Alarm): void {
    const judged = this.#truth(alarm).then((truth) => ({ ...alarm, truth }))
    judged.then((one) => this.#say(alarmLine(one))).catch(() => undefined)
    this.#falseAlarms.push(judged)
  }

  async #truth({ server, schema, table }: Alarm): Promise<string> {
    const replica = this.#lab.server(server)
    return await this.#turns.take(server, async () => {
      try {
        const differs = await reallyDiffers(this.#lab, replica, `${schema}.${table}`)
        return differs ? 'IT DIFFERS, the soak is wrong' : 'equal'
      } catch (error) {
        return String(error)
      }
    })
  }

  /** With nothing planted everything is proven the same before long, on every link, load or no load. */
  async #isProvenSame(watcher: Watcher, when: string): Promise<boolean> {
    const since = Date.now()
    const replicas = this.#lab.servers.filter(({ sources }) => sources.length > 0)
    const names = replicas.map(({ name }) => name)
    for (;;) {
      const unproven = watcher.unproven(since, names)
      const waited = Date.now() - since
      if (unproven.length === 0) {
        this.#say(`${when}: every table is proven the same after ${seconds(waited)}`)
        return true
      }
      if (waited > this.#options.limitSeconds * 1_000) {
        for (const line of unproven) this.#say(`${when}: not proven the same: ${line}`)
        return false
      }
      await delay(200)
    }
  }

  async #differences(): Promise<string[]> {
    await this.#lab.caughtUp({ timeoutMs: 120_000 })
    const shop = ['customers', 'orders', 'order_items', 'payments', 'products']
    const tables = [
      ...[...QUIET, ...BUSY].map((name) => `soak.${name}`),
      ...shop.map((name) => `shop.${name}`),
    ]
    const differing: string[] = []
    for (const replica of this.#lab.servers) {
      for (const table of tables) {
        if (await reallyDiffers(this.#lab, replica, table))
          differing.push(`${replica.name} ${table}`)
      }
    }
    return differing
  }

  readonly #between = (least: number, most: number): number =>
    least + Math.floor(this.#random() * (most - least + 1))
}

/** Rejects with the first failure, and otherwise never settles. */
function firstFailure(promises: readonly Promise<void>[]): Promise<never> {
  return new Promise((_, reject) => {
    for (const promise of promises) promise.catch(reject)
  })
}
