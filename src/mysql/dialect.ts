import type { ThreadState } from '../domain.ts'
import type { BinlogPlace } from './binlog-place.ts'
import type { ChannelRules, LogRules } from './filters.ts'
import type { Flavor, Vendor } from './flavor.ts'
import type { ClusterKind, Membership } from './membership.ts'
import type { Session } from './query.ts'
import type { SeenReplicas } from './seen-replicas.ts'

/** Who a server is and how it is set up, as far as the comparison rests on it. */
export interface Identity {
  readonly serverId: string
  /** MySQL only; MariaDB has none. */
  readonly uuid: string | null
  readonly hostname: string
  readonly port: number
  readonly readOnly: boolean
  readonly binaryLog: boolean
  /** Everything that it executes has a GTID. */
  readonly gtidEnabled: boolean
}

/** Equal = the same server. Whether it is read-only is no part of who it is. */
export function identityText({ serverId, uuid, hostname, port }: Identity): string {
  return JSON.stringify([serverId, uuid, hostname, port])
}

/** One replication channel as its replica tells it, vendor spelling removed. */
export interface ChannelStatus {
  readonly name: string
  readonly sourceHost: string
  readonly sourcePort: number
  /** null until the channel has connected once (MySQL), or always (MariaDB). */
  readonly sourceUuid: string | null
  /** null until the channel has connected once. */
  readonly sourceServerId: string | null
  readonly io: ThreadState
  readonly sql: ThreadState
  readonly ioErrorNumber: number
  readonly sqlErrorNumber: number
  /** The configured delay is part of it; null when it is not known. */
  readonly lagSeconds: number | null
  /** Parallel appliers that stopped on an error; null where the server does not tell. */
  readonly workersFailed: number | null
  readonly delaySeconds: number
  /** With which it logs in to its source. */
  readonly account: string
  /** What it leaves out or renames. */
  readonly rules: ChannelRules
}

/** How one channel finds its place, and what came over it. */
export interface Received {
  /** By GTID; else by file and position, and then it says nothing of what is before its beginning. */
  readonly byGtid: boolean
  /** In the vendor's own notation; '' when nothing came, or when the server does not tell. */
  readonly gtids: string
}

/** What a server has at one moment, in the vendor's own notation; only its dialect reads it. */
export interface GtidObservation {
  readonly vendor: Vendor
  readonly enabled: boolean
  readonly executed: string
  /** MySQL: about to commit. A replica can have it already: semi-sync waits between the two. */
  readonly owned: string
  /** MariaDB: what came through replication, logged here or not. */
  readonly applied: string
  /** In binary logs that are gone; null where the server does not tell. */
  readonly purged: string | null
  /** MariaDB: by domain, one transaction from which on the binary log is known to have all that came later. */
  readonly loggedSince: string
  /** Of `loggedSince`, where that was seen to be the first that was ever logged: before it there may be more else. */
  readonly loggedFirst: string
  /** By channel; without those of which the account may not know. */
  readonly received: ReadonlyMap<string, Received>
}

export interface Errant {
  readonly count: bigint
  readonly set: string
  /** false: `count` is a lower bound. */
  readonly exact: boolean
  /** Whether this one is, by its GTID as the binary log shows it. */
  includes(gtid: string): boolean
  /** Whether any of them is among what was logged, as the head of a binary log tells it. */
  meets(logged: string): boolean
  /** As `set`, of those that were found one by one. */
  setOf(gtids: readonly string[]): string
}

/** The two ends of a channel. `source` may be of an earlier look: what is on its way is not missing then. */
export interface GtidEnds {
  readonly source: GtidObservation
  readonly replica: GtidObservation
  readonly channel: string
}

/** What can be told from GTIDs. Of two observations both are of the same vendor. */
export interface Gtids {
  /**
   * @param before an earlier observation of the same server, which may have seen more of its beginnings.
   * @throws {ServerError} also when what the server prints is no GTID.
   */
  observe(session: Session, before: GtidObservation | null): Promise<GtidObservation>
  /** On the replica and on none of its sources; observe the replica first, so that none is invented. */
  errant(replica: GtidObservation, sources: readonly GtidObservation[]): Errant
  /** In the source and not applied on the replica. */
  missing(ends: GtidEnds): bigint
  /** In the source and not received by the replica; null where the server does not tell. */
  receiveGap(ends: GtidEnds): bigint | null
  /** Neither applied nor received, and purged at the source; null where it cannot be told. */
  unrecoverable(ends: GtidEnds): bigint | null
}

/** A place in the source's history that a replica's reading may not go beyond. */
export interface Ceiling {
  readonly target: string
  /** To be handed to the next `ceiling()` of the same link: shows when the relay log started anew. */
  readonly received: string
  /** Where what is written on the replica comes back to the source: the replica's own position. */
  readonly back?: string
}

/** Two servers, and what else matters for what their positions prove. */
export interface FencedEnds {
  readonly source: Identity
  readonly replica: Identity
  /** Of the replica's other channels the sources, to be asked for positions; null = one of them cannot be asked. */
  readonly others: readonly Session[] | null
  /** What the source logs may come from several servers that are written to at the same time. */
  readonly isMixed: boolean
}

/** Reads on the source: `control` for positions, `reader` for data. */
export interface SourceSessions {
  readonly control: Session
  readonly reader: Session
}

/**
 * Which position proves what was measured on both vendors, and they are mirror images:
 * on MySQL `gtid_executed` moves after the commit is visible, on MariaDB `gtid_binlog_pos` moves before.
 */
export interface Fencing {
  /** How its positions are written: none of another notation is to be asked for. */
  readonly notation: string
  /** A position that covers everything visible on the source now. */
  position(source: Session): Promise<string>
  /**
   * Whether everything up to `position` is visible on the replica.
   * @param channel over which it came; null = by way of other servers.
   * @throws {NoFence} when that cannot be told as the servers are set up now.
   */
  hasReached(replica: Session, position: string, channel: string | null): Promise<boolean>
  /** After a reading on the replica: all that it may have had. */
  ceiling(
    ends: { readonly source: Session; readonly replica: Session },
    channel: string,
    lastReceived: string,
  ): Promise<Ceiling>
  /** Read the source once everything up to `ceiling` is visible there; null = not yet, nothing was read. */
  readPast<T>(
    source: SourceSessions,
    ceiling: Ceiling,
    read: (session: Session) => Promise<T>,
  ): Promise<{ readonly value: T } | null>
}

/** The questions on which the vendors differ. No vendor name is asked for outside src/mysql/. */
export interface Dialect {
  readonly vendor: Vendor
  /** Statements that limit how long a statement of this session may run on the server. */
  sessionLimits(queryTimeoutMs: number): string[]
  identity(session: Session): Promise<Identity>
  /** null = it is part of no cluster. */
  membership(session: Session): Promise<Membership | null>
  /** It may be part of a cluster whose members are shown only to those who may read performance_schema. */
  hasHiddenMembers(session: Session): Promise<boolean>
  channels(session: Session, flavor: Flavor): Promise<ChannelStatus[]>
  /** What the server does not write to its binary log. */
  logRules(session: Session, flavor: Flavor): Promise<LogRules>
  /** Who replicates from this server. */
  seenReplicas(session: Session, flavor: Flavor): Promise<SeenReplicas>
  readonly gtids: Gtids
  /** Where the next event will be written; null = there is no binary log. */
  logEnd(session: Session): Promise<BinlogPlace | null>
  /** Transactions that InnoDB has not purged yet; null where the server does not tell. */
  historyList(session: Session): Promise<number | null>
  /** How a position is proven between these two, null = not at all. */
  fencing(ends: FencedEnds): Fencing | null
  /** The same between two members of one cluster. */
  memberFencing(kind: ClusterKind): Fencing | null
}
