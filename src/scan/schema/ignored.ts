import type { SetConfig } from '../../config/config.ts'
import type { StructureDifference } from '../../mysql/structure/compare.ts'
import { matchesTable } from '../../table-pattern.ts'

/** Whether a rule of `schema.ignore` accepts it: `shop.*: index extra`, `shop.orders.i: index extra`. */
export function isIgnored(
  { schemaIgnore }: SetConfig,
  { schema, object, name, table, kind }: StructureDifference,
): boolean {
  // A schema is what is meant by all of its tables.
  const names = object === 'schema' ? [''] : [table ?? name, name]
  return schemaIgnore.some((rule) => {
    const at = rule.lastIndexOf(':')
    const pattern = rule.slice(0, at).trim()
    if (rule.slice(at + 1).trim() !== `${object} ${kind}`) return false
    return names.some((each) => matchesTable([pattern], schema, each))
  })
}
