import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { wireTo } from '../../faults/wire.ts'

/** Answers everything with what it was told. */
async function echo(): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    port: typeof address === 'object' ? (address?.port ?? 0) : 0,
    close() {
      for (const socket of sockets) socket.destroy()
      server.close()
    },
  }
}

async function connected(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port }).on('error', () => undefined)
  await once(socket, 'connect')
  return socket
}

async function answer(socket: Socket, text: string): Promise<string> {
  socket.write(text)
  const [bytes] = await once(socket, 'data')
  return String(bytes)
}

test('a wire carries both ways until it is cut; then nothing comes and nobody is told', async () => {
  const server = await echo()
  await using wire = await wireTo(server.port)
  const before = await connected(wire.port)
  expect(await answer(before, 'hello')).toBe('hello')
  wire.cut()
  const heard: string[] = []
  before.on('data', () => heard.push('data')).on('close', () => heard.push('close'))
  before.write('anybody?')
  const during = await connected(wire.port)
  during.on('data', () => heard.push('data')).on('close', () => heard.push('close'))
  during.write('anybody?')
  for (let turns = 0; turns < 100; turns += 1) await turn()
  expect(heard).toEqual([])

  const closed = Promise.all([once(before, 'close'), once(during, 'close')])
  wire.mend()
  await closed
  expect(await answer(await connected(wire.port), 'again')).toBe('again')
  server.close()
})
