/** Kinds of objects that cannot be compared on a link, whatever they are called. */
import type { Link } from '../../compare/link.ts'
import type { SchemaObject, UnknownReason } from '../../domain.ts'
import { hiddenObjects } from '../../mysql/hidden-objects.ts'
import { incomparableObjects } from '../../mysql/structure/compare.ts'
import type { SchemaUnknown } from '../../report.ts'
import { factsOf, type SetContext } from '../context.ts'
import type { Pair } from './pairs.ts'

export type BlindSpots = ReadonlyMap<SchemaObject, UnknownReason>

/** Their texts name the schema, which is called otherwise on the replica. */
const NAMING_SCHEMAS = [
  'foreign_key',
  'trigger',
  'view',
  'procedure',
  'function',
  'event',
] as const satisfies readonly SchemaObject[]

/** Equal for all pairs of one schema. */
export function blindSpotsOn(context: SetContext, link: Link): (pair: Pair) => BlindSpots {
  const known = new Map<string, BlindSpots>()
  return ({ source, replica }) => {
    const key = JSON.stringify([source.schema, replica.schema])
    const spots = known.get(key) ?? spotsIn(context, link, source.schema, replica.schema)
    known.set(key, spots)
    return spots
  }
}

/** In the schemas of `pairs`: told once where it is so in all of them. */
export function tellBlindSpots(
  context: SetContext,
  link: Link,
  pairs: readonly Pair[],
): readonly Omit<SchemaUnknown, 'server'>[] {
  const spotsOf = blindSpotsOn(context, link)
  const schemas = new Map(pairs.map((pair) => [pair.replica.schema, spotsOf(pair)]))
  const told = new Set([...schemas.values()].map((spots) => JSON.stringify([...spots].sort())))
  const [first] = schemas
  if (first === undefined) return []
  const all: Iterable<[string | null, BlindSpots]> = told.size === 1 ? [[null, first[1]]] : schemas
  return [...all].flatMap(([schema, spots]) =>
    [...Map.groupBy(spots, ([, reason]) => reason)].map(([reason, found]) => ({
      schema,
      objects: found.map(([object]) => object),
      name: null,
      reason,
    })),
  )
}

function spotsIn(context: SetContext, link: Link, onSource: string, onReplica: string): BlindSpots {
  const source = { ...factsOf(context, link.source.config.name), schema: onSource }
  const replica = { ...factsOf(context, link.replica.config.name), schema: onReplica }
  const spots = new Map<SchemaObject, UnknownReason>()
  const add = (objects: Iterable<SchemaObject>, reason: UnknownReason) => {
    for (const object of objects) if (!spots.has(object)) spots.set(object, reason)
  }
  if (source.flavor && replica.flavor) {
    add(incomparableObjects(source.flavor, replica.flavor), 'cross_version')
  }
  if (onSource !== onReplica) add(NAMING_SCHEMAS, 'not_compared')
  for (const { grants, flavor, schema } of [source, replica]) {
    if (grants && flavor) add(hiddenObjects(grants, flavor, schema), 'no_privilege')
  }
  return spots
}
