import { textOrNull } from '../catalog.ts'
import { quoteTable } from '../sql.ts'
import type { Ask, Found } from './ask.ts'
import { partsOf, said } from './facts.ts'
import { type ObjectKind, WARNING, warning } from './kind.ts'

/** Sequences in one statement: each is opened like a table. */
const MOST_AT_ONCE = 50

/** Of MariaDB. Where a sequence stands is data, and differs between servers as it should: each caches its own. */
export const sequences: ObjectKind = {
  object: 'sequence',
  of: 'sequence',
  isKnownTo: ({ vendor }) => vendor === 'mariadb',
  told: () => async (ask) => {
    const found: Found[] = []
    for (let at = 0; at < ask.subjects.length; at += MOST_AT_ONCE) {
      found.push(...(await readSome(ask, at)))
    }
    return found
  },
  declare: (own) =>
    partsOf(own, 'sequence').map((fact) => ({
      name: '',
      summary: 'sequence',
      properties: {
        start: warning(`start ${said(fact, 'start')}`),
        range: warning(`from ${said(fact, 'least')} to ${said(fact, 'most')}`),
        increment: warning(`increment ${said(fact, 'increment')}`),
        cache: warning(`cache ${said(fact, 'cache')}`),
        cycle: warning(said(fact, 'cycle') === '0' ? 'nocycle' : 'cycle'),
      },
      severity: WARNING,
    })),
}

async function readSome({ subjects, query }: Ask, at: number): Promise<Found[]> {
  const some = subjects.slice(at, at + MOST_AT_ONCE)
  const selects = some.map(
    ({ schema, name }, index) =>
      `SELECT ${index} AS place, start_value AS start, minimum_value AS least, maximum_value AS most, increment,
         cache_size AS cache, cycle_option AS cycle FROM ${quoteTable(schema, name)}`,
  )
  const rows = await query(selects.join(' UNION ALL '))
  return rows.flatMap(({ place, ...row }) => {
    const subject = some[Number(place)]
    const values = Object.entries(row).map(([name, value]) => [name, textOrNull(value)])
    return subject === undefined ? [] : [{ subject, fact: Object.fromEntries(values) }]
  })
}
