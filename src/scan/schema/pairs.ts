/** What of the definitions is compared on a link, under which names, and what keeps the rest from being compared. */
import type { Link } from '../../compare/link.ts'
import type { SetConfig } from '../../config/config.ts'
import type { UnknownReason } from '../../domain.ts'
import { ServerError } from '../../errors.ts'
import { hasRules, schemaOnReplica } from '../../mysql/filters.ts'
import { EVERYWHERE, holds, schemaScope } from '../../mysql/grant-scope.ts'
import { type Subject, subjectKey } from '../../mysql/structure/subject.ts'
import { isIncluded } from '../../table-pattern.ts'
import type { ChannelLink } from '../../topology.ts'
import { factsOf, type SetContext } from '../context.ts'
import { type Listing, tableKey } from '../listing.ts'
import { otherChannelsOf } from '../other-channels.ts'
import { mayRead } from '../rights.ts'
import { type OnLink, tablesOf } from '../tables-on-link.ts'

/** By `subjectKey`, of each server by its name; one that could not be listed has its error instead. */
export type Lists = ReadonlyMap<string, ReadonlyMap<string, Subject> | ServerError>

/** One subject as the ends of a link call it. By its name on the replica it is told of. */
export interface Pair {
  readonly source: Subject
  readonly replica: Subject
  /** Why it is not looked at. */
  readonly barred: UnknownReason | null
  /** Why a difference would prove nothing. */
  readonly doubt: UnknownReason | null
}

/** @throws {ServerError} of an end that could not be listed. */
export function pairsOn(context: SetContext, link: Link, lists: Lists): readonly Pair[] {
  const [source, replica] = [link.source, link.replica].map(({ config }) => {
    const list = lists.get(config.name)
    if (list instanceof Map) return list as ReadonlyMap<string, Subject>
    throw list ?? new Error(`${config.name} was not listed`)
  })
  if (source === undefined || replica === undefined) throw new Error('a link has two ends')
  const ends = { source, replica }
  const found = [
    ...relationsOn(context, link, lists, ends),
    ...othersOn(context, link, lists, ends),
  ].map((pair) => ({ ...pair, barred: pair.barred ?? unseen(context, link, pair, ends) }))
  const alone = new Set(
    found
      .filter(({ replica: { kind } }) => kind === 'schema')
      .filter((pair) => !isThere(source, pair.source) || !isThere(replica, pair.replica))
      .map((pair) => pair.replica.schema),
  )
  // What is in a schema that one end lacks is told of with it.
  return found.filter((pair) => pair.replica.kind === 'schema' || !alone.has(pair.replica.schema))
}

interface ListsOfEnds {
  readonly source: ReadonlyMap<string, Subject>
  readonly replica: ReadonlyMap<string, Subject>
}

function isThere(list: ReadonlyMap<string, Subject>, subject: Subject): boolean {
  return list.has(subjectKey(subject))
}

/** Filters, renamed schemas and other channels mean for them what they mean for tables. */
function relationsOn(
  context: SetContext,
  link: Link,
  lists: Lists,
  { source, replica }: ListsOfEnds,
): Pair[] {
  const listings = new Map([...lists].map(([server, list]) => [server, listingOf(list)]))
  const onLink: OnLink = {
    rules: link.rules,
    loop: link.loop,
    source: relationsOf(source),
    replica: relationsOf(replica),
    ...otherChannelsOf(context, link, listings),
  }
  return tablesOf(context.config, onLink)
    .filter(({ skipped }) => skipped === null)
    .map(({ source: there, replica: here, barred, doubt }) => ({
      source: { kind: 'relation', schema: there.schema, name: there.table },
      replica: { kind: 'relation', schema: here.schema, name: here.table },
      barred,
      doubt,
    }))
}

function listingOf(list: ReadonlyMap<string, Subject> | ServerError): Listing {
  return list instanceof ServerError ? list : relationsOf(list)
}

function relationsOf(list: ReadonlyMap<string, Subject>) {
  const entries = [...list.values()]
    .filter(({ kind }) => kind === 'relation')
    .map(({ schema, name }) => ({
      schema,
      table: name,
      // Which of them is a view shows when they are read.
      kind: 'table' as const,
      engine: '',
    }))
  return new Map(entries.map((entry) => [tableKey(entry), entry]))
}

/** Schemas, routines and events: filters go by the schema in use, which nobody knows afterwards. */
function othersOn(
  context: SetContext,
  link: Link,
  lists: Lists,
  { source, replica }: ListsOfEnds,
): Pair[] {
  // The other links of the circle bring them.
  if (link.loop.length > 0) return []
  const doubt = hasRules(link.rules) ? 'not_compared' : null
  const elsewhere = otherSources(context, link, lists)
  const pairs = new Map<string, Pair>()
  for (const there of source.values()) {
    if (there.kind === 'relation') continue
    const schema = schemaOnReplica(link.rules, there.schema)
    const here = { ...there, schema, name: there.kind === 'schema' ? schema : there.name }
    const isContested = elsewhere.lists.some((list) => isThere(list, here))
    const barred = isContested ? 'multi_source' : null
    pairs.set(subjectKey(here), { source: there, replica: here, barred, doubt })
  }
  for (const [key, here] of replica) {
    if (here.kind === 'relation' || pairs.has(key)) continue
    // It may have come over another channel.
    if (!elsewhere.isTheirTurn || elsewhere.lists.some((list) => list.has(key))) continue
    pairs.set(key, { source: here, replica: here, barred: null, doubt })
  }
  return [...pairs.values()].filter((pair) => isWanted(context.config, pair.replica))
}

/** What a replica with several channels has from its others. */
function otherSources({ topology }: SetContext, { replica, channel }: Link, lists: Lists) {
  const { channels, closing } = topology()
  const mine = channels.filter((each) => each.replica === replica.config.name && !closing.has(each))
  const isThis = (each: ChannelLink) => each.channel.name === channel
  // What the members of a cluster have should be on each, whatever one of them gets over channels as well.
  if (!mine.some(isThis)) return { lists: [], isTheirTurn: true }
  const found = mine
    .filter((each) => !isThis(each))
    .map(({ source }) => (source === null ? undefined : lists.get(source)))
  return {
    lists: found.filter((list) => list instanceof Map) as ReadonlyMap<string, Subject>[],
    /** What no source has is told once, and only where all of them could be asked. */
    isTheirTurn: mine.findIndex(isThis) === 0 && found.every((list) => list instanceof Map),
  }
}

/** A schema is compared where all of its tables are. */
function isWanted({ tables }: SetConfig, { kind, schema, name }: Subject): boolean {
  return isIncluded(tables, schema, kind === 'schema' ? '' : name)
}

/** What an account may not see is not missing, and what it sees in part is not what it is. */
function unseen(
  context: SetContext,
  link: Link,
  pair: Pair,
  ends: ListsOfEnds,
): UnknownReason | null {
  const isSeen = (end: 'source' | 'replica') => {
    const { kind, schema, name } = pair[end]
    const server = link[end].config.name
    if (kind === 'relation') return mayRead(context, server, { schema, table: name })
    if (kind !== 'schema' || isThere(ends[end], pair[end])) return true
    return seesSchema(context, server, schema)
  }
  return isSeen('source') && isSeen('replica') ? null : 'no_privilege'
}

function seesSchema(context: SetContext, server: string, schema: string): boolean {
  const { grants } = factsOf(context, server)
  if (grants === null || holds(grants, 'SHOW DATABASES', EVERYWHERE)) return true
  return holds(grants, 'SELECT', schemaScope(schema))
}
