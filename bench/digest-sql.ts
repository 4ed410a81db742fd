/** The exporter's own digest of the table, by the same functions that make it there. */
import { readDefinition } from '../src/mysql/definition.ts'
import { type DigestPlan, digestPlan } from '../src/mysql/digest.ts'
import type { Flavor } from '../src/mysql/flavor.ts'
import type { Session } from '../src/mysql/query.ts'
import { EVERYTHING, selectSql } from '../src/mysql/range.ts'
import { SCHEMA, TABLE } from './table.ts'

/** One query over the whole table. @param others flavors of the servers that it is to be compared with. */
export async function wholeTableSql(
  session: Session,
  others: readonly Flavor[] = [],
): Promise<string> {
  const definition = await readDefinition(session, SCHEMA, TABLE)
  if (definition === null) throw new Error(`${SCHEMA}.${TABLE} is gone`)
  const plan: DigestPlan = digestPlan({
    flavors: [await session.flavor(), ...others],
    columns: definition.columns,
    others: [definition.columns],
    keyed: definition.key !== null,
  })
  return selectSql(definition, EVERYTHING, plan.select)
}
