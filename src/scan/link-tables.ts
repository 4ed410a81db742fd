/** The tables of one link as a pass finds them: seen, left out on purpose, not to be judged, or forgotten. */
import { unknownOutcome } from '../compare/decision.ts'
import type { Group, Link } from '../compare/link.ts'
import { TABLE_CHECKS, type TableCheck, type UnknownReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { TableEntry } from '../mysql/catalog.ts'
import { factsOf, isRefused, type SetContext } from './context.ts'
import { type BlockedLink, failureOf } from './groups.ts'
import { type Listings, listAll, tableKey } from './listing.ts'
import { otherChannelsAt, otherChannelsOf } from './other-channels.ts'
import type { TableId, TableState } from './table-store.ts'
import { type ListedTable, tablesOf } from './tables-on-link.ts'

/** One link with the tables that both lists have of it. */
export interface LinkTables {
  readonly link: Link
  /** By `tableKey` of its name on the replica. */
  readonly tables: ReadonlyMap<string, { readonly listed: ListedTable; readonly state: TableState }>
}

/** A pass over contents counts the rows as well. */
export function checksOf(context: SetContext, check: TableCheck): readonly TableCheck[] {
  return enabledChecks(context).filter((each) => each === check || check === 'checksum')
}

function enabledChecks({ mode }: SetContext): readonly TableCheck[] {
  return TABLE_CHECKS.filter((each) => mode.checks.includes(each))
}

/**
 * Tables gone from both ends are forgotten.
 * @returns the error of the end that could not be listed: then what is known of its tables is unknown.
 */
export function linkTables(
  context: SetContext,
  link: Link,
  listings: Listings,
  check: TableCheck,
): LinkTables | ServerError {
  const server = link.replica.config.name
  const source = listings.get(link.source.config.name)
  const replica = listings.get(server)
  const known = context.tables.of(server, link.channel)
  if (!(source instanceof Map) || !(replica instanceof Map)) {
    const list = source instanceof Map ? replica : source
    const error = list instanceof ServerError ? list : new ServerError('internal', 'not listed')
    const reason = error.reason === 'privilege' ? 'no_privilege' : 'unreachable'
    for (const state of known) markUnknown(context, state, check, reason)
    return error
  }
  const { rules, loop } = link
  const others = otherChannelsOf(context, link, listings)
  const at = { server, source: link.source.config.name, channel: link.channel }
  const tables = new Map(
    tablesOf(context.config, { rules, loop, source, replica, ...others }).map((listed) => [
      tableKey(listed.replica),
      { listed, state: see(context, at, listed) },
    ]),
  )
  for (const state of known) {
    // As long as nobody knows what another source of a hub has, nobody knows whose table it is.
    const isOpen =
      others.others.some(({ carried }) => carried === null) && replica.has(tableKey(state.id))
    if (!tables.has(tableKey(state.id)) && !isOpen) context.tables.forget(state)
  }
  return { link, tables }
}

/** Tables of links that are no more: another source, a promoted replica, a channel removed. */
export function forgetOldLinks(
  context: SetContext,
  groups: readonly Group[],
  blocked: readonly BlockedLink[],
): void {
  const current = new Set([
    ...blocked.map(({ replica, channel, source }) => JSON.stringify([replica, channel, source])),
    ...groups.flatMap(({ links }) =>
      links.map(({ replica, channel, source }) =>
        JSON.stringify([replica.config.name, channel, source.config.name]),
      ),
    ),
  ])
  for (const state of context.tables.all()) {
    const { server, channel, source } = state.id
    if (!current.has(JSON.stringify([server, channel, source]))) context.tables.forget(state)
  }
}

/** Nothing of this link can be compared: its tables, as far as one of its ends can be read, are unknown. */
export async function markBlocked(
  context: SetContext,
  link: BlockedLink,
  listings: Listings,
  check: TableCheck,
): Promise<void> {
  const { replica, source, channel, reason } = link
  if (context.tables.of(replica, channel).length === 0) await seeOneEnd(context, link, listings)
  for (const state of context.tables.of(replica, channel)) {
    if (state.standings[check]?.verdict !== 'skipped') markUnknown(context, state, check, reason)
  }
  if (reason === 'no_fence') return
  await context.runs.attempt(check, replica, async () => {
    const other = source ?? 'a source that is not in the set'
    throw new ServerError(failureOf(reason), `${replica}: not compared with ${other}: ${reason}`)
  })
}

const NONE: ReadonlyMap<string, TableEntry> = new Map()

/** Without what its other channels are known to bring. */
async function seeOneEnd(
  context: SetContext,
  { replica, source, channel, rules }: BlockedLink,
  known: Listings,
) {
  const end = [replica, ...(source === null ? [] : [source])]
    .map((name) => factsOf(context, name).server)
    .find((server) => server.usable && !isRefused(context, server.config.name))
  if (end === undefined) return
  const listings = await listAll([{ source: end, links: [] }], context.signal)
  const listing = listings.get(end.config.name)
  if (!(listing instanceof Map)) return
  const [mine, theirs] = end.config.name === replica ? [NONE, listing] : [listing, NONE]
  const { others } = otherChannelsAt(context, { replica, channel }, known)
  const seen = others.filter(({ carried }) => carried !== null)
  const onLink = { rules, loop: [], source: mine, replica: theirs, others: seen, othersBefore: 0 }
  for (const listed of tablesOf(context.config, onLink)) {
    see(context, { server: replica, source, channel }, listed)
  }
}

/** Its state, made when it is new; a table that this link does not compare says why. */
function see(
  context: SetContext,
  at: Omit<TableId, 'schema' | 'table'>,
  { replica, skipped, barred }: ListedTable,
): TableState {
  const enabled = enabledChecks(context)
  const state = context.tables.see({ ...replica, ...at }, enabled)
  for (const each of enabled) {
    if (skipped !== null) context.tables.turn(state, each, 'skipped', skipped)
    else if (barred !== null) context.tables.turn(state, each, 'unknown', barred)
  }
  return state
}

function markUnknown(
  context: SetContext,
  state: TableState,
  check: TableCheck,
  reason: UnknownReason,
): void {
  for (const each of checksOf(context, check)) {
    context.tables.visited(state, each, unknownOutcome(reason, context.world.now()))
  }
  // What it was found to be in this pass is not known any more: the pass comes back to it.
  if (state.standings.checksum?.reason === reason) state.passedAt = null
}
