/** Servers and readers without a database: contents come from functions, trouble from the test. */

import { type Link, newLinkMemory } from '../../src/compare/link.ts'
import type { TableReader } from '../../src/compare/table-reader.ts'
import { Undecided } from '../../src/compare/undecided.ts'
import type { ServerConfig } from '../../src/config/config.ts'
import { ServerError } from '../../src/errors.ts'
import type { Key } from '../../src/mysql/definition.ts'
import { NO_RULES } from '../../src/mysql/filters.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import { boundAfter, widthOf } from '../../src/mysql/integer-key.ts'
import type { Row, Session } from '../../src/mysql/query.ts'
import { type Bound, EVERYTHING, type Range } from '../../src/mysql/range.ts'
import type { Server } from '../../src/server-pool.ts'
import { holdLedger } from '../../src/throttle/ledger.ts'
import type { Contents, FakeReplication } from './fake-replication.ts'
import type { FakeWorld } from './fake-world.ts'

export interface FakeServer extends Server {
  /** Whatever it throws, each reading throws. */
  trouble: () => void
}

export const MYSQL_8: Flavor = { vendor: 'mysql', version: [8, 0, 36] }

export function makeServerConfig(name: string, role: ServerConfig['role'] = null): ServerConfig {
  return { name, endpoint: { host: name, port: 3306 }, address: `${name}:3306`, role }
}

/** @param answer to each statement; without it there is nobody to ask. */
export function fakeServer(
  name: string,
  answer: (sql: string) => Promise<Row[]> | Row[] = unanswered,
  flavor: Flavor = MYSQL_8,
): FakeServer {
  const session: Session = {
    server: name,
    epoch: 1,
    flavor: async () => flavor,
    query: async (sql, options) => {
      options?.signal?.throwIfAborted()
      return await answer(sql)
    },
  }
  let usable = true
  const server: FakeServer = {
    config: makeServerConfig(name),
    control: session,
    get usable() {
      return usable
    },
    setUsable(now) {
      usable = now
    },
    trouble: () => undefined,
    load: {
      queries: 0,
      querySeconds: 0,
      queriesKilled: 0,
      chunksChecked: 0,
      chunkMismatches: 0,
      rowsChecked: 0n,
      rechecks: { same: 0, moving: 0, disagree: 0, lag: 0, ahead: 0, invalid: 0 },
    },
    holds: holdLedger(),
    rested: async () => undefined,
    async read(task, { signal }) {
      signal.throwIfAborted()
      if (!usable) throw new ServerError('connect', `${name}: not answering`)
      server.trouble()
      return await task(session)
    },
    renew: () => undefined,
    close: async () => undefined,
  }
  return server
}

function unanswered(sql: string): never {
  throw new Error(`nobody answers: ${sql}`)
}

export function fakeLink(replication: FakeReplication, overrides: Partial<Link> = {}): Link {
  return {
    source: fakeServer('db1'),
    replica: fakeServer('db2'),
    channel: '',
    fencing: replication.fencing,
    appliesNothing: () => false,
    rules: NO_RULES,
    loop: [],
    delayMs: 0,
    afterDelay: null,
    memory: newLinkMemory(),
    ...overrides,
  }
}

export interface FakeReader extends TableReader {
  /** Ranges in the order in which they were read, `server lower..upper`. */
  readonly reads: string[]
  /** In the same way, where a key was asked for at which a range can be cut. */
  readonly cuts: string[]
}

const KEY: Key = {
  name: 'PRIMARY',
  columns: [
    {
      name: 'id',
      dataType: 'int',
      columnType: 'int(11)',
      charset: null,
      collation: null,
      nullable: false,
      descending: false,
    },
  ],
}

/** Reads one table whose key is one integer; each reading takes up to 4 ms. */
export function fakeReader(
  world: FakeWorld,
  contents: Readonly<Record<string, () => Contents>>,
  overrides: Partial<TableReader> & {
    /** A range with one of these on it cannot be hashed. */
    readonly giants?: readonly number[]
  } = {},
): FakeReader {
  const reads: string[] = []
  const cuts: string[] = []
  async function keysIn(session: Session, range: Range): Promise<[number, string][]> {
    await world.sleep(world.random() * 4)
    const isIn = testOf(range)
    const rows: [number, string][] = []
    for (const row of contents[session.server]?.() ?? []) if (isIn(row[0])) rows.push(row)
    return rows.sort(([a], [b]) => a - b)
  }
  async function copiesIn(session: Session, range: Range): Promise<[string, string][]> {
    const rows = await keysIn(session, range)
    return [...Map.groupBy(rows, ([, hash]) => hash)].map(([hash, all]) => [
      hash,
      String(all.length),
    ])
  }
  const boundAt = (row: [number, string] | undefined): Bound | null =>
    row === undefined ? null : { key: [String(row[0])], side: 'before' }
  return {
    reads,
    cuts,
    walkable: true,
    whole: [EVERYTHING],
    needsWalk: true,
    isSound: true,
    async read(session, range) {
      reads.push(`${session.server} ${textOf(range)}`)
      const rows = await keysIn(session, range)
      if (rows.some(([key]) => overrides.giants?.includes(key))) {
        throw new Undecided('row_too_large', 'the hash of a row came out NULL')
      }
      return { rows: BigInt(rows.length), token: JSON.stringify(rows) }
    },
    async keyAt(session, range, offset) {
      cuts.push(`${session.server} ${textOf(range)}`)
      return boundAt((await keysIn(session, range))[Number(offset)])
    },
    lastKey: async (session, range) => boundAt((await keysIn(session, range)).at(-1)),
    rows: async (session, range, limit) =>
      (await keysIn(session, range))
        .slice(0, limit)
        .map(([key, hash]) => ({ key: [String(key)], hash })),
    buckets: async (session, range) => new Map(await copiesIn(session, range)),
    async copies(session, range, buckets) {
      const found = await copiesIn(session, range)
      return new Map(
        found.flatMap(([hash, n]) => (buckets.includes(hash) ? [[hash, BigInt(n)]] : [])),
      )
    },
    async details(session, { key }) {
      const hash = contents[session.server]?.().get(Number(key[0]))
      if (hash === undefined) return null
      return { key, hash, columns: new Map([['value', hash]]), values: { value: hash } }
    },
    shownKey: ([id = '']) => ({ id }),
    widthOf: (range) => widthOf(KEY, range),
    boundAfter: (bound, rows) => boundAfter(KEY, bound, rows),
    ...overrides,
  }
}

export function isInside(key: number, range: Range): boolean {
  return testOf(range)(key)
}

function testOf({ lower, upper }: Range): (key: number) => boolean {
  const from = lower === null ? Number.NEGATIVE_INFINITY : Number(lower.key[0])
  const to = upper === null ? Number.POSITIVE_INFINITY : Number(upper.key[0])
  const isBehind = lower?.side === 'after'
  const isBefore = upper?.side === 'before'
  return (key) => (isBehind ? key > from : key >= from) && (isBefore ? key < to : key <= to)
}

/** `3..7)`: from 3 on, up to 7 without it. */
export function textOf({ lower, upper }: Range): string {
  const from = lower === null ? '' : `${lower.side === 'after' ? '(' : ''}${lower.key[0]}`
  return `${from}..${upper === null ? '' : `${upper.key[0]}${upper.side === 'before' ? ')' : ''}`}`
}
