/** Where digests spare the reading of definitions, and where they do not. */
import { expect, test } from 'vitest'
import { ServerError } from '../../src/errors.ts'
import type { Row } from '../../src/mysql/query.ts'
import type { Subject } from '../../src/mysql/structure/subject.ts'
import { digests } from '../../src/scan/schema/alike.ts'
import type { Pair } from '../../src/scan/schema/pairs.ts'
import type { Part } from '../../src/scan/schema/reading.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { fakeLink, fakeServer } from '../support/fake-server.ts'
import { fakeWorld } from '../support/fake-world.ts'

const BATCH: readonly Subject[] = ['a', 'b'].map((name) => ({
  kind: 'relation',
  schema: 'shop',
  name,
}))
const { signal } = new AbortController()

/** A server with tables whose digests are all `digest`; an error instead is what each statement meets. */
function makeServer(name: string, digest: string | Error) {
  const asked: string[] = []
  const server = fakeServer(name, (sql): Row[] => {
    asked.push(sql)
    if (digest instanceof Error) throw digest
    if (sql.includes('AS digest')) return [{ facts: '2', digest, untold: '0' }]
    if (!sql.includes('TABLE_TYPE')) return []
    return BATCH.map((each) => ({
      subject_schema: each.schema,
      subject_name: each.name,
      type: 'BASE TABLE',
    }))
  })
  return { server, asked }
}

function makePart(replica: ReturnType<typeof makeServer>, subjects = BATCH): Part {
  const pairs: Pair[] = subjects.map((each) => ({
    source: each,
    replica: each,
    barred: null,
    doubt: null,
  }))
  const link = fakeLink(fakeReplication(fakeWorld(), rowsOf(1)), { replica: replica.server })
  return { link, pairs, reader: { pairs, onRead: () => undefined, onAlike: () => undefined } }
}

test('equal digests are enough; where they differ, the pairs have to be read', async () => {
  const same = makePart(makeServer('db2', '1'))
  const other = makePart(makeServer('db3', '2'))
  const alikeIn = digests(makeServer('db1', '1').server, signal)
  expect(await alikeIn(BATCH, [same, other])).toEqual(new Set([same]))
})

test('a link on which fewer are compared than on the others is not asked', async () => {
  const replica = makeServer('db2', '1')
  const alikeIn = digests(makeServer('db1', '1').server, signal)
  expect(await alikeIn(BATCH, [makePart(replica, BATCH.slice(1))])).toEqual(new Set())
  expect(replica.asked).toEqual([])
})

test('a link on which one is compared twice, and another not, is not asked', async () => {
  const [one] = BATCH
  if (one === undefined) throw new Error('there is one')
  const replica = makeServer('db2', '1')
  const alikeIn = digests(makeServer('db1', '1').server, signal)
  expect(await alikeIn(BATCH, [makePart(replica, [one, one])])).toEqual(new Set())
  expect(replica.asked).toEqual([])
})

test('a link that is never alike is not asked for ever', async () => {
  const replica = makeServer('db2', '2')
  const part = makePart(replica)
  const alikeIn = digests(makeServer('db1', '1').server, signal)
  for (let batch = 0; batch < 3; batch += 1) await alikeIn(BATCH, [part])
  const asked = replica.asked.length
  expect(asked).toBeGreaterThan(0)
  await alikeIn(BATCH, [part])
  expect(replica.asked).toHaveLength(asked)
})

test('a server that does not answer is alike to none', async () => {
  const gone = new ServerError('connect', 'db1: gone')
  const replica = makePart(makeServer('db2', gone))
  const source = makeServer('db1', gone)
  expect(await digests(source.server, signal)(BATCH, [replica])).toEqual(new Set())
})

test('our own bug is no difference', async () => {
  const bug = new TypeError('bug')
  const alikeIn = digests(makeServer('db1', bug).server, signal)
  await expect(alikeIn(BATCH, [makePart(makeServer('db2', '1'))])).rejects.toBe(bug)
})
