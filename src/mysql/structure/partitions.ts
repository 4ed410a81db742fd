import { quoteText } from '../sql.ts'
import { inOrder } from './ask.ts'
import { type Fact, type Facts, partsOf, said } from './facts.ts'
import { byName, info, type ObjectKind, type Property, WARNING, warning } from './kind.ts'
import { looseText } from './printed.ts'

/** How a table is divided is its own property; here are the parts, if both ends divide it in the same way. */
export const partitions: ObjectKind = {
  object: 'partition',
  of: 'table',
  told: () => ({
    from: 'PARTITIONS',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: {
      name: 'PARTITION_NAME',
      sub: 'SUBPARTITION_NAME',
      position: 'SUBPARTITION_ORDINAL_POSITION',
      values: 'PARTITION_DESCRIPTION',
      method: 'PARTITION_METHOD',
      expression: 'PARTITION_EXPRESSION',
      sub_method: 'SUBPARTITION_METHOD',
      sub_expression: 'SUBPARTITION_EXPRESSION',
      comment: 'PARTITION_COMMENT',
    },
    where: 'PARTITION_NAME IS NOT NULL',
  }),
  declare(own, other) {
    const [mine, theirs] = [divisionOf(own), divisionOf(other)]
    if (theirs.text === '' || mine.alike !== theirs.alike) return []
    return byName(partsOf(own, 'partition')).map(([name, facts]) => {
      const [first = {}] = facts
      const values = fact(first)
      const subs = inOrder(facts, 'position').flatMap((each) => each['sub'] ?? [])
      return {
        name,
        summary: values,
        properties: {
          values: warning(values),
          subs: warning(subs.length === 0 ? '' : `subpartitions ${subs.join(', ')}`),
          comment: info(`comment ${quoteText(said(first, 'comment'))}`),
        },
        severity: WARNING,
      }
    })
  },
}

function fact(first: Fact): string {
  const values = first['values'] ?? null
  return values === null ? 'partition' : `values ${values}`
}

/** `partition by range (year(d))`; nothing for a table in one piece. */
export function divisionOf(facts: Facts): Property {
  const [first] = partsOf(facts, 'partition')
  if (first === undefined) return warning('')
  const by = (method: string | null | undefined, expression: string) =>
    method ? `by ${method.toLowerCase()} (${expression})` : ''
  const text = [
    `partition ${by(first['method'], said(first, 'expression'))}`,
    ...(first['sub_method']
      ? [`subpartition ${by(first['sub_method'], said(first, 'sub_expression'))}`]
      : []),
  ].join(' ')
  // MySQL 5.7 prints the expression as it was typed, 8.0 quotes the names in it.
  return warning(text, { alike: looseText(text).replaceAll('`', ''), isPrinted: true })
}
