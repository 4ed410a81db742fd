/**
 * The SQL that tells rows apart which no key does: by their hashes, and by how often each is there. Pure.
 *
 * A statement goes through the whole range twice as dearly as a digest of it does. So a first one gives a line per
 * bucket, a part of the hash, and a second one the hashes of those buckets alone that differ.
 */
import type { TableDefinition } from './definition.ts'
import { EVERYTHING, type Range, selectSql } from './range.ts'
import { quoteText } from './sql.ts'

/** Hexadecimal digits: 4,096 buckets. */
const DIGITS = 3

/** The last digits: MariaDB's hashes are numbers, and their first ones are not spread evenly. */
const bucketOf = (rowHash: string) => `RIGHT(${rowHash}, ${DIGITS})`

/** One row per bucket: `bucket`, NULL of rows without a hash, `n` = rows, `digest` = of their hashes. */
export function bucketsSql(
  definition: TableDefinition,
  range: Range,
  rowHash: string,
  where?: string,
): string {
  const select = `${bucketOf(rowHash)} AS bucket, COUNT(*) AS n, SUM(CRC32(${rowHash})) AS digest`
  // By its place: a column of the table may be called `bucket`.
  return `${selectSql(definition, range, select, where)} GROUP BY 1`
}

/** The hashes in these buckets, `hash`, and how often each is there, `copies`. */
export function copiesSql(
  definition: TableDefinition,
  range: Range,
  { rowHash, buckets, limit }: { rowHash: string; buckets: readonly string[]; limit: number },
  where?: string,
): string {
  const all = selectSql(definition, range, `${rowHash} AS hash, COUNT(*) AS copies`, where)
  const wanted = buckets.map(quoteText).join(', ')
  return `${all} AND ${bucketOf(rowHash)} IN (${wanted}) GROUP BY 1 LIMIT ${limit}`
}

/** One row with this hash. */
export function rowOfHashSql(
  definition: TableDefinition,
  select: string,
  { rowHash, hash }: { rowHash: string; hash: string },
  where?: string,
): string {
  const all = selectSql({ ...definition, key: null }, EVERYTHING, select, where)
  return `${all} AND ${rowHash} = ${quoteText(hash)} LIMIT 1`
}
