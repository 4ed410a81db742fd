import { nameKey, normalCharset } from '../normal.ts'
import { quoteText } from '../sql.ts'
import { inOrder } from './ask.ts'
import { type Facts, partsOf, said } from './facts.ts'
import { info, type ObjectKind, type Property, warning } from './kind.ts'
import { divisionOf } from './partitions.ts'

export const tables: ObjectKind = {
  object: 'table',
  of: 'table',
  isUniversal: true,
  told: () => ({
    from: 'TABLES',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: {
      type: 'TABLE_TYPE',
      engine: 'ENGINE',
      collation: 'TABLE_COLLATION',
      row_format: 'ROW_FORMAT',
      comment: 'TABLE_COMMENT',
    },
    // MariaDB has a row for a table that it cannot open, with what is wrong in place of the comment, and none of its parts.
    vital: 'engine',
  }),
  declare: (own, other) =>
    partsOf(own, 'table').map((fact) => ({
      name: '',
      summary: said(fact, 'engine'),
      properties: {
        order: orderOf(own, other),
        engine: warning(`engine ${said(fact, 'engine')}`),
        partitioning: divisionOf(own),
        versioned: warning(
          said(fact, 'type') === 'SYSTEM VERSIONED'
            ? 'with system versioning'
            : 'without system versioning',
        ),
        collation: warning(`collate ${normalCharset(said(fact, 'collation'))}`),
        rowFormat: info(`row format ${said(fact, 'row_format')}`),
        comment: info(`comment ${quoteText(said(fact, 'comment'))}`),
      },
      severity: { missing: 'critical', extra: 'warning' },
    })),
}

/** Of the columns that both ends have, those that do not stand where the other has them. */
function orderOf(own: Facts, other: Facts): Property {
  const [mine, theirs] = [columnNames(own), columnNames(other)]
  const shared = mine.filter((name) => theirs.includes(name))
  const there = theirs.filter((name) => mine.includes(name))
  const moved = shared.filter((name, index) => name !== there[index])
  return warning(moved.length === 0 ? '' : `columns in the order ${moved.join(', ')}`)
}

function columnNames(facts: Facts): string[] {
  return inOrder(partsOf(facts, 'column'), 'position').map((fact) => nameKey(said(fact, 'name')))
}
