/** All that one replication set's checks share: its servers, what was seen of them, and what was found. */
import type { LinkMemory } from '../compare/link.ts'
import type { SetConfig } from '../config/config.ts'
import type { CheckName, FailureReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { GtidObservation } from '../mysql/dialect.ts'
import type { LogRules } from '../mysql/filters.ts'
import type { Flavor } from '../mysql/flavor.ts'
import type { Grant } from '../mysql/grants.ts'
import type { SeenReplicas } from '../mysql/seen-replicas.ts'
import type { VariableReading } from '../mysql/variables.ts'
import type { GtidReport, PrivilegeReport, SchemaDifference, SchemaUnknown } from '../report.ts'
import { openServer, type Server } from '../server-pool.ts'
import { type Sight, type Topology, topologyOf } from '../topology.ts'
import type { World } from '../world.ts'
import type { AfterDelay } from './after-delay.ts'
import { type CheckRuns, checkRuns } from './check-runs.ts'
import { type ErrantMemory, noErrants } from './errant.ts'
import { createGate, type ServerGate } from './gate.ts'
import {
  NO_MEMORY,
  rememberedChecks,
  rememberedDifferences,
  rememberedLooks,
  rememberedPass,
  rememberedTables,
  rememberedVariables,
  type SetMemory,
  sightOf,
} from './memory.ts'
import { type TableStore, tableStore } from './table-store.ts'

/** What `serve` and `check` do differently, decided once. */
export interface ScanMode {
  /** `check`: every table is to be decided in this run, and an unreachable end is unknown at once. */
  readonly once: boolean
  /** The checks to be run, cheapest first. */
  readonly checks: readonly CheckName[]
}

export interface ServerFacts {
  readonly server: Server
  sight: Sight
  /** By channel: the last lag that was known, beyond the configured delay. */
  lags: ReadonlyMap<string, number>
  flavor: Flavor | null
  /** When it last answered a status query, by the clock and by the one that never jumps; null = never. */
  lastAnswer: { readonly at: Date; readonly steady: Date } | null
  /** Of the last failure, in words; null when the last try worked. */
  outReason: string | null
  outFailure: FailureReason | null
  /** false before it was read, and while the account may not read it: what it was last is not what it is. */
  isStatusKnown: boolean
  /** When it came back, or what our account may do there changed: what could not be read before may be read now. */
  changedAt: Date | null
  gtid: GtidReport | null
  readonly errants: ErrantMemory
  /** When the newest heartbeat row was written that has come from its source; null = none was seen. */
  heartbeat: Date | null
  privileges: PrivilegeReport | null
  /** What the account holds there now, for `hiddenObjects`; null before it was read. */
  grants: readonly Grant[] | null
  /** Its settings as last read, and confirmed if anything is wrong with them; null before. */
  variables: VariableReading | null
  /** What it does not log, and the connection that said so: a server is started with it. */
  log: { readonly epoch: number; readonly rules: LogRules } | null
  /** Who replicates from it; null while that is not known. */
  seenReplicas: SeenReplicas | null
  /** The schema check has read both ends of every link of this replica at least once. */
  schemaRead: boolean
}

/** What the last look at the definitions of both ends of a link left behind, besides the differences. */
export interface SchemaLook {
  readonly unknown: readonly SchemaUnknown[]
  /** null = not to the end. */
  readonly compared: Compared | null
}

/** Both ends of a link as they were when it was compared to the end, and when that was, in ms of the steady clock. */
export interface Compared {
  readonly stamp: string
  readonly atMs: number
}

/** What the last look at the GTIDs of both ends of a channel found. */
export interface GtidLink {
  readonly source: string | null
  /** As it was at that look, or at the last one at which it could be read; null before that. */
  readonly seen: GtidObservation | null
  readonly missing: bigint | null
  readonly receiveGap: bigint | null
  readonly unrecoverable: bigint | null
}

export function gtidLinkKey(replica: string, channel: string): string {
  return JSON.stringify([replica, channel])
}

export interface SetContext {
  readonly config: SetConfig
  readonly mode: ScanMode
  readonly world: World
  readonly log: Logger
  readonly signal: AbortSignal
  readonly facts: ReadonlyMap<string, ServerFacts>
  readonly runs: CheckRuns
  readonly tables: TableStore
  /** By `gtidLinkKey`. */
  readonly gtidLinks: Map<string, GtidLink>
  /** What a link remembers between looks, by its name. */
  readonly linkMemories: Map<string, LinkMemory>
  /** Keys of the tables that a channel of a hub brings, as last seen; by replica, channel and source. */
  readonly carried: Map<string, ReadonlySet<string>>
  /** By replica, channel and source; confirmed. */
  readonly schemaDifferences: Map<string, readonly SchemaDifference[]>
  /** What else the last look at the definitions left behind, by the same. */
  readonly schemaLooks: Map<string, SchemaLook>
  /** Tables of the checksum pass that is under way or was the last; null before the first. */
  pass: { done: number; tables: number } | null
  /** When that pass began, also if it was before a restart. */
  passStartedAt: Date | null
  /** Until when no table is read, on request; null = it was not asked for. */
  pausedUntil: Date | null
  readonly gate: ServerGate
  /** Tables whose replica is delayed on purpose, and that differed: they are looked at again after its delay. */
  readonly afterDelay: AfterDelay
  /** Who replicates from whom, from everything seen so far. */
  topology(): Topology
}

export function createContext(
  config: SetConfig,
  mode: ScanMode,
  world: World,
  log: Logger,
  signal: AbortSignal,
  memory: SetMemory = NO_MEMORY,
): SetContext {
  const options = {
    maxQueries: maxQueriesOf(config, mode),
    maxDuty: config.throttle.maxDuty ?? (mode.once ? 1 : SERVE_DUTY),
    world,
    log,
  }
  const facts = new Map(
    config.servers.map((server): [string, ServerFacts] => [
      server.name,
      {
        server: openServer(config, server, options),
        sight: sightOf(memory, server),
        lags: new Map(),
        flavor: null,
        lastAnswer: null,
        outReason: null,
        outFailure: null,
        isStatusKnown: false,
        changedAt: null,
        gtid: null,
        errants: noErrants(),
        heartbeat: null,
        privileges: null,
        grants: null,
        variables: rememberedVariables(memory, server, mode.checks),
        log: null,
        seenReplicas: null,
        schemaRead: memory.servers.some(
          ({ name, schemaRead }) => name === server.name && schemaRead,
        ),
      },
    ]),
  )
  const context: SetContext = {
    config,
    mode,
    world,
    log,
    signal,
    facts,
    runs: checkRuns({
      set: config.name,
      world,
      log,
      signal,
      known: new Map(
        config.servers.map((server) => [
          server.name,
          rememberedChecks(memory, server, mode.checks),
        ]),
      ),
    }),
    tables: tableStore({
      set: config.name,
      world,
      log,
      known: rememberedTables(memory, config, mode.checks, world.now()),
    }),
    gtidLinks: new Map(),
    linkMemories: new Map(),
    carried: new Map(),
    schemaDifferences: rememberedDifferences(memory, config),
    schemaLooks: rememberedLooks(memory, config),
    pass: null,
    passStartedAt: rememberedPass(memory, config),
    pausedUntil: null,
    gate: createGate(() => context),
    afterDelay: { waiting: new Map(), underWay: new Map() },
    topology: () =>
      topologyOf(
        [...facts.values()].map(({ sight }) => sight),
        config.links,
      ),
  }
  return context
}

/** Share of the time in which `serve` reads tables on a server. */
export const SERVE_DUTY = 0.25

/** Readings in flight per server. */
export function maxQueriesOf({ throttle }: SetConfig, { once }: ScanMode): number {
  return throttle.maxQueries ?? (once ? 2 : 1)
}

/** @throws when `name` is not a server of the set: names come from the configuration. */
export function factsOf(context: SetContext, name: string): ServerFacts {
  const facts = context.facts.get(name)
  if (facts === undefined) throw new Error(`no server ${name} in ${context.config.name}`)
  return facts
}

/**
 * What was found out a moment ago is not tried anew by every check: a server that hangs takes its time.
 * @throws {ServerError}
 */
export function assertUsable({ server, outFailure }: ServerFacts): void {
  if (server.usable) return
  throw new ServerError(outFailure ?? 'connect', `${server.config.name}: not answering`)
}

/** Refused: this account may write there, so that nothing is read from tables. */
export function isRefused(context: SetContext, name: string): boolean {
  return (factsOf(context, name).privileges?.refused.length ?? 0) > 0
}
