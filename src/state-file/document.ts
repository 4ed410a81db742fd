/**
 * The contents of a state file. Pure.
 *
 * One JSON object a line: what it is, each set with its servers, differences and tables, and at the end the
 * hash of all that, so that a file that was cut off anywhere is known to be so.
 */
import { createHash } from 'node:crypto'
import type { LinkDifferences, ServerMemory, SetMemory } from '../scan/memory.ts'
import type { TableMemory } from '../scan/table-store.ts'
import { type Codec, Damage, decode } from './codec.ts'
import {
  differencesRecord,
  type SetHead,
  serverRecord,
  setRecord,
  storable,
  tableRecord,
} from './records.ts'

const PRODUCT = 'mysql-drift-exporter'
/** To be raised whenever another version could not read what this one writes. */
const FORMAT = 5

/** Tables that become text in one go: a millisecond or two. */
const TABLES_A_SLICE = 250

/** The file in slices, so that whoever writes them can let others go first between two of them. */
export function* encodeState(sets: readonly SetMemory[]): Generator<string> {
  const hash = createHash('sha256')
  const slice = (lines: readonly unknown[]): string => {
    const written = lines.map((line) => `${JSON.stringify(line)}\n`).join('')
    hash.update(written)
    return written
  }
  yield slice([{ product: PRODUCT, format: FORMAT }])
  for (const memory of sets) {
    yield slice([
      { set: setRecord.encode(memory) },
      ...memory.servers.map((each) => ({ server: serverRecord.encode(each) })),
    ])
    for (const each of memory.schemaDifferences) {
      yield slice([{ schema_differences: differencesRecord.encode(each) }])
    }
    for (let from = 0; from < memory.tables.length; from += TABLES_A_SLICE) {
      const some = memory.tables.slice(from, from + TABLES_A_SLICE)
      yield slice(some.map((each) => ({ table: tableRecord.encode(storable(each)) })))
    }
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex') })}\n`
}

/** @throws {Damage} for everything that `encodeState` did not write to its end. */
export function decodeState(file: Uint8Array): SetMemory[] {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  assertOurs(bytes)
  assertWhole(bytes)
  const sets: Mutable[] = []
  const end = lastLineOf(bytes)
  let from = bytes.indexOf('\n') + 1
  for (let line = 2; from < end; line += 1) {
    const to = bytes.indexOf('\n', from)
    readLine(sets, parsed(bytes.toString('utf8', from, to), line), `line ${line}`)
    from = to + 1
  }
  return sets
}

type Mutable = SetHead & {
  readonly servers: ServerMemory[]
  readonly schemaDifferences: LinkDifferences[]
  readonly tables: TableMemory[]
}

function readLine(sets: Mutable[], json: unknown, line: string): void {
  const [[kind, value] = ['', null], ...more] = Object.entries(json ?? {})
  const at = `${line}: ${kind}`
  const read = <T>(codec: Codec<T>): T => decode(codec, value, at)
  if (kind === 'set' && more.length === 0) {
    const head = read(setRecord)
    if (sets.some(({ name }) => name === head.name)) throw new Damage(`${at}: it is there twice`)
    sets.push({ ...head, servers: [], schemaDifferences: [], tables: [] })
    return
  }
  const last = sets.at(-1)
  if (last !== undefined && more.length === 0) {
    if (kind === 'server') return void last.servers.push(read(serverRecord))
    if (kind === 'schema_differences')
      return void last.schemaDifferences.push(read(differencesRecord))
    if (kind === 'table') return void last.tables.push(read(tableRecord))
  }
  throw new Damage(`${line}: expected a set, or a server, differences or a table of one`)
}

function assertOurs(bytes: Buffer) {
  if (bytes.length === 0) throw new Damage('it is empty')
  const end = bytes.indexOf('\n')
  const line = bytes.toString('utf8', 0, end === -1 || end > 1_000 ? 1_000 : end)
  let head: { product?: unknown; format?: unknown } | null = null
  try {
    head = JSON.parse(line)
  } catch {
    // Told below, with all else that is no head of ours.
  }
  if (typeof head !== 'object' || head === null || head.product !== PRODUCT || end === -1) {
    throw new Damage(`it does not begin as a state file of ${PRODUCT} does`)
  }
  if (head.format !== FORMAT) {
    throw new Damage(`its format is ${JSON.stringify(head.format)}, expected ${FORMAT}`)
  }
}

function assertWhole(bytes: Buffer) {
  const end = lastLineOf(bytes)
  const hash = createHash('sha256').update(bytes.subarray(0, end)).digest('hex')
  const isEnd = bytes.toString('utf8', end) === `${JSON.stringify({ sha256: hash })}\n`
  if (!isEnd) throw new Damage('it is cut off, or was changed after it was written')
}

/** Where the last line begins. */
function lastLineOf(bytes: Buffer): number {
  return bytes.length < 2 ? 0 : bytes.lastIndexOf('\n', bytes.length - 2) + 1
}

function parsed(line: string, number: number): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new Damage(`line ${number}: expected JSON`)
  }
}
