import { describe, expect, test } from 'vitest'
import { confirm } from '../../src/compare/confirm.ts'
import { ServerError } from '../../src/errors.ts'
import type { Session } from '../../src/mysql/query.ts'
import { type Contents, fakeReplication } from '../support/fake-replication.ts'
import { fakeLink, fakeServer } from '../support/fake-server.ts'
import { fakeWorld } from '../support/fake-world.ts'

/** `text@stamp`, where it has one. */
function thing(row: string) {
  const [text = '', stamp] = row.split('@')
  return stamp === undefined ? { text } : { text, stamp }
}

/** Structures are rows here: name 1 is there with this text on both ends, if it is given. */
function structures(both: Record<number, string>, lagMs = 0) {
  const world = fakeWorld()
  const contents: Contents = new Map(Object.entries(both).map(([key, text]) => [Number(key), text]))
  const replication = fakeReplication(world, contents, () => lagMs)
  let reads = 0
  async function read(session: Session) {
    reads += 1
    await world.sleep(5)
    const seen = session.server === 'db1' ? replication.source() : replication.replica()
    return new Map([...seen].map(([key, text]) => [String(key), thing(text)]))
  }
  const options = {
    confirmations: 3,
    confirmDelayMs: 5_000,
    fenceTimeoutMs: 30_000,
    chunkTimeMs: 250,
    world,
    signal: new AbortController().signal,
  }
  return {
    world,
    replication,
    reads: () => reads,
    confirm: (names: readonly string[], link = fakeLink(replication)) =>
      confirm(link, names, [read], options),
  }
}

describe('a difference between structures', () => {
  test('is confirmed when it stays, with what each end has', async () => {
    const { replication, confirm, world } = structures({ 1: 'int' })
    replication.plant(0, 1, 'bigint')

    const found = await confirm(['1'])

    expect(found.get('1')).toEqual({ verdict: 'differs', source: 'int', replica: 'bigint' })
    expect(world.elapsed()).toBeGreaterThan(2 * 0.75 * 5_000)
  })

  test.for([
    ['is missing on the replica', null, 'table', { source: 'table', replica: null }],
    ['is extra on the replica', 'table', null, { source: null, replica: 'table' }],
  ] as const)('%s', async ([, planted, original, ends]) => {
    const { replication, confirm } = structures(original === null ? {} : { 1: original })
    replication.plant(0, 1, planted)

    expect((await confirm(['1'])).get('1')).toEqual({ verdict: 'differs', ...ends })
  })

  test('is none when the replica was only late', async () => {
    const { replication, confirm } = structures({}, 8_000)
    replication.write(0, 1, 'table')

    expect((await confirm(['1'])).get('1')).toEqual({ verdict: 'same' })
  })

  test('is none when both ends lack it by now', async () => {
    const { confirm } = structures({})

    expect((await confirm(['1'])).get('1')).toEqual({ verdict: 'same' })
  })

  test('is unknown when the replica does not catch up', async () => {
    const { replication, confirm } = structures({}, 3_600_000)
    replication.write(0, 1, 'table')

    expect((await confirm(['1'])).get('1')).toEqual({ verdict: 'unknown', reason: 'lag' })
  })

  test('is unknown when the structure is changed all the time', async () => {
    const { replication, confirm, world } = structures({ 1: 'v' }, 40)
    for (let at = 0; at < 600_000; at += 10) replication.write(at, 1, `v${at}`)

    expect((await confirm(['1'])).get('1')).toEqual({
      verdict: 'unknown',
      reason: 'definition_changed',
    })
    expect(world.elapsed()).toBeLessThan(120_000)
  })

  test('is none when a table is dropped and created all the time, and we always come in the gap', async () => {
    const { replication, confirm } = structures({ 1: 'table@0' })
    // There on the source whenever we look, made anew between two looks; never on the replica.
    replication.plant(0, 1, null)
    for (let at = 2_500; at < 600_000; at += 2_500) {
      replication.write(at, 1, `table@${at}`)
      replication.plant(at, 1, null)
    }

    expect((await confirm(['1'])).get('1')?.verdict).not.toBe('differs')
  })

  test('is told apart from one beside it that changes', async () => {
    const { replication, confirm } = structures({ 1: 'a', 2: 'b' }, 40)
    replication.plant(0, 2, null)
    for (let at = 0; at < 600_000; at += 10) replication.write(at, 1, `v${at}`)

    expect((await confirm(['1', '2'])).get('2')).toMatchObject({ verdict: 'differs' })
  })

  test('is unknown for what the server says', async () => {
    const { replication, confirm } = structures({})
    const replica = fakeServer('db2')
    replica.trouble = () => {
      throw new ServerError('connect', 'db2: gone')
    }

    const found = await confirm(['1', '2'], fakeLink(replication, { replica }))

    expect([...found.values()]).toEqual(
      Array(2).fill({ verdict: 'unknown', reason: 'unreachable' }),
    )
  })

  test('costs nothing where there is none', async () => {
    const { confirm, reads } = structures({ 1: 'int' })

    expect(await confirm([])).toEqual(new Map())
    expect(reads()).toBe(0)
  })
})
