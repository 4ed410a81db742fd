/** Series about servers: what they are, whether they replicate, and how our checks fare on them. */

import { FAILURE_REASONS, RECHECK_RESULTS, THROTTLE_REASONS } from '../../domain.ts'
import type { ChannelReport, CheckStatus, ServerReport, SetReport } from '../../report.ts'
import { excessPrivileges, stateOf } from '../judge.ts'
import { type Labels, labels, type Samples, withLabels } from './encode.ts'

type At = Labels<'replication_set' | 'server'>

export function addState(samples: Samples, set: SetReport): void {
  const ofSet = labels({ replication_set: set.name })
  samples.addKnown('sources', ofSet, set.sources)
  const shared = set.sharedIdentities?.flatMap(({ servers }) => servers) ?? null
  samples.addKnown('server_identity_duplicates', ofSet, shared && new Set(shared).size)
  samples.addKnown('replicas_unwatched', ofSet, set.replicasUnwatched?.length ?? null)
  samples.addKnown('checksum_pass_progress_ratio', ofSet, set.passProgress)
  for (const server of set.servers) {
    const at = withLabels(ofSet, { server: server.name })
    addServer(samples, at, server)
    addLoad(samples, at, server)
    for (const [check, status] of Object.entries(server.checks)) {
      addCheck(samples, withLabels(at, { check }), status)
    }
  }
}

/** While a server is not up its state is withdrawn, not frozen; what it is stays. */
function addServer(samples: Samples, at: At, server: ServerReport): void {
  samples.add('up', at, server.up)
  const info = withLabels(at, {
    role: server.role,
    flavor: server.flavor ?? '',
    version: server.version ?? '',
    server_uuid: server.serverUuid ?? '',
  })
  samples.add('server_info', info, 1)
  if (server.privileges !== null) {
    samples.add('excess_privileges', at, excessPrivileges(server).length)
    samples.add('missing_privileges', at, server.privileges.missing.length)
  }

  const { readOnly, gtid, heartbeat, channels } = stateOf(server)
  samples.addKnown('server_read_only', at, readOnly)
  samples.addKnown('gtid_enabled', at, gtid?.enabled ?? null)
  samples.addKnown('gtid_errant_transactions', at, gtid?.errant ?? null)
  if (heartbeat !== null) samples.addTime('replication_heartbeat_timestamp_seconds', at, heartbeat)
  samples.addKnown('replication_channels', at, channels?.length ?? null)
  for (const channel of channels ?? []) addChannel(samples, at, channel)
}

function addChannel(samples: Samples, server: At, channel: ChannelReport): void {
  const at = withLabels(server, { channel: channel.name })
  samples.add('replication_source_in_set', at, channel.source !== null)
  const io = withLabels(at, { thread: 'io' })
  const sql = withLabels(at, { thread: 'sql' })
  samples.add('replication_thread_running', io, channel.io === 'running')
  samples.add('replication_thread_running', sql, channel.sql === 'running')
  samples.add('replication_last_error_number', io, channel.ioErrorNumber)
  samples.add('replication_last_error_number', sql, channel.sqlErrorNumber)
  samples.addKnown('replication_workers_failed', at, channel.workersFailed)
  samples.add('replication_lag_known', at, channel.lagSeconds !== null)
  samples.addKnown('replication_lag_seconds', at, channel.lagSeconds)
  samples.add('replication_configured_delay_seconds', at, channel.delaySeconds)
  samples.addKnown('replication_receive_gap_transactions', at, channel.receiveGap)
  samples.addKnown('gtid_missing_transactions', at, channel.missing)
  samples.addKnown('gtid_unrecoverable_transactions', at, channel.unrecoverable)
}

const NEVER = new Date(0)

/** Timestamps say 0 for never; whether it succeeded is not known before it ran. */
function addCheck(
  samples: Samples,
  at: Labels<'replication_set' | 'server' | 'check'>,
  status: CheckStatus,
): void {
  samples.addKnown('check_success', at, status.lastRun === null ? null : status.success)
  samples.add('check_interval_seconds', at, status.intervalSeconds)
  samples.addTime('check_due_since_timestamp_seconds', at, status.dueSince)
  samples.addTime('check_last_run_timestamp_seconds', at, status.lastRun ?? NEVER)
  samples.addTime('check_last_success_timestamp_seconds', at, status.lastSuccess ?? NEVER)
  samples.addKnown('check_last_duration_seconds', at, status.lastDurationSeconds)
  samples.add('check_runs_total', at, status.runs)
  for (const reason of FAILURE_REASONS) {
    samples.add('check_failures_total', withLabels(at, { reason }), status.failures[reason])
  }
}

function addLoad(samples: Samples, at: At, { load, throttle }: ServerReport): void {
  samples.add('chunks_checked_total', at, load.chunksChecked)
  samples.add('chunk_mismatches_total', at, load.chunkMismatches)
  samples.add('rows_checked_total', at, load.rowsChecked)
  samples.add('queries_total', at, load.queries)
  samples.add('query_seconds_total', at, load.querySeconds)
  samples.add('queries_killed_total', at, load.queriesKilled)
  for (const result of RECHECK_RESULTS) {
    samples.add('chunk_rechecks_total', withLabels(at, { result }), load.rechecks[result])
  }
  for (const reason of THROTTLE_REASONS) {
    const why = withLabels(at, { reason })
    samples.add('throttled', why, throttle[reason].held)
    samples.add('throttled_seconds_total', why, throttle[reason].seconds)
  }
}
