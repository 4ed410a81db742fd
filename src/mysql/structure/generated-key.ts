/**
 * Generated invisible primary keys: a replica of MySQL 8.0.30 or later may give a table that has no key one of its
 * own (`sql_generate_invisible_primary_key`, `REQUIRE_TABLE_PRIMARY_KEY_CHECK = GENERATE`). Expected. Pure.
 *
 * @see https://dev.mysql.com/doc/refman/8.4/en/create-table-gipks.html
 */
import { type Fact, type Facts, partsOf, said } from './facts.ts'

const NAME = 'my_row_id'

/** Whether this is the column of such a key, which the other end has not. */
export function isGeneratedByOne(fact: Fact, own: Facts, other: Facts): boolean {
  return isGenerated(fact) && own.flavor.vendor === 'mysql' && !hasColumn(other)
}

/** The same of the key itself. */
export function isKeyGeneratedByOne(index: string, own: Facts, other: Facts): boolean {
  if (index !== 'PRIMARY') return false
  return partsOf(own, 'column').some((fact) => isGeneratedByOne(fact, own, other))
}

function hasColumn(facts: Facts): boolean {
  return partsOf(facts, 'column').some((fact) => said(fact, 'name') === NAME)
}

function isGenerated(fact: Fact): boolean {
  const extra = said(fact, 'extra').toLowerCase()
  return (
    said(fact, 'name') === NAME &&
    said(fact, 'type') === 'bigint unsigned' &&
    extra.includes('auto_increment') &&
    extra.includes('invisible')
  )
}
