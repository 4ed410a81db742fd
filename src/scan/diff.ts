/** The rows of one table on one link that differ: what `diff` does. */

import { grants } from '../checks/grants.ts'
import { threads } from '../checks/threads.ts'
import type { Link } from '../compare/link.ts'
import { describeRow } from '../compare/row-details.ts'
import type { RowDifference, TableDiff, UnknownReason } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { TableEntry } from '../mysql/catalog.ts'
import type { Server } from '../server-pool.ts'
import { isExamined } from '../topology.ts'
import type { SetContext } from './context.ts'
import { linksOf } from './groups.ts'
import { type Listings, listAll, tableKey } from './listing.ts'
import { confirmOneSided } from './missing.ts'
import { runCheck } from './run-check.ts'
import { visitTable } from './visit.ts'

export interface DiffRequest {
  readonly schema: string
  readonly table: string
  /** The replica; null = the only one that there is. */
  readonly server: string | null
  /** Read what the rows hold. */
  readonly withValues: boolean
}

/** design.md section 4, "Localise". */
const MOST_LISTED = 1_000

type Verdict = Pick<TableDiff, 'verdict' | 'reason'>

/** @throws {UserError} when the request names nothing, or there are several replicas to choose from. */
export async function diffTable(context: SetContext, request: DiffRequest): Promise<TableDiff> {
  await runCheck(context, threads)
  await runCheck(context, grants)
  const { schema, table } = request
  const server = request.server ?? onlyReplica(context)
  const { groups, blocked } = linksOf(context)
  const links = groups
    .flatMap((group) => group.links)
    .filter((link) => nameOf(link.replica) === server)
  const says = (source: string | null, verdict: Verdict): TableDiff => ({
    ...{ schema, table, server, source, rows: [], count: null, counted: false },
    ...verdict,
  })
  const why = blocked.find(({ replica }) => replica === server)
  if (links.length === 0) {
    return says(why?.source ?? null, { verdict: 'unknown', reason: why?.reason ?? 'no_fence' })
  }
  const listings = await listAll(groups, context.signal)
  const [target] = links
    .map((link) => ({ link, ...entryOf(listings, link, request) }))
    .sort((a, b) => Number(b.isOnSource) - Number(a.isOnSource))
  if (target === undefined) throw new Error('there is a link')
  const { link, entry, cannot } = target
  const source = nameOf(link.source)
  if (cannot?.verdict === 'missing' && entry !== null) {
    return says(source, await confirmed(context, link, { entry, cannot, isHub: links.length > 1 }))
  }
  if (cannot !== null) return says(source, cannot)
  if (entry === null) {
    const where = `${source} or ${server}`
    throw new UserError(
      `diff: expected a table of ${where}, got "${schema}.${table}", which neither has`,
    )
  }
  return await visited(context, { link, entry, withValues: request.withValues })
}

function onlyReplica(context: SetContext): string {
  const topology = context.topology()
  const replicas = [...topology.roles.keys()].filter((name) => isExamined(topology, name))
  const [only, ...others] = replicas
  if (only !== undefined && others.length === 0) return only
  const known = replicas.length === 0 ? 'none was found' : replicas.join(', ')
  throw new UserError(`diff: expected --server=NAME, one of the replicas: ${known}`)
}

/** What both lists say of the table on one link; `cannot` = it cannot be compared. */
function entryOf(listings: Listings, link: Link, { schema, table }: DiffRequest) {
  const [here, there] = [link.source, link.replica].map((end) => {
    const list = listings.get(nameOf(end))
    return list instanceof Map ? (list.get(tableKey({ schema, table })) ?? null) : undefined
  })
  const entry = here ?? there ?? null
  const isOnSource = Boolean(here)
  if (here === undefined || there === undefined) {
    return { entry, isOnSource, cannot: { verdict: 'unknown', reason: 'unreachable' } as const }
  }
  if (entry === null || (here !== null && there !== null))
    return { entry, isOnSource, cannot: null }
  const reason = there === null ? 'missing_on_replica' : 'extra_on_replica'
  return { entry, isOnSource, cannot: { verdict: 'missing', reason } as const }
}

/** A table on one end may be on its way to the other. */
async function confirmed(
  context: SetContext,
  link: Link,
  found: { readonly entry: TableEntry; readonly cannot: Verdict; readonly isHub: boolean },
): Promise<Verdict> {
  const unknown = (reason: UnknownReason): Verdict => ({ verdict: 'unknown', reason })
  if (found.isHub) return unknown('multi_source')
  const [result] = (await confirmOneSided(context, link, [found.entry])).values()
  if (result === undefined) throw new Error('a result for the table was promised')
  if (result.verdict === 'unknown') return unknown(result.reason)
  // On both ends, or on none, by now.
  if (result.verdict === 'same') return unknown('definition_changed')
  return link.isFiltered ? unknown('not_compared') : found.cannot
}

async function visited(
  context: SetContext,
  { link, entry, withValues }: { link: Link; entry: TableEntry; withValues: boolean },
): Promise<TableDiff> {
  const rows: RowDifference[] = []
  const { gate, signal } = context
  // There is no later look at a replica that is held back for a moment.
  await gate.untilFree(link.replica, 'replica')
  const { outcomes } = await visitTable(context, {
    check: 'checksum',
    entry,
    links: [link],
    ranges: null,
    positions: new Map(),
    isKnownToDiffer: () => false,
    onSuspects: () => undefined,
    onDrifted: () => undefined,
    located: () => null,
    async onLocated(_link, located, reader) {
      for (const row of located.rows.slice(0, MOST_LISTED)) {
        rows.push(await describeRow(link, reader, row, { withValues, signal }))
      }
    },
  })
  const outcome = (await outcomes).get(link)
  if (outcome === undefined) throw new Error('an outcome for the link was promised')
  const { verdict, reason, located } = outcome
  const count = located && located.counts.missing + located.counts.extra + located.counts.changed
  return {
    schema: entry.schema,
    table: entry.table,
    server: nameOf(link.replica),
    source: nameOf(link.source),
    verdict,
    reason,
    rows,
    count: verdict === 'same' ? 0n : count,
    counted: verdict === 'same' || located?.counted === true,
  }
}

function nameOf({ config }: Server): string {
  return config.name
}
