import type { UnknownReason } from '../domain.ts'
import { ChannelChanged, GaveWay, NoFence, ServerError } from '../errors.ts'
import { DEFINITION_MOVED, NO_SUCH_TABLE } from '../mysql/failure.ts'

/** Nothing can be said about what was read, and why; never a claim about the data. */
export class Undecided extends Error {
  override readonly name = 'Undecided'
  readonly reason: UnknownReason

  constructor(reason: UnknownReason, message: string, cause?: unknown) {
    super(message, { cause })
    this.reason = reason
  }
}

/**
 * The reason that an error of the world gives for not knowing.
 * @throws the error itself when it is none of the world's: our own bug stays loud.
 */
export function undecidedReason(error: unknown): UnknownReason {
  if (error instanceof Undecided) return error.reason
  if (!(error instanceof ServerError)) throw error
  if (error instanceof GaveWay) return 'throttled'
  if (error instanceof NoFence) return 'no_fence'
  if (error instanceof ChannelChanged) return 'identity_changed'
  if (
    error.errno !== null &&
    (NO_SUCH_TABLE.has(error.errno) || DEFINITION_MOVED.has(error.errno))
  ) {
    return 'definition_changed'
  }
  switch (error.reason) {
    case 'privilege':
      return 'no_privilege'
    case 'timeout':
      return error.errno === null ? 'unreachable' : 'timeout'
    case 'write_privileges':
      return 'write_privileges'
    case 'connect':
    case 'auth':
      return 'unreachable'
    case 'query':
      return 'not_compared'
    case 'internal':
      throw error
  }
}
