/** What differs within rows that are known to differ. */
import type { RowDifference } from '../answers.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import type { DifferingRow } from './differing-row.ts'
import type { Link } from './link.ts'
import type { RowDetails, TableReader } from './table-reader.ts'

/**
 * Needs no fence: a row counts only as long as its hash is the one that was confirmed.
 * @throws {ServerError}
 */
export async function describeRow(
  link: Link,
  reader: TableReader,
  row: DifferingRow,
  { withValues, signal }: { readonly withValues: boolean; readonly signal: AbortSignal },
): Promise<RowDifference> {
  const read = async (server: Server, hash: string | null): Promise<RowDetails | null> => {
    if (hash === null) return null
    const found = await server.read(
      (session) => reader.details(session, { key: row.key, hash }, withValues),
      {
        priority: PRIORITY.recheck,
        signal,
      },
    )
    return found?.hash === hash ? found : null
  }
  const [source, replica] = await Promise.all([
    read(link.source, row.source),
    read(link.replica, row.replica),
  ])
  const columns =
    source === null || replica === null
      ? []
      : [...source.columns.keys()].filter(
          (name) => source.columns.get(name) !== replica.columns.get(name),
        )
  return {
    kind: row.kind,
    key: row.key.length === 0 ? {} : reader.shownKey(row.key),
    columns,
    copies: row.copies,
    values: withValues
      ? { source: source?.values ?? null, replica: replica?.values ?? null }
      : null,
  }
}
