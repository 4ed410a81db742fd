/** What the lab must know about a kind of server. The list of those that exist is engines.ts. */
import type { Vendor } from '../mysql/flavor.ts'
import type { RootSession } from './sql.ts'

export type Settings = Readonly<Record<string, string>>

/** A command line; the first entry is the program. */
export type Argv = readonly string[]

export interface Installation {
  /** As the server prints it, e.g. `10.11.14` or `9.7.4-2`. */
  readonly version: string
  /** The server program, to which options are appended. */
  readonly program: Argv
  /** What this installation needs wherever it runs. */
  readonly settings: Settings
}

export interface Source {
  readonly name: string
  /** '' is the default channel. */
  readonly channel: string
  readonly host: string
  readonly port: number
}

/** A place in a server's binary logs. */
export interface Place {
  readonly file: string
  readonly position: string
}

export type Thread = 'io' | 'sql'

/** A server of a cluster whose members all take writes and tell each other. */
export interface Member {
  readonly name: string
  readonly port: number
  /** Of 127.0.0.1, for what members tell each other. */
  readonly clusterPorts: readonly number[]
}

export interface Cluster {
  /** How many ports a member needs beside its own. */
  readonly ports: number
  /** Programs that its servers call, by file name. */
  readonly programs: Readonly<Record<string, string>>
  /** @throws {UserError} where the installation lacks it. */
  settings(
    self: Member,
    cluster: {
      readonly name: string
      readonly members: readonly Member[]
      /** false: the first of them begins it. */
      readonly isFormed: boolean
      readonly installation: Installation
    },
  ): Settings
  /** Statements by which a started server joins for the first time; null = it has by starting, after the one before. */
  join(isFirst: boolean): readonly string[] | null
  /** One row and one column: 1 once this server takes part and has all that the others have. */
  readonly isJoined: string
  /** What follows in the session stays on this server, if the binary log is off as well. */
  readonly unreplicated: readonly string[]
  /** One row and one column: all that was committed here. */
  readonly position: string
  /** One row and one column: 1 once `position` is visible here. */
  hasApplied(position: string): string
}

export interface Engine {
  readonly vendor: Vendor
  /** @throws {UserError} saying what to install. */
  locate(cache: string): Promise<Installation>
  /** Makes an empty data directory. */
  initialise(installation: Installation, dataFolder: string): Argv
  readonly settings: Settings
  /** Settings of a whole lab that was asked for something special. */
  readonly special: {
    appliers(count: number): Settings
    readonly withoutGtid: Settings
    /** @throws {UserError} where the installation lacks it. */
    semiSync(installation: Installation): Settings
  }
  readonly semiSync: {
    /** The variable that makes a server's commits wait until a replica has received them. */
    readonly variable: string
    /** The status that counts replicas which will say so. */
    readonly clients: string
  }
  readonly cluster: Cluster
  /** Statements on every new server, not written to the binary log. */
  readonly tidy: readonly string[]
  /** Privileges of the exporter's account: all that it needs, and nothing that can write. */
  readonly exporterGrants: string
  readonly sql: {
    /** By GTID from where it is; or from a place; or from the source's first binary log. */
    replicateFrom(source: Source, from: 'gtid' | 'first' | Place): string
    /** Nobody's replica any more. */
    forget(channel: string): string
    /** Keeps everyone out but root. */
    readOnly(on: boolean): string
    /** Logs in to the source otherwise from its next connection on; the io thread is stopped. */
    password(channel: string, password: string): string
    /** On a replica that was filled by hand: it has what its source had at `position`, and nothing else. */
    filledUpTo(position: string): readonly string[]
    /** On a former source that is to replicate by GTID: it has what it wrote itself. */
    readonly ownAsReceived: readonly string[]
    /** One row with `File` and `Position`: where the next event will be written. */
    readonly logEnd: string
    /** Both threads when `thread` is left out. */
    start(channel: string, thread?: Thread): string
    stop(channel: string, thread?: Thread): string
    /** Seconds by which the applier stays behind on purpose; both threads run meanwhile. */
    delay(channel: string, seconds: number): string
    /** IDEMPOTENT lets row events pass that find no row, or one too many; STRICT is the default. */
    applyMode(mode: 'STRICT' | 'IDEMPOTENT'): string
    /** One row and one column: what this server has written to its binary log. */
    readonly position: string
    /** One row and one column: 1 once `position` was applied. Never blocks. */
    hasApplied(position: string): string
    /** One row per channel, with columns as `statusColumns` names them. */
    readonly status: string
  }
  /** What a replica has of others' transactions by GTID, applied or only received. */
  received(session: RootSession): Promise<string>
  /** Whether those GTIDs are in this server's binary log, so that a replica can go on from there. */
  hasLogged(session: RootSession, position: string): Promise<boolean>
  /** Column names of `sql.status`. */
  readonly statusColumns: {
    readonly channel: string
    readonly io: string
    readonly sql: string
    readonly lag: string
    readonly ioError: string
    readonly sqlError: string
    /** How far it has applied, as a place in its source's binary logs. */
    readonly file: string
    readonly position: string
  }
}
