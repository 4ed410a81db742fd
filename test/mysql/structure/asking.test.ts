/** How definitions are asked for: each batch in few statements, and what is refused in ever smaller parts. */
import { describe, expect, test } from 'vitest'
import { ServerError } from '../../../src/errors.ts'
import type { Row, Session } from '../../../src/mysql/query.ts'
import { asking } from '../../../src/mysql/structure/ask.ts'
import { inHalves } from '../../../src/mysql/structure/halves.ts'
import { listSubjects } from '../../../src/mysql/structure/list.ts'
import { BATCH, batchesOf } from '../../../src/mysql/structure/read.ts'
import type { Subject, SubjectKind } from '../../../src/mysql/structure/subject.ts'

const subject = (name: string, kind: SubjectKind = 'relation', schema = 'shop'): Subject => ({
  kind,
  schema,
  name,
})
const TIMEOUT = new ServerError('timeout', 'db1: maximum statement execution time exceeded', 3024)

function makeSession(answer: (sql: string) => Row[]) {
  const statements: string[] = []
  const session: Session = {
    server: 'db1',
    epoch: 1,
    flavor: async () => ({ vendor: 'mysql', version: [9, 7, 4] }),
    async query(sql) {
      statements.push(sql)
      return answer(sql)
    },
  }
  return { session, statements }
}

describe('what the server refuses', () => {
  async function read(bad: readonly number[], refusal: Error = TIMEOUT) {
    const [done, refused, asked]: [number[], number[], number[][]] = [[], [], []]
    await inHalves(
      [0, 1, 2, 3, 4, 5, 6, 7],
      async (some) => {
        asked.push([...some])
        if (some.some((each) => bad.includes(each))) throw refusal
        done.push(...some)
      },
      (item) => void refused.push(item),
    )
    return { done, refused, asked: asked.length }
  }

  test('is nothing: one statement', async () => {
    expect(await read([])).toEqual({ done: [0, 1, 2, 3, 4, 5, 6, 7], refused: [], asked: 1 })
  })

  test('is one of many: all the others are read, in few statements', async () => {
    expect(await read([5])).toEqual({ done: [0, 1, 2, 3, 4, 6, 7], refused: [5], asked: 7 })
  })

  test('is everything: each is told of', async () => {
    const all = [0, 1, 2, 3, 4, 5, 6, 7]
    expect(await read(all)).toEqual({ done: [], refused: all, asked: 15 })
  })

  test.for<[string, Error]>([
    ['a lost connection', new ServerError('connect', 'db1: gone', null)],
    ['a statement that is wrong', new ServerError('query', 'db1: no such column', 1054)],
    ['our own bug', new TypeError('bug')],
  ])('is not made smaller for %s', async ([, error]) => {
    await expect(read([5], error)).rejects.toBe(error)
  })
})

describe('a batch', () => {
  test('is of one kind, in order, and no larger than a server keeps open', () => {
    const tables = Array.from({ length: BATCH + 1 }, (_, n) => subject(`t${n}`))
    const batches = batchesOf([...tables, subject('p', 'procedure'), subject('e', 'event')])
    expect(batches.map((batch) => [batch.length, batch[0]?.name])).toEqual([
      [BATCH, 't0'],
      [1, `t${BATCH}`],
      [1, 'p'],
      [1, 'e'],
    ])
  })

  test('is asked for in one statement that names each schema and each table once', async () => {
    const { session, statements } = makeSession(() => [])
    const subjects = [subject('a'), subject("b'c"), subject('a', 'relation', 'hr')]
    await asking(session, subjects, {}).view({
      from: 'TABLES',
      schema: 'TABLE_SCHEMA',
      name: 'TABLE_NAME',
      fields: { engine: 'ENGINE' },
      where: 'ENGINE IS NOT NULL',
    })
    expect(statements).toHaveLength(1)
    expect(statements[0]).toContain("TABLE_SCHEMA IN ('shop', 'hr')")
    expect(statements[0]).toContain("TABLE_NAME IN ('a', 'b''c')")
    expect(statements[0]).toContain('AND ENGINE IS NOT NULL')
  })

  test('takes what it asked for, row by row, and nothing else that the names match', async () => {
    const row = (schema: string, name: string, engine: string | null): Row => ({
      subject_schema: schema,
      subject_name: Buffer.from(name),
      engine,
    })
    // `hr.b` is in the product of both lists; `A` is `a` to a server that knows no case.
    const { session } = makeSession(() => [
      row('shop', 'a', 'one'),
      row('shop', 'a', null),
      row('shop', 'A', 'x'),
      row('hr', 'b', 'x'),
      row('shop', 'b', 'two'),
    ])
    const [a, b] = [subject('a'), subject('b')]
    const found = await asking(session, [a, b], {}).view({
      from: 'TABLES',
      schema: 'TABLE_SCHEMA',
      name: 'TABLE_NAME',
      fields: { engine: 'ENGINE' },
    })
    expect(found).toEqual([
      { subject: a, fact: { engine: 'one' } },
      { subject: a, fact: { engine: null } },
      { subject: b, fact: { engine: 'two' } },
    ])
  })
})

describe('a digest', () => {
  const TABLES = {
    from: 'TABLES',
    schema: 'TABLE_SCHEMA',
    name: 'TABLE_NAME',
    fields: { engine: 'ENGINE' },
    vital: 'engine',
  } as const
  const digest = (row: Row) =>
    asking(makeSession(() => [row]).session, [subject('a')], {}).digest(TABLES)

  test('tells how many rows there are, and all that is in them', async () => {
    const row = { facts: '1', digest: '42', untold: '0' }
    const texts = [row, { ...row, facts: '2' }, { ...row, digest: '43' }, row].map(digest)
    const [one, more, other, again] = await Promise.all(texts)
    expect(new Set([one, more, other]).size).toBe(3)
    expect(again).toBe(one)
    expect(one).not.toBeNull()
  })

  test.for<[string, Row]>([
    ['the server cannot tell of one of the subjects', { facts: '2', digest: '42', untold: '1' }],
    ['a text overran max_allowed_packet', { facts: '1', digest: '-42', untold: '0' }],
  ])('is none where %s', async ([, row]) => {
    expect(await digest(row)).toBeNull()
  })
})

test('a list that does not fit the time limit is asked for schema by schema', async () => {
  const schemas = ['a', 'b', 'c', 'd'].map((name) => ({ schema_name: name, collation_name: 'x' }))
  const { session, statements } = makeSession((sql) => {
    if (sql.includes('SCHEMATA')) return schemas
    const named = schemas.filter(({ schema_name: name }) => sql.includes(`'${name}'`))
    if (!sql.includes('information_schema.TABLES')) return []
    if (named.length > 1) throw TIMEOUT
    return named.map(({ schema_name: name }) => ({ in_schema: name, name: 't', kind: 'relation' }))
  })
  const subjects = await listSubjects(session)
  expect(subjects.filter(({ kind }) => kind === 'relation').map(({ schema }) => schema)).toEqual([
    'a',
    'b',
    'c',
    'd',
  ])
  expect(statements.filter((sql) => sql.includes('information_schema.TABLES'))).toHaveLength(7)
})
