/**
 * Which definitions an account is not shown. information_schema leaves them out without a word, so that what one
 * end hides would look like a difference. Tried privilege by privilege on MySQL 9.7.4 and MariaDB 10.11.19. Pure.
 */
import type { SchemaObject } from '../domain.ts'
import { atLeast, type Flavor } from './flavor.ts'
import {
  EVERYWHERE,
  holds,
  readScopes,
  type Scope,
  schemaScope,
  scopeText,
  tableScope,
} from './grant-scope.ts'
import type { Grant } from './grants.ts'

/** What shows the body of a view, and that there is a trigger or an event at all. */
const SHOWN_BY = [
  ['view', 'SHOW VIEW'],
  ['trigger', 'TRIGGER'],
  ['event', 'EVENT'],
] as const satisfies readonly (readonly [SchemaObject, string])[]

/**
 * The kinds of objects that information_schema leaves out or shows without their bodies, in a schema or in
 * those of its tables that the account may read: nothing can be said of them.
 *
 * @param grants of SHOW GRANTS: what is held now, active roles included.
 */
export function hiddenObjects(
  grants: readonly Grant[],
  flavor: Flavor,
  schema: string,
): ReadonlySet<SchemaObject> {
  const scopes = scopesIn(grants, schema)
  const isInAll = (isShown: (scope: Scope) => boolean) => scopes.length > 0 && scopes.every(isShown)
  const shows = (privilege: string) => isInAll((scope) => isHeld(grants, privilege, scope))
  const hidden = new Set<SchemaObject>()
  for (const [object, privilege] of SHOWN_BY) if (!shows(privilege)) hidden.add(object)
  if (!isInAll((scope) => showsRoutines(grants, flavor, scope))) {
    hidden.add('procedure').add('function')
  }
  // Whoever may only read a table is not shown its foreign keys: MariaDB, and MySQL 5.7 (untried).
  const needsMore = !atLeast(flavor, 'mysql', 8, 0)
  if (needsMore && !shows('SHOW VIEW') && !shows('TRIGGER')) hidden.add('foreign_key')
  return hidden
}

/**
 * What shows all objects wherever the account reads tables, as `SHOW VIEW ON *.*`. Never in more schemas than
 * those, but for routines, which MySQL shows to an account altogether or not at all.
 */
export function wantedForObjects(grants: readonly Grant[], flavor: Flavor): readonly string[] {
  const scopes = readScopes(grants)
  const wanted = SHOWN_BY.flatMap(([, privilege]) =>
    [...scopes, ...revokedIn(grants, privilege)]
      .filter((scope) => !isHeld(grants, privilege, scope))
      .map((scope) => `${privilege} ON ${scopeText(levelOf(privilege, scope))}`),
  )
  const routines = scopes
    .filter((scope) => !showsRoutines(grants, flavor, scope))
    .flatMap((scope) => routineGrant(flavor, scope) ?? [])
  return [...new Set([...wanted, ...routines])]
}

/** The schema, or those of its tables that alone may be read. */
function scopesIn(grants: readonly Grant[], schema: string): readonly Scope[] {
  const whole = schemaScope(schema)
  if (holds(grants, 'SELECT', whole)) return [whole]
  return readScopes(grants).filter((scope) => scope.schema === whole.schema)
}

/** Schemas that the account may read all the same. */
function revokedIn(grants: readonly Grant[], name: string): readonly Scope[] {
  return grants
    .filter(({ revoked, privilege }) => revoked && privilege === name)
    .flatMap(({ schema }) => (schema === undefined ? [] : schemaScope(schema)))
    .filter((scope) => holds(grants, 'SELECT', scope))
}

function isHeld(grants: readonly Grant[], privilege: string, scope: Scope): boolean {
  return holds(grants, privilege, levelOf(privilege, scope))
}

/** Events belong to no table. */
function levelOf(privilege: string, scope: Scope): Scope {
  return privilege === 'EVENT' ? { ...scope, table: null } : scope
}

const ROUTINE_TABLE = tableScope('mysql', 'proc')

/** Whoever may read everything is shown them; what else shows them came later. */
function showsRoutines(grants: readonly Grant[], flavor: Flavor, scope: Scope): boolean {
  if (holds(grants, 'SELECT', EVERYWHERE)) return true
  if (atLeast(flavor, 'mysql', 8, 0)) return holds(grants, 'SHOW_ROUTINE', EVERYWHERE)
  // MySQL 5.7 untried, like SHOW CREATE ROUTINE of MariaDB 11.3.
  const where = levelOf('EVENT', scope)
  return holds(grants, 'SELECT', ROUTINE_TABLE) || holds(grants, 'SHOW_ROUTINE', where)
}

/** null: MySQL before 8.0.20 shows them only to whoever may read everything, which is too much to ask for. */
function routineGrant(flavor: Flavor, scope: Scope): string | null {
  if (atLeast(flavor, 'mysql', 8, 0, 20)) return 'SHOW_ROUTINE ON *.*'
  if (atLeast(flavor, 'mysql', 8, 0)) return null
  if (atLeast(flavor, 'mariadb', 11, 3)) {
    return `SHOW CREATE ROUTINE ON ${scopeText(levelOf('EVENT', scope))}`
  }
  return `SELECT ON ${scopeText(ROUTINE_TABLE)}`
}
