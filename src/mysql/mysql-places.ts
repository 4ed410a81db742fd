/**
 * The fence of MySQL without GTIDs: file and position in the source's binary log. There is no proof of what is
 * visible on the source; what waits for a semi-sync replica is waited for, and what is between the log and
 * the engine is there for a moment only, which no series of looks outlives (research/protocol.md D).
 */
import { NoFence, ServerError } from '../errors.ts'
import { type BinlogPlace, formatPlace, isBefore, parsePlace } from './binlog-place.ts'
import type { Fencing } from './dialect.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { statusIn, stillBrings } from './mysql-channels.ts'
import { type Session, text } from './query.ts'

/** @param sourceUuid of the server whose log it is: the channel may have been pointed at another meanwhile. */
export function placeFencing(sourceUuid: string | null): Fencing {
  return {
    notation: 'place',

    position: async (source) => formatPlace(await endOf(source)),

    // A low-water mark under parallel appliers: late, never early.
    async hasReached(replica, position, channel) {
      if (channel === null) {
        throw new NoFence(`${replica.server}: a place in a log says nothing behind other servers`)
      }
      const { applied } = await progress(replica, channel, sourceUuid)
      return !isBefore(applied, parsePlace(position))
    },

    async ceiling({ replica }, channel) {
      const { received } = await progress(replica, channel, sourceUuid)
      return { target: formatPlace(received), received: '' }
    },

    async readPast({ control, reader }, ceiling, read) {
      if (isBefore(await endOf(control), parsePlace(ceiling.target))) return null
      if (await isAnyoneWaiting(control)) return null
      return { value: await read(reader) }
    },
  }
}

async function endOf(source: Session): Promise<BinlogPlace> {
  const end = await logEnd(source)
  if (end === null) {
    throw new ServerError('query', `${source.server}: it writes no binary log any more`)
  }
  return end
}

/** SHOW MASTER STATUS is gone in 8.4, SHOW BINARY LOG STATUS came with 8.2. */
export function logStatusIn(flavor: Flavor): string {
  return atLeast(flavor, 'mysql', 8, 2) ? 'SHOW BINARY LOG STATUS' : 'SHOW MASTER STATUS'
}

export async function logEnd(source: Session): Promise<BinlogPlace | null> {
  const [row] = await source.query(logStatusIn(await source.flavor()))
  if (row === undefined) return null
  return { file: text(row, 'File'), offset: BigInt(text(row, 'Position')) }
}

async function progress(replica: Session, channel: string, sourceUuid: string | null) {
  const { statement, words } = statusIn(await replica.flavor())
  const rows = await replica.query(statement)
  const found = rows.find((each) => String(each['Channel_Name'] ?? '') === channel)
  const row = stillBrings(replica, found, { column: `${words.source}_UUID`, sourceUuid })
  const place = (file: string, offset: string) => ({
    file: text(row, file),
    offset: BigInt(text(row, offset)),
  })
  return {
    applied: place(`Relay_${words.source}_Log_File`, `Exec_${words.source}_Log_Pos`),
    received: place(`${words.source}_Log_File`, `Read_${words.source}_Log_Pos`),
  }
}

/** Commits of a semi-sync source that are in its log, and maybe on a replica, and not yet to be seen. */
async function isAnyoneWaiting(source: Session): Promise<boolean> {
  const rows = await source.query("SHOW GLOBAL STATUS LIKE 'Rpl_semi_sync_%_wait_sessions'")
  return rows.some((row) => text(row, 'Value') !== '0')
}
