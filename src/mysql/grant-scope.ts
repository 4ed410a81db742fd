/** Where in a server a privilege is held. Pure. */
import { isSystemSchema, matchesTable } from '../table-pattern.ts'
import { canonicalPrivilege, type Grant } from './grants.ts'
import { quoteName } from './sql.ts'

/** The whole server, a schema, or a table of one. */
export interface Scope {
  /** A LIKE pattern, as grants on schemas have it: `shop\_1`, `shop%`; null = the whole server. */
  readonly schema: string | null
  /** null = all of the schema. */
  readonly table: string | null
}

export const EVERYWHERE: Scope = { schema: null, table: null }

export function schemaScope(name: string): Scope {
  return { schema: name.replace(/[\\%_]/g, '\\$&'), table: null }
}

export function tableScope(schema: string, table: string): Scope {
  return { ...schemaScope(schema), table }
}

/** As it stands behind `GRANT ... ON`: only there a schema without a table is a pattern. */
export function scopeText({ schema, table }: Scope): string {
  if (schema === null) return '*.*'
  if (table === null) return `${quoteName(schema)}.*`
  return `${quoteName(literally(schema))}.${quoteName(table)}`
}

/**
 * Whether `privilege` (as our lists call it) is held in all of `scope`. What partial revokes take out of a grant
 * on the whole server counts where the scope is inside it, and not against the whole server.
 */
export function holds(grants: readonly Grant[], privilege: string, scope: Scope): boolean {
  const mine = grants.filter((grant) => gives(grant, privilege))
  const isRevoked = mine.some(
    ({ revoked, schema }) => revoked && scope.schema !== null && schema === literally(scope.schema),
  )
  return mine.some((grant) => {
    const where = scopeOf(grant)
    if (where === null || (where.schema === null && isRevoked)) return false
    return covers(where, scope)
  })
}

/** The widest scopes in which the account may read tables of users, and schemas that were revoked from one. */
export function readScopes(grants: readonly Grant[]): readonly Scope[] {
  const all = grants
    .filter((grant) => gives(grant, 'SELECT'))
    .flatMap((grant) => scopeOf(grant) ?? [])
    .filter(({ schema }) => schema === null || !isSystemSchema(literally(schema)))
  return all.filter(
    (scope, index) =>
      !all.some((other, at) => covers(other, scope) && (at < index || !covers(scope, other))),
  )
}

/** null for what holds of columns, routines, accounts and roles, and for what is revoked. */
function scopeOf({ level, schema, table, revoked }: Grant): Scope | null {
  if (revoked) return null
  if (level === 'global') return EVERYWHERE
  if (schema === undefined) return null
  if (level === 'schema') return { schema, table: null }
  return level === 'table' && table !== undefined ? tableScope(schema, table) : null
}

function gives({ privilege }: Grant, name: string): boolean {
  const given = canonicalPrivilege(privilege)
  return given === name || given === 'ALL PRIVILEGES'
}

function covers(wide: Scope, narrow: Scope): boolean {
  if (wide.schema === null) return true
  if (narrow.schema === null || !coversSchema(wide.schema, narrow.schema)) return false
  return wide.table === null || wide.table === narrow.table
}

/** With partial_revokes=ON MySQL takes patterns literally, and then too much is said to be covered, of what nobody sees. */
function coversSchema(wide: string, narrow: string): boolean {
  if (wide === narrow) return true
  if (/(?<!\\)[%_]/.test(narrow)) return false
  const glob = wide.replace(/\\?./gsu, (part) => {
    if (part === '%') return '*'
    return part === '_' ? '?' : `\\${part.replace(/^\\(?=.)/su, '')}`
  })
  return matchesTable([`${glob}.*`], literally(narrow), ' ')
}

function literally(pattern: string): string {
  return pattern.replace(/\\([\\%_])/g, '$1')
}
