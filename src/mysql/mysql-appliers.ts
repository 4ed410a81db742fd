/** How far the appliers of a MySQL replica are behind, and how many of them failed, by performance_schema. */
import type { ChannelStatus } from './dialect.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { type Row, type Session, text, unlessRefused } from './query.ts'

/** An applier that ended a transaction so long ago is between two of them, and says how late it is. */
const RECENT_SECONDS = 1

/**
 * The channels with the lag that commit timestamps tell, where the server has them (8.0 and later), and with the
 * number of failed appliers. Timestamps are those of the commit on the direct source, which is what SOURCE_DELAY
 * counts from too; both clocks are taken for right. What is not told stays as it is.
 */
export async function withAppliers(
  session: Session,
  flavor: Flavor,
  channels: readonly ChannelStatus[],
): Promise<ChannelStatus[]> {
  if (channels.length === 0) return []
  const isTimed = atLeast(flavor, 'mysql', 8, 0)
  const workers = await unlessRefused(session.query(isTimed ? TIMED_WORKERS : WORKERS))
  if (workers === null) return [...channels]
  const states = isTimed ? await session.query(STATES) : []
  return channels.map((channel) => {
    const mine = workers.filter((row) => text(row, 'channel') === channel.name)
    const state = states.find((row) => text(row, 'channel') === channel.name)
    return {
      ...channel,
      workersFailed: mine.length === 0 ? null : mine.filter(hasFailed).length,
      lagSeconds: state === undefined ? channel.lagSeconds : lagOf(channel, mine, state),
    }
  })
}

/** By performance_schema.replication_applier_status_by_worker of 5.7: without any time. */
const WORKERS =
  'SELECT CHANNEL_NAME AS channel, LAST_ERROR_NUMBER AS error ' +
  'FROM performance_schema.replication_applier_status_by_worker'

/** Times are 0 where there is nothing, and where a source older than 8.0 wrote none. */
const TIMED_WORKERS =
  'SELECT CHANNEL_NAME AS channel, LAST_ERROR_NUMBER AS error, ' +
  'UNIX_TIMESTAMP(APPLYING_TRANSACTION_IMMEDIATE_COMMIT_TIMESTAMP) AS applying, ' +
  'UNIX_TIMESTAMP(LAST_APPLIED_TRANSACTION_IMMEDIATE_COMMIT_TIMESTAMP) AS applied, ' +
  'UNIX_TIMESTAMP(LAST_APPLIED_TRANSACTION_END_APPLY_TIMESTAMP) AS ended ' +
  'FROM performance_schema.replication_applier_status_by_worker'

const STATES =
  'SELECT s.CHANNEL_NAME AS channel, UNIX_TIMESTAMP(NOW(6)) AS now, a.REMAINING_DELAY AS remaining, ' +
  "s.RECEIVED_TRANSACTION_SET <> '' AS by_gtid, " +
  'GTID_SUBSET(s.RECEIVED_TRANSACTION_SET, @@global.gtid_executed) AS caught_up ' +
  'FROM performance_schema.replication_connection_status AS s ' +
  'JOIN performance_schema.replication_applier_status AS a USING (CHANNEL_NAME)'

const hasFailed = (worker: Row) => text(worker, 'error') !== '0'

/** Age of the oldest transaction that was received and is not applied; 0 when there is none. */
function lagOf(channel: ChannelStatus, workers: readonly Row[], state: Row): number | null {
  if (channel.sql !== 'running') return null
  const now = Number(text(state, 'now'))
  const since = (time: number) => Math.max(0, round(now - time))
  const applying = workers.map((row) => Number(text(row, 'applying'))).filter((time) => time > 0)
  if (applying.length > 0) return since(Math.min(...applying))
  // Until its time has come a transaction waits with the coordinator: no applier has it.
  const remaining = state['remaining'] ?? null
  if (remaining !== null) return Math.max(0, channel.delaySeconds - Number(remaining))
  // Without GTIDs, or with nothing received since a restart, the rest is not told by transactions.
  if (text(state, 'by_gtid') !== '1') return channel.lagSeconds
  if (text(state, 'caught_up') === '1') return channel.io === 'running' ? 0 : null
  const [last] = workers.toSorted((a, b) => Number(text(b, 'ended')) - Number(text(a, 'ended')))
  if (last === undefined) return channel.lagSeconds
  const [applied, ended] = [Number(text(last, 'applied')), Number(text(last, 'ended'))]
  const isTold = applied > 0 && now - ended < RECENT_SECONDS
  return isTold ? Math.max(0, round(ended - applied)) : channel.lagSeconds
}

/** To the millisecond. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}
