import { describe, expect, test } from 'vitest'
import { Undecided } from '../../src/compare/undecided.ts'
import { ServerError } from '../../src/errors.ts'
import { rangeOfKey } from '../../src/mysql/range.ts'
import { CONFIRM_DELAY_MS, opened } from '../support/fake-open-ranges.ts'
import { fakeReplication, rowsOf } from '../support/fake-replication.ts'
import { fakeServer } from '../support/fake-server.ts'
import { fakeWorld } from '../support/fake-world.ts'

test('a clock that is set back an hour holds no range open for that long', async () => {
  const world = fakeWorld()
  const replication = fakeReplication(world, rowsOf(20))
  replication.plant(0, 7, null)
  void world.sleep(2_000).then(() => world.jump(-3_600_000))

  const { verdictOf } = await opened(world, replication)

  expect(verdictOf(7)).toBe('drifted')
  expect(world.elapsed()).toBeLessThan(60_000)
})

describe('a replica far behind', () => {
  const ranges = Array.from({ length: 20 }, (_, key) => rangeOfKey([String(key)]))

  function behind() {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(20), () => 3_600_000)
    for (let key = 0; key < 20; key += 1) replication.write(0, key, 'b')
    return { world, replication }
  }

  test('leaves every range unknown after two looks in all, not two for each', async () => {
    const { world, replication } = behind()

    const { decisions, link } = await opened(world, replication, { ranges })

    expect(decisions.map(({ reason }) => reason)).toEqual(Array(20).fill('lag'))
    expect(link.source.load.rechecks.lag).toBe(2)
    expect(world.elapsed()).toBeLessThan(65_000)
  })

  test('is not waited for when its applier is stopped', async () => {
    const { world, replication } = behind()

    const { decisions } = await opened(world, replication, {
      ranges,
      link: { appliesNothing: () => true },
    })

    expect(decisions.map(({ reason }) => reason)).toEqual(Array(20).fill('lag'))
    // One more try a second later, and not two fences of 30 s.
    expect(world.elapsed()).toBeLessThan(5_000)
  })

  test('that is stopped and started all the time is decided all the same', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(20), () => 0)
    replication.plant(0, 3, 'z')
    if ('none' in replication.fencing) throw new Error('the fake has a fence')
    const { fencing } = replication
    let fences = 0
    const isStopped = () => fences % 2 === 1

    const { verdictOf } = await opened(world, replication, {
      link: {
        appliesNothing: isStopped,
        fencing: {
          ...fencing,
          position(source) {
            fences += 1
            return fencing.position(source)
          },
          hasReached: async (replica, position, channel) =>
            !isStopped() && (await fencing.hasReached(replica, position, channel)),
        },
      },
    })

    expect(verdictOf(3)).toBe('drifted')
  })

  test('is decided when it catches up within the second look', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(20), () => 45_000)
    replication.write(0, 3, 'b')

    const { decisions } = await opened(world, replication)

    expect(decisions.map(({ verdict }) => verdict)).toEqual(['same'])
  })
})

describe('a source that stalls before it shows what its replica already has', () => {
  test.for([2_000, 10_000, 25_000])('for %i ms is never drift', async (stallMs) => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(10))
    replication.write(0, 3, 'b', stallMs)

    const { decisions } = await opened(world, replication)

    expect(decisions.map(({ verdict }) => verdict)).toEqual(['same'])
  })

  test('for hours is unknown, ahead', async () => {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(10))
    replication.write(0, 3, 'b', 36_000_000)

    const { decisions } = await opened(world, replication)

    expect(decisions).toMatchObject([{ verdict: 'unknown', reason: 'ahead' }])
  })
})

describe('trouble', () => {
  function differing() {
    const world = fakeWorld()
    const replication = fakeReplication(world, rowsOf(10))
    for (let key = 0; key < 10; key += 1) replication.plant(0, key, 'b')
    return { world, replication }
  }
  const reason = async (options: Parameters<typeof opened>[2]) => {
    const { world, replication } = differing()
    const { decisions } = await opened(world, replication, options)
    return decisions.map((decision) => decision.reason)
  }
  const failing = (error: unknown) => {
    const server = fakeServer('db2')
    server.trouble = () => {
      throw error
    }
    return server
  }

  test.for([
    ['a server that is gone', new ServerError('connect', ''), 'unreachable'],
    ['the limit on statements', new ServerError('timeout', '', 3024), 'timeout'],
    ['a missing privilege', new ServerError('privilege', '', 1142), 'no_privilege'],
    ['a dropped table', new ServerError('query', '', 1146), 'definition_changed'],
    [
      'another server at the same address',
      new Undecided('identity_changed', ''),
      'identity_changed',
    ],
    ['a link without positions', new Undecided('no_fence', ''), 'no_fence'],
  ] as const)('is unknown for its own reason: %s', async ([, error, expected]) => {
    expect(await reason({ link: { replica: failing(error) } })).toEqual([expected])
  })

  test('that passes is forgotten', async () => {
    const server = fakeServer('db2')
    let left = 2
    server.trouble = () => {
      if (left-- > 0) throw new ServerError('query', 'deadlock', 1213)
    }

    expect(await reason({ link: { replica: server } })).toEqual([null])
  })

  test('with one row that cannot be hashed is that of its own range alone', async () => {
    const { world, replication } = differing()
    const ranges = Array.from({ length: 10 }, (_, key) => rangeOfKey([String(key)]))

    const { verdictOf } = await opened(world, replication, { ranges, reader: { giants: [4] } })

    expect([3, 4, 5].map(verdictOf)).toEqual(['drifted', 'row_too_large', 'drifted'])
  })

  test('of our own making is thrown, whenever it is waited for', async () => {
    const { world, replication } = differing()
    const bug = new TypeError('undefined is not a function')

    await expect(opened(world, replication, { link: { replica: failing(bug) } })).rejects.toThrow(
      bug,
    )
  })

  test('ends with the abort', async () => {
    const { world, replication } = differing()
    const ending = new AbortController()
    const guard = async () => {
      if (world.elapsed() > 1_000) ending.abort(new Error('enough'))
    }

    await expect(opened(world, replication, { signal: ending.signal, guard })).rejects.toThrow(
      'enough',
    )
    expect(world.elapsed()).toBeLessThan(CONFIRM_DELAY_MS * 1.25 + 1_000)
  })
})

describe('a range that is added while others are decided', () => {
  // The moment between the last decision and the end of the work is a few microtasks long.
  test.for(Array.from({ length: 40 }, (_, i) => i))(
    'is decided as well, %i microtasks after the last decision',
    async (microtasks) => {
      const world = fakeWorld()
      const replication = fakeReplication(world, rowsOf(2))
      let added: Promise<void> | null = null

      const { decisions } = await opened(world, replication, {
        ranges: [rangeOfKey(['0'])],
        onDecision(open) {
          added ??= (async () => {
            for (let left = microtasks; left > 0; left -= 1) await null
            open.add(rangeOfKey(['1']), world.now(), null)
          })()
        },
      })
      await added
      await world.sleep(60_000)

      expect(decisions).toHaveLength(2)
    },
  )
})
