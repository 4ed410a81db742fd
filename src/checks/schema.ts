import { type Confirmed, confirm, type Thing } from '../compare/confirm.ts'
import type { Group, Link } from '../compare/link.ts'
import type { SchemaDifference } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { Vendor } from '../mysql/flavor.ts'
import type { Session } from '../mysql/query.ts'
import {
  compareStructures,
  readStructure,
  type Structure,
  type StructureDifference,
  type TableName,
  type TableStructure,
} from '../mysql/structure.ts'
import { factsOf, type SetContext } from '../scan/context.ts'
import { type BlockedLink, failureOf, linksOf } from '../scan/groups.ts'
import { confirmOptions } from '../scan/identity.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import { matchesTable } from '../table-pattern.ts'
import type { Check, Scope } from './check.ts'

/** Schemas, tables and columns that one end of a link has and the other has not, or has otherwise. */
export const schema: Check = {
  name: 'schema',
  appliesTo: (_role, _channels, isExamined) => isExamined,
  lookAtSet: look,
}

async function look(context: SetContext, scope: Scope): Promise<void> {
  const { groups, blocked } = linksOf(context)
  const links = groups
    .flatMap((group) => group.links)
    .filter((link) => scope === 'all' || (context.schemaDifferences.get(keyOf(link)) ?? []).length)
  if (scope === 'all') forgetOldLinks(context, groups, blocked)
  // Each server is read once, however many links it has; all at the same time.
  const read = new Map<Server, Promise<Structure>>()
  const structureOf = (server: Server): Promise<Structure> => {
    const known = read.get(server)
    if (known !== undefined) return known
    const reading = server.read((session) => readStructure(session, { signal: context.signal }), {
      priority: PRIORITY.status,
      signal: context.signal,
    })
    // Every link that needs it reports the failure; none may go unhandled before that.
    reading.catch(() => undefined)
    read.set(server, reading)
    return reading
  }
  await Promise.all([
    ...links.map((link) => lookAtLink(context, link, structureOf)),
    ...(scope === 'all' ? blocked : [])
      .filter(({ reason }) => reason !== 'no_fence')
      .map(({ replica, reason }) =>
        context.runs.attempt('schema', replica, async () => {
          throw new ServerError(failureOf(reason), `${replica}: structures not compared: ${reason}`)
        }),
      ),
  ])
}

async function lookAtLink(
  context: SetContext,
  link: Link,
  structureOf: (server: Server) => Promise<Structure>,
): Promise<void> {
  const { name } = link.replica.config
  await context.runs.attempt('schema', name, async () => {
    const [source, replica] = await Promise.all([
      structureOf(link.source),
      structureOf(link.replica),
    ])
    const now = Map.groupBy(compareStructures(source, replica).filter(isWanted(context)), subjectOf)
    const known = Map.groupBy(context.schemaDifferences.get(keyOf(link)) ?? [], subjectOf)
    const isNews = ([subject, differences]: [string, StructureDifference[]]) =>
      textOf(differences) !== textOf(known.get(subject) ?? [])
    const news = [...now].filter(isNews).map(([subject]) => subject)
    const confirmed = await confirmNews(context, link, { subjects: news, vendor: source.vendor })
    const still = [...now].flatMap(([subject, differences]) =>
      // What could not be proven now is as it was.
      news.includes(subject) ? (confirmed.get(subject) ?? known.get(subject) ?? []) : differences,
    )
    context.schemaDifferences.set(
      keyOf(link),
      still.filter(isWanted(context)).map((difference) => ({ ...difference, server: name })),
    )
    factsOf(context, name).schemaRead = true
    const open = news.length - confirmed.size
    if (open > 0) {
      const what = `${name}: what differs in ${open} tables or schemas could not be confirmed`
      throw new ServerError('timeout', what)
    }
  })
}

/** Of links that are no more; one that is only out of sight keeps what is known of it. */
function forgetOldLinks(
  context: SetContext,
  groups: readonly Group[],
  blocked: readonly BlockedLink[],
): void {
  const current = new Set([
    ...groups.flatMap(({ links }) => links.map(keyOf)),
    ...blocked.map(({ replica, channel, source }) => JSON.stringify([replica, channel, source])),
  ])
  for (const key of context.schemaDifferences.keys()) {
    if (!current.has(key)) context.schemaDifferences.delete(key)
  }
}

/** The differences that outlast a DDL on its way to the replica, by subject; without those not decided. */
async function confirmNews(
  context: SetContext,
  link: Link,
  { subjects, vendor }: { readonly subjects: readonly string[]; readonly vendor: Vendor },
): Promise<Map<string, StructureDifference[]>> {
  const read = (session: Session) => readSubjects(session, subjects)
  const found = await confirm(link, subjects, read, confirmOptions(context))
  // There is no fence, and so nothing confirmed, between two vendors.
  return new Map(
    [...found]
      .filter(([, { verdict }]) => verdict !== 'unknown')
      .map(([subject, result]) => [subject, differencesOf(vendor, subject, result)]),
  )
}

/** A table, or a schema as such. */
function subjectOf({ schema: name, table }: StructureDifference): string {
  return JSON.stringify([name, table])
}

async function readSubjects(
  session: Session,
  subjects: readonly string[],
): Promise<ReadonlyMap<string, Thing>> {
  const names = subjects.map((subject) => JSON.parse(subject) as [string, string | null])
  const only = names.map(([name, table]): TableName => ({ schema: name, table: table ?? '' }))
  const structure = await readStructure(session, { only })
  const things = new Map<string, Thing>()
  for (const { name, collation, tables } of structure.schemas.values()) {
    things.set(JSON.stringify([name, null]), { text: JSON.stringify(collation) })
    for (const table of tables.values()) {
      things.set(JSON.stringify([name, table.name]), { text: JSON.stringify(table) })
    }
  }
  return things
}

function differencesOf(vendor: Vendor, subject: string, result: Confirmed): StructureDifference[] {
  if (result.verdict !== 'differs') return []
  return compareStructures(
    structureOf(vendor, subject, result.source),
    structureOf(vendor, subject, result.replica),
  )
}

/** What one end said of one subject, as a structure that holds nothing else. */
function structureOf(vendor: Vendor, subject: string, text: string | null): Structure {
  const [name, table] = JSON.parse(subject) as [string, string | null]
  if (text === null && table === null) return { vendor, schemas: new Map() }
  const collation = table === null && text !== null ? (JSON.parse(text) as string) : ''
  const tables: [string, TableStructure][] =
    table === null || text === null ? [] : [[table, JSON.parse(text) as TableStructure]]
  return {
    vendor,
    schemas: new Map([[name, { name, collation, tables: new Map(tables) }]]),
  }
}

function isWanted({ config }: SetContext): (difference: StructureDifference) => boolean {
  const { include, exclude } = config.tables
  const rules = config.schemaIgnore.map((rule) => {
    const at = rule.lastIndexOf(':')
    return { pattern: rule.slice(0, at).trim(), what: rule.slice(at + 1).trim() }
  })
  return ({ schema: name, table, object, kind }) => {
    const of = table ?? ''
    if (table !== null && include.length > 0 && !matchesTable(include, name, of)) return false
    if (table !== null && matchesTable(exclude, name, of)) return false
    return !rules.some(
      ({ pattern, what }) => what === `${object} ${kind}` && matchesTable([pattern], name, of),
    )
  }
}

function textOf(differences: readonly (StructureDifference | SchemaDifference)[]): string {
  const plain = differences.map(({ object, name, kind, source, replica }) =>
    JSON.stringify([object, name, kind, source, replica]),
  )
  return plain.sort().join('\n')
}

function keyOf(link: Link): string {
  return JSON.stringify([link.replica.config.name, link.channel, link.source.config.name])
}
