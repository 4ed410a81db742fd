/** The rows that pt-heartbeat, or something like it, writes on a source: one for each writer. */
import { ServerError } from '../errors.ts'
import { momentOf } from '../wall-clock.ts'
import { type Session, text } from './query.ts'
import { quoteTable } from './sql.ts'

/** There is one writer, or a few. */
const MOST_WRITERS = 1000

/**
 * When each writer last wrote, as far as it has come here, by its `server_id`.
 * @param timeZone of the column `ts`, unless that is a TIMESTAMP: those have none.
 * @throws {ServerError} also when `ts` holds no time.
 */
export async function readHeartbeats(
  session: Session,
  {
    schema,
    table,
    timeZone,
  }: { readonly schema: string; readonly table: string; readonly timeZone: string },
): Promise<Map<string, Date>> {
  const rows = await session.query(
    `SELECT h.server_id AS writer, MAX(h.ts) AS ts FROM ${quoteTable(schema, table)} AS h ` +
      `GROUP BY h.server_id LIMIT ${MOST_WRITERS}`,
  )
  return new Map(
    rows.map((row) => {
      const moment = momentOf(String(row['ts'] ?? ''), timeZone)
      if (moment !== undefined) return [text(row, 'writer'), moment]
      throw new ServerError('query', `${session.server}: no time in ${schema}.${table}.ts`)
    }),
  )
}
