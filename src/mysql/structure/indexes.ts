import { atLeast, type Flavor } from '../flavor.ts'
import { nameKey } from '../normal.ts'
import { quoteText } from '../sql.ts'
import { inOrder } from './ask.ts'
import { type Fact, partsOf, said } from './facts.ts'
import { isKeyGeneratedByOne } from './generated-key.ts'
import { byName, critical, type Declared, info, type ObjectKind, warning } from './kind.ts'
import { looseText } from './printed.ts'

export const indexes: ObjectKind = {
  object: 'index',
  of: 'table',
  isUniversal: true,
  told: (flavor) => ({
    from: 'STATISTICS',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    // Never CARDINALITY: for each table of which MySQL 9.7 has none cached it asks the engine (20,000 tables: 75 s).
    fields: {
      name: 'INDEX_NAME',
      position: 'SEQ_IN_INDEX',
      column: 'COLUMN_NAME',
      length: 'SUB_PART',
      direction: 'COLLATION',
      not_unique: 'NON_UNIQUE',
      type: 'INDEX_TYPE',
      comment: 'INDEX_COMMENT',
      ...visibility(flavor),
      ...(atLeast(flavor, 'mysql', 8, 0, 13) && { expression: 'EXPRESSION' }),
    },
  }),
  declare: (own, other) =>
    byName(partsOf(own, 'index'))
      .filter(([name]) => !isKeyGeneratedByOne(name, own, other))
      .map(([name, facts]) => indexOf(name, facts)),
}

function visibility(flavor: Flavor): Record<string, string> {
  if (atLeast(flavor, 'mysql', 8, 0)) return { hidden: "IF(IS_VISIBLE = 'NO', 'YES', 'NO')" }
  return atLeast(flavor, 'mariadb', 10, 6) ? { hidden: 'IGNORED' } : {}
}

function indexOf(name: string, facts: readonly Fact[]): Declared {
  const [first = {}] = facts
  const isUnique = said(first, 'not_unique') === '0'
  const columns = `(${inOrder(facts, 'position').map(partOf).join(', ')})`
  const isPrimary = name === 'PRIMARY'
  const what = isPrimary ? 'primary key' : isUnique ? 'unique' : 'not unique'
  const isExpression = facts.some((fact) => fact['expression'])
  return {
    name,
    summary: `${what} ${columns}`,
    properties: {
      unique: critical(what),
      columns: (isUnique ? critical : warning)(columns, {
        alike: nameKey(isExpression ? looseText(columns) : columns),
        isPrinted: isExpression,
      }),
      type: warning(`using ${said(first, 'type').toLowerCase()}`),
      hidden: warning(said(first, 'hidden') === 'YES' ? 'invisible' : ''),
      comment: info(`comment ${quoteText(said(first, 'comment'))}`),
    },
    severity: {
      missing: isUnique ? 'critical' : 'warning',
      extra: isUnique ? 'warning' : 'info',
    },
  }
}

function partOf(fact: Fact): string {
  const column = fact['column'] ?? `(${said(fact, 'expression')})`
  // What a SPATIAL index covers of its column is the server's own business.
  const isWhole = fact['length'] === null || said(fact, 'type') === 'SPATIAL'
  const length = isWhole ? '' : `(${fact['length']})`
  return `${column}${length}${fact['direction'] === 'D' ? ' desc' : ''}`
}
