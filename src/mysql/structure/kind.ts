/** What a kind of object is to the comparison: how it is read, what of it counts, and how bad a difference is. */
import type { DifferenceKind, SchemaObject, Severity } from '../../domain.ts'
import type { Flavor } from '../flavor.ts'
import type { Ask, Found, Select } from './ask.ts'
import type { Fact, Facts, Whole } from './facts.ts'

/** One property of an object as one end declares it. */
export interface Property {
  readonly severity: Severity
  /** For people; '' = nothing to be said. */
  readonly text: string
  /** Compared in place of `text`. */
  readonly alike?: string
  /** Compared in place of `alike` where the other end is of the other vendor. */
  readonly common?: string
  /**
   * The server prints it from what it parsed, each version in its own way: unequal texts of two versions prove
   * nothing.
   */
  readonly isPrinted?: boolean
  /** The account is not shown it. */
  readonly isHidden?: boolean
  /** Said with every change of the object, so that people know what it is. */
  readonly isContext?: boolean
}

export type Properties = Readonly<Record<string, Property>>

/** One object as one end declares it. */
export interface Declared {
  /** Its own, without that of its table. */
  readonly name: string
  /** For people, where the other end lacks it. */
  readonly summary: string
  readonly properties: Properties
  /** How bad it is that the other end lacks it; `extra`: that it is only on the replica. */
  readonly severity: Readonly<Record<Exclude<DifferenceKind, 'changed'>, Severity>>
}

export type Read = (ask: Ask) => Promise<readonly Found[]>

export interface ObjectKind {
  readonly object: SchemaObject
  /** What it is, or is a part of. */
  readonly of: Whole
  /** Compared between MySQL and MariaDB, too. */
  readonly isUniversal?: true
  /** Versions that have no such thing, or do not tell of it. */
  isKnownTo?(flavor: Flavor): boolean
  /** Where all of it is told: in one view, or in several that have to be put together. */
  told(flavor: Flavor): Select | Read
  /**
   * @param other the same subject on the other end: what a server makes up by itself is no difference.
   * @param end which end `own` is.
   */
  declare(own: Facts, other: Facts, end: 'source' | 'replica'): readonly Declared[]
}

export function critical(text: string, more: Partial<Property> = {}): Property {
  return { severity: 'critical', text, ...more }
}

export function warning(text: string, more: Partial<Property> = {}): Property {
  return { severity: 'warning', text, ...more }
}

export function info(text: string, more: Partial<Property> = {}): Property {
  return { severity: 'info', text, ...more }
}

/** Whatever the design has no other word for. */
export const WARNING = { missing: 'warning', extra: 'warning' } as const

/** The facts of each object whose name is in the column `name`, in the order of their first facts. */
export function byName(facts: readonly Fact[]): [string, readonly Fact[]][] {
  return [...Map.groupBy(facts, ({ name }) => name ?? '')]
}
