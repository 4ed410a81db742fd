/** Plants drift, waits until the exporter says so, repairs it, and waits until it says that too. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from '../src/lab/lab.ts'
import type { LabServer } from '../src/lab/server.ts'
import type { Drift, Site } from './drift.ts'
import type { Ledger, Outcome, Planting } from './ledger.ts'
import { BUSY, isCold, QUIET, ROWS } from './tables.ts'
import type { Turns } from './turns.ts'
import type { Watcher } from './watcher.ts'

/** How often it is asked whether the load has undone a drift. */
const OVERWRITTEN_EVERY_MS = 2_000

export interface PlanterOptions {
  readonly lab: Lab
  readonly ledger: Ledger
  readonly watcher: Watcher
  readonly turns: Turns
  /** How long the exporter may take to see a drift, and to see that it is repaired. */
  readonly limitMs: number
  between(least: number, most: number): number
  say(line: string): void
}

export class Planter {
  readonly #options: PlanterOptions
  #rowsPlanted = 0
  #newTables = 0
  /** Chosen, while its replica's turn is waited for. */
  readonly #reserved = new Set<string>()

  constructor(options: PlanterOptions) {
    this.#options = options
  }

  /** Until one of that kind was seen by the exporter, or missed: what the load undid proves nothing. */
  async plant(drift: Drift): Promise<void> {
    while ((await this.#plantOnce(drift)) === 'overwritten') {
      this.#options.say(`once more: ${drift.name}`)
    }
  }

  /** From planting to the end, whatever that is: the ledger knows. */
  async #plantOnce(drift: Drift): Promise<Outcome | 'crowded out'> {
    const { ledger, turns, say } = this.#options
    const site = await this.#choose(drift)
    if (site === null) {
      ledger.crowdedOut += 1
      say(`NOT planted, every table had a drift for too long: ${drift.name}`)
      return 'crowded out'
    }
    const where = `${drift.name} on ${site.replica.name}, soak.${site.table}`
    const planting = await turns.take(site.replica.name, async () => {
      const opened = ledger.open(drift, site, Date.now())
      this.#reserved.delete(spotOf(site))
      await site.replica.unlogged(...drift.plant(site))
      return opened
    })
    say(`planted ${where}`)
    const plantedAt = Date.now()
    planting.outcome = await this.#outcome(planting, plantedAt)
    if (planting.outcome === 'found') planting.detectedAfterMs = Date.now() - plantedAt
    say(`${planting.outcome} ${where}: after ${seconds(Date.now() - plantedAt)}`)
    await turns.take(site.replica.name, () => site.replica.unlogged(...drift.repair(site)))
    const repairedAt = Date.now()
    const isBack = await this.#until(repairedAt, () => {
      const view = this.#options.watcher.view(planting, repairedAt)
      if (view === null || !drift.isBack(view)) return false
      // What was seen to differ was read again; what was not may have been the same all the time.
      return planting.outcome === 'found' || isVerifiedSince(view.table, repairedAt)
    })
    if (isBack) planting.clearedAt = Date.now()
    say(`${isBack ? 'the same again' : 'NOT the same again'}: ${where}`)
    return planting.outcome
  }

  async #outcome(planting: Planting, plantedAt: number): Promise<Outcome> {
    const { drift } = planting
    let outcome: 'found' | 'overwritten' | null = null
    let nextAsked = plantedAt + OVERWRITTEN_EVERY_MS
    await this.#until(plantedAt, async () => {
      const view = this.#options.watcher.view(planting, plantedAt)
      if (view !== null && drift.isSeen(view)) outcome = 'found'
      else if (Date.now() > nextAsked) {
        nextAsked = Date.now() + OVERWRITTEN_EVERY_MS
        if (await this.#isOverwritten(planting)) outcome = 'overwritten'
      }
      return outcome !== null
    })
    return outcome ?? 'missed'
  }

  /**
   * Read from the replica itself. No fence is needed: no server ever gives those columns of those rows another value
   * than the one that they were made with, so what the replica has there now is equal or it is not.
   */
  #isOverwritten({ drift, site }: Planting): Promise<boolean> {
    const condition = drift.isThere?.(site)
    if (condition === undefined) return Promise.resolve(false)
    return this.#options.turns.take(
      site.replica.name,
      async () =>
        (await site.replica.value(`SELECT COUNT(*) FROM soak.${site.table} WHERE ${condition}`)) ===
        '0',
    )
  }

  async #until(since: number, condition: () => boolean | Promise<boolean>): Promise<boolean> {
    while (!(await condition())) {
      if (Date.now() - since > this.#options.limitMs) return false
      await delay(100)
    }
    return true
  }

  /** Once a table is free; null when none is for too long. Every third drift of rows is in a table that is being written. */
  async #choose(drift: Drift): Promise<Site | null> {
    const { lab, ledger, between } = this.#options
    const tables = this.#tablesFor(drift)
    let spot: Omit<Site, 'ids'> | undefined
    await this.#until(Date.now(), () => {
      // Whoever was a replica may have become the source meanwhile.
      const replicas = lab.servers.filter(({ sources }) => sources.length > 0)
      const spots = replicas.flatMap((replica) => tables.map((table) => ({ replica, table })))
      const free = spots.filter(
        (each) =>
          !ledger.isTaken(each.replica.name, each.table) && !this.#reserved.has(spotOf(each)),
      )
      spot = free[between(0, free.length - 1)]
      return spot !== undefined
    })
    if (spot === undefined) return null
    this.#reserved.add(spotOf(spot))
    return { ...spot, ids: this.#twoIds(drift) }
  }

  #tablesFor(drift: Drift): readonly string[] {
    if (drift.target === 'new') {
      this.#newTables += 1
      return [`extra_${this.#newTables}`]
    }
    if (drift.target === 'table') return QUIET
    this.#rowsPlanted += 1
    return this.#rowsPlanted % 3 === 0 ? BUSY : QUIET
  }

  /** A row that the load writes cannot be deleted: its next change would stop the replica. */
  #twoIds(drift: Drift): readonly [number, number] {
    const first = this.#id(drift)
    for (;;) {
      const second = this.#id(drift)
      if (second !== first) return [first, second]
    }
  }

  #id(drift: Drift): number {
    for (;;) {
      const id = this.#options.between(1, ROWS) * 2
      if (drift.anyRow || isCold(id)) return id
    }
  }
}

function spotOf({ replica, table }: Omit<Site, 'ids'>): string {
  return `${replica.name} ${table}`
}

function isVerifiedSince(table: { verified_at: string | null } | undefined, time: number): boolean {
  return table === undefined || Date.parse(table.verified_at ?? '') > time
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`
}

/** Compares a table directly: its writers wait on the source until the replica has all of it. */
export async function reallyDiffers(lab: Lab, replica: LabServer, table: string): Promise<boolean> {
  const [link] = replica.sources
  if (link === undefined) return false
  return await lab.server(link.name).session(async (session) => {
    await session.query(`LOCK TABLES ${table} READ`)
    await lab.caughtUp({ servers: [replica.name] })
    const [here] = await session.query(`CHECKSUM TABLE ${table}`)
    const [there] = await replica.query(`CHECKSUM TABLE ${table}`)
    return here?.Checksum !== there?.Checksum
  })
}
