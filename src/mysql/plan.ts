/** What a server would do for a statement, asked before it does it. */

import { textOf } from './catalog.ts'
import type { Session } from './query.ts'

/** EXPLAIN's `type` of a table or an index that is read from one end to the other. */
const FULL_SCANS = new Set(['ALL', 'index'])

/** @throws {ServerError} */
export async function readsEverything(session: Session, sql: string): Promise<boolean> {
  const { vendor } = await session.flavor()
  // MySQL 9 may be set to answer with a tree; MariaDB knows no name for its table of old.
  const explain = vendor === 'mysql' ? 'EXPLAIN FORMAT=TRADITIONAL' : 'EXPLAIN'
  const rows = await session.query(`${explain} ${sql}`)
  return rows.some((row) => FULL_SCANS.has(textOf(row['type'])))
}
