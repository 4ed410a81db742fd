/** How definitions are read for pairs of names. */
import { expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { Row } from '../../src/mysql/query.ts'
import { partsOf, said } from '../../src/mysql/structure/facts.ts'
import type { Subject } from '../../src/mysql/structure/subject.ts'
import type { Pair } from '../../src/scan/schema/pairs.ts'
import { type Read, readGroup } from '../../src/scan/schema/reading.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { fakeLink, fakeServer } from '../support/fake-server.ts'
import { fakeWorld } from '../support/fake-world.ts'

/** A server with schemas, by their collations. */
function makeServer(name: string, collations: Readonly<Record<string, string>>) {
  return fakeServer(name, (sql): Row[] => {
    if (!sql.includes('SCHEMATA')) return []
    return Object.entries(collations)
      .filter(([schema]) => sql.includes(`'${schema}'`))
      .map(([schema, collation]) => ({ subject_schema: schema, subject_name: schema, collation }))
  })
}

function collationIn(end: Read[keyof Read]): string | null {
  if (end === null || end instanceof ServerError) return null
  return partsOf(end, 'schema').map((fact) => said(fact, 'collation'))[0] ?? null
}

const schema = (name: string): Subject => ({ kind: 'schema', schema: name, name })

const pair = (source: string, replica: string): Pair => ({
  source: schema(source),
  replica: schema(replica),
  barred: null,
  doubt: null,
})

test.for([true, false])(
  'a renamed schema is read, and so is one on the replica that has the old name (all are read: %s)',
  async (isWhole) => {
    const source = makeServer('db1', { crm: 'latin1_bin' })
    const replica = makeServer('db2', { crm: 'latin1_bin', crm_copy: 'utf8mb4_bin' })
    const link = fakeLink(fakeReplication(fakeWorld(), rowsOf(1)), { source, replica })
    const seen: string[] = []
    const reader = {
      pairs: [pair('crm', 'crm_copy'), pair('crm', 'crm')],
      onRead: (each: Pair, read: Read) => {
        const ends = [collationIn(read.source), collationIn(read.replica)]
        seen.push(`${each.replica.name}: ${ends.join(', ')}`)
      },
      onAlike: ({ replica: { name } }: Pair) => void seen.push(`${name}: alike`),
    }
    const { signal } = new AbortController()

    await readGroup(source, new Map([[link, reader]]), { isWhole, signal })

    expect(seen).toEqual(['crm_copy: latin1_bin, utf8mb4_bin', 'crm: latin1_bin, latin1_bin'])
  },
)
