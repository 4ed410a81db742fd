/** The write load: the lab's feed in its shop, and many small transactions in the soak's busy tables. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Feed, startFeed } from '../src/lab/feed.ts'
import type { Lab } from '../src/lab/lab.ts'
import { Pace } from '../src/lab/pace.ts'
import { randomNumbers } from '../src/lab/random.ts'
import type { RootSession } from '../src/lab/sql.ts'
import { BUSY, COLUMNS, FIRST_NEW_ID, isCold, made, ROWS } from './tables.ts'

/** Of all transactions: the feed's take several statements each. */
const FEED_SHARE = 0.25
const FEED_CONNECTIONS = 3
const CONNECTIONS = 4
/** Transactions in one round trip, when several are due. */
const MOST_AT_ONCE = 8
/** Above this many new rows in all it deletes as often as it inserts. */
const MOST_NEW_ROWS = 2_000
const STATEMENT_TIMEOUT_MS = 15_000

/** Slower than this it never writes. */
const LEAST_PER_SECOND = 50
/** A replica that needs longer for what its source has now is behind for good, not for a moment. */
const LAG_MS = 2_000
const LAG_TIMEOUT_MS = 5_000

export interface Load extends AsyncDisposable {
  /** Transactions so far. */
  transactions(): number
  stop(): Promise<void>
}

export async function startLoad(lab: Lab, perSecond: number, seed: number): Promise<Load> {
  const feed = await startFeed(lab, {
    perSecond: perSecond * FEED_SHARE,
    seed,
    connections: FEED_CONNECTIONS,
  })
  const churn = new Churn(lab, perSecond * (1 - FEED_SHARE), randomNumbers(seed + 1))
  const stop = async () => {
    await Promise.all([feed.stop(), churn.stop()])
  }
  return {
    transactions: () => transactionsOf(feed) + churn.transactions,
    stop,
    [Symbol.asyncDispose]: stop,
  }
}

function transactionsOf({ counters }: Feed): number {
  return counters.inserts + counters.updates + counters.deletes
}

/** One statement, one transaction. After a failover it looks for the new source. */
class Churn {
  transactions = 0
  readonly #lab: Lab
  readonly #pace: Pace
  readonly #random: () => number
  readonly #stopping = new AbortController()
  readonly #writers: readonly Promise<void>[]
  readonly #wanted: number
  #perSecond: number
  /** Ids of new rows, and the table of each. */
  readonly #newRows: { readonly table: string; readonly id: number }[] = []
  #nextId = FIRST_NEW_ID

  constructor(lab: Lab, perSecond: number, random: () => number) {
    this.#lab = lab
    this.#pace = new Pace(perSecond)
    this.#wanted = perSecond
    this.#perSecond = perSecond
    this.#random = random
    this.#writers = [this.#govern(), ...Array.from({ length: CONNECTIONS }, () => this.#write())]
  }

  async stop(): Promise<void> {
    this.#stopping.abort()
    await Promise.all(this.#writers)
  }

  /**
   * Writes no more than the replicas can apply: on a slow machine they would stay behind further and further, and
   * nothing could be proven of them. The middle one counts: there is always one that is just being disturbed.
   */
  async #govern(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const replicas = this.#lab.servers.filter(({ sources }) => sources.length > 0)
      const lags = await Promise.all(replicas.map((replica) => this.#lagOf(replica.name)))
      const middle = lags.sort((a, b) => a - b)[Math.floor(lags.length / 2)] ?? 0
      const wished = this.#perSecond * (middle > LAG_MS ? 0.8 : 1.1)
      this.#perSecond = Math.min(this.#wanted, Math.max(LEAST_PER_SECOND, wished))
      this.#pace.perSecond = this.#perSecond
      await delay(1_000, undefined, { signal }).catch(() => undefined)
    }
  }

  /** Milliseconds until it has applied what its source has now. */
  async #lagOf(server: string): Promise<number> {
    const since = performance.now()
    try {
      await this.#lab.caughtUp({ servers: [server], timeoutMs: LAG_TIMEOUT_MS })
      return performance.now() - since
    } catch {
      return LAG_TIMEOUT_MS
    }
  }

  async #write(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#lab
          .source()
          .appSession((session) => this.#writeOn(session), STATEMENT_TIMEOUT_MS)
      } catch {
        // The source is read-only, about to be another.
        await delay(100, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  async #writeOn(session: RootSession): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      const due: string[] = []
      while (due.length < MOST_AT_ONCE && this.#pace.isDue()) due.push(this.#next())
      if (due.length > 0) {
        await session.query(due.join(';'))
        this.transactions += due.length
      } else {
        await delay(5, undefined, { signal }).catch(() => undefined)
      }
    }
  }

  #next(): string {
    const table = `soak.${BUSY[this.#below(BUSY.length)]}`
    const dice = this.#random()
    if (dice < 0.35) return `UPDATE ${table} SET amount = amount + 1 WHERE id = ${this.#warmId()}`
    // What the source has now the replica had before.
    if (dice < 0.7) return `UPDATE ${table} SET flag = 1 - flag WHERE id = ${this.#warmId()}`
    if (this.#newRows.length < 10 || (dice < 0.85 && this.#newRows.length < MOST_NEW_ROWS)) {
      const id = this.#nextId
      this.#nextId += 2
      this.#newRows.push({ table, id })
      return `INSERT INTO ${table} (${COLUMNS}) VALUES ${made(id)}`
    }
    const [row] = this.#newRows.splice(this.#below(this.#newRows.length), 1)
    return `DELETE FROM ${row?.table} WHERE id = ${row?.id}`
  }

  #warmId(): number {
    for (;;) {
      const id = (ROWS - this.#below(ROWS / 8)) * 2
      if (!isCold(id)) return id
    }
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
