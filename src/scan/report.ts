/** Everything known of a set as one immutable report. */
import { CHECKS } from '../checks/index.ts'
import type { CheckName } from '../domain.ts'
import { sharedIdentities } from '../identities.ts'
import { formatVersion } from '../mysql/flavor.ts'
import { EVERYWHERE, holds } from '../mysql/grant-scope.ts'
import type { SeenReplicas } from '../mysql/seen-replicas.ts'
import type {
  ChannelReport,
  CheckStatus,
  ServerReport,
  SetReport,
  TableReport,
  TableStanding,
} from '../report.ts'
import { type ChannelLink, isExamined, type Topology } from '../topology.ts'
import { unwatchedReplicas, type Watcher } from '../unwatched.ts'
import { factsOf, gtidLinkKey, type ServerFacts, type SetContext } from './context.ts'
import { type JudgedSettings, judgeSettings, knownReadings } from './settings.ts'

/** A `same` that was last verified so many intervals ago, of an end that cannot be read, is none any more. */
const STALE_INTERVALS = 3

export function reportOf(context: SetContext): SetReport {
  const topology = context.topology()
  const { config } = context
  const settings = judgeSettings(context, knownReadings(context))
  const isEveryoneUp = [...context.facts.values()].every((facts) => isUp(context, facts))
  return {
    name: config.name,
    servers: [...context.facts.values()].map((facts) =>
      serverReport(context, facts, topology, settings),
    ),
    tables: isEveryoneUp
      ? context.tables.reports()
      : context.tables.reports().map((table) => withoutSight(context, table)),
    schemaDifferences: [...context.schemaDifferences.values()].flat(),
    schemaUnknown: [...context.schemaLooks.values()].flatMap(({ unknown }) => unknown),
    schemaRead: [...context.facts.values()]
      .filter(({ schemaRead }) => schemaRead)
      .map(({ server }) => server.config.name),
    variableFindings: settings.findings,
    sources: isEveryoneUp ? topology.sources : null,
    loops: topology.loops,
    ...identitiesOf(context, topology),
    passProgress: context.pass && progressOf(context, context.pass),
    maxLagSeconds: config.throttle.maxLagMs / 1000,
    tableDetail: config.tableDetail,
    maxTablesPerSet: config.maxTablesPerSet,
  }
}

/** By tables, and within those that are being walked by rows: a giant must not look like a standstill. */
function progressOf(context: SetContext, { done, tables }: NonNullable<SetContext['pass']>) {
  if (tables === 0) return 1
  const walked = context.tables.all().reduce((sum, { walk }) => sum + (walk?.share() ?? 0), 0)
  return Math.min(1, (done + walked) / tables)
}

function identitiesOf(
  context: SetContext,
  topology: Topology,
): Pick<SetReport, 'sharedIdentities' | 'replicasUnwatched'> {
  const all = [...context.facts.values()]
  const known = all.flatMap(({ server: { config }, sight: { identity, membership } }) =>
    identity === null
      ? []
      : [{ name: config.name, identity, cluster: membership && (membership.group ?? config.name) }],
  )
  const watchers = all.map((facts): Watcher => {
    const { name } = facts.server.config
    return {
      name,
      identity: facts.sight.identity,
      seen: seenBy(context, facts),
      watched: watchedOn(context, topology, name),
    }
  })
  return {
    sharedIdentities: known.length === 0 ? null : sharedIdentities(known, topology),
    replicasUnwatched: unwatchedReplicas(watchers),
  }
}

/** Without PROCESS an account sees no connections but its own; nobody is connected to a server that is down. */
function seenBy(context: SetContext, facts: ServerFacts): SeenReplicas | null {
  const { seenReplicas: seen, grants } = facts
  if (seen === null || seen.by === 'name') return seen
  if (!isUp(context, facts)) return { by: 'connection', readers: [] }
  return grants !== null && holds(grants, 'PROCESS', EVERYWHERE) ? seen : null
}

/** A replica that cannot be read may be connected all the same. */
function watchedOn(
  context: SetContext,
  { channels, twins }: Topology,
  source: string,
): ReadonlyMap<string, number> {
  const watched = new Map<string, number>()
  if (!isUp(context, factsOf(context, source))) return watched
  for (const link of channels) {
    if (link.source !== source || twins.has(link.replica)) continue
    const isAway = !isUp(context, factsOf(context, link.replica))
    if (link.channel.io !== 'running' && !isAway) continue
    watched.set(link.channel.account, (watched.get(link.channel.account) ?? 0) + 1)
  }
  return watched
}

function serverReport(
  context: SetContext,
  facts: ServerFacts,
  topology: Topology,
  { judged, compared }: JudgedSettings,
): ServerReport {
  const { server, sight, flavor } = facts
  const { name, address } = server.config
  const role = topology.roles.get(name) ?? 'unknown'
  const mine = topology.channels.filter(({ replica }) => replica === name)
  const due = CHECKS.filter(
    (check) =>
      context.mode.checks.includes(check.name) &&
      check.appliesTo(role, mine.length, isExamined(topology, name)),
  ).map((check) => check.name)
  return {
    name,
    address,
    up: isUp(context, facts),
    outReason: facts.outReason,
    role,
    flavor: flavor?.vendor ?? null,
    version: flavor === null ? null : formatVersion(flavor.version),
    serverUuid: sight.identity?.uuid ?? null,
    readOnly: sight.identity?.readOnly ?? null,
    gtid: facts.gtid,
    heartbeat: facts.heartbeat,
    channels: mine.map((link) => channelReport(context, link)),
    isStatusKnown: facts.isStatusKnown,
    privileges: facts.privileges,
    settings: facts.variables && {
      judged: judged.get(name) ?? [],
      compared: compared.get(name) ?? [],
    },
    checks: Object.fromEntries(
      context.runs
        .statuses(name, due)
        .map(([check, status]): [CheckName, CheckStatus] => [
          check,
          { ...status, intervalSeconds: (context.config.intervals[check] ?? 0) / 1000 },
        ]),
    ),
    load: { ...server.load, rechecks: { ...server.load.rechecks } },
    throttle: context.gate.report(server),
  }
}

function channelReport(
  context: SetContext,
  { replica, source, channel }: ChannelLink,
): ChannelReport {
  const gtids = context.gtidLinks.get(gtidLinkKey(replica, channel.name))
  return {
    name: channel.name,
    source,
    io: channel.io,
    sql: channel.sql,
    ioErrorNumber: channel.ioErrorNumber,
    sqlErrorNumber: channel.sqlErrorNumber,
    lagSeconds: channel.lagSeconds,
    workersFailed: channel.workersFailed,
    delaySeconds: channel.delaySeconds,
    missing: gtids?.missing ?? null,
    receiveGap: gtids?.receiveGap ?? null,
    unrecoverable: gtids?.unrecoverable ?? null,
  }
}

/** It answered a query within the last two `threads` intervals; in one full look, at the last try. */
function isUp(context: SetContext, { lastAnswer, outReason }: ServerFacts): boolean {
  if (lastAnswer === null) return false
  const interval = context.config.intervals.threads
  if (context.mode.once || interval === undefined) return outReason === null
  return context.world.steady().getTime() - lastAnswer.steady.getTime() <= 2 * interval
}

/** `drifted` and `missing` stay when an end goes out of sight; `same` does not for long. */
function withoutSight(context: SetContext, table: TableReport): TableReport {
  const ends = [table.server, ...(table.source === null ? [] : [table.source])]
  if (ends.every((name) => isUp(context, factsOf(context, name)))) return table
  const staleMs = STALE_INTERVALS * (context.config.intervals.checksum ?? 0)
  const now = context.world.now()
  const lastSight = Math.min(
    ...ends.map((name) => factsOf(context, name).lastAnswer?.at.getTime() ?? 0),
  )
  const stale = (standing: TableStanding): TableStanding => {
    if (standing.verdict !== 'same' && standing.verdict !== 'suspect') return standing
    const verified = standing.verifiedAt?.getTime() ?? 0
    if (!context.mode.once && now.getTime() - verified <= staleMs) return standing
    // The oldest moment at which it was known to be out of sight: it must grow older, not start anew.
    const since = new Date(Math.max(standing.since.getTime(), lastSight, verified))
    return { ...standing, verdict: 'unknown', reason: 'unreachable', since }
  }
  const { row_count, checksum } = table.standings
  return {
    ...table,
    standings: {
      ...(row_count && { row_count: stale(row_count) }),
      ...(checksum && { checksum: stale(checksum) }),
    },
  }
}
