/** The configuration after defaults and overrides: what `design.md` section 5 lists, resolved per set. */
import type { CheckName, VariableName } from '../domain.ts'
import type { TimeWindow } from '../time-window.ts'

/** All durations are milliseconds. */
export interface ChecksumConfig {
  readonly chunkTimeMs: number
  readonly confirmations: number
  readonly confirmDelayMs: number
  readonly fenceTimeoutMs: number
  readonly maxUnkeyedRows: number
  /** Between passes over the priority tables alone. */
  readonly priorityIntervalMs: number
}

export interface ThrottleConfig {
  readonly maxLagMs: number
  readonly maxThreadsRunning: number
  /** Of InnoDB: transactions that are not purged yet. */
  readonly maxHistoryList: number
  readonly queryTimeoutMs: number
  /** Queries in flight per server; null = not written: 1 in `serve`, 2 in `check`. */
  readonly maxQueries: number | null
  /** Share of the time in which tables are read on a server; null = not written: 0.25 in `serve`, 1 in `check`. */
  readonly maxDuty: number | null
  /** When `serve` may read tables. Empty = always. */
  readonly windows: readonly TimeWindow[]
}

export interface ServerConfig {
  readonly name: string
  /** `{host, port}` or a socket path. */
  readonly endpoint:
    | { readonly host: string; readonly port: number }
    | { readonly socketPath: string }
  /** As written, for people. */
  readonly address: string
  readonly role: 'source' | 'replica' | null
}

export interface TlsConfig {
  readonly mode: 'off' | 'required' | 'verify_ca' | 'verify_identity'
  readonly caFile: string | null
}

export interface Credentials {
  readonly username: string
  /** Read from the file or environment when the configuration is loaded. Never printed. */
  readonly password: string
}

export interface LinkConfig {
  readonly source: string
  readonly replica: string
  readonly kind: 'none'
}

/** A table that pt-heartbeat, or something like it, writes on a source. */
export interface HeartbeatConfig {
  readonly schema: string
  readonly table: string
  /** In which its times are written: an IANA name. */
  readonly timeZone: string
}

export interface SetConfig {
  readonly name: string
  readonly credentials: Credentials
  readonly tls: TlsConfig
  readonly allowWritePrivileges: boolean
  readonly servers: readonly ServerConfig[]
  readonly links: readonly LinkConfig[]
  readonly tables: {
    /** `schema.table` patterns; `*` and `?` as in a shell. Empty = all. */
    readonly include: readonly string[]
    readonly exclude: readonly string[]
    readonly priority: readonly string[]
    /** By `schema.table`. */
    readonly ignoreColumns: ReadonlyMap<string, readonly string[]>
    /** By `schema.table`: SQL that is true of the rows to compare. */
    readonly where: ReadonlyMap<string, string>
  }
  /** null = there is none. */
  readonly heartbeat: HeartbeatConfig | null
  /** Milliseconds between runs; a disabled check is absent. */
  readonly intervals: Readonly<Partial<Record<CheckName, number>>>
  readonly checksum: ChecksumConfig
  readonly schemaIgnore: readonly string[]
  /** Settings that are as they are meant to be. */
  readonly variablesIgnore: readonly VariableName[]
  readonly throttle: ThrottleConfig
  readonly tableDetail: 'all' | 'drifted' | 'none'
  readonly maxTablesPerSet: number
}

export interface Config {
  readonly sets: readonly SetConfig[]
  /** Things that work and should not stay: shown once at start. */
  readonly warnings: readonly string[]
}
