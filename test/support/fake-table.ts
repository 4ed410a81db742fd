/** One table compared on one source and several replicas, in virtual time. */
import { type CompareOptions, compareTable } from '../../src/compare/compare-table.ts'
import type { TableOutcome } from '../../src/compare/decision.ts'
import type { Gate } from '../../src/compare/gate.ts'
import type { Link } from '../../src/compare/link.ts'
import { type Located, locate } from '../../src/compare/locate.ts'

import type { TableReader } from '../../src/compare/table-reader.ts'
import type { Progress } from '../../src/compare/trail.ts'
import { EVERYTHING, type Range } from '../../src/mysql/range.ts'
import type { FakeReplication } from './fake-replication.ts'
import {
  type FakeReader,
  type FakeServer,
  fakeLink,
  fakeReader,
  fakeServer,
} from './fake-server.ts'
import type { FakeWorld } from './fake-world.ts'

type Circumstances = Partial<Pick<CompareOptions, 'gate' | 'guard' | 'sinceMs'>>

export interface FakeTable {
  readonly source: FakeServer
  /** `db2`, `db3`... in the order of `replications`. */
  readonly replicas: readonly FakeServer[]
  readonly reader: FakeReader
  readonly suspects: { readonly server: string; readonly count: number }[]
  compare(
    options?: { ranges?: readonly Range[]; signal?: AbortSignal } & Circumstances,
  ): Promise<TableOutcome[]>
  /** The rows of what was found on one replica. */
  locate(replica: number, outcome: Pick<TableOutcome, 'drifted' | 'fingerprint'>): Promise<Located>
  /** The walk is broken off after so long, in virtual time; null = it had come to its end before. */
  breakOff(
    afterMs: number,
    progress?: readonly Progress[],
    gate?: Gate,
  ): Promise<(Progress | null)[] | null>
  /** Goes on where a walk was broken off on all links. */
  goOn(progress: readonly Progress[]): Promise<TableOutcome[]>
}

/**
 * @param replications all of them with one and the same history on the source.
 * @param delayMs with which the replicas are said to apply it.
 */
export function fakeTable(
  world: FakeWorld,
  replications: readonly FakeReplication[],
  overrides: Partial<TableReader> & { readonly giants?: readonly number[] } = {},
  delayMs = 0,
): FakeTable {
  const source = fakeServer('db1')
  const replicas = replications.map((_, index) => fakeServer(`db${index + 2}`))
  const [first] = replications
  if (first === undefined) throw new Error('a table needs a replica to be compared with')
  const contents = Object.fromEntries([
    ['db1', first.source],
    ...replications.map(({ replica }, index) => [`db${index + 2}`, replica]),
  ])
  const reader = fakeReader(world, contents, overrides)
  const links = replications.map((replication, index) =>
    fakeLink(replication, { source, replica: replicas[index] ?? source, delayMs }),
  )
  const suspects: FakeTable['suspects'] = []
  const options = {
    confirmations: 3,
    confirmDelayMs: 5_000,
    fenceTimeoutMs: 30_000,
    chunkTimeMs: 250,
    world,
    guard: async () => undefined,
  }
  function start(
    ranges: readonly Range[],
    signal: AbortSignal,
    progress: readonly Progress[] = [],
    circumstances: Circumstances = {},
  ) {
    return compareTable(links, reader, progress[0]?.open ?? ranges, {
      sinceMs: world.steady().getTime(),
      ...options,
      signal,
      ...circumstances,
      onDrifted: () => undefined,
      isKnownToDiffer: () => false,
      onSuspects: (link, count) => suspects.push({ server: link.replica.config.name, count }),
      done: new Map(
        progress.map(({ done }, index): [Link, Progress['done']] => [linkAt(index), done]),
      ),
    })
  }

  function linkAt(index: number): Link {
    const link = links[index]
    if (link === undefined) throw new Error(`no link ${index}`)
    return link
  }

  async function outcomesOf({ outcomes }: ReturnType<typeof start>): Promise<TableOutcome[]> {
    const found = await outcomes
    return links.map((link) => {
      const outcome = found.get(link)
      if (outcome === undefined) throw new Error(`no outcome for ${link.replica.config.name}`)
      return outcome
    })
  }

  const forEver = new AbortController().signal
  return {
    source,
    replicas,
    reader,
    suspects,
    compare: ({ ranges = [EVERYTHING], signal = forEver, ...circumstances } = {}) =>
      outcomesOf(start(ranges, signal, undefined, circumstances)),
    goOn: (progress) => outcomesOf(start([EVERYTHING], forEver, progress)),
    async breakOff(afterMs, progress, gate) {
      const ending = new AbortController()
      const comparison = start([EVERYTHING], ending.signal, progress, gate && { gate })
      const ended = comparison.outcomes.then(
        () => true,
        () => false,
      )
      await world.sleep(afterMs)
      ending.abort(new Error('broken off'))
      return (await ended) ? null : links.map((link) => comparison.progressOf(link))
    },
    async locate(replica, outcome) {
      const link = links[replica]
      if (link === undefined) throw new Error(`no replica ${replica}`)
      const { signal } = new AbortController()
      return await locate(link, reader, outcome, { ...options, signal })
    },
  }
}
