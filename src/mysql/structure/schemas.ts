import { normalCharset } from '../normal.ts'
import { partsOf, said } from './facts.ts'
import { type ObjectKind, warning } from './kind.ts'

export const schemas: ObjectKind = {
  object: 'schema',
  of: 'schema',
  isUniversal: true,
  told: () => async (ask) => {
    const found = await ask.view({
      from: 'SCHEMATA',
      schema: 'SCHEMA_NAME',
      name: 'SCHEMA_NAME',
      fields: { collation: 'DEFAULT_COLLATION_NAME' },
    })
    const relations = await ask.view({
      from: 'TABLES',
      schema: 'TABLE_SCHEMA',
      name: 'TABLE_SCHEMA',
      // Nothing else: MariaDB opens no table for its name.
      fields: { table: 'MIN(TABLE_NAME)' },
      where: '1 GROUP BY TABLE_SCHEMA',
    })
    const holding = new Set(relations.map(({ subject }) => subject))
    return found.map(({ subject, fact }) => ({
      subject,
      fact: { ...fact, holds: holding.has(subject) ? 'relations' : null },
    }))
  },
  declare: (own) =>
    partsOf(own, 'schema').map((fact) => {
      const collation = normalCharset(said(fact, 'collation')) ?? ''
      return {
        name: '',
        summary: collation,
        properties: { collation: warning(`collate ${collation}`) },
        severity: {
          // With it all of its tables are missing, which are not listed.
          missing: fact['holds'] === null ? 'warning' : 'critical',
          extra: 'warning',
        },
      }
    }),
}
