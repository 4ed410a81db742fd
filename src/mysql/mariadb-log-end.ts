import type { BinlogPlace } from './binlog-place.ts'
import { type Session, text } from './query.ts'

/** null = it writes no binary log. */
export async function mariadbLogEnd(session: Session): Promise<BinlogPlace | null> {
  const [row] = await session.query('SHOW MASTER STATUS')
  if (row === undefined) return null
  return { file: text(row, 'File'), offset: BigInt(text(row, 'Position')) }
}
