/** Tables that one end of a link has and the other has not: confirmed behind fences, like all drift. */
import { type Confirmed, confirm, type Thing } from '../compare/confirm.ts'
import { unknownOutcome } from '../compare/decision.ts'
import type { Link } from '../compare/link.ts'
import { undecidedReason } from '../compare/undecided.ts'
import type { TableCheck, UnknownReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import { madeAt } from '../mysql/catalog.ts'
import type { Session } from '../mysql/query.ts'
import { lookAfterDelay } from './after-delay.ts'
import type { SetContext } from './context.ts'
import { confirmOptions } from './identity.ts'
import type { LinkTables } from './link-tables.ts'
import { tableKey } from './listing.ts'
import { mayRead, readRights } from './rights.ts'
import type { TableState } from './table-store.ts'
import type { ListedTable, TableNames } from './tables-on-link.ts'

interface OneSided {
  readonly listed: ListedTable
  readonly state: TableState
}

/** Tables under one fence: each costs a statement at each reading. */
const MOST_AT_ONCE = 200

export async function confirmMissing(
  context: SetContext,
  { link, tables }: LinkTables,
  checks: readonly TableCheck[],
): Promise<void> {
  const unconfirmed = [...tables.values()].filter(
    ({ listed, state }) =>
      listed.on !== 'both' &&
      listed.skipped === null &&
      listed.barred === null &&
      checks.some((check) => state.standings[check]?.verdict !== 'missing'),
  )
  if (unconfirmed.length === 0) return
  const unread = await rightsNow(context, link)
  const shown: OneSided[] = []
  for (const table of unconfirmed) {
    const reason = unread ?? whyNotShown(context, link, table)
    if (reason === null) shown.push(table)
    else leave(context, table, checks, reason)
  }
  for (let at = 0; at < shown.length; at += MOST_AT_ONCE) {
    await confirmBatch(context, link, shown.slice(at, at + MOST_AT_ONCE), checks)
  }
}

function leave(
  context: SetContext,
  { state }: OneSided,
  checks: readonly TableCheck[],
  reason: UnknownReason,
): void {
  for (const check of checks) {
    context.tables.visited(state, check, unknownOutcome(reason, context.world.now()))
  }
}

/**
 * They may have gone since they were read last: a table that our account is not shown is none that is missing.
 * @returns why they cannot be read; null = they were.
 */
async function rightsNow(
  context: SetContext,
  { source, replica }: Link,
): Promise<UnknownReason | null> {
  try {
    for (const server of [source, replica]) await readRights(context, server)
    return null
  } catch (error) {
    if (context.signal.aborted || !(error instanceof ServerError)) throw error
    return undecidedReason(error)
  }
}

/** Where the table may be all the same, if our account is not shown it. */
function whyNotShown(context: SetContext, link: Link, { listed }: OneSided): UnknownReason | null {
  const end = listed.on === 'source' ? 'replica' : 'source'
  return mayRead(context, link[end].config.name, listed[end]) ? null : 'no_privilege'
}

async function confirmBatch(
  context: SetContext,
  link: Link,
  batch: readonly OneSided[],
  checks: readonly TableCheck[],
): Promise<void> {
  const byKey = new Map(batch.map((table) => [tableKey(table.listed.replica), table]))
  const tables = batch.map(({ listed }) => listed)
  const found = await confirmOneSided(context, link, tables, (key) => {
    const table = byKey.get(key)
    if (table === undefined || table.listed.doubt !== null) return
    for (const check of checks) context.tables.suspect(table.state, check, true)
  })
  const isAnyMissing = [...found.values()].some(({ verdict }) => verdict === 'differs')
  const unread = isAnyMissing ? await rightsNow(context, link) : null
  for (const [key, table] of byKey) {
    const result = found.get(key)
    if (result === undefined) throw new Error('a result for each table was promised')
    const hidden = unread ?? whyNotShown(context, link, table)
    if (result.verdict === 'differs' && hidden !== null) {
      for (const check of checks) context.tables.suspect(table.state, check, false)
      leave(context, table, checks, hidden)
      continue
    }
    for (const check of checks) judge(context, table, check, result)
    if (result.verdict === 'unknown' && result.reason === 'delayed') {
      lookAgain(context, link, table, checks)
    }
  }
}

/** Made on the source a moment ago, or missing on its replica: that shows when the delay is over. */
function lookAgain(
  context: SetContext,
  link: Link,
  table: OneSided,
  checks: readonly TableCheck[],
): void {
  const { listed, state } = table
  lookAfterDelay(context, { link, state }, async (waiting, stands) => {
    const found = await confirmOneSided(context, waiting, [listed])
    const result = found.get(tableKey(listed.replica))
    if (result?.verdict !== 'differs') return
    const hidden = (await rightsNow(context, link)) ?? whyNotShown(context, link, table)
    if (hidden !== null || !stands()) return
    for (const check of checks) judge(context, table, check, result)
  })
}

function judge(context: SetContext, table: OneSided, check: TableCheck, result: Confirmed): void {
  const { state } = table
  const { doubt } = table.listed
  context.tables.suspect(state, check, false)
  // There on both ends, or on neither, by now: the next pass visits or forgets it.
  if (result.verdict === 'same') return
  if (result.verdict === 'differs' && doubt === null) {
    const reason = result.replica === null ? 'missing_on_replica' : 'extra_on_replica'
    context.tables.turn(state, check, 'missing', reason)
    return
  }
  const reason = result.verdict === 'unknown' ? result.reason : (doubt ?? 'not_compared')
  leave(context, table, [check], reason)
}

/** What is proven of tables that were on one end alone, by `tableKey` on the replica; no verdict of the set is touched. */
export function confirmOneSided(
  context: SetContext,
  link: Link,
  tables: readonly TableNames[],
  onDisagreement: (key: string) => void = () => undefined,
): Promise<ReadonlyMap<string, Confirmed>> {
  const keys = tables.map(({ replica }) => tableKey(replica))
  const end = ({ server }: Session) => (server === link.source.config.name ? 'source' : 'replica')
  return confirm(link, keys, [(session) => read(session, tables, end(session))], {
    ...confirmOptions(context),
    onDisagreement,
  })
}

/** A table that is dropped and created all the time is absent for a moment on either end. */
async function read(
  session: Session,
  tables: readonly TableNames[],
  end: keyof TableNames,
): Promise<ReadonlyMap<string, Thing>> {
  const names = tables.map((names) => ({ ...names[end], key: tableKey(names.replica) }))
  const found = await madeAt(session, names)
  return new Map(found.map(({ entry, kind, stamp }) => [entry.key, { text: kind, stamp }]))
}
