import { describe, expect, test } from 'vitest'
import type { TableOutcome } from '../../src/compare/decision.ts'
import type { Located } from '../../src/compare/locate.ts'
import type { TableReader } from '../../src/compare/table-reader.ts'
import { Undecided } from '../../src/compare/undecided.ts'
import { ServerError } from '../../src/errors.ts'
import type { Fencing } from '../../src/mysql/dialect.ts'
import { EVERYTHING } from '../../src/mysql/range.ts'
import { type Contents, fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { isInside } from '../support/fake-server.ts'
import { fakeTable } from '../support/fake-table.ts'
import { fakeWorld } from '../support/fake-world.ts'

function table(rows: Contents, lagMs = 0, overrides: Partial<TableReader> = {}) {
  const world = fakeWorld()
  const replication = fakeReplication(world, rows, () => lagMs)
  const fake = fakeTable(world, [replication], overrides)
  return {
    ...fake,
    world,
    replication,
    locateIn,
    locate: async () => locateIn((await fake.compare())[0]),
  }

  async function locateIn(outcome: TableOutcome | undefined): Promise<Located> {
    if (outcome?.verdict !== 'drifted') throw new Error(`it is ${outcome?.verdict}`)
    return await fake.locate(0, outcome)
  }
}

const listed = ({ rows }: Located) =>
  Object.fromEntries(rows.map(({ key, kind }) => [key[0], kind] as const))

describe('the rows of a drift', () => {
  test('are listed as missing, extra and changed, with what each end has', async () => {
    const { replication, locate } = table(rowsOf(30_000))
    replication.plant(0, 20, null)
    replication.plant(0, 17_000, 'b')
    replication.plant(0, -7, 'x')
    replication.plant(0, 50_000, 'x')

    const located = await locate()

    expect(listed(located)).toEqual({
      20: 'missing',
      17000: 'changed',
      '-7': 'extra',
      50000: 'extra',
    })
    expect(located).toMatchObject({
      counts: { missing: 1n, extra: 2n, changed: 1n },
      counted: true,
    })
    expect(located.rows.find(({ kind }) => kind === 'changed')).toEqual({
      key: ['17000'],
      kind: 'changed',
      source: 'a',
      replica: 'b',
      copies: 1n,
    })
  })

  test('are what is looked at from now on, and little else', async () => {
    const { replication, locate } = table(rowsOf(30_000))
    replication.plant(0, 20, null)
    replication.plant(0, 17_000, 'b')

    const { ranges } = await locate()

    const inside = [...rowsOf(30_000).keys()].filter((key) =>
      ranges.some((range) => isInside(key, range)),
    )
    expect(inside).toEqual([20, 17_000])
  })

  test('are not those that move beside them', async () => {
    const { world, replication, locate } = table(rowsOf(500), 400)
    replication.plant(0, 20, null)
    for (let at = 0; at < 600_000; at += 40) {
      replication.write(at, 100 + Math.floor(world.random() * 400), `v${at}`)
    }

    expect(listed(await locate())).toEqual({ 20: 'missing' })
  })

  test('are a lower bound when they are too many', async () => {
    const { replication, locate } = table(rowsOf(30_000))
    for (let key = 0; key < 30_000; key += 1) replication.plant(0, key, 'b')

    const { counts, counted, ranges } = await locate()

    expect(counted).toBe(false)
    expect(counts.changed).toBeGreaterThanOrEqual(9_000n)
    expect(counts.changed).toBeLessThanOrEqual(10_000n)
    expect([0, 15_000, 29_999].every((key) => ranges.some((range) => isInside(key, range)))).toBe(
      true,
    )
  })

  test('are read on the source in transactions as long as one chunk, in however many places they are', async () => {
    const rows: TableReader['rows'] = async (session, range, limit) => {
      await world.sleep(100)
      return await fake.reader.rows(session, range, limit)
    }
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(30_000))
    for (let key = 0; key < 30_000; key += 1_000) replication.plant(0, key, 'b')
    const fake = fakeTable(world, [replication])
    const slow = fakeTable(world, [replication], { rows })
    const [outcome] = await fake.compare()
    if (outcome === undefined) throw new Error('one outcome was asked for')
    const { readPast } = replication.fencing
    const transactions: number[] = []
    Object.assign(replication.fencing, {
      readPast: (async (source, ceiling, read) =>
        await readPast(source, ceiling, async (session) => {
          const began = world.elapsed()
          const value = await read(session)
          transactions.push(world.elapsed() - began)
          return value
        })) satisfies Fencing['readPast'],
    })

    const located = await slow.locate(0, outcome)

    expect(located).toMatchObject({ counts: { changed: 30n }, counted: true })
    expect(transactions.length).toBeGreaterThan(30)
    expect(Math.max(...transactions)).toBeLessThanOrEqual(250)
  })

  test('are not invented where rows come faster than a list of them can be read', async () => {
    // The lists of both ends are cut off at different keys, since the first one is missing on the replica.
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(900))
    replication.plant(0, 0, null)
    const rows = async ({ server }: { readonly server: string }) =>
      Array.from({ length: 1_001 }, (_, i) => ({
        key: [String(server === 'db1' ? i : i + 1)],
        hash: 'a',
      }))
    const fake = fakeTable(world, [replication], { rows })
    const [outcome] = await fake.compare()
    if (outcome === undefined) throw new Error('one outcome was asked for')

    expect(await fake.locate(0, outcome)).toMatchObject({ rows: [], counted: false })
  })

  test.for([
    ['the replica goes away', new ServerError('connect', 'db2: gone')],
    ['a hash comes out NULL', new Undecided('row_too_large', 'NULL')],
  ] as const)(
    'are not counted when %s, and the range stays as wide as it was',
    async ([, error]) => {
      const { replication, compare, locateIn, replicas } = table(rowsOf(300))
      replication.plant(0, 20, null)
      const [outcome] = await compare()
      for (const replica of replicas) {
        replica.trouble = () => {
          throw error
        }
      }

      expect(await locateIn(outcome)).toMatchObject({
        counted: false,
        rows: [],
        ranges: outcome?.drifted,
      })
    },
  )
})

describe('of rows that no key tells apart', () => {
  const UNKEYED = { walkable: false, needsWalk: false }
  const rows = (copies: Readonly<Record<string, number>>): Contents =>
    new Map(
      Object.entries(copies)
        .flatMap(([value, count]) => Array<string>(count).fill(value))
        .map((value, at) => [at, value] as const),
    )

  test('those are told that are there less often, or more often', async () => {
    const { replication, locate } = table(rows({ a: 5, b: 1, c: 2 }), 0, UNKEYED)
    replication.plant(0, 0, null)
    replication.plant(0, 1, null)
    replication.plant(0, 5, 'new')
    replication.plant(0, 100, 'c')

    const located = await locate()

    expect(located).toMatchObject({
      counts: { missing: 3n, extra: 2n, changed: 0n },
      counted: true,
      ranges: [EVERYTHING],
    })
    expect(located.rows).toEqual([
      { key: [], kind: 'missing', source: 'a', replica: null, copies: 2n },
      { key: [], kind: 'missing', source: 'b', replica: null, copies: 1n },
      { key: [], kind: 'extra', source: null, replica: 'c', copies: 1n },
      { key: [], kind: 'extra', source: null, replica: 'new', copies: 1n },
    ])
  })

  test('one that is only late is none of them', async () => {
    const { world, replication, locate } = table(rows({ a: 2, b: 1 }), 400, UNKEYED)
    replication.plant(0, 2, null)
    for (let at = 0; at < 600_000; at += 5_000) replication.write(at, 1_000 + at, `v${at}`)
    const located = await locate()
    expect(world.elapsed()).toBeGreaterThan(0)
    expect(located.rows.map(({ source, kind }) => [kind, source])).toEqual([['missing', 'b']])
  })

  test('more different ones than can be looked at leave the count a lower bound', async () => {
    const { replication, locate } = table(rowsOf(1), 0, UNKEYED)
    for (let key = 1; key <= 100; key += 1) replication.plant(0, key, `new ${key}`)

    expect(await locate()).toMatchObject({ counts: { extra: 64n }, counted: false })
  })
})
