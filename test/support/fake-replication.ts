/** One table with its history on a source and on a replica that applies it later, in virtual time. */
import type { Fencing } from '../../src/mysql/dialect.ts'
import type { FakeWorld } from './fake-world.ts'

export type Contents = ReadonlyMap<number, string>

interface Transaction {
  readonly loggedAt: number
  readonly visibleAt: number
  readonly appliedAt: number
  readonly key: number
  readonly value: string | null
}

type Change = Pick<Transaction, 'key' | 'value'> & { readonly at: number }

export interface FakeReplication {
  /** In the order of time. `visibleAfterMs`: the binlog, and so the replica, has it earlier than its source shows it. */
  write(atMs: number, key: number, value: string | null, visibleAfterMs?: number): void
  /** On the replica only. In the order of time. */
  plant(atMs: number, key: number, value: string | null): void
  source(): Contents
  replica(): Contents
  /** Keys that differ from what the source had when the replica was there. */
  drifted(): number[]
  readonly fencing: Fencing
}

/**
 * @param rows on both ends from the start.
 * @param lagMs of a transaction that was logged at that moment.
 */
export function fakeReplication(
  world: FakeWorld,
  rows: Contents,
  lagMs: (atMs: number) => number = () => 0,
): FakeReplication {
  const log: Transaction[] = []
  const planted: Change[] = []
  const source = follower(rows)
  const replica = follower(rows)
  const intended = follower(rows)
  const plants = follower(new Map())

  const seenBy = (side: 'loggedAt' | 'visibleAt' | 'appliedAt', from: number): number => {
    let count = from
    while ((log[count]?.[side] ?? Number.POSITIVE_INFINITY) <= world.elapsed()) count += 1
    return count
  }
  let logged = 0

  function showSource(): Contents {
    source.follow(log, seenBy('visibleAt', source.position()))
    return source.contents
  }

  function showReplica(): Contents {
    const upTo = seenBy('appliedAt', replica.position())
    for (;;) {
      const next = log[replica.position()]
      const fault = planted[plants.position()]
      const isFault = fault !== undefined && fault.at <= world.elapsed()
      if (isFault && (replica.position() >= upTo || fault.at < (next?.appliedAt ?? 0))) {
        replica.apply(fault)
        plants.follow(planted, plants.position() + 1)
      } else if (replica.position() < upTo) replica.follow(log, replica.position() + 1)
      else break
    }
    intended.follow(log, replica.position())
    return replica.contents
  }

  /** Operations take a moment; what they see is what is there when it has passed. */
  const passing = () => world.sleep(world.random() * 2)
  const between = (least: number, most: number) =>
    least + Math.floor(world.random() * (most - least + 1))
  const loggedNow = () => {
    logged = seenBy('loggedAt', logged)
    return logged
  }

  return {
    write(atMs, key, value, visibleAfterMs = 0) {
      const last = log.at(-1)
      log.push({
        loggedAt: atMs,
        visibleAt: Math.max(last?.visibleAt ?? 0, atMs + visibleAfterMs),
        appliedAt: Math.max(last?.appliedAt ?? 0, atMs + lagMs(atMs)),
        key,
        value,
      })
    },
    plant: (at, key, value) => planted.push({ at, key, value }),
    source: showSource,
    replica: showReplica,
    drifted() {
      const is = showReplica()
      const keys = new Set([...is.keys(), ...intended.contents.keys()])
      return [...keys].filter((key) => is.get(key) !== intended.contents.get(key))
    },
    fencing: {
      notation: 'number',
      async position() {
        await passing()
        showSource()
        return String(between(source.position(), loggedNow()))
      },
      async hasReached(_replica, position) {
        await passing()
        showReplica()
        return replica.position() >= Number(position)
      },
      async ceiling() {
        await passing()
        showReplica()
        const target = String(
          between(replica.position(), Math.max(replica.position(), loggedNow())),
        )
        return { target, received: target }
      },
      async readPast({ reader }, { target }, read) {
        await passing()
        showSource()
        return source.position() < Number(target) ? null : { value: await read(reader) }
      },
    },
  }
}

function follower(rows: Contents) {
  const contents = new Map(rows)
  let position = 0
  const apply = ({ key, value }: Pick<Change, 'key' | 'value'>) => {
    if (value === null) contents.delete(key)
    else contents.set(key, value)
  }
  return {
    contents,
    apply,
    position: () => position,
    follow(changes: readonly Pick<Change, 'key' | 'value'>[], upTo: number) {
      for (const change of changes.slice(position, upTo)) apply(change)
      position = Math.max(position, upTo)
    },
  }
}

export function rowsOf(count: number, value = 'a'): Contents {
  return new Map(Array.from({ length: count }, (_, key) => [key, value]))
}
