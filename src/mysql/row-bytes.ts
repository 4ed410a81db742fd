/**
 * Every row as an unambiguous string of bytes, in SQL: which columns are NULL, then the values, with a length
 * where one does not have its own. Pure.
 */
import type { Bytes, Encoding } from './encoding.ts'

/** ISNULL bits per number, well below 64. */
const BITMAP_BITS = 60

/** A string of any bytes. */
export interface Part {
  /** For CONCAT_WS; may be NULL. */
  readonly sql: string
  /** For functions of one string; not NULL. */
  readonly raw: string
  /** null: its length is fixed. */
  readonly length: string | null
  readonly canBeLong: boolean
}

/** All of a row in one string of bytes from which it could be read back. */
export function rowBytes(encodings: readonly Encoding[]): string {
  const parts = partsOf(encodings)
  const strings = parts.flatMap((part, i) => [...lengthOf(part, i === parts.length - 1), part.sql])
  return concat([...headOf(encodings, []), ...strings])
}

/** NULL bitmap, printed columns, lengths of `parts`. CONCAT_WS leaves out NULLs: the bitmap says which. */
export function headOf(encodings: readonly Encoding[], parts: readonly Part[]): string[] {
  const isNull = encodings.filter((each) => each.nullable).map((each) => `ISNULL(${each.column})`)
  const bitmap = inGroups(isNull, BITMAP_BITS).map((bits) =>
    bits.map((bit, place) => (place === 0 ? bit : `${bit}<<${place}`)).join('|'),
  )
  const printed = encodings.flatMap(({ form }) => (form.kind === 'printed' ? [form.sql] : []))
  const lengths = parts.flatMap((part, i) => lengthOf(part, i === parts.length - 1))
  return [...(bitmap.length === 0 ? ['0'] : bitmap), ...printed, ...lengths]
}

/** The last string ends where the row does; of a long one it is the hash that ends there. */
function lengthOf(part: Part, isLast: boolean): string[] {
  return part.length === null || (isLast && !part.canBeLong) ? [] : [part.length]
}

export function partsOf(encodings: readonly Encoding[]): Part[] {
  const reals = encodings.flatMap(({ form }) =>
    form.kind === 'real' ? [`IFNULL(${form.sql}, 0)`] : [],
  )
  const points = inGroups(reals, 2).map(([x, y = '0']) => pointOf(`${x}`, y))
  const strings = encodings.flatMap(({ form }) => (form.kind === 'bytes' ? [stringOf(form)] : []))
  return [...points, ...strings]
}

/** The only exact and cheap way to the bits of a double on both flavors; text loses digits. */
function pointOf(x: string, y: string): Part {
  const sql = `POINT(${x}, ${y})`
  return { sql, raw: sql, length: null, canBeLong: false }
}

function stringOf({ sql, raw, canBeLong }: Bytes): Part {
  return { sql, raw: `IFNULL(${raw}, '')`, length: `LENGTH(${raw})`, canBeLong }
}

export function concat(args: readonly string[]): string {
  return `CONCAT_WS('#', ${args.join(', ')})`
}

export function inGroups<T>(items: readonly T[], size: number): T[][] {
  const count = Math.ceil(items.length / size)
  return Array.from({ length: count }, (_, i) => items.slice(i * size, (i + 1) * size))
}
