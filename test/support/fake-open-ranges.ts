/** The open ranges of one link in virtual time, until all are decided. */
import type { Decision } from '../../src/compare/decision.ts'
import type { Link } from '../../src/compare/link.ts'
import { type OpenRanges, openRanges } from '../../src/compare/open-ranges.ts'
import type { TableReader } from '../../src/compare/table-reader.ts'
import { EVERYTHING, type Range } from '../../src/mysql/range.ts'
import type { FakeReplication } from './fake-replication.ts'
import { fakeLink, fakeReader, isInside } from './fake-server.ts'
import type { FakeWorld } from './fake-world.ts'

export const CONFIRM_DELAY_MS = 5_000
const never = new AbortController().signal

export interface Opened {
  readonly decisions: Decision[]
  readonly suspects: number[]
  readonly reads: readonly string[]
  readonly link: Link
  verdictOf(key: number): string | undefined
}

/** Opens `ranges` and waits until all are decided. */
export async function opened(
  world: FakeWorld,
  replication: FakeReplication,
  {
    ranges = [EVERYTHING],
    link = {},
    reader = {},
    signal = never,
    guard = async () => undefined,
    onDecision = () => undefined,
  }: {
    ranges?: readonly Range[]
    link?: Partial<Link>
    reader?: Partial<TableReader> & { giants?: readonly number[] }
    signal?: AbortSignal
    guard?: () => Promise<void>
    onDecision?: (open: OpenRanges) => void
  } = {},
): Promise<Opened> {
  const decisions: Decision[] = []
  const suspects: number[] = []
  const fake = fakeReader(world, { db1: replication.source, db2: replication.replica }, reader)
  const connected = fakeLink(replication, link)
  const open: OpenRanges = openRanges({
    link: connected,
    reader: fake,
    confirmations: 3,
    confirmDelayMs: CONFIRM_DELAY_MS,
    fenceTimeoutMs: 30_000,
    chunkTimeMs: 250,
    guard,
    world,
    signal,
    onDecision(decision) {
      decisions.push(decision)
      onDecision(open)
    },
    onSuspects: (count) => suspects.push(count),
  })
  for (const range of ranges) open.add(range, world.now(), null)
  await open.settled()
  return {
    decisions,
    suspects,
    reads: fake.reads,
    link: connected,
    verdictOf(key) {
      const [found] = decisions.filter(({ range }) => isInside(key, range))
      return found && (found.reason ?? found.verdict)
    },
  }
}
