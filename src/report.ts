/**
 * What is known of the replication sets at one moment: the nouns of every output. Types only.
 * Times are `Date`s, counts of rows and transactions are `bigint`s (a MySQL sequence number goes to 2^63).
 */
import type {
  CauseAspect,
  CauseObject,
  CheckName,
  DifferenceKind,
  FailureReason,
  Reason,
  RecheckResult,
  Role,
  SchemaObject,
  Severity,
  TableCheck,
  ThreadState,
  ThrottleReason,
  UnknownReason,
  VariableFindingKind,
  VariableName,
  Verdict,
} from './domain.ts'

/** One replication connection of a server, as last seen. */
export interface ChannelReport {
  /** '' is the default channel (MySQL) or connection (MariaDB). */
  readonly name: string
  /** Configured name of its source, or null when the source is not in the set. */
  readonly source: string | null
  readonly io: ThreadState
  readonly sql: ThreadState
  readonly ioErrorNumber: number
  readonly sqlErrorNumber: number
  /** Apply delay in seconds, or null when the server does not know: never 0 for unknown. */
  readonly lagSeconds: number | null
  /** Parallel appliers that stopped on an error; null where the server does not tell. */
  readonly workersFailed: number | null
  readonly delaySeconds: number
  /** In the source at the previous look and still not here; null before the second look. */
  readonly missing: bigint | null
  /** In the source at the previous look and not even received; null where the server does not tell. */
  readonly receiveGap: bigint | null
  /** Missing, and already purged at the source: this replica cannot catch up any more. */
  readonly unrecoverable: bigint | null
}

/** What a replica has executed and its sources have not. */
export interface GtidReport {
  readonly enabled: boolean
  readonly errant: bigint | null
  /** In the flavor's own notation, '' when there are none. */
  readonly errantSet: string | null
  /** false: `errant` is a lower bound (MariaDB while its log is not read to the end, or cannot be). */
  readonly errantExact: boolean
  /** The first ones that were found in the server's binary log so far; null where that cannot be read. */
  readonly errantTransactions: readonly ErrantTransaction[] | null
}

/** One of them, as the binary log of the server shows it: no times, no values, no text of statements. */
export interface ErrantTransaction {
  readonly gtid: string
  /** `schema.table` as the server gives it; the first ones. */
  readonly tables: readonly string[]
  /** `CREATE TABLE` and the like; row events have none. */
  readonly statements: readonly string[]
  readonly place: { readonly file: string; readonly offset: bigint }
  /** Start of the last look at which the server did not have it; null when it had it at our first. */
  readonly writtenAfter: Date | null
  /** End of the first look at which it had it; null when it became errant otherwise than by being written. */
  readonly writtenBefore: Date | null
}

/** How one check fared on one server. `success` says that it could look, not that nothing differs. */
export interface CheckStatus {
  readonly success: boolean
  readonly intervalSeconds: number
  /** When we began to run it there: at our start, with a reload, or when the server became a replica. */
  readonly dueSince: Date
  readonly lastRun: Date | null
  readonly lastSuccess: Date | null
  readonly lastDurationSeconds: number | null
  readonly runs: number
  readonly failures: Readonly<Record<FailureReason, number>>
}

/** The load that we cause on one server, counted since start. */
export interface LoadCounters {
  readonly queries: number
  readonly querySeconds: number
  readonly queriesKilled: number
  readonly chunksChecked: number
  readonly chunkMismatches: number
  readonly rowsChecked: bigint
  readonly rechecks: Readonly<Record<RecheckResult, number>>
}

/** Whether readings on a server are held back now, and for how long they were since start. */
export type ThrottleReport = Readonly<
  Record<ThrottleReason, { readonly held: boolean; readonly seconds: number }>
>

export interface PrivilegeReport {
  /** Held and not needed, e.g. `INSERT`. */
  readonly excess: readonly string[]
  /** Needed and not held: each the complete GRANT statement that gives it. */
  readonly missing: readonly string[]
  /** Held and such that this server is not compared (section 5, "Refused"). */
  readonly refused: readonly string[]
}

export interface ServerReport {
  readonly name: string
  readonly address: string
  /** It answered a query within the last two `threads` intervals. */
  readonly up: boolean
  /** Why it is not up, in words for people; null while up or before the first try. */
  readonly outReason: string | null
  readonly role: Role
  readonly flavor: string | null
  readonly version: string | null
  readonly serverUuid: string | null
  readonly readOnly: boolean | null
  readonly gtid: GtidReport | null
  /** When the newest heartbeat row was written that has come from its source; null where there is none. */
  readonly heartbeat: Date | null
  readonly channels: readonly ChannelReport[]
  /** false = read-only, heartbeat and channels are what was seen last, and may be otherwise by now. */
  readonly isStatusKnown: boolean
  /** null before they were read. */
  readonly privileges: PrivilegeReport | null
  /** null before they were read. */
  readonly settings: SettingsReport | null
  /** Only the checks that apply to this server. */
  readonly checks: Readonly<Partial<Record<CheckName, CheckStatus>>>
  readonly load: LoadCounters
  readonly throttle: ThrottleReport
}

/** What one check knows of one table on one link. */
export interface TableStanding {
  readonly verdict: Verdict
  /** Set for `unknown`, `skipped` and `missing`; null otherwise. */
  readonly reason: Reason | null
  /** When this verdict (for `unknown`: with any reason) began. */
  readonly since: Date
  /** Start of the oldest reading that the verdict rests on; null = never verified. */
  readonly verifiedAt: Date | null
  /** Sums over each chunk's last decided reading; null until every chunk was decided once. */
  readonly rows: { readonly source: bigint; readonly replica: bigint } | null
  readonly chunks: number
  readonly chunksDrifted: number
  /** Rows by kind in the drifted ranges; null until they were localised. */
  readonly rowsDrifted: Readonly<Record<DifferenceKind, bigint>> | null
  /** false: `rowsDrifted` is a lower bound. */
  readonly counted: boolean
  /** Why it could not be compared as a whole, as far as its definition is why. */
  readonly causes: readonly Cause[]
}

/** An object of a table's definition because of which the table is not compared, or not all of it. */
export interface Cause {
  readonly object: CauseObject
  /** `table.part`, as in `SchemaDifference`. */
  readonly name: string
  /** `version`: alike on both ends, and printed by each server in its own way. */
  readonly differs: readonly CauseAspect[]
  /** As far as it matters here: `varchar(20) latin1`, `(a, b)`. null = that end has no such column, or no key to walk by. */
  readonly source: string | null
  readonly replica: string | null
}

/** One table on one link: `server` is the examined end. */
export interface TableReport {
  readonly schema: string
  readonly table: string
  readonly server: string
  /** null: the server has no source in this set. */
  readonly source: string | null
  readonly channel: string
  readonly firstSeen: Date
  /** Only the checks that are enabled. */
  readonly standings: Readonly<Partial<Record<TableCheck, TableStanding>>>
}

/** One confirmed difference between the definitions on the two ends of a link. */
export interface SchemaDifference {
  readonly server: string
  readonly schema: string
  readonly object: SchemaObject
  /** `table`, `table.part` (column, index, foreign_key, check, partition, trigger), else the object's own name. */
  readonly name: string
  /** The table it belongs to; null for objects that are no part of a table. */
  readonly table: string | null
  readonly kind: DifferenceKind
  readonly severity: Severity
  readonly source: string | null
  readonly replica: string | null
}

/** A setting that is dangerous by itself, or that the source has otherwise. */
export interface VariableFinding {
  readonly server: string
  readonly variable: VariableName
  /** What that server calls it: `slave_exec_mode` for `replica_exec_mode`. */
  readonly name: string
  readonly kind: VariableFindingKind
  readonly value: string
  /** Of a difference: who has it otherwise, and how. */
  readonly source: { readonly server: string; readonly value: string } | null
  /** What it leads to, in words for people. */
  readonly why: string
}

/** What could be judged of a server's settings: of these, what is no finding is in order. */
export interface SettingsReport {
  readonly judged: readonly VariableName[]
  /** With those of its sources. */
  readonly compared: readonly VariableName[]
}

/** `server`: the same server, configured under several names. */
export interface SharedIdentity {
  readonly what: 'server' | 'server_uuid' | 'server_id'
  readonly id: string
  readonly servers: readonly string[]
}

/** Definitions of which it cannot be said whether they differ. */
export interface SchemaUnknown {
  /** The replica that they are compared on. */
  readonly server: string
  /** null = in all schemas. */
  readonly schema: string | null
  readonly objects: readonly SchemaObject[]
  /** As in `SchemaDifference`; null = all objects of these kinds. */
  readonly name: string | null
  readonly reason: UnknownReason
}

export interface SetReport {
  readonly name: string
  readonly servers: readonly ServerReport[]
  readonly tables: readonly TableReport[]
  readonly schemaDifferences: readonly SchemaDifference[]
  readonly schemaUnknown: readonly SchemaUnknown[]
  /** Servers whose schema check has completed at least once: their counts may be 0-filled. */
  readonly schemaRead: readonly string[]
  readonly variableFindings: readonly VariableFinding[]
  /** Connected parts of the set that hold a source; null while a server is unreadable. */
  readonly sources: number | null
  /** Servers that replicate in a circle; each circle is compared once, from its first server on. */
  readonly loops: readonly (readonly string[])[]
  /** null before any server was read. */
  readonly sharedIdentities: readonly SharedIdentity[] | null
  /** Replicas seen on a server and not configured, for people; null where it is not told. */
  readonly replicasUnwatched: readonly string[] | null
  /** 0 to 1, null before the first checksum pass. */
  readonly passProgress: number | null
  /** Seconds of lag above which `check` warns (`throttle.max_lag`). */
  readonly maxLagSeconds: number
  readonly tableDetail: 'all' | 'drifted' | 'none'
  /** Tables with series of their own at most; drifted ones first. */
  readonly maxTablesPerSet: number
}

/** All that is known at one moment; immutable. Every output is a function of it. */
export interface Report {
  readonly generatedAt: Date
  readonly sets: readonly SetReport[]
}
