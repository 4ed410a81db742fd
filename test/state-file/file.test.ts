/** On a real disk: what is there after a kill, and what becomes of files that are none of ours. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { UserError } from '../../src/errors.ts'
import { createLogger } from '../../src/log.ts'
import { identityOf } from '../../src/process-identity.ts'
import { openStateFile } from '../../src/state-file/file.ts'
import { BEGINNING, makeMemory } from '../support/make-memory.ts'

let folder = ''
let path = ''
let lines: string[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'drift-state-'))
  path = join(folder, 'state')
  lines = []
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const now = () => BEGINNING
const open = (at = path) => {
  const write = (line: string) => lines.push(line)
  return openStateFile(at, {
    now,
    log: createLogger({ level: 'info', format: 'logfmt', now, write }),
  })
}
const files = () => readdirSync(folder).sort()
const refusal = (at = path) =>
  open(at).then(
    () => null,
    (error: unknown) => (error instanceof UserError ? error.message : error),
  )

test('what was written is there at the next start, for its owner only', async () => {
  const first = await open()
  expect(first.memories).toEqual([])
  await first.write([makeMemory()])
  first.close()

  const second = await open()

  expect(second.memories).toEqual([makeMemory()])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  second.close()
  expect(files()).toEqual(['state'])
})

test('a file that others can read is not left so', async () => {
  const first = await open()
  first.close()
  chmodSync(path, 0o644)
  const second = await open()
  expect(statSync(path).mode & 0o777).toBe(0o600)
  second.close()
})

test('what a killed write left is removed, and not taken for anything', async () => {
  const first = await open()
  await first.write([makeMemory()])
  first.close()
  writeFileSync(`${path}.partial-1`, readFileSync(path).subarray(0, 50))
  writeFileSync(join(folder, 'other.partial-1'), '')

  const second = await open()

  expect(second.memories).toEqual([makeMemory()])
  second.close()
  expect(files()).toEqual(['other.partial-1', 'state'])
})

test.for([
  ['cut off', (whole: Buffer) => whole.subarray(0, -9), 'cut off'],
  ['empty', () => Buffer.alloc(0), 'empty'],
  ['of somebody else', () => Buffer.from('replication_sets: []\n'), 'does not begin'],
] as const)('a file that is %s is set aside, and it is said why', async ([, change, problem]) => {
  const first = await open()
  await first.write([makeMemory()])
  first.close()
  const damaged = change(readFileSync(path))
  for (const name of ['state.damaged-20261120T120000Z', 'state.damaged-20261120T120000Z-2']) {
    writeFileSync(path, damaged)
    lines = []
    const state = await open()
    expect(state.memories).toEqual([])
    state.close()
    expect(lines[0]).toMatch(`event=state_set_aside file=${path} problem=`)
    expect(lines[0]).toMatch(problem)
    expect(lines[0]).toContain(name)
    expect(readFileSync(join(folder, name))).toEqual(damaged)
  }
})

test('a file that cannot be kept is the mistake of whoever named it', async () => {
  expect(await refusal(join(folder, 'no/state'))).toMatch(/^--state\.file: .*no\/state.*folder/)
  expect(await refusal(folder)).toMatch(/^--state\.file: expected a file, but .* is none$/)
  expect(await refusal('/dev/null')).toMatch(/^--state\.file: expected a file/)
  expect(await refusal('/proc/state')).toMatch(/^--state\.file: .*\/proc\/state/)
  writeFileSync(join(folder, 'file'), '')
  expect(await refusal(join(folder, 'file/state'))).toMatch(/ENOTDIR/)
})

test('a link stays one', async () => {
  mkdirSync(join(folder, 'real'))
  writeFileSync(join(folder, 'real/state'), '')
  symlinkSync(join(folder, 'real/state'), path)
  const state = await open()
  await state.write([makeMemory()])
  state.close()
  expect(readFileSync(join(folder, 'real/state'))).toEqual(readFileSync(path))
})

test('a write that fails leaves what was there', async () => {
  const state = await open()
  await state.write([makeMemory()])
  const before = readFileSync(path)
  const broken = makeMemory({ passStartedAt: new Date(Number.NaN) })
  await expect(state.write([broken])).rejects.toThrow(RangeError)
  expect(readFileSync(path)).toEqual(before)
  state.close()
  expect(files()).toEqual(['state'])
})

test('another exporter that runs keeps its file to itself', async () => {
  // It runs as long as this test, and is not this process.
  const other = identityOf(process.ppid)
  writeFileSync(`${path}.lock`, JSON.stringify(other))
  expect(await refusal()).toMatch(`is used by process ${process.ppid}`)
  expect(existsSync(path)).toBe(false)
  expect(files()).toEqual(['state.lock'])
})

test.for<[string, () => string]>([
  ['of a killed exporter', () => JSON.stringify({ ...identityOf(process.ppid), startTicks: '1' })],
  ['from before the machine was started', () => lockOf(process.ppid, 'another boot')],
  ['of this process number in another container', () => lockOf(process.pid, 'another boot')],
  ['of which the writing was killed', () => ''],
  ['that is none', () => 'null'],
])('a lock %s is taken over', async ([, lock]) => {
  writeFileSync(`${path}.lock`, lock())
  const state = await open()
  expect(JSON.parse(readFileSync(`${path}.lock`, 'utf8'))).toMatchObject({ pid: process.pid })
  state.close()
  expect(files()).toEqual(['state'])
})

function lockOf(pid: number, bootId: string): string {
  return JSON.stringify({ ...identityOf(pid), bootId })
}
