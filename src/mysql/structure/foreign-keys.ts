import { nameKey } from '../normal.ts'
import { inOrder } from './ask.ts'
import { type Fact, partsOf, said } from './facts.ts'
import { byName, type Declared, type ObjectKind, WARNING, warning } from './kind.ts'

export const foreignKeys: ObjectKind = {
  object: 'foreign_key',
  of: 'table',
  told: () => async (ask) => {
    const columns = await ask.view({
      from: 'KEY_COLUMN_USAGE',
      schema: 'TABLE_SCHEMA',
      name: 'TABLE_NAME',
      fields: {
        name: 'CONSTRAINT_NAME',
        position: 'ORDINAL_POSITION',
        column: 'COLUMN_NAME',
        to_schema: "IF(REFERENCED_TABLE_SCHEMA = TABLE_SCHEMA, '', REFERENCED_TABLE_SCHEMA)",
        to_table: 'REFERENCED_TABLE_NAME',
        to_column: 'REFERENCED_COLUMN_NAME',
      },
      where: 'REFERENCED_TABLE_NAME IS NOT NULL',
    })
    if (columns.length === 0) return []
    const actions = await ask.view({
      from: 'REFERENTIAL_CONSTRAINTS',
      schema: 'CONSTRAINT_SCHEMA',
      name: 'TABLE_NAME',
      fields: { name: 'CONSTRAINT_NAME', on_update: 'UPDATE_RULE', on_delete: 'DELETE_RULE' },
    })
    return [...columns, ...actions]
  },
  declare: (own) => byName(partsOf(own, 'foreign_key')).map(([name, facts]) => keyOf(name, facts)),
}

function keyOf(name: string, facts: readonly Fact[]): Declared {
  const columns = inOrder(
    facts.filter((fact) => fact['column'] !== undefined),
    'position',
  )
  const [first = {}] = columns
  const actions = facts.find((fact) => fact['on_update'] !== undefined) ?? {}
  const list = (column: string) => columns.map((fact) => said(fact, column)).join(', ')
  const to = [said(first, 'to_schema'), said(first, 'to_table')].filter(Boolean).join('.')
  const reference = `(${list('column')}) references ${to} (${list('to_column')})`
  return {
    name,
    summary: reference,
    properties: {
      reference: warning(reference, { alike: nameKey(reference) }),
      onUpdate: warning(`on update ${actionOf(actions, 'on_update')}`),
      onDelete: warning(`on delete ${actionOf(actions, 'on_delete')}`),
    },
    severity: WARNING,
  }
}

/** InnoDB does the same for both; which of them stands for none given changed between MySQL 5.7 and 8.0. */
function actionOf(actions: Fact, column: string): string {
  const action = said(actions, column).toLowerCase()
  return action === 'no action' ? 'restrict' : action
}
