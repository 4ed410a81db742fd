/** Whether a table can be compared as it is defined on two ends, and by which key both are walked. Pure. */
import type { Column, Key, TableDefinition } from './definition.ts'
import { nameKey, normalCharset, normalType } from './normal.ts'

/** How the definitions of a table on the two ends of a link stand to each other. */
export type Comparability =
  | { readonly kind: 'same'; readonly key: Key | null }
  | {
      readonly kind: 'definition_differs' | 'key_differs'
      /** What differs, as `table.column` or `table.index`, in the source's order. */
      readonly objects: readonly string[]
      /** Names of the columns that both ends have, in the source's order. */
      readonly sharedColumns: readonly string[]
      /** The key by which both ends can still be walked alike, or null. */
      readonly key: Key | null
    }

/**
 * Whether the two ends can be compared as they are. Names, order, types and charsets of the columns and
 * the collations of the key count; indexes, defaults, nullability, comments and the engine do not.
 */
export function comparable(source: TableDefinition, replica: TableDefinition): Comparability {
  const here = new Map(replica.columns.map((column) => [nameKey(column.name), column]))
  const there = new Set(source.columns.map((column) => nameKey(column.name)))
  const shared = source.columns.filter((column) => here.has(nameKey(column.name)))
  const replicaOrder = replica.columns
    .map((column) => nameKey(column.name))
    .filter((name) => there.has(name))
  const differing = source.columns.filter((column) => {
    const other = here.get(nameKey(column.name))
    return other === undefined || typeKey(column) !== typeKey(other)
  })
  const moved = shared.filter((column, index) => nameKey(column.name) !== replicaOrder[index])
  const extra = replica.columns.filter((column) => !there.has(nameKey(column.name)))
  const columnNames = [...new Set([...differing, ...moved, ...extra].map((column) => column.name))]

  const key = source.keys.find((each) => replica.keys.some((other) => sameKey(each, other))) ?? null
  const keyDiffers = key === null && (source.key !== null || replica.key !== null)
  if (columnNames.length === 0 && !keyDiffers) return { kind: 'same', key }
  const keyNames = keyDiffers ? [(source.key ?? replica.key)?.name ?? ''] : []
  return {
    kind: columnNames.length > 0 ? 'definition_differs' : 'key_differs',
    objects: [...columnNames, ...keyNames].map((name) => `${source.table}.${name}`),
    sharedColumns: shared.map((column) => column.name),
    key,
  }
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
