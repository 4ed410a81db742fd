/** What an account's grants mean for us (design.md section 5, "Grants"). */
import type { PrivilegeReport } from '../report.ts'
import type { Account } from './account.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { EVERYWHERE, holds, readScopes, schemaScope, scopeText } from './grant-scope.ts'
import { canonicalPrivilege, type Grant, quoteAccount } from './grants.ts'
import { wantedForObjects } from './hidden-objects.ts'

export interface PrivilegeNeeds {
  /** It has replication channels, or it is not known whether it has. */
  readonly channels: boolean
  /** See `Dialect.hasHiddenMembers`. */
  readonly hasHiddenMembers: boolean
  /** Another server of the set replicates from it. */
  readonly isSource: boolean
  /** The definitions of views, triggers and the like are compared. */
  readonly objects: boolean
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

/**
 * Judge what the account holds at any level. A role that is not active gives it nothing now, and may be
 * activated to write all the same.
 *
 * - `excess`: held and not needed, by the server's names; all that is refused is among them.
 * - `refused`: those of them that can change the server (`... ADMIN`, ALL and the list above).
 * - `missing`: complete GRANT statements: SELECT somewhere, what SHOW REPLICA STATUS and the binary log's
 *   position need, and what the checks that are enabled do not see without.
 *
 * Each is sorted and without repetition, `missing` in the order of importance. Pure: never throws.
 */
export function judgePrivileges(
  { name, grants, dormant }: Account,
  flavor: Flavor,
  needs: PrivilegeNeeds,
): PrivilegeReport {
  const reachable = [...grants, ...dormant].filter(({ revoked }) => !revoked)
  const held = [...new Set(reachable.map(({ privilege }) => privilege))].sort()
  const account = quoteAccount(name)
  return {
    excess: held.filter((name) => !HARMLESS.has(canonicalPrivilege(name))),
    refused: held.filter(isRefused),
    missing: missingOf(grants, flavor, needs).map((what) => `GRANT ${what} TO ${account}`),
  }
}

function isRefused(name: string): boolean {
  return REFUSED.has(canonicalPrivilege(name)) || /[ _]ADMIN$/.test(name)
}

/** As `PROCESS ON *.*`. */
function missingOf(grants: readonly Grant[], flavor: Flavor, needs: PrivilegeNeeds): string[] {
  const lacks = (name: string) => !holds(grants, name, EVERYWHERE)
  // SUPER shows the status too: tried on MariaDB 10.11.19, and MySQL 9.7.4 says so in its error 1227. Not since
  // MariaDB 11.0.1 (MDEV-29668, untried).
  const isSuper = !lacks('SUPER') && !atLeast(flavor, 'mariadb', 11, 0)
  const needed = [
    ...(readScopes(grants).length > 0 ? [] : ['SELECT']),
    // MariaDB takes REPLICATION CLIENT for BINLOG MONITOR since 10.5.2 and prints the latter.
    ...(isSuper ? [] : statusPrivileges(flavor, needs)),
    // Who waits for a metadata lock, and on MySQL the history list: without it we cannot stay out of the way.
    'PROCESS',
  ]
  return [
    ...needed.filter(lacks).map((name) => `${name} ON ${scopeText(EVERYWHERE)}`),
    ...(lacksReplicationTables(grants, flavor, needs) ? ['SELECT ON `performance_schema`.*'] : []),
    ...(needs.objects ? wantedForObjects(grants, flavor) : []),
  ]
}

/**
 * What a channel of MySQL has received stands there alone, and nothing that differs is confirmed without it; so do the
 * members of a group, which look like servers on their own without it.
 */
function lacksReplicationTables(
  grants: readonly Grant[],
  flavor: Flavor,
  { channels, hasHiddenMembers }: PrivilegeNeeds,
): boolean {
  const isNeeded = flavor.vendor === 'mysql' && (channels || hasHiddenMembers)
  if (!isNeeded || readScopes(grants).length === 0) return false
  return !holds(grants, 'SELECT', schemaScope('performance_schema'))
}

/** What reading the replication status needs. MySQL answers nothing at all without it, not even "no channel". */
function statusPrivileges(flavor: Flavor, { channels, isSource }: PrivilegeNeeds): string[] {
  if (flavor.vendor === 'mysql') return ['REPLICATION CLIENT']
  if (!atLeast(flavor, 'mariadb', 10, 5)) {
    return channels || isSource ? ['REPLICATION CLIENT'] : []
  }
  return [...(channels ? ['SLAVE MONITOR'] : []), ...(isSource ? ['BINLOG MONITOR'] : [])]
}
