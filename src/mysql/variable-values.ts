/** What the text of a setting comes to, whatever the vendor and version that printed it. Pure. */
import { normalCharset } from './normal.ts'
import type { SettingName, VariableReading } from './variables.ts'

/** null = the server has no such thing. */
export type Reader = (reading: VariableReading) => string | null

export const DAY_SECONDS = 86_400

/** Of several names, old and new, the first that the server has. */
export function first(...names: readonly SettingName[]): Reader {
  return ({ settings }) => names.flatMap((name) => settings[name] ?? [])[0] ?? null
}

export function charset(name: SettingName): Reader {
  return ({ settings }) => normalCharset(settings[name] ?? null)
}

/** Not what only queries feel (ONLY_FULL_GROUP_BY), which the vendors check by different rules. */
const SHARED_MODES: ReadonlySet<string> = new Set([
  'ALLOW_INVALID_DATES',
  'ANSI_QUOTES',
  'ERROR_FOR_DIVISION_BY_ZERO',
  'HIGH_NOT_PRECEDENCE',
  'IGNORE_SPACE',
  'NO_AUTO_VALUE_ON_ZERO',
  'NO_BACKSLASH_ESCAPES',
  'NO_DIR_IN_CREATE',
  'NO_ENGINE_SUBSTITUTION',
  'NO_UNSIGNED_SUBTRACTION',
  'NO_ZERO_DATE',
  'NO_ZERO_IN_DATE',
  'PAD_CHAR_TO_FULL_LENGTH',
  'PIPES_AS_CONCAT',
  'REAL_AS_FLOAT',
  'STRICT_ALL_TABLES',
  'STRICT_TRANS_TABLES',
])

/** In seconds everywhere, 0 = never. expire_logs_days is gone in MySQL 8.4, and has fractions in MariaDB 10.6. */
export function expirySeconds({ settings }: VariableReading): string | null {
  if (settings.binlog_expire_logs_auto_purge === 'OFF') return '0'
  const seconds = settings.binlog_expire_logs_seconds
  const days = settings.expire_logs_days
  if (seconds === undefined && days === undefined) return null
  const told = Number(seconds ?? 0) || Math.round(Number(days ?? 0) * DAY_SECONDS)
  return String(told)
}

/** In any order; without what only says that GRANT makes no accounts, which MySQL 8.0 has not any more. */
export const sqlModes = modes((mode) => mode !== 'NO_AUTO_CREATE_USER')

/** Those that both vendors have and mean alike. */
export const sharedSqlModes = modes((mode) => SHARED_MODES.has(mode))

function modes(isMeant: (mode: string) => boolean): Reader {
  return ({ settings: { sql_mode } }) =>
    sql_mode?.split(',').filter(isMeant).sort().join(',') ?? null
}

/** Falls back on the name where the server does not know the zone that it was given. */
export function utcOffsets({ settings }: VariableReading): string | null {
  const { time_zone: name, utc_offset_january: january, utc_offset_july: july } = settings
  if (january === undefined || july === undefined) return name ?? null
  return `${january} ${july}`
}

/** `SYSTEM (CET, UTC+01:00, in July +02:00)` */
export function timeZone({ settings }: VariableReading): string | null {
  const { time_zone: name, utc_offset_january: january, utc_offset_july: july } = settings
  if (name === undefined || january === undefined || july === undefined) return name ?? null
  const short = (offset: string) => offset.replace(/^(?=\d)/, '+').replace(/:00$/, '')
  const system = name === 'SYSTEM' ? `${settings.system_time_zone ?? ''}, ` : ''
  const summer = january === july ? '' : `, in July ${short(july)}`
  return `${name} (${system}UTC${short(january)}${summer})`
}
