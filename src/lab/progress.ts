/** How far servers are: by GTID, or by file and position. A position is text that only this file reads. */
import type { Place } from './engine.ts'
import type { LabServer } from './server.ts'
import type { RootSession } from './sql.ts'

/** What a server has written to its binary log so far. */
export async function positionOf(server: LabServer): Promise<string> {
  if (server.byGtid) return (await server.value(server.engine.sql.position)) ?? ''
  const { file, position } = await logEnd(server)
  return `${file}:${position}`
}

/** Whether a replica has applied, through that channel, all that its source had written. Never blocks. */
export async function hasApplied(
  session: RootSession,
  { engine, byGtid }: LabServer,
  channel: string,
  position: string,
): Promise<boolean> {
  if (byGtid) {
    const [row] = await session.query(engine.sql.hasApplied(position))
    return row !== undefined && Object.values(row)[0] === '1'
  }
  const columns = engine.statusColumns
  const rows = await session.query(engine.sql.status)
  const row = rows.find((one) => one[columns.channel] === channel)
  const applied = { file: row?.[columns.file] ?? '', position: row?.[columns.position] ?? '0' }
  const [file = '', offset = '0'] = position.split(':')
  return isAtOrAfter(applied, { file, position: offset })
}

export async function logEnd(server: LabServer): Promise<Place> {
  const [row] = await server.query(server.engine.sql.logEnd)
  return { file: row?.File ?? '', position: row?.Position ?? '0' }
}

/** Names of binary logs end in a number that is padded to the same length. */
function isAtOrAfter(one: Place, other: Place): boolean {
  if (one.file !== other.file) return one.file > other.file
  return Number(one.position) >= Number(other.position)
}
