/** What the standings of a table, a server and a set add up to. Pure. */

import { type CheckName, type Reason, VERDICTS, type Verdict } from '../domain.ts'
import type {
  Cause,
  ChannelReport,
  GtidReport,
  ServerReport,
  SetReport,
  TableReport,
  TableStanding,
} from '../report.ts'

/** The checks that were asked for by name; null = those that are configured. */
export type RequestedChecks = readonly CheckName[] | null

/** The one answer about a table that people and scripts are given. */
export interface TableVerdict {
  readonly verdict: Verdict
  readonly reason: Reason | null
  readonly since: Date
  readonly verifiedAt: Date | null
  readonly causes: readonly Cause[]
}

/**
 * Checksum's verdict, except that a confirmed count difference makes it `drifted` (and a table that
 * one check found missing is missing). Equal counts alone prove little: `not_compared`, unless
 * checksum was left out by request.
 */
export function tableVerdict(table: TableReport, requested: RequestedChecks = null): TableVerdict {
  const { checksum, row_count: rowCount } = wanted(table, requested)
  if (checksum === undefined) return verdictOfCounts(table, rowCount, requested !== null)
  if (rowCount === undefined || ['drifted', 'missing', 'skipped'].includes(checksum.verdict)) {
    return checksum
  }
  return ['drifted', 'missing'].includes(rowCount.verdict) ? rowCount : checksum
}

function verdictOfCounts(
  table: TableReport,
  rowCount: TableStanding | undefined,
  byRequest: boolean,
): TableVerdict {
  if (rowCount !== undefined && byRequest) return { ...rowCount, verifiedAt: null }
  if (rowCount !== undefined && rowCount.verdict !== 'same') return rowCount
  const since = rowCount?.since ?? table.firstSeen
  return { verdict: 'unknown', reason: 'not_compared', since, verifiedAt: null, causes: [] }
}

function wanted(table: TableReport, requested: RequestedChecks): TableReport['standings'] {
  if (requested === null) return table.standings
  const { checksum, row_count: rowCount } = table.standings
  return {
    ...(checksum && requested.includes('checksum') && { checksum }),
    ...(rowCount && requested.includes('row_count') && { row_count: rowCount }),
  }
}

/** Whose counts are shown: row_count's own, which are looked at most often, else those of the checksum pass. */
export function countedBy({ standings }: TableReport): TableStanding | null {
  const { row_count: rowCount, checksum } = standings
  return [rowCount, checksum].find((standing) => standing && standing.rows !== null) ?? null
}

/** The worst of its tables; `unknown` for a set in which nothing was compared. */
export function setVerdict(set: SetReport, requested: RequestedChecks = null): Verdict {
  return worst(set.tables, requested) ?? 'unknown'
}

/** The worst of the tables examined on this server; null when none is, as on a source. */
export function serverVerdict(
  set: SetReport,
  server: string,
  requested: RequestedChecks = null,
): Verdict | null {
  return worst(
    set.tables.filter((table) => table.server === server),
    requested,
  )
}

function worst(tables: readonly TableReport[], requested: RequestedChecks): Verdict | null {
  const verdicts = new Set(tables.map((table) => tableVerdict(table, requested).verdict))
  verdicts.delete('skipped')
  return VERDICTS.find((verdict) => verdicts.has(verdict)) ?? null
}

/** What can be said of a server's present state: nothing while it cannot be read. */
export interface ServerState {
  readonly readOnly: boolean | null
  readonly gtid: GtidReport | null
  readonly heartbeat: Date | null
  /** null = not known, which is not the same as none. */
  readonly channels: readonly ChannelReport[] | null
}

export function stateOf(server: ServerReport): ServerState {
  if (!server.up) return { readOnly: null, gtid: null, heartbeat: null, channels: null }
  const { gtid, isStatusKnown } = server
  if (!isStatusKnown) return { readOnly: null, gtid, heartbeat: null, channels: null }
  const { readOnly, heartbeat, channels } = server
  return { readOnly, gtid, heartbeat, channels }
}

/** Held and not needed, with those for which the server is refused. */
export function excessPrivileges(server: ServerReport): readonly string[] {
  const { excess = [], refused = [] } = server.privileges ?? {}
  return [...new Set([...refused, ...excess])]
}
