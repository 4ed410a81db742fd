/** A state file whose writer is killed again and again, most often in the middle of a write. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { decodeState } from '../../src/state-file/document.ts'

const ROUNDS = 10
const WRITER = join(import.meta.dirname, '../support/state-writer.ts')

test('it is whole after every kill, and no older than what was written last', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drift-kill-'))
  const path = join(folder, 'state')
  let last = 0
  let cut = 0
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      const writer = spawn(process.execPath, [WRITER, path], { stdio: ['ignore', 'pipe', 'pipe'] })
      let said = ''
      writer.stderr.setEncoding('utf8').on('data', (text: string) => (said += text))
      const ended = once(writer, 'exit')
      const lines = createInterface(writer.stdout).on('line', (line) => (last = Number(line)))
      await once(lines, 'line')
      // Not for anything to happen: so that it is killed wherever it is.
      await delay(100 * Math.random())
      writer.kill('SIGKILL')
      await ended
      expect(said).toBe('')
      const [set] = decodeState(readFileSync(path))
      expect(set?.tables).toHaveLength(2_000)
      expect(Number(set?.comparedAs)).toBeGreaterThanOrEqual(last)
      if (readdirSync(folder).some((name) => name.includes('partial'))) cut += 1
    }
    expect(last).toBeGreaterThanOrEqual(ROUNDS)
    expect(cut).toBeGreaterThan(0)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  // Ten programs are started, on a machine that may be busy.
}, 300_000)
