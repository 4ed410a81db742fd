/** What subjects are: the name of a relation does not tell. */
import { tableKindOf } from '../catalog.ts'
import type { Flavor } from '../flavor.ts'
import type { QueryOptions, Session } from '../query.ts'
import { asking } from './ask.ts'
import { said, type Whole } from './facts.ts'
import type { ObjectKind } from './kind.ts'
import { KINDS } from './kinds.ts'
import type { Subject } from './subject.ts'

export type Wholes = ReadonlyMap<Subject, Whole>

/** What is not there has no entry. */
export async function wholesOf(
  session: Session,
  subjects: readonly Subject[],
  options: QueryOptions,
): Promise<Wholes> {
  const relations = subjects.filter(({ kind }) => kind === 'relation')
  const wholes = new Map<Subject, Whole>()
  for (const subject of subjects) {
    if (subject.kind !== 'relation') wholes.set(subject, subject.kind)
  }
  if (relations.length === 0) return wholes
  const found = await asking(session, relations, options).view({
    from: 'TABLES',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: { type: 'TABLE_TYPE' },
  })
  for (const { subject, fact } of found) wholes.set(subject, tableKindOf(said(fact, 'type')))
  return wholes
}

export interface Part {
  readonly kind: ObjectKind
  /** Those that have it, or may. */
  readonly subjects: readonly Subject[]
}

/** All that has to be asked of them, in the order of `KINDS`. */
export function partsIn(wholes: Wholes, flavor: Flavor): Part[] {
  return KINDS.filter((kind) => kind.isKnownTo?.(flavor) !== false)
    .map((kind) => ({
      kind,
      subjects: [...wholes.keys()].filter((subject) => wholes.get(subject) === kind.of),
    }))
    .filter(({ subjects }) => subjects.length > 0)
}
