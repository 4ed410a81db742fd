/** One visit of one table by one check, on all links of its group that have it. */
import { type Comparison, compareTable, type Keeper } from '../compare/compare-table.ts'
import { type TableOutcome, unknownOutcome } from '../compare/decision.ts'
import { allLeftOut, type LeftOut } from '../compare/left-out.ts'
import type { Link } from '../compare/link.ts'
import { type Located, locate } from '../compare/locate.ts'
import { STANDING } from '../compare/standing.ts'
import { type TableReader, tableReader } from '../compare/table-reader.ts'
import type { TableCheck, UnknownReason } from '../domain.ts'
import { type Comparability, keyText, printedOtherwise, walkedBy } from '../mysql/comparable.ts'
import { isNullable, type TableDefinition } from '../mysql/definition.ts'
import { countPlan, type DigestPlan, digestPlan } from '../mysql/digest.ts'
import { approximateRowsOn } from './approximate-rows.ts'
import { factsOf, type SetContext } from './context.ts'
import { definitionGuard, type Lanes, lanesOf } from './definitions.ts'
import { confirmOptions } from './identity.ts'
import { commonPosition, doneOf, type Positions, signatureOf } from './position.ts'
import type { KeyedRanges, WalkPosition } from './table-store.ts'
import type { Doubt, ListedTable, TableNames } from './tables-on-link.ts'

export interface Visit extends Keeper {
  readonly check: TableCheck
  /** On all links under the same two names. */
  readonly table: Pick<ListedTable, keyof TableNames | 'entry'>
  /** Why a difference on this link would prove nothing. */
  readonly doubtOf: (link: Link) => Doubt | null
  readonly links: readonly Link[]
  /** What to look at; null = the whole table, and so if they are of another key than it has now. */
  readonly ranges: KeyedRanges | null
  /** What `ranges` rest on: if it is no longer so, the whole table is looked at; null = on nothing but their key. */
  readonly signature?: string | null
  /** Why a part is left for later; default: because its replica is held back. */
  readonly isLater?: ReadonlySet<UnknownReason>
  /** Where an earlier walk over the whole table was broken off, on these links at one and the same place. */
  readonly positions: Positions
  /** Told of the rows that were found, while the table can still be read as it was. */
  readonly onLocated?: (link: Link, located: Located, reader: TableReader) => Promise<void>
  /** When everything is decided on these links: waits for whoever may still call `clear`. */
  readonly onDecided?: (links: readonly Link[]) => Promise<void>
}

export interface Visited extends Omit<Comparison, 'progressOf'> {
  /** Of which key the ranges in this link's outcome are. */
  keyOf(link: Link): string
  /** What the source takes the table to hold; null unless its contents are compared, or where nobody knows. */
  readonly approximateRows: number | null
  /** How far the walk came on this link. */
  positionOf(link: Link): WalkPosition | null
}

interface VisitUnderWay extends Visit, Pick<Visited, 'approximateRows'> {
  readonly confirm: ReturnType<typeof confirmOptions>
  /** Of the steady clock: before anything was asked of the ends. */
  readonly sinceMs: number
}

/** What is done on links that are read in one and the same way. */
interface LaneVisit extends Omit<Visited, 'approximateRows'> {
  readonly links: readonly Link[]
}

/** Starts the visit; rejects only with our own bugs. */
export async function visitTable(context: SetContext, visit: Visit): Promise<Visited> {
  // Of what they are now: a walk may outlast a server, and what is known of it.
  const confirm = confirmOptions(context)
  const sinceMs = context.world.steady().getTime()
  const found = await heldLinks(context, visit)
  const open = visit.links.filter((link) => !found.has(link))
  const { definitions, lanes } = await lanesOf(context, { ...visit, links: open }, found)
  const [link] = open
  const isSized = visit.check === 'checksum' && visit.ranges === null && link !== undefined
  const approximateRows = isSized
    ? await approximateRowsOn(context, link, visit.table.source)
    : null
  const comparisons = lanes.map((lane) =>
    compareLanes(context, { ...visit, approximateRows, confirm, sinceMs }, lane, definitions),
  )
  const ofLink = (link: Link) => comparisons.find(({ links: own }) => own.includes(link))
  return {
    approximateRows,
    keyOf: (link) => ofLink(link)?.keyOf(link) ?? '',
    positionOf: (link) => ofLink(link)?.positionOf(link) ?? null,
    driftedOf: (link) => ofLink(link)?.driftedOf(link) ?? [],
    isSuspecting: (link) => ofLink(link)?.isSuspecting(link) ?? false,
    clear: (link, ranges) => ofLink(link)?.clear(link, ranges),
    walked: Promise.all(comparisons.map(({ walked }) => walked)).then(() => undefined),
    outcomes: Promise.all(comparisons.map(({ outcomes }) => outcomes)).then((maps) => {
      for (const map of maps) for (const [link, outcome] of map) found.set(link, outcome)
      return found
    }),
  }
}

/** Nothing is read on their replicas: not even what the table looks like. */
async function heldLinks(
  { gate, world }: SetContext,
  { links, ranges, signature = null }: Visit,
): Promise<Map<Link, TableOutcome>> {
  const held = new Map<Link, TableOutcome>()
  const rest = ranges && signature !== null ? { ...ranges, signature } : null
  for (const link of links) {
    const isFree = await gate.untilFree(link.source, 'source')
    if (isFree && !(await gate.isHeld(link.replica))) continue
    held.set(link, { ...allLeftOut(rest, world.now()), isPartial: ranges !== null })
  }
  return held
}

function compareLanes(
  context: SetContext,
  visit: VisitUnderWay,
  lanes: Lanes,
  all: ReadonlyMap<string, TableDefinition>,
): LaneVisit {
  const { links, comparability, columns } = lanes
  const names = new Set(
    links.flatMap((link) => [link.source.config.name, link.replica.config.name]),
  )
  const definitions = new Map(
    [...all]
      .filter(([name]) => names.has(name))
      .map(([name, definition]) => [name, walkedBy(definition, comparability.key)]),
  )
  const key = comparability.key === null ? '' : keyText(comparability.key)
  const keyOf = () => key
  const blocked = blockedReason(context, visit, comparability)
  if (blocked !== null) {
    const now = context.world.now()
    const { causes } = comparability
    const outcomes = new Map(links.map((link) => [link, unknownOutcome(blocked, now, causes)]))
    return {
      links,
      walked: Promise.resolve(),
      outcomes: Promise.resolve(outcomes),
      keyOf,
      positionOf: () => null,
      driftedOf: () => [],
      isSuspecting: () => false,
      clear: () => undefined,
    }
  }
  const areTransactional = [...definitions.values()].every(({ engine }) => isTransactional(engine))
  const plan =
    visit.check === 'row_count'
      ? countPlan(areTransactional)
      : digestPlan({
          flavors: [...names].flatMap((name) => factsOf(context, name).flavor ?? []),
          columns,
          others: [...definitions.values()].map((definition) => definition.columns),
          keyed: comparability.key !== null && !isNullableOn(definitions),
          transactional: areTransactional,
        })
  const { schema, table } = visit.table.replica
  const where = context.config.tables.where.get(`${schema}.${table}`)
  const reader = tableReader({
    definitions,
    plan,
    kind: visit.check === 'checksum' ? 'contents' : 'count',
    where,
  })
  const compared = { comparability, columns, where }
  const signatures = new Map(links.map((link) => [link, signatureOf(context, link, compared, all)]))
  const isAsItWas = [...signatures.values()].every((now) => (visit.signature ?? now) === now)
  const part = visit.ranges?.key === key && isAsItWas ? visit.ranges.ranges : null
  // A place in a walk is a place among keys; of several ranges, one holds rows without a key.
  const isWalk = part === null && visit.check === 'checksum' && reader.whole.length === 1
  const position = isWalk ? commonPosition(visit.positions, signatures) : null
  const options = {
    ...visit.confirm,
    gate: context.gate,
    guard: definitionGuard(visit.confirm.guard, all),
  }
  // The number of rows is the same whatever columns they have.
  const causes =
    visit.check === 'row_count'
      ? []
      : [
          ...comparability.causes,
          ...printedOtherwise(visit.table.source.table, columns, plan.notComparable),
        ]
  const comparison = compareTable(links, reader, part ?? position?.open ?? reader.whole, {
    ...options,
    ...(position && { done: doneOf(visit.positions) }),
    sinceMs: visit.sinceMs,
    ...(visit.isLater && { isLater: visit.isLater }),
    onSuspects: visit.onSuspects,
    isKnownToDiffer: visit.isKnownToDiffer,
    onDecided: async () => visit.onDecided?.(links),
    onDrifted: (link) => {
      if (visit.doubtOf(link) === null) visit.onDrifted(link)
    },
  })
  async function finished(link: Link, plain: TableOutcome): Promise<TableOutcome> {
    const proven = (of: TableOutcome) =>
      qualified({ ...of, causes }, link, { comparability, plan, visit })
    const outcome = { ...proven(plain), isPartial: part !== null }
    const located = await rowsOf(link, outcome)
    const whole = { ...outcome, located }
    // Of all that was decided: what counts as unknown in the outcome may be the same in the end.
    const later = (left: LeftOut): LeftOut => ({
      rest: left.rest && { ...left.rest, key, signature: signatures.get(link) ?? '' },
      decided: left.decided && {
        ...proven(left.decided),
        located,
        ...(left.decided.delayed && { delayed: later(left.decided.delayed) }),
      },
    })
    const { leftOut, delayed } = outcome
    return {
      ...whole,
      ...(delayed && { delayed: later(delayed) }),
      ...(leftOut?.rest && { leftOut: later(leftOut) }),
    }
  }
  async function rowsOf(link: Link, outcome: TableOutcome): Promise<Located | null> {
    if (outcome.verdict !== 'drifted' || !reader.isSound) return null
    // It would take another delay, and what is left of a range is no more than a row.
    if (link.delayMs > 0) return null
    const known = visit.located(link)
    if (known?.fingerprint === outcome.fingerprint) return known
    const located = await locate(link, reader, outcome, options)
    await visit.onLocated?.(link, located, reader)
    // Repaired in the meantime, most likely: the next look will tell.
    if (located.rows.length === 0) return null
    // Parts that could not be judged may hold more of them.
    return { ...located, counted: located.counted && outcome.unknownReason === null }
  }
  const outcomes = comparison.outcomes.then(async (found) => {
    const all = [...found].map(
      async ([link, outcome]) => [link, await finished(link, outcome)] as const,
    )
    return new Map(await Promise.all(all))
  })
  // As in compareTable: it fails with `walked`, and one of them may not be waited for.
  outcomes.catch(() => undefined)
  return {
    links,
    walked: comparison.walked,
    outcomes,
    keyOf,
    driftedOf: comparison.driftedOf,
    isSuspecting: comparison.isSuspecting,
    clear: comparison.clear,
    positionOf(link) {
      const [signature, progress] = [signatures.get(link), comparison.progressOf(link)]
      return !isWalk || signature === undefined || progress === null
        ? null
        : { signature, ...progress }
    },
  }
}

/** On any end: rows that hold a NULL in it may be there twice. */
function isNullableOn(definitions: ReadonlyMap<string, TableDefinition>): boolean {
  return [...definitions.values()].some(({ key }) => key !== null && isNullable(key))
}

/** Why this table is not read at all. */
function blockedReason(
  context: SetContext,
  { check, approximateRows }: VisitUnderWay,
  comparability: Comparability,
): UnknownReason | null {
  if (comparability.kind === 'key_differs') return check === 'row_count' ? null : 'key_differs'
  const isUnkeyed = comparability.key === null && check === 'checksum'
  const isLarge = (approximateRows ?? 0) > context.config.checksum.maxUnkeyedRows
  return isUnkeyed && isLarge ? 'no_key' : null
}

/** What the readings prove, given what could be read at all. */
function qualified(
  outcome: TableOutcome,
  link: Link,
  read: {
    readonly comparability: Comparability
    readonly plan: DigestPlan
    readonly visit: Visit
  },
): TableOutcome {
  const { comparability, plan } = read
  const { check, table, doubtOf } = read.visit
  const unknown = (reason: UnknownReason): TableOutcome => ({
    ...outcome,
    verdict: 'unknown',
    reason,
  })
  const doubt = doubtOf(link)
  if (doubt !== null && outcome.verdict === 'drifted') return unknown(doubt)
  const isHot = outcome.verdict === 'unknown' && outcome.reason === 'hot'
  if (isHot && link.fencing === STANDING) return unknown('no_fence')
  if (isHot && !isTransactional(table.entry.engine)) return unknown('engine')
  if (check === 'row_count' || outcome.verdict !== 'same') return outcome
  if (comparability.kind === 'definition_differs') return unknown('definition_differs')
  const [left] = plan.notComparable
  return left === undefined ? outcome : unknown(left.reason)
}

function isTransactional(engine: string): boolean {
  return ['innodb', 'rocksdb', 'tokudb', 'ndbcluster'].includes(engine.toLowerCase())
}
