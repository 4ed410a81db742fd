import { CHECK_NAMES, type CheckName } from '../domain.ts'
import { endpointKey } from './addresses.ts'
import type {
  Credentials,
  HeartbeatConfig,
  LinkConfig,
  ServerConfig,
  SetConfig,
  TlsConfig,
} from './config.ts'
import { AT, quoted } from './decode.ts'
import { DEFAULTS } from './defaults.ts'
import { formatDuration } from './durations.ts'
import type { SetFields, Settings } from './grammar.ts'
import { keyPath, type SourceFile } from './problems.ts'
import { didYouMean } from './spelling.ts'
import { type FileReader, readNamedFile, resolveBeside } from './world.ts'

/** Settings with the file that they stand in. */
export interface Layer {
  readonly file: SourceFile
  readonly settings: Settings | undefined
}

/** The set with every default filled in; undefined only after complaining. */
export function resolveSet(
  set: SetFields,
  file: SourceFile,
  credentials: Credentials | undefined,
  defaults: Layer,
  world: FileReader,
): SetConfig | undefined {
  const servers = resolveServers(set, file)
  const links = resolveLinks(set, file)
  const tls = resolveTls(set, file, world)
  const settings = resolveSettings([{ file, settings: set }, defaults])
  if (set.name === undefined || credentials === undefined) return
  const { tables } = set
  return {
    name: set.name,
    credentials,
    tls,
    allowWritePrivileges: set.allow_write_privileges ?? DEFAULTS.allowWritePrivileges,
    servers,
    links,
    tables: {
      include: tables?.include ?? DEFAULTS.tables.include,
      exclude: tables?.exclude ?? DEFAULTS.tables.exclude,
      priority: tables?.priority ?? DEFAULTS.tables.priority,
      ignoreColumns: tables?.ignore_columns ?? DEFAULTS.tables.ignoreColumns,
      where: tables?.where ?? DEFAULTS.tables.where,
    },
    heartbeat: resolveHeartbeat(set),
    ...settings,
  }
}

function resolveHeartbeat({ heartbeat }: SetFields): HeartbeatConfig | null {
  if (heartbeat?.table === undefined) return DEFAULTS.heartbeat
  const dot = heartbeat.table.indexOf('.')
  return {
    schema: heartbeat.table.slice(0, dot),
    table: heartbeat.table.slice(dot + 1),
    timeZone: heartbeat.time_zone ?? 'UTC',
  }
}

/** Complains about every item whose identity an earlier one has, naming both places. */
export function rejectRepeated<T>(
  items: readonly T[],
  look: (item: T) => {
    readonly identity: string | undefined
    readonly file: SourceFile
    readonly key: string
    readonly what: string
  },
): void {
  const first = new Map<string, string>()
  for (const item of items) {
    const { identity, file, key, what } = look(item)
    if (identity === undefined) continue
    const earlier = first.get(identity)
    if (earlier === undefined) first.set(identity, file.placeOf(key))
    else file.reject(key, `expected ${what} once, got it again (first at ${earlier})`)
  }
}

function resolveServers(set: SetFields, file: SourceFile): readonly ServerConfig[] {
  const written = set.servers ?? []
  rejectRepeated(written, ({ [AT]: at, name }) => ({
    identity: name,
    file,
    key: keyPath(at, 'name'),
    what: `server ${quoted(name ?? '')}`,
  }))
  rejectRepeated(written, ({ [AT]: at, address }) => ({
    identity: address && endpointKey(address.endpoint),
    file,
    key: keyPath(at, 'address'),
    what: `address ${quoted(address?.text ?? '')}`,
  }))
  return written.flatMap(({ name, address, role }) =>
    name === undefined || address === undefined
      ? []
      : [{ name, endpoint: address.endpoint, address: address.text, role: role ?? null }],
  )
}

function resolveLinks(set: SetFields, file: SourceFile): readonly LinkConfig[] {
  const links = set.links ?? []
  const names = new Set((set.servers ?? []).flatMap(({ name }) => name ?? []))
  // A name that was rejected would make its links wrong too.
  const isComplete = names.size > 0 && set.servers?.every(({ name }) => name !== undefined)
  for (const { [AT]: at, source, replica } of links) {
    for (const [end, name] of Object.entries({ source, replica })) {
      if (name === undefined || names.has(name) || !isComplete) continue
      file.reject(
        keyPath(at, end),
        `expected the name of a server of this set, got ${quoted(name)}${didYouMean(name, names)}`,
      )
    }
    if (source !== undefined && source === replica) {
      file.reject(keyPath(at, 'replica'), 'expected another server than source, got the same')
    }
  }
  // Without a channel a link has no direction worth comparing twice.
  rejectRepeated(links, ({ [AT]: at, source, replica }) => ({
    identity:
      source === undefined || replica === undefined
        ? undefined
        : JSON.stringify([source, replica].sort()),
    file,
    key: at,
    what: `a link between ${source} and ${replica}`,
  }))
  // Of two servers nobody could tell which one it should be equal to.
  rejectRepeated(links, ({ [AT]: at, source, replica, kind }) => ({
    identity: source === undefined || kind === undefined ? undefined : replica,
    file,
    key: keyPath(at, 'replica'),
    what: `a link to ${replica}`,
  }))
  return links.flatMap(({ source, replica, kind }) =>
    source === undefined || replica === undefined || kind === undefined
      ? []
      : [{ source, replica, kind }],
  )
}

function resolveTls({ [AT]: at, tls }: SetFields, file: SourceFile, world: FileReader): TlsConfig {
  const mode = tls?.mode ?? DEFAULTS.tls.mode
  if (tls?.ca_file === undefined) return { mode, caFile: DEFAULTS.tls.caFile }
  const key = keyPath(keyPath(at, 'tls'), 'ca_file')
  if (mode === 'off' || mode === 'required') {
    file.reject(key, `expected mode verify_ca or verify_identity with it, got ${mode}`)
  }
  readNamedFile(tls.ca_file, key, file, world)
  return { mode, caFile: resolveBeside(file.path, tls.ca_file) }
}

/** @param layers the first that has a setting wins. */
function resolveSettings(layers: readonly Layer[]) {
  const first = <T>(read: (settings: Settings) => T | undefined): T | undefined => {
    for (const { settings } of layers) {
      const value = settings && read(settings)
      if (value !== undefined) return value
    }
    return undefined
  }
  const checksum = {
    chunkTimeMs: first((s) => s.checks?.checksum?.chunk_time) ?? DEFAULTS.checksum.chunkTimeMs,
    confirmations:
      first((s) => s.checks?.checksum?.confirmations) ?? DEFAULTS.checksum.confirmations,
    confirmDelayMs:
      first((s) => s.checks?.checksum?.confirm_delay) ?? DEFAULTS.checksum.confirmDelayMs,
    fenceTimeoutMs:
      first((s) => s.checks?.checksum?.fence_timeout) ?? DEFAULTS.checksum.fenceTimeoutMs,
    maxUnkeyedRows:
      first((s) => s.checks?.checksum?.max_unkeyed_rows) ?? DEFAULTS.checksum.maxUnkeyedRows,
    priorityIntervalMs:
      first((s) => s.checks?.checksum?.priority_interval) ?? DEFAULTS.checksum.priorityIntervalMs,
  }
  const throttle = {
    maxLagMs: first((s) => s.throttle?.max_lag) ?? DEFAULTS.throttle.maxLagMs,
    maxThreadsRunning:
      first((s) => s.throttle?.max_threads_running) ?? DEFAULTS.throttle.maxThreadsRunning,
    maxHistoryList: first((s) => s.throttle?.max_history_list) ?? DEFAULTS.throttle.maxHistoryList,
    queryTimeoutMs: first((s) => s.throttle?.query_timeout) ?? DEFAULTS.throttle.queryTimeoutMs,
    maxQueries: first((s) => s.throttle?.max_queries) ?? DEFAULTS.throttle.maxQueries,
    maxDuty: first((s) => s.throttle?.max_duty) ?? DEFAULTS.throttle.maxDuty,
    windows: first((s) => s.throttle?.windows) ?? DEFAULTS.throttle.windows,
  }
  rejectImpatience(layers, checksum.chunkTimeMs, throttle.queryTimeoutMs)
  const intervals: Partial<Record<CheckName, number>> = {}
  for (const name of CHECK_NAMES) {
    if (first((s) => s.checks?.[name]?.enabled) === false) continue
    intervals[name] = first((s) => s.checks?.[name]?.interval) ?? DEFAULTS.intervals[name]
  }
  return {
    intervals,
    checksum,
    schemaIgnore: first((s) => s.checks?.schema?.ignore) ?? DEFAULTS.schemaIgnore,
    variablesIgnore: first((s) => s.checks?.variables?.ignore) ?? DEFAULTS.variablesIgnore,
    throttle,
    tableDetail: first((s) => s.metrics?.table_detail) ?? DEFAULTS.tableDetail,
    maxTablesPerSet: first((s) => s.metrics?.max_tables_per_set) ?? DEFAULTS.maxTablesPerSet,
  }
}

/** A query that is given less time than a chunk is meant to take would never end well. */
function rejectImpatience(layers: readonly Layer[], chunkTimeMs: number, queryTimeoutMs: number) {
  if (queryTimeoutMs >= chunkTimeMs) return
  const [chunkTime, queryTimeout] = [chunkTimeMs, queryTimeoutMs].map(formatDuration)
  for (const { file, settings } of layers) {
    if (settings?.throttle?.query_timeout !== undefined) {
      return file.reject(
        keyPath(settings.throttle[AT], 'query_timeout'),
        `expected at least chunk_time (${chunkTime}), got ${queryTimeout}`,
      )
    }
    if (settings?.checks?.checksum?.chunk_time !== undefined) {
      return file.reject(
        keyPath(settings.checks.checksum[AT], 'chunk_time'),
        `expected at most query_timeout (${queryTimeout}), got ${chunkTime}`,
      )
    }
  }
}
