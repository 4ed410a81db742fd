/** What SHOW GRANTS says, as a flat list. Pure. */
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
  /**
   * A partial revoke (MySQL 8.0.16): what a global grant gives everywhere is not given in this schema, whose
   * name is no pattern. It takes nothing else away: elsewhere the account still holds the privilege.
   */
  readonly revoked?: true
}

const QUOTED = /`(?:[^`]|``)*`|"(?:[^"]|"")*"|'(?:[^']|'')*'/g
const NAME = '`(?:[^`]|``)*`|"(?:[^"]|"")*"|[^\\s.`"]+'
const OBJECT = new RegExp(
  `^(?:(PROCEDURE|FUNCTION|PACKAGE BODY|PACKAGE|LIBRARY|TABLE) )?(${NAME})\\.(${NAME})$`,
)

/**
 * Read the lines of SHOW GRANTS, of MySQL 5.7 to 26.x and MariaDB 10.4 to 12, in any quoting.
 *
 * SET DEFAULT ROLE is left out. Roles are not expanded: see `readAccount`.
 *
 * @throws {TypeError} for a line that it does not know, without the part that may hold a password hash:
 *   a privilege must not be overlooked.
 */
export function parseGrants(lines: readonly string[]): readonly Grant[] {
  return lines.flatMap(grantsOf)
}

/** One privilege under several names; on the right the one that all of our lists use. */
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

export function canonicalPrivilege(name: string): string {
  return SYNONYMS[name] ?? name
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

function grantsOf(line: string): Grant[] {
  // Same length as the line, so that what is found in one can be cut from the other.
  const plain = line
    .replace(QUOTED, (quoted) => '_'.repeat(quoted.length))
    .replace(/\([^()]*\)/g, (list) => `(${'_'.repeat(list.length - 2)})`)
  if (plain.startsWith('SET DEFAULT ROLE ')) return []
  const parts =
    /^GRANT (.+?)(?: ON (.+?))? TO /d.exec(plain)?.indices ??
    /^REVOKE (.+?) ON (.+?) FROM /d.exec(plain)?.indices
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
    ...(plain.startsWith('REVOKE ') && { revoked: true as const }),
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
