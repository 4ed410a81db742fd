/** The names of all that a server has, without opening any of it. */
import { textOf, userSchemas } from '../catalog.ts'
import type { QueryOptions, Session } from '../query.ts'
import { quoteText } from '../sql.ts'
import { inHalves } from './halves.ts'
import type { Subject, SubjectKind } from './subject.ts'

/** Where names are. Nothing but the name of a relation: for its type MariaDB would open it. */
const LISTS = [
  { from: 'TABLES', schema: 'TABLE_SCHEMA', name: 'TABLE_NAME', kind: "'relation'" },
  { from: 'ROUTINES', schema: 'ROUTINE_SCHEMA', name: 'ROUTINE_NAME', kind: 'LOWER(ROUTINE_TYPE)' },
  { from: 'EVENTS', schema: 'EVENT_SCHEMA', name: 'EVENT_NAME', kind: "'event'" },
] as const

const LISTED: ReadonlySet<string> = new Set<SubjectKind>([
  'relation',
  'procedure',
  'function',
  'event',
])

/** Four statements; more only where one does not fit the time limit. @throws {ServerError} */
export async function listSubjects(
  session: Session,
  options: QueryOptions = {},
): Promise<readonly Subject[]> {
  const schemas = (await userSchemas(session, options)).map(({ name }) => name)
  const found: Subject[] = schemas.map((name) => ({ kind: 'schema', schema: name, name }))
  for (const { from, schema, name, kind } of schemas.length === 0 ? [] : LISTS) {
    await inHalves(
      schemas,
      async (some) => {
        const rows = await session.query(
          `SELECT ${schema} AS in_schema, ${name} AS name, ${kind} AS kind
           FROM information_schema.${from} WHERE ${schema} IN (${some.map(quoteText).join(', ')})`,
          options,
        )
        for (const row of rows) {
          const one = { schema: textOf(row['in_schema']), name: textOf(row['name']) }
          // MariaDB's packages are routines too; they are not compared.
          if (LISTED.has(textOf(row['kind']))) {
            found.push({ ...one, kind: textOf(row['kind']) as SubjectKind })
          }
        }
      },
      (_, error) => {
        throw error
      },
    )
  }
  return found
}
