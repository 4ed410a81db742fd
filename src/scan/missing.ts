/** Tables that one end of a link has and the other has not: confirmed behind fences, like all drift. */
import { type Confirmed, confirm, type Thing } from '../compare/confirm.ts'
import { unknownOutcome } from '../compare/decision.ts'
import type { Link } from '../compare/link.ts'
import type { TableCheck } from '../domain.ts'
import { madeAt, type TableEntry } from '../mysql/catalog.ts'
import type { Session } from '../mysql/query.ts'
import type { SetContext } from './context.ts'
import { confirmOptions } from './identity.ts'
import type { LinkTables } from './link-tables.ts'
import { type ListedTable, tableKey } from './listing.ts'
import { mayRead } from './rights.ts'
import type { TableState } from './table-store.ts'

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
      !listed.isContested &&
      checks.some((check) => state.standings[check]?.verdict !== 'missing'),
  )
  const { shown = [], hidden = [] } = Object.groupBy(unconfirmed, ({ listed }) =>
    mayRead(context, endWithout(link, listed), listed.entry) ? 'shown' : 'hidden',
  )
  for (const { state } of hidden) {
    for (const check of checks) {
      context.tables.visited(state, check, unknownOutcome('no_privilege', context.world.now()))
    }
  }
  for (let at = 0; at < shown.length; at += MOST_AT_ONCE) {
    await confirmBatch(context, link, shown.slice(at, at + MOST_AT_ONCE), checks)
  }
}

/** Where the table may be all the same, if our account is not shown it. */
function endWithout({ source, replica }: Link, { on }: ListedTable): string {
  return (on === 'source' ? replica : source).config.name
}

async function confirmBatch(
  context: SetContext,
  link: Link,
  batch: readonly OneSided[],
  checks: readonly TableCheck[],
): Promise<void> {
  const stateOf = new Map(batch.map(({ listed, state }) => [tableKey(listed.entry), state]))
  const entries = batch.map(({ listed }) => listed.entry)
  const found = await confirmOneSided(context, link, entries, (key) => {
    const state = stateOf.get(key)
    if (state === undefined) return
    for (const check of checks) context.tables.suspect(state, check, true)
  })
  for (const [key, state] of stateOf) {
    const result = found.get(key)
    if (result === undefined) throw new Error('a result for each table was promised')
    for (const check of checks) judge(context, link, state, check, result)
  }
}

function judge(
  context: SetContext,
  link: Link,
  state: TableState,
  check: TableCheck,
  result: Confirmed,
): void {
  context.tables.suspect(state, check, false)
  // There on both ends, or on neither, by now: the next pass visits or forgets it.
  if (result.verdict === 'same') return
  if (result.verdict === 'differs' && !link.isFiltered) {
    const reason = result.replica === null ? 'missing_on_replica' : 'extra_on_replica'
    context.tables.turn(state, check, 'missing', reason)
    return
  }
  const reason = result.verdict === 'unknown' ? result.reason : 'not_compared'
  context.tables.visited(state, check, unknownOutcome(reason, context.world.now()))
}

/** What is proven of tables that were on one end alone, by `tableKey`; no verdict of the set is touched. */
export function confirmOneSided(
  context: SetContext,
  link: Link,
  entries: readonly TableEntry[],
  onDisagreement: (key: string) => void = () => undefined,
): Promise<ReadonlyMap<string, Confirmed>> {
  return confirm(link, entries.map(tableKey), (session) => read(session, entries), {
    ...confirmOptions(context),
    onDisagreement,
  })
}

/** A table that is dropped and created all the time is absent for a moment on either end. */
async function read(
  session: Session,
  entries: readonly TableEntry[],
): Promise<ReadonlyMap<string, Thing>> {
  const found = await madeAt(session, entries)
  return new Map(found.map(({ entry, kind, stamp }) => [tableKey(entry), { text: kind, stamp }]))
}
