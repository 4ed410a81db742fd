/** One statement over a view of information_schema, for the subjects at hand. */
import { textOf, textOrNull } from '../catalog.ts'
import { sumOfHashes } from '../digest.ts'
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
  /** One of the fields: NULL where the server cannot tell of the subject. */
  readonly vital?: string
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
  /** One text for all that `view` would find; null where it cannot tell of one of the subjects. */
  digest(select: Select): Promise<string | null>
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
    async digest(select) {
      const [row] = await session.query(digestSql(select, subjects), options)
      const digest = textOf(row?.['digest'])
      const isTold = textOf(row?.['untold']) === '0' && !digest.startsWith('-')
      return isTold ? `${textOf(row?.['facts'])} ${digest}` : null
    },
  }
}

function selectSql(select: Select, subjects: readonly Subject[]): string {
  const columns = Object.entries(columnsOf(select)).map(
    ([alias, column]) => `${column} AS ${quoteName(alias)}`,
  )
  return `SELECT ${columns.join(', ')}
    ${tableSql(select, subjects)}`
}

/**
 * QUOTE tells NULL from a text, and one value from the next. Nothing within it: a function that overruns
 * max_allowed_packet is NULL, which QUOTE would take for the value.
 */
function digestSql(select: Select, subjects: readonly Subject[]): string {
  const columns = Object.values(columnsOf(select)).map((column) => `QUOTE(${column})`)
  const row = `CONCAT(${columns.join(", ',', ")})`
  const { fields, vital } = select
  const untold = vital === undefined ? '0' : `COUNT(*) - COUNT(${fields[vital]})`
  return `SELECT COUNT(*) AS facts, ${sumOfHashes(row)} AS digest, ${untold} AS untold
    ${tableSql(select, subjects)}`
}

function columnsOf({ schema, name, fields }: Select): Readonly<Record<string, string>> {
  return { subject_schema: schema, subject_name: name, ...fields }
}

/**
 * Both conditions are evaluated before a table is opened: MariaDB 10.11 opens those that they name, and no other
 * (`Opened_table_definitions`). Names are compared without case or accents in places: more may come than was asked
 * for.
 */
function tableSql({ from, schema, name, where }: Select, subjects: readonly Subject[]): string {
  const conditions = [
    `${schema} IN (${literals(subjects.map((subject) => subject.schema))})`,
    ...(name === schema ? [] : [`${name} IN (${literals(subjects.map((each) => each.name))})`]),
    ...(where === undefined ? [] : [where]),
  ]
  return `FROM information_schema.${from} WHERE ${conditions.join(' AND ')}`
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
