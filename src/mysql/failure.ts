import type { FailureReason } from '../domain.ts'

/** Server error numbers, from the MySQL and MariaDB error references (equal on both unless said). */
const AUTH = new Set([1045, 1698, 3118, 4151, 1820, 1862])
const PRIVILEGE = new Set([1044, 1142, 1143, 1227, 1370])
/** 3024 MySQL and 1969 MariaDB: statement time limit; 1317 killed; 1205 lock_wait_timeout. */
const TIMEOUT = new Set([3024, 1969, 1317, 1205, 4031])

/** 1049 and 1146: the schema or the table is gone. */
export const NO_SUCH_TABLE: ReadonlySet<number> = new Set([1049, 1146, 1051])
/** To a reading, which has no lock to wait for: a node of Galera ends what is in the way of a DDL of the cluster. */
export const ENDED_FOR_DDL = 1213
export const UNKNOWN_COLUMN = 1054
/** A column or key that the definition still named: a DDL came between. */
export const DEFINITION_MOVED: ReadonlySet<number> = new Set([UNKNOWN_COLUMN, 1176, 1072, 1412])

/**
 * What kind of failure an error of the driver or the server is, and the server's number for it.
 * `reason: null` = neither: our own bug, to be thrown on.
 */
export function failureReason(error: unknown): {
  reason: FailureReason | null
  errno: number | null
} {
  if (!(error instanceof Error)) return { reason: null, errno: null }
  const {
    errno,
    code: anyCode,
    syscall,
    sqlState,
  } = error as Error & {
    errno?: number
    code?: unknown
    syscall?: string
    sqlState?: string
  }
  // A DOMException has a number there.
  const code = typeof anyCode === 'string' ? anyCode : undefined
  if (error.name === 'AbortError') return { reason: null, errno: null }
  if (code === 'ETIMEDOUT') return { reason: 'timeout', errno: null }
  // The server asks for a way to log in that the driver has not; and a socket that closed under the driver,
  // which tells it without any code (mysql2 3.24).
  if (code === 'AUTH_SWITCH_PLUGIN_ERROR') return { reason: 'auth', errno: null }
  if ((error as { fatal?: boolean }).fatal === true && typeof errno !== 'number') {
    return { reason: 'connect', errno: null }
  }
  if (syscall !== undefined || isNetworkCode(code)) return { reason: 'connect', errno: null }
  if (typeof errno !== 'number' || sqlState === undefined) return { reason: null, errno: null }
  if (AUTH.has(errno)) return { reason: 'auth', errno }
  if (PRIVILEGE.has(errno)) return { reason: 'privilege', errno }
  if (TIMEOUT.has(errno)) return { reason: 'timeout', errno }
  // 1040, 1203, 1226: no connection left for us; 1053: shutting down; 1129, 1130: host refused; 1047: a node of
  // Galera that has lost the others reads no tables.
  if ([1040, 1203, 1226, 1053, 1129, 1130, 1047].includes(errno))
    return { reason: 'connect', errno }
  return { reason: 'query', errno }
}

const NETWORK_CODE =
  /^(E[A-Z]+|(ERR_TLS|ERR_SSL|CERT|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|PROTOCOL|HANDSHAKE)_.*)$/

/** Of the system, of TLS, or of the driver's handshake; the server's own begin with ER_. */
function isNetworkCode(code: string | undefined): boolean {
  return code !== undefined && NETWORK_CODE.test(code)
}
