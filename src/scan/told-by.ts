import { ServerError } from '../errors.ts'
import type { Session } from '../mysql/query.ts'
import type { Server } from '../server-pool.ts'

/** What a server says, or why it does not; an abort and our own bugs are thrown. */
export async function toldBy<T>(
  server: Server,
  ask: (session: Session) => Promise<T>,
  at: { readonly priority: number; readonly signal: AbortSignal },
): Promise<T | ServerError> {
  try {
    return await server.read(ask, at)
  } catch (error) {
    if (at.signal.aborted || !(error instanceof ServerError)) throw error
    return error
  }
}
