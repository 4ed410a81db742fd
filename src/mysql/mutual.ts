/** Links whose replica is written to as well, and whose source gets that: two-way pairs and other circles. */
import type { Fencing } from './dialect.ts'

/**
 * A replica shows what was written on it before its source has it, like one that is ahead: the source is read for the
 * last time when it shows that too.
 *
 * @param back of the way from the replica to the source; its channel is null when it leads over other servers.
 */
export function mutual(
  forward: Fencing,
  back: { readonly fencing: Fencing; readonly channel: string | null },
): Fencing {
  return {
    ...forward,
    async ceiling(ends, channel, lastReceived) {
      const ceiling = await forward.ceiling(ends, channel, lastReceived)
      return { ...ceiling, back: await back.fencing.position(ends.replica) }
    },
    async readPast(source, ceiling, read) {
      if (ceiling.back === undefined) throw new Error('a ceiling of another fence')
      const { fencing, channel } = back
      if (!(await fencing.hasReached(source.control, ceiling.back, channel))) return null
      return await forward.readPast(source, ceiling, read)
    },
  }
}
