/** Whether a table can be compared as it is defined on two ends, and by which key both are walked. Pure. */

import type { CauseAspect } from '../domain.ts'
import type { Cause } from '../report.ts'
import type { Column, Key, KeyColumn, TableDefinition } from './definition.ts'
import type { NotComparable } from './digest.ts'
import { GENERATED_KEY_COLUMN } from './generated-key.ts'
import { nameKey, normalCharset, normalType } from './normal.ts'

/** How the definitions of a table on the two ends of a link stand to each other. */
export interface Comparability {
  readonly kind: 'same' | 'definition_differs' | 'key_differs'
  /** What differs, as the source has it in its order, then what only the replica has, then the key. */
  readonly causes: readonly Cause[]
  /** Names of the columns that both ends have and that are compared, in the source's order. */
  readonly columns: readonly string[]
  /** The key by which both ends can be walked alike, or null. */
  readonly key: Key | null
}

/**
 * Whether the two ends can be compared as they are. Names, order, types and charsets of the columns and
 * the collations of the key count; indexes, defaults, nullability, comments and the engine do not. A primary key
 * that MySQL generated on one end alone is as if it were not there.
 *
 * @param ignored columns that are not compared, as `nameKey` has them.
 */
export function comparable(
  ofSource: TableDefinition,
  ofReplica: TableDefinition,
  ignored: ReadonlySet<string> = new Set(),
): Comparability {
  const source = withoutGeneratedKey(ofSource, ofReplica)
  const replica = withoutGeneratedKey(ofReplica, ofSource)
  const ends = { source: placesOf(source, ignored), replica: placesOf(replica, ignored) }
  const key = source.keys.find((each) => replica.keys.some((other) => sameKey(each, other))) ?? null
  const keyDiffers = key === null && (source.key !== null || replica.key !== null)
  const columns = columnCauses(source.table, ends)
  const keys = keyDiffers ? [keyCause(source.table, source.key, replica.key)] : []
  return {
    kind: columns.length > 0 ? 'definition_differs' : keyDiffers ? 'key_differs' : 'same',
    causes: [...columns, ...keys],
    columns: [...ends.source]
      .filter(([name]) => ends.replica.has(name))
      .map(([, { column }]) => column.name),
    key,
  }
}

/** As it would be if the server had not generated a key that the other end has not. */
function withoutGeneratedKey(own: TableDefinition, other: TableDefinition): TableDefinition {
  const isGenerated = ({ name }: Column) => name === GENERATED_KEY_COLUMN
  if (!own.hasGeneratedKey || other.columns.some(isGenerated)) return own
  const keys = own.keys.filter((key) => !key.columns.some(isGenerated))
  const columns = own.columns.filter((column) => !isGenerated(column))
  return { ...own, columns, keys, key: keys[0] ?? null }
}

/** Columns that both ends have alike, and of which equal values may look different. */
export function printedOtherwise(
  table: string,
  columns: readonly Column[],
  notComparable: readonly NotComparable[],
): Cause[] {
  const left = notComparable.filter(({ reason }) => reason === 'cross_version')
  return left.map(({ name }) => {
    const type = normalType(columns.find((column) => column.name === name)?.columnType ?? '')
    const ends = { source: type, replica: type }
    return { object: 'column', name: `${table}.${name}`, differs: ['version'], ...ends }
  })
}

/** The definition with `key` as the one to walk by: its own index over the same columns. */
export function walkedBy(definition: TableDefinition, key: Key | null): TableDefinition {
  const own = key === null ? undefined : definition.keys.find((each) => sameKey(each, key))
  return { ...definition, key: own ?? null }
}

function sameKey(a: Key, b: Key): boolean {
  return keyText(a) === keyText(b)
}

/** Equal = ranges of one are ranges of the other. Directions are no part of it: a range means the same rows whichever way the index runs. */
export function keyText(key: Key): string {
  return JSON.stringify(
    key.columns.map((column) => [
      nameKey(column.name),
      typeKey(column),
      normalCharset(column.collation),
    ]),
  )
}

function typeKey(column: Column): string {
  return JSON.stringify([normalType(column.columnType), normalCharset(column.charset)])
}

/** A column and where it stands, from 1. */
interface Place {
  readonly column: Column
  readonly position: number
}

type Places = ReadonlyMap<string, Place>

function placesOf({ columns }: TableDefinition, ignored: ReadonlySet<string>): Places {
  return new Map(
    columns
      .map((column, index) => [nameKey(column.name), { column, position: index + 1 }] as const)
      .filter(([name]) => !ignored.has(name)),
  )
}

function columnCauses(
  table: string,
  { source, replica }: { readonly source: Places; readonly replica: Places },
): Cause[] {
  const moved = outOfOrder(source, replica)
  const ofSource = [...source].flatMap(([name, here]) => {
    const there = replica.get(name)
    const differs = there === undefined ? (['missing'] as const) : aspectsOf(here, there)
    const all: CauseAspect[] = moved.has(name) ? [...differs, 'order'] : [...differs]
    return all.length === 0 ? [] : [columnCause(table, all, here, there)]
  })
  const extra = [...replica]
    .filter(([name]) => !source.has(name))
    .map(([, there]) => columnCause(table, ['extra'], undefined, there))
  return [...ofSource, ...extra]
}

function aspectsOf(here: Place, there: Place): CauseAspect[] {
  const [a, b] = [here.column, there.column]
  return [
    ...(normalType(a.columnType) === normalType(b.columnType) ? [] : (['type'] as const)),
    ...(normalCharset(a.charset) === normalCharset(b.charset) ? [] : (['charset'] as const)),
  ]
}

function columnCause(
  table: string,
  differs: readonly CauseAspect[],
  here: Place | undefined,
  there: Place | undefined,
): Cause {
  const name = here?.column.name ?? there?.column.name ?? ''
  const text = (place: Place | undefined) => {
    if (place === undefined) return null
    const { column, position } = place
    return [
      normalType(column.columnType),
      ...(differs.includes('charset') ? [normalCharset(column.charset) ?? 'no charset'] : []),
      ...(differs.includes('order') ? [`at ${position}`] : []),
    ].join(' ')
  }
  const ends = { source: text(here), replica: text(there) }
  return { object: 'column', name: `${table}.${name}`, differs, ...ends }
}

/** The fewest columns without which the others stand in one order on both ends. */
function outOfOrder(source: Places, replica: Places): ReadonlySet<string> {
  const shared = [...source.keys()].filter((name) => replica.has(name))
  const places = shared.map((name) => replica.get(name)?.position ?? 0)
  // The longest row of columns in the replica's order: `ends[n]` is the one of n + 1 that ends first.
  const ends: number[] = []
  const before = places.map((place, index) => {
    const isNext = (places[ends.at(-1) ?? -1] ?? 0) < place
    const length = isNext ? ends.length : ends.findIndex((end) => (places[end] ?? 0) > place)
    ends[length] = index
    return length === 0 ? -1 : (ends[length - 1] ?? -1)
  })
  const moved = new Set(shared)
  for (let at = ends.at(-1) ?? -1; at !== -1; at = before[at] ?? -1) moved.delete(shared[at] ?? '')
  return moved
}

function keyCause(table: string, source: Key | null, replica: Key | null): Cause {
  const differs = keyAspects(source, replica)
  const text = (key: Key | null) =>
    key && `(${key.columns.map((column) => partText(column, differs)).join(', ')})`
  const name = `${table}.${(source ?? replica)?.name ?? ''}`
  return { object: 'index', name, differs, source: text(source), replica: text(replica) }
}

function keyAspects(source: Key | null, replica: Key | null): CauseAspect[] {
  if (source === null) return ['extra']
  if (replica === null) return ['missing']
  const same = (part: (column: KeyColumn) => string | null) =>
    JSON.stringify(source.columns.map(part)) === JSON.stringify(replica.columns.map(part))
  if (!same(({ name }) => nameKey(name))) return ['columns']
  return [
    ...(same(({ columnType }) => normalType(columnType)) ? [] : (['type'] as const)),
    ...(same(({ charset }) => normalCharset(charset)) ? [] : (['charset'] as const)),
    ...(same(({ collation }) => normalCharset(collation)) ? [] : (['collation'] as const)),
  ]
}

function partText(column: KeyColumn, differs: readonly CauseAspect[]): string {
  return [
    column.name,
    ...(differs.includes('type') ? [normalType(column.columnType)] : []),
    ...(differs.includes('charset') || differs.includes('collation')
      ? [normalCharset(column.collation) ?? 'no collation']
      : []),
  ].join(' ')
}
