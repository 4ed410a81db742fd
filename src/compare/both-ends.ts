/** Readings of both ends of a link at the same time, without a fence. */
import { ServerError } from '../errors.ts'
import type { Session } from '../mysql/query.ts'
import { PRIORITY, type Server } from '../server-pool.ts'
import type { Link } from './link.ts'
import { Undecided } from './undecided.ts'

export function onBoth<T>(
  { source, replica }: Link,
  signal: AbortSignal,
  task: (session: Session) => Promise<T>,
): Promise<[T, T]> {
  const on = (server: Server) => server.read(task, { priority: PRIORITY.recheck, signal })
  return Promise.all([on(source), on(replica)])
}

/** null for what the world does: the range is known to differ, only not in which rows. */
export async function attempt<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T | null> {
  try {
    return await task()
  } catch (error) {
    const isWorld = error instanceof ServerError || error instanceof Undecided
    if (signal.aborted || !isWorld) throw error
    return null
  }
}
