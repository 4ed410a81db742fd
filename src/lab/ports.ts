import { createServer } from 'node:net'

/**
 * A port of 127.0.0.1 on which nothing listens at this moment.
 *
 * Below 32768, where Linux starts to hand out ports for outgoing connections: one of those could otherwise sit
 * on a server's port while that server is down, and it could not come back.
 */
export async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 12_000)
    if (!taken.has(port) && (await isFree(port))) return port
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () =>
      probe.close(() => resolve(true)),
    )
  })
}
