/**
 * Generated invisible primary keys: MySQL 8.0.30 and later give a table that has none one of its own, where
 * `sql_generate_invisible_primary_key` or, on a replica, `REQUIRE_TABLE_PRIMARY_KEY_CHECK = GENERATE` says so. Pure.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html
 */
import type { Vendor } from './flavor.ts'
import { normalType } from './normal.ts'

/** The server lets nobody give a column of such a key another name. */
export const GENERATED_KEY_COLUMN = 'my_row_id'

/** @param column as information_schema has it. */
export function isGeneratedKey(
  vendor: Vendor,
  column: { readonly name: string; readonly type: string; readonly extra: string },
): boolean {
  const extra = column.extra.toLowerCase()
  return (
    vendor === 'mysql' &&
    column.name === GENERATED_KEY_COLUMN &&
    normalType(column.type) === 'bigint unsigned' &&
    extra.includes('auto_increment') &&
    extra.includes('invisible')
  )
}
