/** What can be asked of a server, and what it answers. */
import { ServerError } from '../errors.ts'
import type { Flavor } from './flavor.ts'

/** Every statement of ours starts with it, so that it is known in any list of what runs. */
export const MARK = '/* mysql-drift-exporter */ '

/** Text protocol: numbers, dates and decimals as the server prints them; binary strings as bytes. */
export type Value = string | Buffer | null
export type Row = Readonly<Record<string, Value>>

export interface QueryOptions {
  readonly signal?: AbortSignal | undefined
  /** Client-side limit in milliseconds, after which the query is killed on the server. */
  readonly timeoutMs?: number
}

/**
 * One connection to one server, opened when first used and again after it was lost. Read-only.
 * Statements run one after the other.
 *
 * @throws {ServerError} whatever the server or the network does.
 */
export interface Session {
  readonly server: string
  /** Goes up by one with each new connection: equal before and after = the same connection throughout. */
  readonly epoch: number
  /** What the server said it is when we connected. */
  flavor(): Promise<Flavor>
  query(sql: string, options?: QueryOptions): Promise<Row[]>
}

/** A value that must be there: a missing column is our bug, not the server's. */
export function text(row: Row | undefined, column: string): string {
  const value = row?.[column]
  if (value === undefined || value === null) throw new Error(`no value in column ${column}`)
  return value.toString()
}

/** A status variable; null where the server has none of this name. */
export async function statusNumber(session: Session, name: string): Promise<number | null> {
  const [row] = await session.query(`SHOW GLOBAL STATUS LIKE '${name}'`)
  return row === undefined ? null : Number(text(row, 'Value'))
}

/**
 * What the server printed, read by `parse`.
 * @throws {ServerError} instead of the TypeError with which `parse` says that it makes no sense.
 */
export function understood<T>({ server }: Session, printed: string, parse: (text: string) => T): T {
  try {
    return parse(printed)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    throw new ServerError('query', `${server}: ${error.message}`, null, error)
  }
}

/** What was asked for, or null where this account may not know. @throws {ServerError} for any other reason. */
export async function unlessRefused<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer
  } catch (error) {
    if (error instanceof ServerError && error.reason === 'privilege') return null
    throw error
  }
}
