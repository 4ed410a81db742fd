/** Listens to the exporter: which drift it has seen, and every alarm that nothing planted explains. */
import { setTimeout as delay } from 'node:timers/promises'
import type { SetObject } from '../test/support/report.ts'
import type { View } from './drift.ts'
import type { Planting } from './ledger.ts'
import { PASSING } from './tables.ts'

const POLL_MS = 500

/** Something is wrong with a table on a server, says the exporter. */
export interface Alarm {
  readonly server: string
  readonly schema: string
  readonly table: string
  /** `drifted`, `missing`, or which part of a definition differs. */
  readonly what: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

export interface WatcherOptions {
  readonly report: () => Promise<SetObject>
  isPlanted(alarm: Alarm): boolean
  /** Once per alarm, however long it lasts. */
  onFalseAlarm(alarm: Alarm): void
}

const VERDICT =
  /^ts=(\S+) .*event=verdict .*server=(\S+) schema=(\S+) table=(\S+) check=(\S+) (?:from=\S+ )?to=(\S+)/

export class Watcher {
  /** How often the exporter logged that a table has turned into each verdict. */
  readonly turned = new Map<string, number>()
  readonly #options: WatcherOptions
  /** False alarms that are still being given. */
  readonly #standing = new Set<string>()
  readonly #stopping = new AbortController()
  #latest: { readonly set: SetObject; readonly askedAt: number } | null = null
  /** Milliseconds since the epoch: up to when a table was last proven the same. */
  readonly #provenAt = new Map<string, number>()
  #polling: Promise<void> = Promise.resolve()

  constructor(options: WatcherOptions) {
    this.#options = options
  }

  start(): void {
    this.#polling = this.#poll(this.#stopping.signal)
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#polling
  }

  /** A line of the exporter's log. */
  hear(line: string): void {
    const [, ts, server, schema, table, check, to] = VERDICT.exec(line) ?? []
    if (ts === undefined || server === undefined || schema === undefined || table === undefined)
      return
    this.turned.set(to ?? '', (this.turned.get(to ?? '') ?? 0) + 1)
    if (to !== 'drifted' && to !== 'missing') return
    this.#judge({ server, schema, table, what: `${to} (${check})`, at: Date.parse(ts) })
  }

  /** What the exporter said last, if it was asked after `since`; null before. */
  view({ site }: Planting, since: number): View | null {
    if (this.#latest === null || this.#latest.askedAt < since) return null
    const { tables, schema_differences } = this.#latest.set
    const server = site.replica.name
    return {
      table: tables.find(
        (one) => one.server === server && one.schema === 'soak' && one.table === site.table,
      ),
      differences: schema_differences.filter(
        (one) => one.server === server && one.schema === 'soak' && tableOf(one.name) === site.table,
      ),
    }
  }

  /** `server schema.table: verdict` of all that was not proven the same since then, of `servers` together. */
  unproven(since: number, servers: readonly string[]): string[] {
    const tables = this.#latest?.set.tables ?? []
    const lasting = tables.filter(({ table }) => !table.startsWith(PASSING))
    const unseen = servers.filter((name) => !lasting.some(({ server }) => server === name))
    return [
      ...unseen.map((name) => `${name}: no tables`),
      ...lasting
        .filter(
          (one) => servers.includes(one.server) && (this.#provenAt.get(keyOf(one)) ?? 0) <= since,
        )
        .map((one) => `${keyOf(one)}: ${one.verdict} ${one.reason ?? ''}`.trim()),
    ]
  }

  async #poll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const askedAt = Date.now()
      const set = await this.#options.report().catch(() => null)
      if (set !== null) this.#look(set, askedAt)
      await delay(POLL_MS, undefined, { signal }).catch(() => undefined)
    }
  }

  #look(set: SetObject, askedAt: number): void {
    this.#latest = { set, askedAt }
    for (const one of set.tables) {
      if (one.verdict === 'same') this.#provenAt.set(keyOf(one), Date.parse(one.verified_at ?? ''))
    }
    const verdicts = set.tables
      .filter(({ verdict }) => verdict === 'drifted' || verdict === 'missing')
      .map(({ server, schema, table, verdict }) => ({ server, schema, table, what: verdict }))
    const differences = set.schema_differences.map(({ server, schema, object, name, kind }) => ({
      server,
      schema,
      table: tableOf(name),
      what: `definition: ${object} ${name} ${kind}`,
    }))
    const alarms = [...verdicts, ...differences].map((one) => ({ ...one, at: askedAt }))
    const keys = new Set(alarms.map(keyOf))
    for (const key of this.#standing) if (!keys.has(key)) this.#standing.delete(key)
    for (const alarm of alarms) this.#judge(alarm)
  }

  #judge(alarm: Alarm): void {
    if (this.#options.isPlanted(alarm) || this.#standing.has(keyOf(alarm))) return
    this.#standing.add(keyOf(alarm))
    this.#options.onFalseAlarm(alarm)
  }
}

/** One alarm per table and server: the log and the API tell the same one. */
function keyOf({ server, schema, table }: Pick<Alarm, 'server' | 'schema' | 'table'>): string {
  return `${server} ${schema}.${table}`
}

/** `orders.note` is a column of `orders`. */
function tableOf(name: string): string {
  return name.split('.')[0] ?? name
}
