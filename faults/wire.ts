/** A cable that can be cut: a TCP proxy on loopback between whoever connects and one port. */
import { connect, createServer, type Socket } from 'node:net'

export interface Wire extends AsyncDisposable {
  readonly port: number
  /** From now on nothing gets through, and nobody is told: connections stay open, and new ones are never answered. */
  cut(): void
  /** What was open is reset, as by a peer that has forgotten it. */
  mend(): void
}

export async function wireTo(port: number): Promise<Wire> {
  const open = new Set<Socket>()
  let isCut = false
  const server = createServer((near) => {
    keep(near)
    if (isCut) return
    const far = keep(connect({ host: '127.0.0.1', port }))
    near.pipe(far).pipe(near)
    near.once('close', () => far.destroy())
    far.once('close', () => near.destroy())
  })
  function keep(socket: Socket): Socket {
    open.add(socket)
    socket.setNoDelay(true)
    // The other end is told by `close`.
    socket.on('error', () => undefined)
    socket.once('close', () => open.delete(socket))
    return socket
  }
  function dropAll(): void {
    for (const socket of open) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the wire has no port')
  return {
    port: address.port,
    cut() {
      isCut = true
      for (const socket of open) {
        socket.unpipe()
        socket.pause()
      }
    },
    mend() {
      isCut = false
      dropAll()
    },
    [Symbol.asyncDispose]: async () => {
      server.close()
      dropAll()
    },
  }
}
