/** The rows of one table on one link that differ: what `diff` does. */

import type { RowDifference, TableDiff } from '../answers.ts'
import { grants } from '../checks/grants.ts'
import { threads } from '../checks/threads.ts'
import type { Link } from '../compare/link.ts'
import { describeRow } from '../compare/row-details.ts'
import type { UnknownReason } from '../domain.ts'
import { UserError } from '../errors.ts'
import type { Server } from '../server-pool.ts'
import { isExamined } from '../topology.ts'
import type { SetContext } from './context.ts'
import { linksOf } from './groups.ts'
import { type Listings, listAll } from './listing.ts'
import { confirmOneSided } from './missing.ts'
import { otherChannelsOf } from './other-channels.ts'
import { runCheck } from './run-check.ts'
import { type ListedTable, tablesOf } from './tables-on-link.ts'
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
    schema,
    table,
    server,
    source,
    ...verdict,
    rows: [],
    count: null,
    counted: false,
    causes: [],
  })
  const why = blocked.find(({ replica }) => replica === server)
  if (links.length === 0) {
    assertReplica(context, server)
    return says(why?.source ?? null, { verdict: 'unknown', reason: why?.reason ?? 'no_fence' })
  }
  const listings = await listAll(groups, context.signal)
  const found = links.map((link) => ({ link, ...listedOn(context, listings, link, request) }))
  // On a hub, whichever channel brings it.
  const [target] = found.toSorted((a, b) => usefulness(b) - usefulness(a))
  if (target === undefined) throw new Error('there is a link')
  const { link, listed, cannot } = target
  const source = nameOf(link.source)
  if (cannot !== null) return says(source, cannot)
  if (listed === null) {
    const where = `${source} or ${server}`
    throw new UserError(
      `diff: expected a table of ${where}, got "${schema}.${table}", which neither has ` +
        '(in the name of a schema, a dot is written with a backslash before it)',
    )
  }
  const { kind } = listed.entry
  if (kind !== 'table') {
    throw new UserError(
      `diff: expected a table, got "${schema}.${table}", which is a ${kind}: its rows are not compared`,
    )
  }
  if (listed.on !== 'both') return says(source, await confirmed(context, link, listed))
  return await visited(context, { link, listed, withValues: request.withValues })
}

/** A server that is compared with nothing is no mystery. */
function assertReplica(context: SetContext, server: string): void {
  const replicas = replicasOf(context)
  if (replicas.length === 0 || replicas.includes(server)) return
  throw new UserError(
    `--server: expected one of the replicas, ${replicas.join(', ')}, got "${server}"`,
  )
}

function replicasOf(context: SetContext): string[] {
  const topology = context.topology()
  return [...topology.roles.keys()].filter((name) => isExamined(topology, name))
}

function onlyReplica(context: SetContext): string {
  const replicas = replicasOf(context)
  const [only, ...others] = replicas
  if (only !== undefined && others.length === 0) return only
  const known = replicas.length === 0 ? 'none was found' : replicas.join(', ')
  throw new UserError(`diff: expected --server=NAME, one of the replicas: ${known}`)
}

interface Found {
  /** null = neither end has it, or it is the business of another channel. */
  readonly listed: ListedTable | null
  /** Why it cannot be compared. */
  readonly cannot: Verdict | null
}

/** What both lists say of the table on one link, by its name on the replica. Excluded tables are asked for by name. */
function listedOn(
  context: SetContext,
  listings: Listings,
  link: Link,
  { schema, table }: DiffRequest,
): Found {
  const [source, replica] = [link.source, link.replica].map((end) => listings.get(nameOf(end)))
  if (!(source instanceof Map && replica instanceof Map)) {
    return { listed: null, cannot: { verdict: 'unknown', reason: 'unreachable' } }
  }
  const { config } = context
  const everything = { ...config, tables: { ...config.tables, include: [], exclude: [] } }
  const { rules, loop } = link
  const onLink = { rules, loop, source, replica, ...otherChannelsOf(context, link, listings) }
  const listed = tablesOf(everything, onLink).find(
    ({ replica: name }) => name.schema === schema && name.table === table,
  )
  if (listed === undefined) return { listed: null, cannot: null }
  const reason = listed.skipped === 'filtered' ? 'not_compared' : listed.barred
  return { listed, cannot: reason && { verdict: 'unknown', reason } }
}

function usefulness({ listed, cannot }: Found): number {
  if (listed === null) return 0
  return (cannot === null ? 2 : 1) + (listed.on === 'both' ? 2 : 0)
}

/** A table on one end may be on its way to the other. */
async function confirmed(context: SetContext, link: Link, listed: ListedTable): Promise<Verdict> {
  const unknown = (reason: UnknownReason): Verdict => ({ verdict: 'unknown', reason })
  const [result] = (await confirmOneSided(context, link, [listed])).values()
  if (result === undefined) throw new Error('a result for the table was promised')
  if (result.verdict === 'unknown') return unknown(result.reason)
  // On both ends, or on none, by now.
  if (result.verdict === 'same') return unknown('definition_changed')
  if (listed.doubt !== null) return unknown(listed.doubt)
  const reason = listed.on === 'source' ? 'missing_on_replica' : 'extra_on_replica'
  return { verdict: 'missing', reason }
}

async function visited(
  context: SetContext,
  { link, listed, withValues }: { link: Link; listed: ListedTable; withValues: boolean },
): Promise<TableDiff> {
  const rows: RowDifference[] = []
  const { gate, signal } = context
  // There is no later look at a replica that is held back for a moment.
  await gate.untilFree(link.replica, 'replica')
  const { outcomes } = await visitTable(context, {
    check: 'checksum',
    table: listed,
    doubtOf: () => listed.doubt,
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
  const { verdict, reason, located, causes } = outcome
  const count = located && located.counts.missing + located.counts.extra + located.counts.changed
  return {
    ...listed.replica,
    server: nameOf(link.replica),
    source: nameOf(link.source),
    verdict,
    reason,
    rows,
    count: verdict === 'same' ? 0n : count,
    counted: verdict === 'same' || located?.counted === true,
    causes,
  }
}

function nameOf({ config }: Server): string {
  return config.name
}
