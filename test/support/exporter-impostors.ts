/** Things that listen on a port and are no MySQL server. */
import { createServer, type Server, type Socket } from 'node:net'
import mysql2 from 'mysql2'

export interface Impostor extends AsyncDisposable {
  readonly address: string
}

/** It answers every connection with text, as a web or SSH server would. */
export function garbage(): Promise<Impostor> {
  return listen((socket) => {
    socket.on('data', () => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n'))
    socket.write('SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n')
  })
}

/** It accepts connections and never says anything. */
export function silence(): Promise<Impostor> {
  return listen(() => undefined)
}

/** It closes every connection at once. */
export function slammedDoor(): Promise<Impostor> {
  return listen((socket) => socket.destroy())
}

/** It says hello as MySQL does, then nothing any more. */
export function stuckHandshake(): Promise<Impostor> {
  return listen((socket) => {
    const hello = Buffer.concat([
      Buffer.from([10]),
      Buffer.from('8.0.36\0'),
      Buffer.from([1, 0, 0, 0]),
      Buffer.from('abcdefgh\0'),
      Buffer.from([0xff, 0xf7, 0x2d, 2, 0, 0xff, 0x81, 21]),
      Buffer.alloc(10),
      Buffer.from('ijklmnopqrst\0mysql_native_password\0'),
    ])
    socket.write(Buffer.concat([Buffer.from([hello.length, 0, 0, 0]), hello]))
  })
}

/** It speaks the protocol, lets everybody in, and says that it is something else. */
export async function otherDatabase(version: string): Promise<Impostor> {
  const server = mysql2.createServer((connection) => {
    connection.on('error', () => undefined)
    // Each command counts its packets anew, which the server side of mysql2 forgets.
    const startCounting = () => Object.assign(connection, { sequenceId: 0 })
    connection.serverHandshake({
      protocolVersion: 10,
      serverVersion: version,
      connectionId: 1,
      statusFlags: 2,
      characterSet: 45,
      capabilityFlags: 0xffffff,
      authCallback: (_: unknown, done: (error: null) => void) => {
        done(null)
        startCounting()
      },
    })
    connection.on('query', () => {
      connection.writeTextResult(
        [{ version, comment: version }],
        ['version', 'comment'].map((name) => ({
          catalog: 'def',
          schema: '',
          table: '',
          orgTable: '',
          name,
          orgName: name,
          characterSet: 45,
          columnLength: 255,
          columnType: 253,
          flags: 0,
          decimals: 0,
        })),
      )
      startCounting()
    })
  })
  const port = await new Promise<number>((resolve) => {
    // Its own listen() takes no callback.
    const { _server: socket } = server.listen(0) as unknown as { _server: Server }
    socket.once('listening', () => {
      const address = socket.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
  return {
    address: `127.0.0.1:${port}`,
    [Symbol.asyncDispose]: async () => void server.close(() => undefined),
  }
}

async function listen(onConnection: (socket: Socket) => void): Promise<Impostor> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.on('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    address: `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}
