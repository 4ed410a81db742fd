/** How large the source takes a table to be. */
import type { Link } from '../compare/link.ts'
import { ServerError } from '../errors.ts'
import { approximateRows } from '../mysql/catalog.ts'
import type { TableName } from '../mysql/filters.ts'
import { PRIORITY } from '../server-pool.ts'
import type { SetContext } from './context.ts'
import { toldBy } from './told-by.ts'

/** null where the engine has no estimate, and where the source does not tell it now: nothing rests on it alone. */
export async function approximateRowsOn(
  { signal }: SetContext,
  { source }: Link,
  table: TableName,
): Promise<number | null> {
  const rows = await toldBy(source, (session) => approximateRows(session, table, { signal }), {
    priority: PRIORITY.walk,
    signal,
  })
  return rows instanceof ServerError ? null : rows
}
