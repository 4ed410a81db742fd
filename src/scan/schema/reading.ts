/** Reads the definitions of one source and all of its replicas side by side, and compares them as they come. */
import type { Link } from '../../compare/link.ts'
import { ServerError } from '../../errors.ts'
import { compareText } from '../../mysql/normal.ts'
import type { Facts } from '../../mysql/structure/facts.ts'
import { batchesOf, type Readings, readFacts } from '../../mysql/structure/read.ts'
import { type Subject, subjectKey } from '../../mysql/structure/subject.ts'
import { PRIORITY, type Server } from '../../server-pool.ts'
import { toldBy } from '../told-by.ts'
import { digests } from './alike.ts'
import type { Pair } from './pairs.ts'

/** What was read of a pair: an end that is not there is null. */
export interface Read {
  readonly source: Facts | ServerError | null
  readonly replica: Facts | ServerError | null
}

/** What takes the readings of one link. */
export interface Reader {
  readonly pairs: readonly Pair[]
  onRead(pair: Pair, read: Read): void
  /** Both ends say the same of it, or both lack it. */
  onAlike(pair: Pair): void
}

/** What of a batch is compared on one link. */
export interface Part {
  readonly link: Link
  readonly reader: Reader
  readonly pairs: readonly Pair[]
}

/**
 * No more than one batch is held at a time, however many tables there are. A replica that cannot be read any more
 * leaves the others alone.
 *
 * @param options.isWhole nearly everything is taken to be alike, as digests can tell; of the rest each is read.
 * @returns by link, why it could not be read to the end; without those that could.
 */
export async function readGroup(
  source: Server,
  readers: ReadonlyMap<Link, Reader>,
  { isWhole, signal }: { readonly isWhole: boolean; readonly signal: AbortSignal },
): Promise<ReadonlyMap<Link, ServerError>> {
  const failures = new Map<Link, ServerError>()
  const onSource = new Map<string, Subject>()
  const byLink = [...readers].map(([link, reader]) => {
    // Several: what a channel renames, and what is called on the replica as it is on the source.
    const pairs = Map.groupBy(reader.pairs, ({ source }) => subjectKey(source))
    for (const pair of reader.pairs) onSource.set(subjectKey(pair.source), pair.source)
    return { link, pairs, reader }
  })
  const alikeIn = isWhole ? digests(source, signal) : null
  for (const batch of batchesOf([...onSource.values()].toSorted(byName))) {
    const parts = byLink
      .filter(({ link }) => !failures.has(link))
      .map(({ link, reader, pairs }) => ({
        link,
        reader,
        pairs: batch.flatMap((subject) => pairs.get(subjectKey(subject)) ?? []),
      }))
      .filter(({ pairs }) => pairs.length > 0)
    const alike = await alikeIn?.(batch, parts)
    for (const { reader, pairs } of alike ?? []) for (const pair of pairs) reader.onAlike(pair)
    const wanted = parts.filter((part) => !alike?.has(part))
    const readings = await Promise.all(
      [
        { server: source, subjects: wanted.length === 0 ? [] : batch },
        ...wanted.map(({ link, pairs }) => ({
          server: link.replica,
          subjects: pairs.map(({ replica }) => replica),
        })),
      ].map(({ server, subjects }) => readOn(server, subjects, signal)),
    )
    const [there = NOTHING, ...here] = readings
    for (const [index, { link, reader, pairs }] of wanted.entries()) {
      const own = here[index] ?? NOTHING
      if (there instanceof ServerError) failures.set(link, there)
      else if (own instanceof ServerError) failures.set(link, own)
      else for (const pair of pairs) reader.onRead(pair, endsOf(pair, there, own))
    }
  }
  return failures
}

const NOTHING: Readings = new Map()

function endsOf({ source, replica }: Pair, there: Readings, here: Readings): Read {
  return {
    source: there.get(subjectKey(source)) ?? null,
    replica: here.get(subjectKey(replica)) ?? null,
  }
}

/** It paces itself like a walk: statements over very many tables add up. */
async function readOn(
  server: Server,
  subjects: readonly Subject[],
  signal: AbortSignal,
): Promise<Readings | ServerError> {
  if (subjects.length === 0) return NOTHING
  return await toldBy(server, (session) => readFacts(session, subjects, { signal }), {
    priority: PRIORITY.walk,
    signal,
  })
}

function byName(a: Subject, b: Subject): number {
  return compareText(a.schema, b.schema) || compareText(a.name, b.name)
}
