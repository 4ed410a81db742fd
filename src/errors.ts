import type { FailureReason } from './domain.ts'

/** The user's mistake: shown as one line without a stack, exit code 3 for what probes (`check`, `diff`, `healthcheck`), else 1. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** The world: a server refused, hung or went away. Counted by `reason`, retried, never a crash. */
export class ServerError extends Error {
  override readonly name = 'ServerError'
  readonly reason: FailureReason
  /** The server's own error number, or null when it never answered. */
  readonly errno: number | null

  constructor(
    reason: FailureReason,
    message: string,
    errno: number | null = null,
    cause?: unknown,
  ) {
    super(message, { cause })
    this.reason = reason
    this.errno = errno
  }
}

/** Where two servers stand to each other cannot be proven as they are set up now. */
export class NoFence extends ServerError {
  constructor(message: string) {
    super('query', message)
  }
}

/** A channel is no more, or brings another server's transactions: what was read over it proves nothing. */
export class ChannelChanged extends ServerError {
  constructor(server: string, what: 'the channel is no more' | 'the channel has another source') {
    super('query', `${server}: ${what}`)
  }
}

/** Our own reading was killed, by us or a cluster, for somebody waits for a metadata lock. 1317 is what the server calls it. */
export class GaveWay extends ServerError {
  constructor(server: string) {
    super('timeout', `${server}: gave way to a session that waits for a metadata lock`, 1317)
  }
}
