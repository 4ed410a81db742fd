/** A DDL must not wait behind our reading, nor everybody else behind that DDL. */
import { GaveWay, ServerError } from '../errors.ts'
import { ENDED_FOR_DDL } from '../mysql/failure.ts'
import type { World } from '../world.ts'

export interface GiveWayOptions {
  readonly server: string
  /** A shorter reading is in nobody's way; a longer one looks around as often. */
  readonly everyMs: number
  readonly isAnyoneWaiting: () => Promise<boolean>
  readonly world: World
}

/**
 * Runs `read`, and ends it when a session of others waits for a metadata lock, which may be ours.
 *
 * @param read ends, with the signal's reason, when its signal comes.
 * @throws {GaveWay}
 */
export async function givingWay<T>(
  read: (signal: AbortSignal) => Promise<T>,
  { server, everyMs, isAnyoneWaiting, world }: GiveWayOptions,
): Promise<T> {
  const over = new AbortController()
  const inTheWay = new AbortController()
  async function lookAround() {
    while (!over.signal.aborted) {
      await world.sleep(everyMs, over.signal)
      if (!(await isAnyoneWaiting()) || over.signal.aborted) continue
      inTheWay.abort(new GaveWay(server))
      return
    }
  }
  // Ended by the reading, or unable to look: the server's own time limit is there as well.
  lookAround().catch(() => undefined)
  try {
    return await read(inTheWay.signal)
  } catch (error) {
    const isEnded = error instanceof ServerError && error.errno === ENDED_FOR_DDL
    throw isEnded ? new GaveWay(server) : error
  } finally {
    over.abort()
  }
}
