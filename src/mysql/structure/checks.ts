import { atLeast } from '../flavor.ts'
import { quoteText } from '../sql.ts'
import type { Ask, Found, Select } from './ask.ts'
import { partsOf, said } from './facts.ts'
import { byName, type ObjectKind, WARNING, warning } from './kind.ts'
import { looseText } from './printed.ts'

/** Constraints; MySQL 5.7 takes them and forgets them. */
export const checks: ObjectKind = {
  object: 'check',
  of: 'table',
  isKnownTo: (flavor) => flavor.vendor === 'mariadb' || atLeast(flavor, 'mysql', 8, 0, 16),
  told: ({ vendor }) => (vendor === 'mariadb' ? BY_TABLE : byConstraint),
  declare: (own) =>
    // A column's own check may have the name of one of its table (MariaDB).
    byName(partsOf(own, 'check')).map(([name, facts]) => {
      const clauses = facts.map((fact) => said(fact, 'clause')).join(' and ')
      const isEnforced = facts.every((fact) => said(fact, 'enforced') !== 'NO')
      return {
        name,
        summary: `check (${clauses})`,
        properties: {
          clause: warning(`check (${clauses})`, { alike: looseText(clauses), isPrinted: true }),
          enforced: warning(isEnforced ? '' : 'not enforced'),
        },
        severity: WARNING,
      }
    }),
}

const BY_TABLE: Select = {
  from: 'CHECK_CONSTRAINTS',
  schema: 'CONSTRAINT_SCHEMA',
  name: 'TABLE_NAME',
  fields: { name: 'CONSTRAINT_NAME', clause: 'CHECK_CLAUSE' },
}

/**
 * MySQL tells the table in one view and the clause in another, which has only few rows. Not in one statement: MySQL
 * 9.7.4 joins them by reading everything (20,000 tables: 30 s of CPU time).
 */
async function byConstraint(ask: Ask): Promise<readonly Found[]> {
  const found = await ask.view({
    from: 'TABLE_CONSTRAINTS',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: { name: 'CONSTRAINT_NAME', enforced: 'ENFORCED' },
    where: "CONSTRAINT_TYPE = 'CHECK'",
  })
  if (found.length === 0) return []
  const literals = (names: readonly string[]) => [...new Set(names)].map(quoteText).join(', ')
  const rows = await ask.query(
    `SELECT CONSTRAINT_SCHEMA AS in_schema, CONSTRAINT_NAME AS name, CHECK_CLAUSE AS clause
     FROM information_schema.CHECK_CONSTRAINTS
     WHERE CONSTRAINT_SCHEMA IN (${literals(found.map(({ subject }) => subject.schema))})
       AND CONSTRAINT_NAME IN (${literals(found.map(({ fact }) => said(fact, 'name')))})`,
  )
  const key = (schema: unknown, name: unknown) => JSON.stringify([String(schema), String(name)])
  const clauses = new Map(rows.map((row) => [key(row['in_schema'], row['name']), row['clause']]))
  return found.map(({ subject, fact }) => ({
    subject,
    fact: { ...fact, clause: String(clauses.get(key(subject.schema, fact['name'])) ?? '') },
  }))
}
