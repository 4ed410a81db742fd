/** What a table looks like on both ends of its links, and which links can be read in one and the same way. */
import { type TableOutcome, unknownOutcome } from '../compare/decision.ts'
import { fencedLook, type Guard } from '../compare/fenced-look.ts'
import type { Link } from '../compare/link.ts'
import { Undecided, undecidedReason } from '../compare/undecided.ts'
import type { UnknownReason } from '../domain.ts'
import { type Comparability, comparable } from '../mysql/comparable.ts'
import { type Column, readDefinition, type TableDefinition } from '../mysql/definition.ts'
import type { TableName } from '../mysql/filters.ts'
import { nameKey } from '../mysql/normal.ts'
import type { Session } from '../mysql/query.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import type { SetContext } from './context.ts'
import { confirmOptions } from './identity.ts'
import { mayRead } from './rights.ts'
import type { TableNames } from './tables-on-link.ts'

/** Links whose ends can be read in one and the same way. */
export interface Lanes {
  readonly links: Link[]
  readonly comparability: Comparability
  readonly columns: readonly Column[]
}

/** By server name. */
type Definitions = Map<string, TableDefinition>

/** Links of which an end could not be read get their outcome in `found` at once. */
export async function lanesOf(
  context: SetContext,
  { table, links }: { readonly table: TableNames; readonly links: readonly Link[] },
  found: Map<Link, TableOutcome>,
): Promise<{ readonly definitions: Definitions; readonly lanes: Lanes[] }> {
  const definitions = await readDefinitions(context, table, links, found)
  const { replica: name } = table
  const ignored = new Set(
    (context.config.tables.ignoreColumns.get(`${name.schema}.${name.table}`) ?? []).map(nameKey),
  )
  const lanes = new Map<string, Lanes>()
  for (const link of links) {
    if (found.has(link)) continue
    const comparability = await comparabilityOf(context, link, definitions, ignored)
    if (typeof comparability === 'string') {
      found.set(link, unknownOutcome(comparability, context.world.now()))
      continue
    }
    const names = new Set(comparability.columns)
    const columns = definitionOf(definitions, link, 'source').columns.filter(({ name }) =>
      names.has(name),
    )
    const key = JSON.stringify(comparability)
    const lane = lanes.get(key) ?? { links: [], comparability, columns }
    lane.links.push(link)
    lanes.set(key, lane)
  }
  return { definitions, lanes: [...lanes.values()] }
}

async function readDefinitions(
  context: SetContext,
  table: TableNames,
  links: readonly Link[],
  found: Map<Link, TableOutcome>,
): Promise<Definitions> {
  const { signal, world } = context
  const definitions: Definitions = new Map()
  const failed = new Map<string, UnknownReason>()
  const servers = new Map(
    links.flatMap(({ source, replica }): [Server, TableName][] => [
      [source, table.source],
      [replica, table.replica],
    ]),
  )
  await Promise.all(
    [...servers].map(async ([server, at]) => {
      const { name } = server.config
      if (!mayRead(context, name, at)) return void failed.set(name, 'no_privilege')
      try {
        const definition = await server.read(
          (session) => readDefinition(session, at.schema, at.table, { signal }),
          { priority: PRIORITY.walk, signal },
        )
        if (definition === null) failed.set(name, 'definition_changed')
        else definitions.set(name, definition)
      } catch (error) {
        if (signal.aborted) throw error
        failed.set(name, undecidedReason(error))
      }
    }),
  )
  for (const link of links) {
    const reason = failed.get(link.source.config.name) ?? failed.get(link.replica.config.name)
    if (reason !== undefined) found.set(link, unknownOutcome(reason, world.now()))
  }
  return definitions
}

/**
 * How the two ends can be compared. What differs is read again behind a fence: most often it is a DDL on
 * its way to the replica.
 */
async function comparabilityOf(
  context: SetContext,
  link: Link,
  definitions: Definitions,
  ignored: ReadonlySet<string>,
): Promise<Comparability | UnknownReason> {
  const source = definitionOf(definitions, link, 'source')
  const atFirst = comparable(source, definitionOf(definitions, link, 'replica'), ignored)
  if (atFirst.kind === 'same' || 'none' in link.fencing) return atFirst
  const read = new Map<string, TableDefinition>()
  const probe = {
    extraReadings: 0,
    async read(session: Session) {
      const end = session.server === link.source.config.name ? 'source' : 'replica'
      const { schema, table } = definitionOf(definitions, link, end)
      const definition = await readDefinition(session, schema, table)
      if (definition === null) throw new Undecided('definition_changed', 'the table is gone')
      read.set(session.server, definition)
      return { token: definition.signature, rows: 0n }
    },
  }
  try {
    const [look] = await fencedLook(link, [probe], confirmOptions(context))
    if (look?.source.some(({ token }) => token !== source.signature)) return 'definition_changed'
  } catch (error) {
    if (context.signal.aborted) throw error
    return undecidedReason(error)
  }
  const replica = definitionOf(read, link, 'replica')
  definitions.set(link.replica.config.name, replica)
  return comparable(source, replica, ignored)
}

function definitionOf(definitions: Definitions, link: Link, end: 'source' | 'replica') {
  const { name } = link[end].config
  const definition = definitions.get(name)
  if (definition === undefined) throw new Error(`no definition read on ${name}`)
  return definition
}

/** In each session that reads: still the same server, still the same table. */
export function definitionGuard(
  isSameServer: Guard,
  definitions: ReadonlyMap<string, TableDefinition>,
) {
  return async (session: Session): Promise<void> => {
    await isSameServer(session)
    const known = definitions.get(session.server)
    if (known === undefined) throw new Error(`no definition read on ${session.server}`)
    const { schema, table, signature } = known
    const now = await readDefinition(session, schema, table)
    if (now?.signature !== signature) {
      throw new Undecided('definition_changed', `${schema}.${table} changed on ${session.server}`)
    }
  }
}
