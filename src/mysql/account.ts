/** Who we are on a server, and what we may do there: by SHOW GRANTS, which needs no privilege. */
import { type Grant, parseGrants } from './grants.ts'
import { type Session, text } from './query.ts'
import { quoteName } from './sql.ts'

export interface Account {
  /** As CURRENT_USER() prints it: `drift@10.%`. */
  readonly name: string
  /** What it may do now: its own, that of active roles and those inside them, that of everybody. */
  readonly grants: readonly Grant[]
  /** What it could do as well, with roles that it was granted and that are not active. */
  readonly dormant: readonly Grant[]
}

/** Runs `task` with a session that nobody else uses meanwhile. */
export type Alone = (
  task: (session: Session) => Promise<readonly Grant[]>,
) => Promise<readonly Grant[]>

/** @throws {ServerError} */
export async function readAccount(session: Session, alone: Alone): Promise<Account> {
  const [row] = await session.query('SELECT CURRENT_USER() AS account')
  const grants = await grantsBy(session, 'SHOW GRANTS')
  const roles = [...new Set(grants.flatMap(({ role }) => role ?? []))]
  const { vendor } = await session.flavor()
  const dormant = () =>
    vendor === 'mysql' ? withRoles(session, roles) : asEachRole(session, alone)
  return {
    name: text(row, 'account'),
    grants,
    dormant: roles.length === 0 ? [] : await dormant(),
  }
}

/** MySQL answers for any of our roles, and for those inside them. */
function withRoles(session: Session, roles: readonly string[]): Promise<readonly Grant[]> {
  return grantsBy(session, `SHOW GRANTS FOR CURRENT_USER() USING ${roles.join(', ')}`)
}

/** MariaDB tells an account nothing of its own role before that is active (error 1044 on 10.11.19). */
async function asEachRole(session: Session, alone: Alone): Promise<readonly Grant[]> {
  const rows = await session.query(
    'SELECT ROLE_NAME AS role FROM information_schema.APPLICABLE_ROLES WHERE GRANTEE = CURRENT_USER() ' +
      'AND ROLE_NAME NOT IN (SELECT ROLE_NAME FROM information_schema.ENABLED_ROLES WHERE ROLE_NAME IS NOT NULL)',
  )
  const roles = rows.map((row) => text(row, 'role'))
  if (roles.length === 0) return []
  return await alone(async (own) => {
    const [row] = await own.query('SELECT CURRENT_ROLE() AS role')
    const before = row?.['role']?.toString() ?? null
    try {
      const found: Grant[] = []
      for (const role of roles) {
        await own.query(`SET ROLE ${quoteName(role)}`)
        found.push(...(await grantsBy(own, 'SHOW GRANTS')))
      }
      return found
    } finally {
      // One role is active at a time, and what it gave is needed again by whoever reads with this session next.
      await own.query(`SET ROLE ${before === null ? 'NONE' : quoteName(before)}`)
    }
  })
}

async function grantsBy(session: Session, statement: string): Promise<readonly Grant[]> {
  const rows = await session.query(statement)
  return parseGrants(rows.map((row) => String(Object.values(row)[0])))
}
