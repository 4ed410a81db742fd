import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Edge } from '../../src/commands/edge.ts'
import { serveCommand } from '../../src/commands/serve.ts'

/** Servers that nobody can reach. */
const CONFIG = `
replication_sets:
  - name: shop
    username: drift
    password: ""
    servers:
      - { name: db1, address: "127.0.0.1:1" }
      - { name: db2, address: "127.0.0.1:2" }
`

function serve(onSignal: Edge['onSignal']) {
  const folder = mkdtempSync(join(tmpdir(), 'serve-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'drift.yml')
  writeFileSync(file, CONFIG, { mode: 0o600 })
  let log = ''
  const url = Promise.withResolvers<string>()
  const ended = serveCommand([`--config.file=${file}`, '--web.listen-address=127.0.0.1:0'], {
    env: {},
    isTerminal: false,
    out: () => {},
    err(text) {
      log += text
      const [, port] = /event=listening .*\bport=(\d+)/.exec(text) ?? []
      if (port !== undefined) url.resolve(`http://127.0.0.1:${port}/-/healthy`)
    },
    onSignal,
    exitNow: () => {},
  })
  ended.catch(url.reject)
  return { url: url.promise, ended, log: () => log }
}

describe('serve', () => {
  it('ends at SIGTERM, with its port closed', async () => {
    const handlers = new Map<string, () => void>()
    const { url, ended, log } = serve((signal, handler) => handlers.set(signal, handler))
    const healthy = await url
    expect((await fetch(healthy)).status).toBe(200)
    handlers.get('SIGTERM')?.()
    expect(await ended).toBe(0)
    expect(log()).toMatch(/event=stopped\n$/)
    await expect(fetch(healthy)).rejects.toThrow('fetch failed')
  })

  it('that fails by itself does not go on showing what it knew', async () => {
    const bug = new Error('a bug of ours')
    const { url, ended, log } = serve(() => {
      throw bug
    })
    await expect(ended).rejects.toBe(bug)
    await expect(fetch(await url)).rejects.toThrow('fetch failed')
    expect(log()).not.toContain('stopped')
  })
})
