/** One look at the definitions on one link: what was read is compared, and what is new in it proven. */
import type { Link } from '../../compare/link.ts'
import { undecidedReason } from '../../compare/undecided.ts'
import type { SchemaObject, UnknownReason } from '../../domain.ts'
import { ServerError } from '../../errors.ts'
import { compareText } from '../../mysql/normal.ts'
import {
  type Comparison,
  compareSubject,
  type Ends,
  type StructureDifference,
} from '../../mysql/structure/compare.ts'
import { textOfFacts } from '../../mysql/structure/facts.ts'
import { type Subject, subjectKey, subjectOf } from '../../mysql/structure/subject.ts'
import type { SchemaDifference, SchemaUnknown } from '../../report.ts'
import type { SetContext } from '../context.ts'
import { readRights } from '../rights.ts'
import { blindSpotsOn } from './blind-spots.ts'
import { isIgnored } from './ignored.ts'
import { prove } from './news.ts'
import type { Pair } from './pairs.ts'
import type { Reader } from './reading.ts'

type Unknown = Omit<SchemaUnknown, 'server'>
type Difference = StructureDifference | SchemaDifference

export interface Findings {
  readonly differences: readonly Difference[]
  readonly unknown: readonly Unknown[]
}

/** Takes the pairs that are to be read, as they are read. */
export interface LinkLook extends Reader {
  /** After all were read. What could not be proven now is as it was. */
  conclude(): Promise<Findings>
}

/**
 * @param about.pairs what this look is about.
 * @param about.known what was confirmed before, of these and of others.
 * @param about.rights of `rightsOn`, from before anything was read.
 */
export function beginLook(
  context: SetContext,
  link: Link,
  {
    pairs,
    known,
    rights,
  }: {
    readonly pairs: readonly Pair[]
    readonly known: readonly SchemaDifference[]
    readonly rights: string
  },
): LinkLook {
  const blindSpots = blindSpotsOn(context, link)
  const knownOf = Map.groupBy(known, (difference) => subjectKey(subjectOf(difference)))
  const found = new Map<string, readonly Difference[]>()
  const unknown: Unknown[] = []
  const news: Pair[] = []

  const before = ({ replica }: Pair) => knownOf.get(subjectKey(replica)) ?? []
  const settle = ({ replica }: Pair, differences: readonly Difference[]) => {
    found.set(subjectKey(replica), differences)
  }
  /** What was known stays: only agreement clears it. */
  function leave(pair: Pair, reason: UnknownReason, objects?: readonly SchemaObject[]) {
    unknown.push(aboutWhole(pair.replica, reason, objects))
    settle(pair, before(pair))
  }
  function compare(pair: Pair, ends: Ends): Comparison {
    const spots = blindSpots(pair)
    const { differences, undecidable } = compareSubject(
      pair.replica,
      ends,
      (object) => !spots.has(object),
    )
    return {
      differences: differences.filter((difference) => !isIgnored(context.config, difference)),
      undecidable,
    }
  }
  /** Of objects that cannot be compared at the moment. */
  function kept(pair: Pair, { undecidable }: Comparison): SchemaDifference[] {
    const spots = blindSpots(pair)
    return before(pair).filter(
      ({ object, name }) =>
        spots.has(object) ||
        undecidable.some((each) => each.object === object && each.name === name),
    )
  }

  function take(pair: Pair, comparison: Comparison) {
    const { differences, undecidable } = comparison
    if (pair.doubt !== null && differences.length > 0) {
      return leave(pair, pair.doubt, [...new Set(differences.map(({ object }) => object))])
    }
    unknown.push(
      ...undecidable.map(({ table: _, object, ...each }) => ({ ...each, objects: [object] })),
    )
    const now = [...differences, ...kept(pair, comparison)]
    if (textOf(now) === textOf(before(pair))) settle(pair, before(pair))
    else news.push(pair)
  }

  for (const pair of pairs) if (pair.barred !== null) leave(pair, pair.barred)

  return {
    pairs: pairs.filter(({ barred }) => barred === null),
    onRead(pair, { source, replica }) {
      for (const end of [source, replica]) {
        if (end instanceof ServerError) return leave(pair, undecidedReason(end))
      }
      const ends = { source, replica } as Ends
      take(pair, isAlike(ends) ? ALIKE : compare(pair, ends))
    },
    onAlike: (pair) => take(pair, ALIKE),
    async conclude() {
      const proofs = await prove(context, link, news)
      const isSeen = news.length === 0 || (await rightsOn(context, link)) === rights
      for (const [pair, proof] of proofs) {
        if (typeof proof === 'string' || !isSeen) {
          leave(pair, typeof proof === 'string' ? proof : 'definition_changed')
          continue
        }
        const comparison = compare(pair, proof)
        settle(pair, [...comparison.differences, ...kept(pair, comparison)])
      }
      return { differences: [...found.values()].flat().sort(byName), unknown }
    },
  }
}

/** Equal texts: the account is shown the same of both ends. @throws {ServerError} */
export async function rightsOn(context: SetContext, { source, replica }: Link): Promise<string> {
  return JSON.stringify([await readRights(context, source), await readRights(context, replica)])
}

/** Within a table as the comparison lists them. */
function byName(a: Difference, b: Difference): number {
  return compareText(a.schema, b.schema) || compareText(a.table ?? a.name, b.table ?? b.name)
}

const ALIKE: Comparison = { differences: [], undecidable: [] }

/** The same words mean the same, from servers of one vendor. */
function isAlike({ source, replica }: Ends): boolean {
  if (source === null || replica === null) return source === replica
  const isOneVendor = source.flavor.vendor === replica.flavor.vendor
  return isOneVendor && textOfFacts(source) === textOfFacts(replica)
}

function aboutWhole(
  { kind, schema, name }: Subject,
  reason: UnknownReason,
  objects: readonly SchemaObject[] = [kind === 'relation' ? 'table' : kind],
): Unknown {
  return { schema, objects, name, reason }
}

/** Equal texts: the same differences, whoever found them. */
function textOf(differences: readonly Difference[]): string {
  const plain = differences.map(({ object, name, kind, source, replica }) =>
    JSON.stringify([object, name, kind, source, replica]),
  )
  return plain.sort().join('\n')
}
