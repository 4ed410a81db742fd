/** A primary key that MySQL generated on one end alone, as a replica may be told to: expected. Pure. */
import { GENERATED_KEY_COLUMN, isGeneratedKey } from '../generated-key.ts'
import { type Fact, type Facts, partsOf, said } from './facts.ts'

/** Whether this is the column of such a key, which the other end has not. */
export function isGeneratedByOne(fact: Fact, own: Facts, other: Facts): boolean {
  const [name, type, extra] = [said(fact, 'name'), said(fact, 'type'), said(fact, 'extra')]
  return isGeneratedKey(own.flavor.vendor, { name, type, extra }) && !hasColumn(other)
}

/** The same of the key itself. */
export function isKeyGeneratedByOne(index: string, own: Facts, other: Facts): boolean {
  if (index !== 'PRIMARY') return false
  return partsOf(own, 'column').some((fact) => isGeneratedByOne(fact, own, other))
}

function hasColumn(facts: Facts): boolean {
  return partsOf(facts, 'column').some((fact) => said(fact, 'name') === GENERATED_KEY_COLUMN)
}
