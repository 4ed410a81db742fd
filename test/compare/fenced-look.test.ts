import { describe, expect, it, test } from 'vitest'
import { fencedLook, type LookOptions, type Probe } from '../../src/compare/fenced-look.ts'
import { type Link, newLinkMemory } from '../../src/compare/link.ts'
import type { Reading } from '../../src/compare/series.ts'
import { Undecided } from '../../src/compare/undecided.ts'
import { ServerError } from '../../src/errors.ts'
import type { Fencing } from '../../src/mysql/dialect.ts'
import type { Session } from '../../src/mysql/query.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { fakeLink } from '../support/fake-server.ts'
import { type FakeWorld, fakeWorld } from '../support/fake-world.ts'

const never = new AbortController().signal

interface Steps {
  readonly world: FakeWorld
  readonly steps: string[]
  readonly options: LookOptions
  probe(extraReadings?: number): Probe
  link(fencing?: Partial<Fencing>, overrides?: Partial<Link>): Link
}

/** A link that reaches every fence at once and writes down what it was asked. */
function observed(seed = 1): Steps {
  const world = fakeWorld(seed)
  const steps: string[] = []
  const step = (text: string) => {
    steps.push(text)
    return world.sleep(1)
  }
  const reading = (): Reading => ({ token: String(steps.length), rows: 1n })
  return {
    world,
    steps,
    options: { fenceTimeoutMs: 30_000, chunkTimeMs: 250, world, signal: never },
    probe: (extraReadings = 0) => ({
      extraReadings,
      async read(session) {
        await step(`read ${session.server}`)
        return reading()
      },
    }),
    link: (fencing = {}, overrides = {}) =>
      fakeLink(fakeReplication(world, rowsOf(1)), {
        fencing: {
          notation: 'plain',
          async position() {
            await step('position')
            return 'F'
          },
          async hasReached(_replica, position) {
            await step(`reached ${position}`)
            return true
          },
          async ceiling(_ends, channel, lastReceived) {
            await step(`ceiling of "${channel}" after "${lastReceived}"`)
            return { target: 'T', received: 'R' }
          },
          async readPast({ reader }, { target }, read) {
            await step(`past ${target}`)
            return { value: await read(reader) }
          },
          ...fencing,
        },
        ...overrides,
      }),
  }
}

/** False so many times, then true. */
function trueAfter(times: number) {
  let asked = 0
  return async () => ++asked > times
}

describe('a look', () => {
  test('reads source, position, replica, ceiling and again the source, in this order', async () => {
    const { link, probe, options, steps } = observed()

    await fencedLook(link(), [probe()], options)

    expect(steps).toEqual([
      'read db1',
      'position',
      'reached F',
      'read db2',
      'ceiling of "" after ""',
      'past T',
      'read db1',
    ])
  })

  test('reads the replica only when it has reached the position', async () => {
    const { link, probe, options, steps } = observed()

    await fencedLook(link({ hasReached: trueAfter(5) }), [probe()], options)

    expect(steps.slice(0, 3)).toEqual(['read db1', 'position', 'read db2'])
  })

  test('reads the source at last only when it shows all that the replica may have had', async () => {
    const { link, probe, options, steps, world } = observed()
    const shows = trueAfter(3)
    const readPast: Fencing['readPast'] = async ({ reader }, _ceiling, read) =>
      (await shows()) ? { value: await read(reader) } : null

    await fencedLook(link({ readPast }), [probe()], options)

    expect(steps.filter((step) => step === 'read db1')).toHaveLength(2)
    expect(world.elapsed()).toBeGreaterThan(3 * 50)
  })

  test('remembers what the channel had received for the next look of the same link', async () => {
    const { link, probe, options, steps } = observed()
    const one = link({}, { channel: 'east' })

    await fencedLook(one, [probe()], options)
    await fencedLook(one, [probe()], options)

    expect(steps).toContain('ceiling of "east" after "R"')
  })

  test('has all readings of the source and the one of the replica, for each probe', async () => {
    const { link, probe, options } = observed()

    const looks = await fencedLook(link(), [probe(), probe()], options)

    expect(looks.map((look) => look.source.length)).toEqual([2, 2])
    expect(looks[0]?.replica).not.toEqual(looks[1]?.replica)
  })

  test('takes as many further readings of the source as the most careful probe wants', async () => {
    const { link, probe, options } = observed()

    const [look] = await fencedLook(link(), [probe(8), probe(0)], options)

    expect(look?.source).toHaveLength(2 + 8)
  })

  test('spreads further readings over the whole wait, and takes some after the replica was read', async () => {
    const { link, probe, options, world, steps } = observed()
    const reachedAt = 20_000
    const hasReached = async () => world.elapsed() >= reachedAt
    const times: number[] = []
    const wanted = probe(8)
    const timed: Probe = {
      ...wanted,
      read(session) {
        if (session.server === 'db1') times.push(world.elapsed())
        return wanted.read(session)
      },
    }

    await fencedLook(link({ hasReached }), [timed], options)

    const afterReplica = steps
      .slice(steps.indexOf('read db2'))
      .filter((step) => step === 'read db1')
    expect(times.filter((time) => time > 5_000 && time < reachedAt).length).toBeGreaterThan(0)
    expect(afterReplica.length).toBeGreaterThan(2)
  })

  test('of many ranges reads the source at last in transactions as long as one chunk: a DDL waits for one of them', async () => {
    const { link, options, world } = observed()
    const slow: Probe = {
      extraReadings: 0,
      async read() {
        await world.sleep(100)
        return { token: '', rows: 1n }
      },
    }
    const transactions: number[] = []
    const readPast: Fencing['readPast'] = async ({ reader }, _ceiling, read) => {
      const began = world.elapsed()
      const value = await read(reader)
      transactions.push(world.elapsed() - began)
      return { value }
    }

    const looks = await fencedLook(link({ readPast }), Array(9).fill(slow), options)

    expect(transactions).toEqual([200, 200, 200, 200, 100])
    expect(looks.map(({ source }) => source.length)).toEqual(Array(9).fill(2))
  })

  test('asks the guard before and after each reading that a verdict rests on', async () => {
    const { link, probe, options, steps } = observed()
    const guard = async (session: Session) => void steps.push(`guard ${session.server}`)

    await fencedLook(link(), [probe()], { ...options, guard })

    expect(steps.filter((step) => /^(guard|read)/.test(step))).toEqual([
      ...['guard db1', 'read db1', 'guard db1'],
      ...['guard db2', 'read db2', 'guard db2'],
      ...['guard db1', 'read db1', 'guard db1'],
    ])
  })
})

describe('a look that cannot be finished', () => {
  const refusal = async (looking: Promise<unknown>) => {
    const error = await looking.catch((thrown: unknown) => thrown)
    return error instanceof Undecided ? error.reason : error
  }

  test('is lag when the replica does not come within the time', async () => {
    const { link, probe, options, world, steps } = observed()

    const looking = fencedLook(link({ hasReached: async () => false }), [probe()], options)

    expect(await refusal(looking)).toBe('lag')
    expect(world.elapsed()).toBeGreaterThan(30_000)
    expect(world.elapsed()).toBeLessThan(31_000)
    expect(steps).not.toContain('read db2')
  })

  test.for([
    ['forward', 3_600_000],
    ['back', -3_600_000],
  ])('waits as long when the clock of the machine is set %s by an hour', async ([, jump]) => {
    const { link, probe, options, world } = observed()
    const hasReached = async () => {
      if (world.elapsed() > 1_000 && world.elapsed() < 1_300) world.jump(Number(jump))
      return world.elapsed() > 20_000
    }

    await fencedLook(link({ hasReached }), [probe()], options)

    expect(world.elapsed()).toBeLessThan(21_000)
  })

  test('is lag at once when nothing is applied on this channel', async () => {
    const { link, probe, options, world } = observed()
    const stopped = link({ hasReached: async () => false }, { appliesNothing: () => true })

    expect(await refusal(fencedLook(stopped, [probe()], options))).toBe('lag')
    expect(world.elapsed()).toBeLessThan(100)
  })

  describe('when an earlier fence of the link was not reached in time', () => {
    const secondLook = async (reachedAt: number, lagMemoryMs: number, restMs = 0) => {
      const { link, probe, options, world, steps } = observed()
      const hasReached = async () => world.elapsed() >= reachedAt
      const one = link({ hasReached })
      const patient = { ...options, lagMemoryMs }
      expect(await refusal(fencedLook(one, [probe()], patient))).toBe('lag')
      await world.sleep(restMs, never)
      steps.splice(0)
      const began = world.elapsed()
      const reason = await refusal(fencedLook(one, [probe()], patient))
      return { reason, waited: world.elapsed() - began, steps }
    }

    test('is lag at once, and reads nothing: a replica that is behind does not hold up the others', async () => {
      const { reason, waited, steps } = await secondLook(1_000_000, 60_000)
      expect(reason).toBe('lag')
      expect(waited).toBeLessThan(100)
      expect(steps).toEqual([])
    })

    test('waits again once that one is reached', async () => {
      expect((await secondLook(32_000, 60_000, 5_000)).reason).toMatchObject([{ replica: {} }])
    })

    test('waits again after a while: a source that began anew has no earlier positions', async () => {
      const { reason, waited } = await secondLook(1_000_000, 60_000, 61_000)
      expect(reason).toBe('lag')
      expect(waited).toBeGreaterThan(30_000)
    })

    test('waits again when positions are of another kind by now, as of a replica that got a second channel', async () => {
      const { link, probe, options } = observed()
      const memory = newLinkMemory()
      const plain = link({ hasReached: async () => false }, { memory })
      const patient = { ...options, lagMemoryMs: 60_000 }
      expect(await refusal(fencedLook(plain, [probe()], patient))).toBe('lag')
      const position = async () => '{"gtids":"0-1-6"}'
      const hasReached = async (_replica: Session, text: string) => Boolean(JSON.parse(text))
      const mixed = link({ notation: 'mixed', position, hasReached }, { memory })

      expect(await fencedLook(mixed, [probe()], patient)).toHaveLength(1)
    })

    test('waits each time where nobody asked for less', async () => {
      expect((await secondLook(1_000_000, 0)).waited).toBeGreaterThan(30_000)
    })
  })

  test('goes on while nothing is applied if the position is reached already', async () => {
    const { link, probe, options } = observed()

    const looks = await fencedLook(link({}, { appliesNothing: () => true }), [probe()], options)

    expect(looks).toHaveLength(1)
  })

  test('is ahead when the source does not show what the replica has', async () => {
    const { link, probe, options, world } = observed()

    const looking = fencedLook(link({ readPast: async () => null }), [probe()], options)

    expect(await refusal(looking)).toBe('ahead')
    expect(world.elapsed()).toBeGreaterThan(30_000)
    expect(world.elapsed()).toBeLessThan(31_000)
  })

  it.for(['no_fence', 'delayed'] as const)('says %s where no position can be had', async (none) => {
    const { probe, options, steps } = observed()
    const link = fakeLink(fakeReplication(fakeWorld(), rowsOf(1)), { fencing: { none } })

    expect(await refusal(fencedLook(link, [probe()], options))).toBe(none)
    expect(steps).toEqual([])
  })

  it.for([1, 2, 3, 4, 5, 6])('says what the guard says, at its call %i', async (call) => {
    const { link, probe, options } = observed()
    let calls = 0
    const guard = async () => {
      calls += 1
      if (calls === call) throw new Undecided('identity_changed', 'another server')
    }

    const looking = fencedLook(link(), [probe()], { ...options, guard })

    expect(await refusal(looking)).toBe('identity_changed')
  })

  test('throws what a server throws', async () => {
    const { link, probe, options } = observed()
    const gone = new ServerError('connect', 'db2: gone')

    const looking = fencedLook(link({ hasReached: () => Promise.reject(gone) }), [probe()], options)

    expect(await refusal(looking)).toBe(gone)
  })

  test('ends with the reason of the abort while it waits', async () => {
    const { link, probe, options, world } = observed()
    const ending = new AbortController()
    const hasReached = async () => {
      if (world.elapsed() > 1_000) ending.abort(new Error('enough'))
      return false
    }

    const looking = fencedLook(link({ hasReached }), [probe()], {
      ...options,
      signal: ending.signal,
    })

    await expect(looking).rejects.toThrow('enough')
    expect(world.elapsed()).toBeLessThan(2_000)
  })
})
