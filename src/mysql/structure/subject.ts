/** What is listed, read and compared as a whole. Pure. */
import type { SchemaObject } from '../../domain.ts'
import { nameKey } from '../normal.ts'

/** `relation`: tables, views and sequences share one space of names. */
export type SubjectKind = 'schema' | 'relation' | 'procedure' | 'function' | 'event'

/** Something that stands by its own name in a schema, or a schema itself, whose name is then both names. */
export interface Subject {
  readonly kind: SubjectKind
  readonly schema: string
  readonly name: string
}

/** Servers take routines and events whose names differ by case alone for one. */
export function subjectKey({ kind, schema, name }: Subject): string {
  const isExact = kind === 'schema' || kind === 'relation'
  return JSON.stringify([kind, schema, isExact ? name : nameKey(name)])
}

const RELATIONS: ReadonlySet<SchemaObject> = new Set(['view', 'sequence'])

/** Whose difference it is: that of a column is its table's. */
export function subjectOf({
  schema,
  object,
  name,
  table,
}: {
  readonly schema: string
  readonly object: SchemaObject
  readonly name: string
  readonly table: string | null
}): Subject {
  if (table !== null) return { kind: 'relation', schema, name: table }
  if (RELATIONS.has(object)) return { kind: 'relation', schema, name }
  return { kind: object as SubjectKind, schema, name }
}
