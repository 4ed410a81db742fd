/** One statement over a view of information_schema, for the subjects at hand. */
import { textOf, textOrNull } from '../catalog.ts'
import type { QueryOptions, Row, Session } from '../query.ts'
import { quoteName, quoteText } from '../sql.ts'
import type { Fact } from './facts.ts'
import { type Subject, subjectKey } from './subject.ts'

export interface Select {
  /** A view of information_schema. */
  readonly from: string
  /** Its column with the name of the schema. */
  readonly schema: string
  /** Its column with the name of the subject. */
  readonly name: string
  /** What is asked for, by the name that it is to have. */
  readonly fields: Readonly<Record<string, string>>
  /** A further condition. */
  readonly where?: string
}

/** What a view says of one of the subjects. */
export interface Found {
  readonly subject: Subject
  readonly fact: Fact
}

export interface Ask {
  readonly subjects: readonly Subject[]
  view(select: Select): Promise<readonly Found[]>
  query(sql: string): Promise<readonly Row[]>
}

export function asking(session: Session, subjects: readonly Subject[], options: QueryOptions): Ask {
  const wanted = new Map(subjects.map((subject) => [subjectKey(subject), subject]))
  const [kind = 'relation'] = subjects.map((subject) => subject.kind)
  return {
    subjects,
    query: (sql) => session.query(sql, options),
    async view(select) {
      const rows = await session.query(selectSql(select, subjects), options)
      const fields = Object.keys(select.fields)
      const found: Found[] = []
      let at = ''
      let subject: Subject | undefined
      for (const row of rows) {
        const [schema, name] = [textOf(row['subject_schema']), textOf(row['subject_name'])]
        // The rows of one subject come together.
        if (at !== `${schema}\0${name}`) {
          at = `${schema}\0${name}`
          subject = wanted.get(subjectKey({ kind, schema, name }))
        }
        if (subject !== undefined) found.push({ subject, fact: factOf(row, fields) })
      }
      return found
    },
  }
}

/**
 * Both conditions are evaluated before a table is opened: MariaDB 10.11 opens those that they name, and no other
 * (`Opened_table_definitions`). Names are compared without case or accents in places: more may come than was asked
 * for.
 */
function selectSql(
  { from, schema, name, fields, where }: Select,
  subjects: readonly Subject[],
): string {
  const columns = Object.entries({ subject_schema: schema, subject_name: name, ...fields })
  const conditions = [
    `${schema} IN (${literals(subjects.map((subject) => subject.schema))})`,
    ...(name === schema ? [] : [`${name} IN (${literals(subjects.map((each) => each.name))})`]),
    ...(where === undefined ? [] : [where]),
  ]
  return `SELECT ${columns.map(([alias, column]) => `${column} AS ${quoteName(alias)}`).join(', ')}
    FROM information_schema.${from} WHERE ${conditions.join(' AND ')}`
}

function literals(names: readonly string[]): string {
  return [...new Set(names)].map(quoteText).join(', ')
}

function factOf(row: Row, fields: readonly string[]): Fact {
  const fact: Record<string, string | null> = {}
  for (const name of fields) fact[name] = textOrNull(row[name])
  return fact
}

/** By a column that counts. */
export function inOrder(facts: readonly Fact[], column: string): Fact[] {
  return facts.toSorted((a, b) => Number(a[column]) - Number(b[column]))
}
