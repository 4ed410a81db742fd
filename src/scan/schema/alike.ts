/** Which of very many definitions need not be read: digests of whole batches tell that both ends say the same. */
import type { Link } from '../../compare/link.ts'
import { ServerError } from '../../errors.ts'
import { readDigest } from '../../mysql/structure/digest.ts'
import { type Subject, subjectKey } from '../../mysql/structure/subject.ts'
import { PRIORITY, type Server } from '../../server-pool.ts'
import { toldBy } from '../told-by.ts'
import type { Pair } from './pairs.ts'
import type { Part } from './reading.ts'

/** Batches in a row that differ on a link: two versions, say, never say quite the same. */
const MOST_MISSES = 3

/** Of a batch of the source those parts in which both ends are alike. */
export type AlikeIn = (
  batch: readonly Subject[],
  parts: readonly Part[],
) => Promise<ReadonlySet<Part>>

export function digests(source: Server, signal: AbortSignal): AlikeIn {
  const misses = new Map<Link, number>()
  return async (batch, parts) => {
    const asked = parts.filter(
      ({ link, pairs }) => isOfAll(pairs, batch) && (misses.get(link) ?? 0) < MOST_MISSES,
    )
    if (asked.length === 0) return new Set()
    const [there, ...here] = await Promise.all([
      digestOn(source, batch, signal),
      ...asked.map(({ link, pairs }) =>
        digestOn(
          link.replica,
          pairs.map(({ replica }) => replica),
          signal,
        ),
      ),
    ])
    const alike = new Set(asked.filter((_, index) => there !== null && here[index] === there))
    for (const part of asked) {
      misses.set(part.link, alike.has(part) ? 0 : (misses.get(part.link) ?? 0) + 1)
    }
    return alike
  }
}

/** Each once: of fewer than all, or of one twice, the source's digest says nothing. */
function isOfAll(pairs: readonly Pair[], batch: readonly Subject[]): boolean {
  const sources = new Set(pairs.map(({ source }) => subjectKey(source)))
  return pairs.length === batch.length && sources.size === batch.length
}

/** null = it could not be made. Then everything is read, which tells what the matter is. */
async function digestOn(
  server: Server,
  subjects: readonly Subject[],
  signal: AbortSignal,
): Promise<string | null> {
  const digest = await toldBy(server, (session) => readDigest(session, subjects, { signal }), {
    priority: PRIORITY.walk,
    signal,
  })
  return digest instanceof ServerError ? null : digest
}
