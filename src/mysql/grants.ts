/** What SHOW GRANTS says, as a flat list, and what it means for us (design.md section 5, "Grants"). */
import type { PrivilegeReport } from '../domain.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { quoteName } from './sql.ts'

export type GrantLevel = 'global' | 'schema' | 'table' | 'column' | 'routine' | 'proxy' | 'role'

/** One privilege that the account holds. */
export interface Grant {
  /**
   * Upper case, as the server names it: `SELECT`, `ALL PRIVILEGES`, `BACKUP_ADMIN`, `BINLOG MONITOR`.
   * `WITH GRANT OPTION` is one of its own, `GRANT OPTION`; a role is `ROLE`, and `ADMIN OPTION` if the
   * account may pass it on.
   */
  readonly privilege: string
  readonly level: GrantLevel
  /** For schema, table, column and routine. At level `schema` a LIKE pattern: `shop\_%`. */
  readonly schema?: string
  /** The table, for routine the routine. */
  readonly table?: string
  /** Only at level `column`. */
  readonly columns?: readonly string[]
  /** Only at level `role`: quoted for SQL, `` `r`@`%` `` on MySQL, `` `r` `` on MariaDB. */
  readonly role?: string
}

export interface PrivilegeNeeds {
  /** It has replication channels, or it is not known whether it has. */
  readonly channels: boolean
  /** Another server of the set replicates from it. */
  readonly isSource: boolean
  /** As CURRENT_USER() prints it: `drift@10.%`. */
  readonly currentUser: string
  /** What `roleStatements` answered. A role that is not active can be activated, but gives nothing now. */
  readonly roleGrants?: readonly Grant[]
}

/** Whoever holds one of these can change the server, so that it is not compared. */
const REFUSED: ReadonlySet<string> = new Set([
  'ALL PRIVILEGES',
  'SUPER',
  'INSERT',
  'UPDATE',
  'DELETE',
  'DROP',
  'ALTER',
  'CREATE',
  'INDEX',
  'CREATE VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'CREATE TABLESPACE',
  'CREATE USER',
  'CREATE ROLE',
  'DROP ROLE',
  'FILE',
  'SHUTDOWN',
  'RELOAD',
  'GRANT OPTION',
  'DELETE HISTORY',
  'EXECUTE',
  'SET_USER_ID',
  'SET_ANY_DEFINER',
])

const HARMLESS: ReadonlySet<string> = new Set([
  'USAGE',
  'ROLE',
  'SELECT',
  'SHOW DATABASES',
  'SHOW VIEW',
  'TRIGGER',
  'EVENT',
  'PROCESS',
  'REPLICATION CLIENT',
  'REPLICATION SLAVE',
  'SLAVE MONITOR',
  'BINLOG MONITOR',
  'SHOW_ROUTINE',
])

/** One privilege under several names; those of the lists above on the right. */
const SYNONYMS: Readonly<Record<string, string>> = {
  ALL: 'ALL PRIVILEGES',
  'REPLICA MONITOR': 'SLAVE MONITOR',
  'REPLICATION REPLICA': 'REPLICATION SLAVE',
  // MariaDB before 10.4.13 and 10.5.2 (MDEV-20382).
  'DELETE VERSIONING ROWS': 'DELETE HISTORY',
  // MariaDB's names for what MySQL calls SET_USER_ID and SHOW_ROUTINE (10.5.2 and 11.3).
  'SET USER': 'SET_USER_ID',
  'SHOW CREATE ROUTINE': 'SHOW_ROUTINE',
}

const QUOTED = /`(?:[^`]|``)*`|"(?:[^"]|"")*"|'(?:[^']|'')*'/g
const NAME = '`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^\\s.`"]+'
const OBJECT = new RegExp(
  `^(?:(PROCEDURE|FUNCTION|PACKAGE BODY|PACKAGE|LIBRARY|TABLE) )?(${NAME})\\.(${NAME})$`,
)

/**
 * Read the lines of SHOW GRANTS, of MySQL 5.7 to 26.x and MariaDB 10.4 to 12, in any quoting.
 *
 * A partial revoke (`REVOKE INSERT ON db.* FROM ...`, MySQL 8.0.16) is left out: it narrows a global
 * grant that stands in another line, and the account still holds that privilege elsewhere. So is
 * SET DEFAULT ROLE. Roles are not expanded: see `roleStatements`.
 *
 * @throws {TypeError} for a line that it does not know, without the part that may hold a password hash:
 *   a privilege must not be overlooked.
 */
export function parseGrants(lines: readonly string[]): readonly Grant[] {
  return lines.flatMap(grantsOf)
}

/**
 * The statements whose lines say what the account's roles hold, those inside roles too: to be handed
 * to `judgePrivileges` as `roleGrants`. None when it has no role. They need no privilege: the roles are its own.
 *
 * SHOW GRANTS alone shows roles that are active now, and an account can activate the others. MySQL
 * answers for several with USING; MariaDB (10.11) lists the privileges of PUBLIC without being asked.
 */
export function roleStatements(grants: readonly Grant[], flavor: Flavor): readonly string[] {
  const roles = [...new Set(grants.flatMap(({ role }) => role ?? []))]
  if (roles.length === 0) return []
  if (flavor.vendor === 'mysql') return [`SHOW GRANTS FOR CURRENT_USER() USING ${roles.join(', ')}`]
  return roles.map((role) => `SHOW GRANTS FOR ${role}`)
}

/**
 * CURRENT_USER() as an account in a statement: `drift@10.%` gives `` `drift`@`10.%` ``. The host is
 * what follows the last `@`; a user name may contain more of them.
 */
export function quoteAccount(currentUser: string): string {
  const at = currentUser.lastIndexOf('@')
  if (at === -1) return quoteName(currentUser)
  return `${quoteName(currentUser.slice(0, at))}@${quoteName(currentUser.slice(at + 1))}`
}

/**
 * Judge what the account holds at any level, given what SHOW GRANTS says and what its roles hold.
 *
 * - `excess`: held and not needed, by the server's names; all that is refused is among them.
 * - `refused`: those of them that can change the server (`... ADMIN`, ALL and the list above).
 * - `missing`: complete GRANT statements, only for what a server cannot be watched without: SELECT
 *   somewhere, and what SHOW REPLICA STATUS and the binary log's position need.
 *
 * Each is sorted and without repetition, `missing` in the order of importance. Pure: never throws.
 */
export function judgePrivileges(
  grants: readonly Grant[],
  flavor: Flavor,
  needs: PrivilegeNeeds,
): PrivilegeReport {
  const reachable = [...grants, ...(needs.roleGrants ?? [])]
  const held = [...new Set(reachable.map(({ privilege }) => privilege))].sort()
  const account = quoteAccount(needs.currentUser)
  return {
    excess: held.filter((name) => !HARMLESS.has(canonical(name))),
    refused: held.filter(isRefused),
    missing: missingOf(grants, flavor, needs).map((name) => `GRANT ${name} ON *.* TO ${account}`),
  }
}

function grantsOf(line: string): Grant[] {
  // Same length as the line, so that what is found in one can be cut from the other.
  const plain = line
    .replace(QUOTED, (quoted) => '_'.repeat(quoted.length))
    .replace(/\([^()]*\)/g, (list) => `(${'_'.repeat(list.length - 2)})`)
  if (plain.startsWith('REVOKE ') || plain.startsWith('SET DEFAULT ROLE ')) return []
  const parts = /^GRANT (.+?)(?: ON (.+?))? TO /d.exec(plain)?.indices
  if (parts?.[1] === undefined) throw unknownLine(line)
  const [start, end] = parts[1]
  const items = splitAtCommas(line.slice(start, end), plain.slice(start, end))
  const options = line.slice(lastQuote(line) + 1)
  if (parts[2] === undefined) return items.flatMap((item) => roleOf(item, options))

  const object = line.slice(...parts[2])
  const privileges = items.map(privilegeOf)
  const target =
    privileges[0]?.privilege === 'PROXY' ? { level: 'proxy' as const } : targetOf(object)
  if (target === null) throw unknownLine(line)
  if (/ WITH .*GRANT OPTION/.test(options)) privileges.push({ privilege: 'GRANT OPTION' })
  return privileges.map((privilege) => ({
    ...target,
    ...privilege,
    ...(privilege.columns && { level: 'column' as const }),
  }))
}

/** WITH GRANT OPTION stands behind all names and hashes; user names of MySQL 5.7 have bare quotes in them. */
function lastQuote(line: string): number {
  return Math.max(line.lastIndexOf('`'), line.lastIndexOf("'"), line.lastIndexOf('"'))
}

function splitAtCommas(text: string, plain: string): string[] {
  const items: string[] = []
  let start = 0
  let depth = 0
  for (let at = 0; at <= plain.length; at++) {
    if (plain[at] === '(') depth++
    if (plain[at] === ')') depth--
    if (at < plain.length && (plain[at] !== ',' || depth > 0)) continue
    items.push(text.slice(start, at).trim())
    start = at + 1
  }
  return items
}

function privilegeOf(item: string): Pick<Grant, 'privilege' | 'columns'> {
  const open = item.indexOf('(')
  if (open === -1) return { privilege: item.toUpperCase() }
  const columns = item.slice(open + 1, -1).matchAll(/`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^\s,`"]+/g)
  return {
    privilege: item.slice(0, open).trim().toUpperCase(),
    columns: [...columns].map(([name]) => unquoted(name)),
  }
}

function targetOf(object: string): Pick<Grant, 'level' | 'schema' | 'table'> | null {
  const [, kind, schema, name] = OBJECT.exec(object) ?? []
  if (schema === undefined || name === undefined) return null
  if (schema === '*') return { level: 'global' }
  if (name === '*') return { level: 'schema', schema: unquoted(schema) }
  const level = kind === undefined || kind === 'TABLE' ? 'table' : 'routine'
  return { level, schema: unquoted(schema), table: unquoted(name) }
}

function roleOf(item: string, options: string): Grant[] {
  const names = [...item.matchAll(/`(?:[^`]|``)*`|"(?:[^"]|"")*"|'(?:[^']|'')*'|[^@`"']+/g)]
  const role = names.map(([name]) => quoteName(unquoted(name))).join('@')
  const grant: Grant = { privilege: 'ROLE', level: 'role', role }
  if (!/ WITH ADMIN OPTION/.test(options)) return [grant]
  return [grant, { ...grant, privilege: 'ADMIN OPTION' }]
}

function unquoted(name: string): string {
  const quote = name[0] ?? ''
  if (!'`"\''.includes(quote) || name.length < 2) return name
  return name.slice(1, -1).replaceAll(quote + quote, quote)
}

function unknownLine(line: string): TypeError {
  const [head = ''] = line.split(/ TO | IDENTIFIED /)
  return new TypeError(`SHOW GRANTS: unknown line "${head.slice(0, 80)}..."`)
}

function canonical(name: string): string {
  return SYNONYMS[name] ?? name
}

function isRefused(name: string): boolean {
  return REFUSED.has(canonical(name)) || /[ _]ADMIN$/.test(name)
}

function missingOf(grants: readonly Grant[], flavor: Flavor, needs: PrivilegeNeeds): string[] {
  const global = new Set(
    grants.filter(({ level }) => level === 'global').map(({ privilege }) => canonical(privilege)),
  )
  if (global.has('ALL PRIVILEGES')) return []
  // SUPER shows the status too: tried on MariaDB 10.11.19, and MySQL 9.7.4 says so in its error 1227. Not since
  // MariaDB 11.0.1 (MDEV-29668, untried).
  const isSuper = global.has('SUPER') && !atLeast(flavor, 'mariadb', 11, 0)
  const needed = isSuper ? [] : statusPrivileges(flavor, needs)
  return [
    ...(grants.some(canRead) ? [] : ['SELECT']),
    // MariaDB takes REPLICATION CLIENT for BINLOG MONITOR since 10.5.2 and prints the latter.
    ...needed.filter((name) => !global.has(name)),
    // Who waits for a metadata lock, and on MySQL the history list: without it we cannot stay out of the way.
    ...(global.has('PROCESS') ? [] : ['PROCESS']),
  ]
}

/** What reading the replication status needs. MySQL answers nothing at all without it, not even "no channel". */
function statusPrivileges(flavor: Flavor, { channels, isSource }: PrivilegeNeeds): string[] {
  if (flavor.vendor === 'mysql') return ['REPLICATION CLIENT']
  if (!atLeast(flavor, 'mariadb', 10, 5)) {
    return channels || isSource ? ['REPLICATION CLIENT'] : []
  }
  return [...(channels ? ['SLAVE MONITOR'] : []), ...(isSource ? ['BINLOG MONITOR'] : [])]
}

/** Whether it gives SELECT on whole tables: on some columns of one, that table cannot be compared. */
function canRead({ privilege, level }: Grant): boolean {
  const isRead = ['SELECT', 'ALL PRIVILEGES', 'ALL'].includes(privilege)
  return isRead && (level === 'global' || level === 'schema' || level === 'table')
}
