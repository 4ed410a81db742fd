/**
 * Looks for errant transactions in a server's binary logs: where they are, how many, which tables they touched.
 *
 * MariaDB holds its log's lock while it answers SHOW BINLOG EVENTS, and no commit goes on meanwhile: hence few
 * events at a time, which is 2 to 4 ms on 10.11 and on MySQL 9.7 (46 ms once, under load), at the end of a log of 170 MB too.
 */
import { type LogEvent, logEvent } from './binlog-events.ts'
import type { BinlogPlace } from './binlog-place.ts'
import type { Errant } from './dialect.ts'
import { type Session, text } from './query.ts'
import { quoteText } from './sql.ts'

/** Read at once. */
const BATCH = 250
/** After so many events, about 1 GB of small transactions, it is given up. */
const MOST_EVENTS = 2_000_000
/** Transactions that are described, and names of tables of each. */
const MOST_DESCRIBED = 20
const MOST_TABLES = 20
/** The format, where there is encryption its beginning, and what was logged before. */
const HEAD = 3
const FIRST_OFFSET = 4n

/** An errant transaction as the binary log shows it. */
export interface LoggedTransaction {
  readonly gtid: string
  readonly place: BinlogPlace
  /** `schema.table` as the server gives it; the first ones. */
  readonly tables: readonly string[]
  /** `CREATE TABLE` and the like; row events have none. */
  readonly statements: readonly string[]
}

export interface ErrantSearch {
  /** The first ones, in the order of the log. */
  readonly found: readonly LoggedTransaction[]
  /** How many were found. */
  readonly count: bigint
  /** `done`: up to the end of the log as it was then. */
  readonly state: 'going on' | 'done' | 'given up'
  /** It has read everything that may hold one. */
  readonly isWhole: boolean
  /**
   * Read a bit further.
   * @throws {ServerError} also when a log that it was about to read was purged.
   */
  step(session: Session, errant: Errant): Promise<void>
  /** Go on from there, when it is done: nothing new is before it. */
  skipTo(place: BinlogPlace): void
}

/**
 * @param from a place before which no errant transaction is; null = find it.
 * @param isRest there may be more of them before it.
 */
export function errantSearch(from: BinlogPlace | null, isRest = false): ErrantSearch {
  const found: (LoggedTransaction & { tables: string[]; statements: string[] })[] = []
  let at = from
  let isCut = isRest
  let state: ErrantSearch['state'] = 'going on'
  let count = 0n
  let eventsRead = 0
  let open: (typeof found)[number] | null = null
  /** The log after this one: no event is added to this one any more. */
  let next: string | null = null

  function take({ type, what }: LogEvent, place: BinlogPlace, errant: Errant): void {
    if (type === 'begin') {
      open = null
      if (what === '' || !errant.includes(what)) return
      count += 1n
      if (found.length === MOST_DESCRIBED) return
      open = { gtid: what, place, tables: [], statements: [] }
      found.push(open)
    } else if (open !== null && type === 'table') {
      addTo(open.tables, what)
    } else if (open !== null && type === 'statement') {
      addTo(open.statements, what)
    }
  }

  return {
    found,
    get count() {
      return count
    },
    get state() {
      return state
    },
    get isWhole() {
      return state === 'done' && !isCut
    },
    async step(session, errant) {
      if (at === null) {
        const begin = await beginningOf(session, errant)
        at = { file: begin.file, offset: FIRST_OFFSET }
        isCut ||= begin.isCut
      }
      const { file } = at
      const rows = await session.query(
        `SHOW BINLOG EVENTS IN ${quoteText(file)} FROM ${at.offset} LIMIT ${BATCH}`,
      )
      for (const row of rows) {
        const event = logEvent(row)
        take(event, { file, offset: BigInt(text(row, 'Pos')) }, errant)
        at = { file, offset: event.end }
      }
      eventsRead += rows.length
      state = eventsRead < MOST_EVENTS ? 'going on' : 'given up'
      if (rows.length === BATCH || state === 'given up') return
      if (next !== null) {
        at = { file: next, offset: FIRST_OFFSET }
        next = null
        return
      }
      // What was written to it before the next one began is read first.
      const files = await logsOf(session)
      next = files[files.indexOf(file) + 1] ?? null
      if (next === null) state = 'done'
    },
    skipTo(place) {
      if (state !== 'done') return
      at = place
      open = null
    },
  }
}

function addTo(names: string[], name: string): void {
  if (names.length < MOST_TABLES && !names.includes(name)) names.push(name)
}

/** The newest log before which none of them was written; the oldest that is left, when some are gone. */
async function beginningOf(
  session: Session,
  errant: Errant,
): Promise<{ readonly file: string; readonly isCut: boolean }> {
  const files = await logsOf(session)
  const isBehind = async (index: number) => errant.meets(await headOf(session, files[index] ?? ''))
  let [low, high] = [0, files.length]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    if (await isBehind(middle)) high = middle
    else low = middle + 1
  }
  return { file: files[Math.max(0, low - 1)] ?? '', isCut: low === 0 }
}

async function logsOf(session: Session): Promise<string[]> {
  const rows = await session.query('SHOW BINARY LOGS')
  return rows.map((row) => text(row, 'Log_name'))
}

/** What all logs before this one hold. */
async function headOf(session: Session, file: string): Promise<string> {
  const rows = await session.query(`SHOW BINLOG EVENTS IN ${quoteText(file)} LIMIT ${HEAD}`)
  return rows.map(logEvent).find(({ type }) => type === 'head')?.what ?? ''
}
