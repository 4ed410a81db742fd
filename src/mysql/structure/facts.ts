/** What a server says of a subject: plain data, so that equal JSON is an equal definition. */
import type { SchemaObject } from '../../domain.ts'
import type { Flavor } from '../flavor.ts'

/** One row of information_schema, by the names that we give its columns. */
export type Fact = Readonly<Record<string, string | null>>

/** The objects that are no part of another. */
export type Whole = Exclude<
  SchemaObject,
  'column' | 'index' | 'foreign_key' | 'check' | 'partition' | 'trigger'
>

export interface Facts {
  readonly flavor: Flavor
  /** What the subject turned out to be. */
  readonly whole: Whole
  /** Of itself and of its parts, in an order that hangs on their contents alone. */
  readonly of: Readonly<Partial<Record<SchemaObject, readonly Fact[]>>>
}

export function partsOf(facts: Facts, object: SchemaObject): readonly Fact[] {
  return facts.of[object] ?? []
}

/** Equal texts: both say the same, word for word. */
export function textOfFacts({ whole, of }: Facts): string {
  return JSON.stringify([whole, of])
}

/** A value that its column declares NOT NULL, or for which NULL and '' are the same. */
export function said(fact: Fact, name: string): string {
  return fact[name] ?? ''
}
