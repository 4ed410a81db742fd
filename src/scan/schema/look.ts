/** Looks at all definitions of a set, or only at those that are known to differ. */
import type { Scope } from '../../checks/check.ts'
import type { Group, Link } from '../../compare/link.ts'
import { ServerError } from '../../errors.ts'
import { subjectKey, subjectOf } from '../../mysql/structure/subject.ts'
import type { SchemaDifference, SchemaUnknown } from '../../report.ts'
import { factsOf, type SetContext } from '../context.ts'
import { type BlockedLink, failureOf, linksOf } from '../groups.ts'
import { tellBlindSpots } from './blind-spots.ts'
import { beginLook, type LinkLook, rightsOn } from './link-look.ts'
import { listsOf } from './lists.ts'
import { isOpen, problemOf } from './open.ts'
import { type Lists, type Pair, pairsOn } from './pairs.ts'
import { readGroup } from './reading.ts'
import { isUnchanged, type StampOf, stamps } from './unchanged.ts'

export async function lookAtDefinitions(context: SetContext, scope: Scope): Promise<void> {
  const { groups, blocked } = linksOf(context)
  const isWhole = scope === 'all'
  if (isWhole) forgetOldLinks(context, groups, blocked)
  let lists: Promise<Lists> | null = null
  const tools: Tools = {
    isWhole,
    stampOf: stamps(context),
    lists: () => (lists ??= listsOf(groups, context.signal)),
  }
  const looks = groups
    .map(({ source, links }) => ({
      source,
      links: links.filter((link) => isWhole || knownOn(context, link).length > 0),
    }))
    .filter(({ links }) => links.length > 0)
    .flatMap((group) => lookAtGroup(context, group, tools))
  const inTheWay = isWhole ? blocked.filter(({ reason }) => reason !== 'no_fence') : []
  const replicas = new Set([...looks, ...inTheWay].map(({ replica }) => replica))
  await Promise.all(
    [...replicas].map((replica) =>
      context.runs.attempt('schema', replica, async () => {
        const mine = looks.filter((look) => look.replica === replica)
        const unknown = await Promise.all(mine.map(({ outcome }) => outcome))
        for (const { reason } of inTheWay.filter((link) => link.replica === replica)) {
          const what = `${replica}: definitions not compared: ${reason}`
          throw new ServerError(failureOf(reason), what)
        }
        const problem = problemOf(context, replica, unknown.flat())
        if (problem !== null) throw problem
      }),
    ),
  )
}

interface Tools {
  /** All definitions, not only those that are known to differ. */
  readonly isWhole: boolean
  readonly stampOf: StampOf
  /** They are asked for only where something is read. */
  lists(): Promise<Lists>
}

interface LookUnderWay {
  readonly replica: string
  /** What could not be told. */
  readonly outcome: Promise<readonly SchemaUnknown[]>
}

/** The ends are read side by side; then each link is concluded for itself, one may lag. */
function lookAtGroup(context: SetContext, group: Group, tools: Tools): LookUnderWay[] {
  const begun = beginGroup(context, group, tools)
  return group.links.map((link) => ({
    replica: link.replica.config.name,
    outcome: begun.then((looks) => conclude(context, link, looks.get(link) ?? null, tools)),
  }))
}

interface Begun {
  readonly look: LinkLook
  /** All that are compared on the link, whether or not this look is about them. */
  readonly pairs: readonly Pair[]
  readonly stamp: string | null
}

/** @returns by link what was read; the error of an end that could not be; nothing where it is known already. */
async function beginGroup(
  context: SetContext,
  group: Group,
  { isWhole, stampOf, lists }: Tools,
): Promise<ReadonlyMap<Link, Begun | ServerError>> {
  const begun = new Map<Link, Begun | ServerError>()
  for (const link of group.links) {
    try {
      // Of now: what the account is not shown any more would look like a difference.
      const rights = await rightsOn(context, link)
      const stamp = isWhole && !context.mode.once ? await stampOf(link) : null
      const { compared = null } = context.schemaLooks.get(linkKey(link)) ?? {}
      if (isUnchanged(context, compared, stamp)) continue
      const pairs = pairsOn(context, link, await lists())
      const known = knownOn(context, link)
      const about = isWhole ? pairs : pairs.filter(isAmong(known))
      begun.set(link, {
        look: beginLook(context, link, { pairs: about, known, rights }),
        pairs,
        stamp,
      })
    } catch (error) {
      if (context.signal.aborted || !(error instanceof ServerError)) throw error
      begun.set(link, error)
    }
  }
  const looks = new Map(
    [...begun].flatMap(([link, one]) => (one instanceof ServerError ? [] : [[link, one.look]])),
  )
  const failures = await readGroup(group.source, looks, {
    isWhole,
    signal: context.signal,
  })
  for (const [link, failure] of failures) begun.set(link, failure)
  return begun
}

async function conclude(
  context: SetContext,
  link: Link,
  begun: Begun | ServerError | null,
  { isWhole }: Tools,
): Promise<readonly SchemaUnknown[]> {
  const key = linkKey(link)
  const before = context.schemaLooks.get(key)?.unknown ?? []
  if (begun === null) return before
  if (begun instanceof ServerError) throw begun
  const { look, pairs, stamp } = begun
  const { name: server } = link.replica.config
  const { differences, unknown } = await look.conclude()
  context.schemaDifferences.set(
    key,
    differences.map((difference) => ({ ...difference, server })),
  )
  factsOf(context, server).schemaRead = true
  const found = unknown.map((each) => ({ ...each, server }))
  if (!isWhole) return [...before, ...found]
  const blind = tellBlindSpots(context, link, pairs).map((each) => ({ ...each, server }))
  const all = [...blind, ...found]
  const isToTheEnd = stamp !== null && !all.some(isOpen)
  const atMs = context.world.steady().getTime()
  context.schemaLooks.set(key, { unknown: all, compared: isToTheEnd ? { stamp, atMs } : null })
  return all
}

/** Of links that are no more; one that is only out of sight keeps what is known of it. */
function forgetOldLinks(
  context: SetContext,
  groups: readonly Group[],
  blocked: readonly BlockedLink[],
): void {
  const current = new Set([
    ...groups.flatMap(({ links }) => links.map(linkKey)),
    ...blocked.map(({ replica, channel, source }) => JSON.stringify([replica, channel, source])),
  ])
  for (const map of [context.schemaDifferences, context.schemaLooks]) {
    for (const key of map.keys()) if (!current.has(key)) map.delete(key)
  }
}

function knownOn(context: SetContext, link: Link): readonly SchemaDifference[] {
  return context.schemaDifferences.get(linkKey(link)) ?? []
}

function isAmong(known: readonly SchemaDifference[]): (pair: Pair) => boolean {
  const keys = new Set(known.map((difference) => subjectKey(subjectOf(difference))))
  return ({ replica }) => keys.has(subjectKey(replica))
}

function linkKey(link: Link): string {
  return JSON.stringify([link.replica.config.name, link.channel, link.source.config.name])
}
