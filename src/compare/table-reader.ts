/** How one table is read: the digest or the count of a range, and the keys at which ranges are cut. */
import type { RowValues } from '../answers.ts'
import { ServerError } from '../errors.ts'
import { bucketsSql, copiesSql, rowOfHashSql } from '../mysql/copies.ts'
import { isNullable, type Key, type TableDefinition } from '../mysql/definition.ts'
import type { DigestPlan } from '../mysql/digest.ts'
import { UNKNOWN_COLUMN } from '../mysql/failure.ts'
import { boundAfter, widthOf } from '../mysql/integer-key.ts'
import { readsEverything } from '../mysql/plan.ts'
import { type Row, type Session, text, type Value } from '../mysql/query.ts'
import {
  type Bound,
  keyAtOffsetSql,
  keyOf,
  lastKeySql,
  type Range,
  rangeOfKey,
  rowsSql,
  selectSql,
  wholeTable,
} from '../mysql/range.ts'
import { shownKey } from '../mysql/shown-key.ts'
import type { Reading } from './series.ts'
import { Undecided } from './undecided.ts'

/** One row as its key, in SQL literals, and its hash. A row that no key tells apart has an empty one. */
export interface RowReading {
  readonly key: readonly string[]
  readonly hash: string
}

/** One row with what its columns hold. */
export interface RowDetails extends RowReading {
  /** Per compared column: something small that is equal exactly where the values are; NULL for NULL. */
  readonly columns: ReadonlyMap<string, string | null>
  /** As the server prints them, bytes as `0x...`; null unless asked for. */
  readonly values: RowValues | null
}

export interface TableReader {
  /** It has a key by which ranges can be cut. */
  readonly walkable: boolean
  /** Ranges that together hold every row. */
  readonly whole: readonly Range[]
  /** Equal readings are equal contents; false for plain counts. */
  readonly isSound: boolean
  /** false: one statement reads the whole table, as long as nothing differs. */
  readonly needsWalk: boolean
  /** @throws {Undecided} `row_too_large` when a row's hash came out NULL. */
  read(session: Session, range: Range): Promise<Reading>
  /** The key that has `offset` rows of the range before it, null when there are fewer. */
  keyAt(session: Session, range: Range, offset: bigint): Promise<Bound | null>
  lastKey(session: Session, range: Range): Promise<Bound | null>
  /**
   * Rows of a walkable table one by one, in key order.
   * @throws {Undecided} `row_too_large` when a row's hash came out NULL.
   */
  rows(session: Session, range: Range, limit: number): Promise<RowReading[]>
  /**
   * Of rows without a key, by a part of their hash: something that is equal where they are.
   * @throws {Undecided} `row_too_large` when a row's hash came out NULL.
   */
  buckets(session: Session, range: Range): Promise<ReadonlyMap<string, string>>
  /**
   * How often each row of these buckets is there, by its hash.
   * @throws {Undecided} `hot` when there are `limit` of them or more.
   */
  copies(
    session: Session,
    range: Range,
    buckets: readonly string[],
    limit: number,
  ): Promise<ReadonlyMap<string, bigint>>
  /** The row with this key, or without one with this hash; null when it is not there. */
  details(session: Session, row: RowReading, withValues: boolean): Promise<RowDetails | null>
  /** The key for people, by column. */
  shownKey(key: readonly string[]): Readonly<Record<string, string>>
  /** The most rows that can lie in the range, null when only a server knows. */
  widthOf(range: Range): bigint | null
  /** The bound behind which so many rows more can be at most, null when only a server knows. */
  boundAfter(bound: Bound, rows: bigint): Bound | null
}

export interface ReadTable {
  /** By server name, all with the same key: the names of its index may differ. */
  readonly definitions: ReadonlyMap<string, TableDefinition>
  readonly plan: DigestPlan
  /** Contents are walked chunk by chunk; one statement gives a count. */
  readonly kind: 'contents' | 'count'
  /** Only the rows of which this SQL is true. */
  readonly where: string | undefined
}

export function tableReader({ definitions, plan, kind, where }: ReadTable): TableReader {
  const at = (session: Session): TableDefinition => {
    const definition = definitions.get(session.server)
    if (definition === undefined) throw new Error(`no definition read on ${session.server}`)
    return definition
  }
  const boundOf = (session: Session, row: Row | undefined): Bound | null => {
    const { key } = at(session)
    return row === undefined || key === null ? null : { key: keyIn(key, row), side: 'before' }
  }
  const walkable = [...definitions.values()].every(({ key }) => key !== null)
  const isNullableKey = [...definitions.values()].some(({ key }) => key !== null && isNullable(key))
  /** Servers that read a range by its key. */
  const planned = new Set<string>()

  /** What reads the whole index for one chunk would do so for every chunk. */
  async function guardPlan(session: Session, range: Range, sql: string): Promise<void> {
    const isBounded = range.lower !== null && range.upper !== null
    if (!isBounded || planned.has(session.server)) return
    if (await readsEverything(session, sql)) {
      const what = `${session.server} would read the whole table for one range of its key`
      throw new Undecided('timeout', what)
    }
    planned.add(session.server)
  }

  /** A column that is not there is most often a table that changed; a condition of the user's names what it likes. */
  async function ask(session: Session, sql: string): Promise<Row[]> {
    try {
      return await session.query(sql)
    } catch (error) {
      if (where === undefined || !isUnknownColumn(error)) throw error
      throw new Undecided('not_compared', `tables.where: ${error.message}`, error)
    }
  }

  const [key = null] = [...definitions.values()].map((definition) => definition.key)
  return {
    walkable,
    whole: wholeTable(isNullableKey),
    isSound: kind === 'contents',
    needsWalk: kind === 'contents' && walkable,
    async read(session, range) {
      const sql = selectSql(at(session), range, plan.select, where)
      await guardPlan(session, range, sql)
      const [row] = await ask(session, sql)
      const rows = BigInt(text(row, 'n'))
      if (Number(row?.['nulls'] ?? 0) > 0) throw withoutHash()
      return { rows, token: `${rows}:${digestText(row)}` }
    },
    async keyAt(session, range, offset) {
      const [row] = await ask(session, keyAtOffsetSql(at(session), range, offset, where))
      return boundOf(session, row)
    },
    async lastKey(session, range) {
      const [row] = await ask(session, lastKeySql(at(session), range, where))
      return boundOf(session, row)
    },
    async rows(session, range, limit) {
      const { key } = at(session)
      if (key === null) throw new Error('rows of a table without a key have no names')
      const found = await ask(
        session,
        rowsSql(at(session), range, `${plan.rowHash} AS hash`, limit, where),
      )
      return found.map((row) => ({ key: keyIn(key, row), hash: hashOf(row) }))
    },
    async buckets(session, range) {
      const found = await ask(session, bucketsSql(at(session), range, plan.rowHash, where))
      if (found.some(({ bucket }) => bucket === null)) throw withoutHash()
      return new Map(
        found.map((row) => [text(row, 'bucket'), `${text(row, 'n')}:${text(row, 'digest')}`]),
      )
    },
    async copies(session, range, buckets, limit) {
      const wanted = { rowHash: plan.rowHash, buckets, limit }
      const found = await ask(session, copiesSql(at(session), range, wanted, where))
      if (found.length >= limit) throw new Undecided('hot', 'too many rows to tell them one by one')
      return new Map(found.map((row) => [hashOf(row), BigInt(text(row, 'copies'))]))
    },
    async details(session, { key, hash }, withValues) {
      const columns = plan.columnHashes.map(({ sql }, i) => `${sql} AS c${i}`)
      const values = withValues
        ? plan.columnHashes.map(({ column }, i) => `${column} AS v${i}`)
        : []
      const select = [`${plan.rowHash} AS hash`, ...columns, ...values].join(', ')
      const sql =
        key.length === 0
          ? rowOfHashSql(at(session), select, { rowHash: plan.rowHash, hash }, where)
          : rowsSql(at(session), rangeOfKey(key), select, 1, where)
      const [row] = await ask(session, sql)
      if (row === undefined) return null
      const each = <T>(value: (i: number) => T) =>
        new Map(plan.columnHashes.map(({ name }, i) => [name, value(i)]))
      return {
        key,
        hash: hashOf(row),
        columns: each((i) => row[`c${i}`]?.toString() ?? null),
        values: withValues ? Object.fromEntries(each((i) => printed(row[`v${i}`] ?? null))) : null,
      }
    },
    shownKey(literals) {
      const [definition] = definitions.values()
      return shownKey(definition?.key ?? null, literals)
    },
    widthOf: (range) => (key === null ? null : widthOf(key, range)),
    boundAfter: (bound, rows) => (key === null ? null : boundAfter(key, bound, rows)),
  }
}

function isUnknownColumn(error: unknown): error is ServerError {
  return error instanceof ServerError && error.errno === UNKNOWN_COLUMN
}

/** A value that is none of the key as it was defined: a DDL came between. It is told to nobody. */
function keyIn(key: Key, row: Row): string[] {
  try {
    return keyOf(key, row)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new Undecided('definition_changed', `the key ${key.name} holds other values by now`)
  }
}

function printed(value: Value): string | null {
  return Buffer.isBuffer(value) ? `0x${value.toString('hex')}` : value
}

function hashOf(row: Row): string {
  const hash = row['hash'] ?? null
  if (hash === null) throw withoutHash()
  return hash.toString()
}

function withoutHash(): Undecided {
  return new Undecided('row_too_large', 'the hash of a row came out NULL')
}

function digestText(row: Row | undefined): string {
  const value = row?.['digest'] ?? ''
  return typeof value === 'string' ? value : value.toString('hex')
}
