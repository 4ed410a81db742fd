/** A steady stream of inserts, updates and deletes, so that a lab looks like something in use. */
import { setTimeout as delay } from 'node:timers/promises'
import { ServerError } from '../errors.ts'
import type { Lab } from './lab.ts'
import { Pace } from './pace.ts'
import { randomNumbers } from './random.ts'
import type { LabServer } from './server.ts'
import { createShop, OLD_ROWS } from './shop.ts'
import type { RootSession } from './sql.ts'

export interface FeedOptions {
  /** Transactions a second, as far as the source keeps up. */
  readonly perSecond: number
  /** The same seed gives the same decisions. Default 1. */
  readonly seed?: number
  /** Default 2. */
  readonly connections?: number
  /** Name of the server that is written to; by default whichever is the source, also after a failover. */
  readonly server?: string
}

/** Transactions since the start. */
export interface FeedCounters {
  inserts: number
  updates: number
  deletes: number
  errors: number
}

export interface Feed extends AsyncDisposable {
  readonly counters: Readonly<FeedCounters>
  /** Transactions a second from now on. */
  setRate(perSecond: number): void
  /** Waits for the transactions in flight. */
  stop(): Promise<Readonly<FeedCounters>>
}

/** How long a source may hang before that counts as an error. */
const STATEMENT_TIMEOUT_MS = 5_000

/** Above this many orders of its own the feed deletes as often as it inserts: it may run for days. */
const MAX_ORDERS = 5_000

/** Starts writing into the schema `shop`, made first if need be. One at a time per lab. */
export async function startFeed(lab: Lab, options: FeedOptions): Promise<Feed> {
  const source = () => (options.server === undefined ? lab.source() : lab.server(options.server))
  await createShop(source())
  const counters: FeedCounters = { inserts: 0, updates: 0, deletes: 0, errors: 0 }
  const stopping = new AbortController()
  const shop = new Shop(randomNumbers(options.seed ?? 1), await highestCustomer(source()))
  const pace = new Pace(options.perSecond)
  const writers = Array.from({ length: options.connections ?? 2 }, () =>
    write({ source, shop, pace, counters, signal: stopping.signal }),
  )
  const stop = async () => {
    stopping.abort()
    await Promise.all(writers)
    return counters
  }
  const setRate = (perSecond: number) => {
    pace.perSecond = perSecond
  }
  return { counters, setRate, stop, [Symbol.asyncDispose]: async () => void (await stop()) }
}

async function highestCustomer(source: LabServer): Promise<number> {
  return Number(await source.value('SELECT MAX(id) FROM shop.customers'))
}

interface Writer {
  readonly source: () => LabServer
  readonly shop: Shop
  readonly pace: Pace
  readonly counters: FeedCounters
  readonly signal: AbortSignal
}

/**
 * Until it is told to stop. A source that is away or read-only is an error a tenth of a second; who the source is
 * is looked up again each time.
 */
async function write(writer: Writer): Promise<void> {
  while (!writer.signal.aborted) {
    try {
      await writer.source().appSession((session) => writeOn(session, writer), STATEMENT_TIMEOUT_MS)
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      writer.counters.errors += 1
      await delay(100, undefined, { signal: writer.signal }).catch(() => {})
    }
  }
}

async function writeOn(session: RootSession, { shop, pace, counters, signal }: Writer) {
  await session.query('USE shop')
  while (!signal.aborted) {
    if (pace.isDue()) {
      const kind = await shop.transact(session)
      counters[kind] += 1
    } else {
      await delay(5, undefined, { signal }).catch(() => {})
    }
  }
}

/** Decides what happens next in the shop. Only rows that it inserted itself are changed or deleted. */
class Shop {
  readonly #random: () => number
  /** Ids of live orders. */
  readonly #orders: string[] = []
  #customers: number

  constructor(random: () => number, customers: number) {
    this.#random = random
    this.#customers = customers
  }

  async transact(session: RootSession): Promise<'inserts' | 'updates' | 'deletes'> {
    const dice = this.#random()
    if (this.#orders.length === 0 || (dice < 0.4 && this.#orders.length < MAX_ORDERS)) {
      await this.#placeOrder(session)
      return 'inserts'
    }
    if (dice < 0.5) {
      await this.#register(session)
      return 'inserts'
    }
    if (dice < 0.8) {
      await this.#change(session)
      return 'updates'
    }
    await this.#cancelOrder(session)
    return 'deletes'
  }

  async #placeOrder(session: RootSession): Promise<void> {
    const total = (this.#below(100_000) / 100).toFixed(2)
    const customer = this.#below(OLD_ROWS) + 1
    const sku = `sku-${this.#below(OLD_ROWS) + 1}`
    await session.query('START TRANSACTION')
    await session.query(
      `INSERT INTO orders (customer_id, total, created_at) VALUES (${customer}, ${total}, NOW(6))`,
    )
    const [row] = await session.query('SELECT LAST_INSERT_ID() AS id')
    const id = row?.id ?? '0'
    await session.query(
      `INSERT INTO order_items VALUES (${id}, 1, '${sku}', 1, ${total}), (${id}, 2, 'sku-1', 2, 0.1)`,
    )
    await session.query(`INSERT INTO payments VALUES ('p-${id}', ${id}, ${total}, NULL)`)
    await session.query('COMMIT')
    this.#orders.push(id)
  }

  async #register(session: RootSession): Promise<void> {
    this.#customers += 1
    const n = this.#customers
    await session.query(
      `INSERT INTO customers (email, name, created_at) VALUES ('customer-${n}@shop.example', 'Ana ${n}', NOW(6))`,
    )
  }

  async #change(session: RootSession): Promise<void> {
    const id = this.#orders[this.#below(this.#orders.length)]
    const sku = `sku-${this.#below(OLD_ROWS) + 1}`
    const changes = [
      `UPDATE orders SET state = 'paid', total = total + 1 WHERE id = ${id}`,
      `UPDATE order_items SET quantity = quantity + 1 WHERE order_id = ${id} AND line = 1`,
      `UPDATE payments SET amount = amount + 1, receipt = UNHEX(SHA2(RAND(), 256)) WHERE reference = 'p-${id}'`,
      `UPDATE products SET stock = stock - 1 WHERE sku = '${sku}'`,
    ]
    await session.query(changes[this.#below(changes.length)] ?? '')
  }

  async #cancelOrder(session: RootSession): Promise<void> {
    const [id] = this.#orders.splice(this.#below(this.#orders.length), 1)
    await session.query('START TRANSACTION')
    await session.query(`DELETE FROM payments WHERE reference = 'p-${id}'`)
    await session.query(`DELETE FROM order_items WHERE order_id = ${id}`)
    await session.query(`DELETE FROM orders WHERE id = ${id}`)
    await session.query('COMMIT')
  }

  #below(limit: number): number {
    return Math.floor(this.#random() * limit)
  }
}
