import type { ThreadState } from '../domain.ts'
import type { Flavor, Vendor } from './flavor.ts'
import type { Session } from './query.ts'

/** Who a server is and how it is set up, as far as the comparison rests on it. */
export interface Identity {
  readonly serverId: string
  /** MySQL only; MariaDB has none. */
  readonly uuid: string | null
  readonly hostname: string
  readonly port: number
  readonly readOnly: boolean
  readonly binaryLog: boolean
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
  /** Seconds_Behind_Source or _Master; null when the server says NULL. */
  readonly lagSeconds: number | null
  readonly delaySeconds: number
  /** The channel leaves out schemas or tables. */
  readonly filtered: boolean
}

/** Executed and purged GTIDs in the vendor's own notation; only its dialect reads them. */
export interface GtidObservation {
  readonly enabled: boolean
  readonly executed: string
  /** What came through replication; '' on a server that never was a replica (MariaDB). */
  readonly applied: string
  readonly purged: string
}

export interface Errant {
  readonly count: bigint
  readonly set: string
  /** false: `count` is a lower bound. */
  readonly exact: boolean
}

/** A place in the source's history that a replica's reading may not go beyond. */
export interface Ceiling {
  readonly target: string
  /** To be handed to the next `ceiling()` of the same link: shows when the relay log started anew. */
  readonly received: string
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
  /** A position that covers everything visible on the source now. */
  position(source: Session): Promise<string>
  /** Whether everything up to `position` is visible on the replica, whose channel it came over. */
  hasReached(replica: Session, position: string, channel: string): Promise<boolean>
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
  channels(session: Session, flavor: Flavor): Promise<ChannelStatus[]>
  gtids(session: Session): Promise<GtidObservation>
  /** Transactions that InnoDB has not purged yet; null where the server does not tell. */
  historyList(session: Session): Promise<number | null>
  /** On the replica and on none of its sources; read the replica first, so that none is invented. */
  errant(replica: GtidObservation, sources: readonly GtidObservation[]): Errant
  /** In the source's observation and not applied on the replica. */
  missing(source: GtidObservation, replica: GtidObservation): bigint
  /** Missing and purged at the source; null where this vendor does not tell. */
  unrecoverable(source: GtidObservation, replica: GtidObservation): bigint | null
  /**
   * How a position is proven between these two, null = not at all.
   * @param isHub the replica has more channels than this one.
   */
  fencing(source: Identity, replica: Identity, isHub: boolean): Fencing | null
}
