/** Whether the ends of a walk are still what they were when it began. */
import type { UnknownReason } from '../domain.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import type { LookOptions } from './fenced-look.ts'
import type { Link } from './link.ts'
import { undecidedReason } from './undecided.ts'

/**
 * Equal readings are believed without a fence, and so without its guard: behind an address there may be another
 * server by now, or another definition behind a name.
 *
 * @returns why a link cannot be vouched for, where that is so.
 */
export async function guardEnds(
  links: readonly Link[],
  { guard, signal }: Pick<LookOptions, 'guard' | 'signal'>,
): Promise<ReadonlyMap<Link, UnknownReason>> {
  if (guard === undefined) return new Map()
  const servers = [...new Set(links.flatMap(({ source, replica }) => [source, replica]))]
  const reasons = await Promise.all(
    servers.map(async (server): Promise<[Server, UnknownReason][]> => {
      try {
        await server.read(guard, { priority: PRIORITY.recheck, signal })
        return []
      } catch (error) {
        if (signal.aborted) throw error
        return [[server, undecidedReason(error)]]
      }
    }),
  )
  const changed = new Map(reasons.flat())
  return new Map(
    links.flatMap((link): [Link, UnknownReason][] => {
      const reason = changed.get(link.source) ?? changed.get(link.replica)
      return reason === undefined ? [] : [[link, reason]]
    }),
  )
}
