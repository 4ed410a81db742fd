/** Keys of one integer column, whose ranges can be measured and cut without asking a server. Pure. */
import type { Key } from './definition.ts'
import type { Bound, Range } from './range.ts'

const INTEGER_TYPES = new Set(['tinyint', 'smallint', 'mediumint', 'int', 'bigint'])

/** A larger literal is a DECIMAL. */
const MOST_INTEGER = 2n ** 63n - 1n

/**
 * The most rows that can lie between the bounds of a range.
 * @returns null where that is not known: unbounded, or the key is not one ascending integer column.
 */
export function widthOf(key: Key, { lower, upper }: Range): bigint | null {
  if (lower === null || upper === null || !isInteger(key)) return null
  return integerAt(upper) - integerAt(lower)
}

/**
 * The bound behind which `rows` more rows can be at most, found without asking a server; there need be none.
 * @returns null where only a server knows: see `widthOf`.
 */
export function boundAfter(key: Key, bound: Bound, rows: bigint): Bound | null {
  if (!isInteger(key)) return null
  const next = integerAt(bound) + rows
  return next > MOST_INTEGER ? null : { key: [String(next)], side: 'before' }
}

function isInteger({ columns: [column, ...others] }: Key): boolean {
  if (column === undefined || others.length > 0) return false
  if (column.descending || column.nullable) return false
  return INTEGER_TYPES.has(column.dataType)
}

/** The least integer behind the bound. */
function integerAt({ key: [literal = ''], side }: Bound): bigint {
  return BigInt(literal) + (side === 'after' ? 1n : 0n)
}
