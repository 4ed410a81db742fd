/**
 * The contents of a state file. Pure.
 *
 * One JSON object a line: what it is, each set with its servers, differences and tables, and at the end the
 * hash of all that, so that a file that was cut off anywhere is known to be so.
 */
import { createHash } from 'node:crypto'
import type { Done } from '../compare/trail.ts'
import {
  CAUSE_ASPECTS,
  CAUSE_OBJECTS,
  type Cause,
  DIFFERENCE_KINDS,
  type DifferenceKind,
  MISSING_REASONS,
  SCHEMA_OBJECTS,
  type SchemaDifference,
  type SchemaUnknown,
  SEVERITIES,
  SKIPPED_REASONS,
  type TableCheck,
  THREAD_STATES,
  UNKNOWN_REASONS,
  VERDICTS,
} from '../domain.ts'
import type { ChannelStatus, Identity } from '../mysql/dialect.ts'
import type { ChannelRules, Rewrite } from '../mysql/filters.ts'
import { CLUSTER_KINDS, MEMBER_STATES, type Membership } from '../mysql/membership.ts'
import { type Bound, isLiteral, type Range } from '../mysql/range.ts'
import { SETTING_NAMES, type SettingName, type VariableReading } from '../mysql/variables.ts'
import type { LinkDifferences, ServerMemory, SetMemory } from '../scan/memory.ts'
import type { KeyedRanges, TableId, TableMemory, WalkPosition } from '../scan/table-store.ts'
import type { Standing } from '../state.ts'
import {
  type Codec,
  choice,
  count,
  Damage,
  decode,
  flag,
  list,
  matching,
  natural,
  nullable,
  partial,
  shape,
  text,
  time,
} from './codec.ts'

const PRODUCT = 'mysql-drift-exporter'
/** To be raised whenever another version could not read what this one writes. */
const FORMAT = 3

const rows = shape<Done['rows']>({ source: count, replica: count })
const bound = shape<Bound>({
  key: list(matching(isLiteral, 'a literal of SQL')),
  side: choice('before', 'after'),
})
/** Never of rows whose key holds a NULL: see `storable`. */
const ranges = list(shape<Omit<Range, 'nulls'>>({ lower: nullable(bound), upper: nullable(bound) }))

const standing = shape<Standing>({
  verdict: choice(...VERDICTS),
  reason: nullable(choice(...UNKNOWN_REASONS, ...SKIPPED_REASONS, ...MISSING_REASONS)),
  since: time,
  verifiedAt: nullable(time),
  rows: nullable(rows),
  chunks: natural,
  chunksDrifted: natural,
  rowsDrifted: nullable(
    shape<Record<DifferenceKind, bigint>>({ missing: count, extra: count, changed: count }),
  ),
  counted: flag,
  causes: list(
    shape<Cause>({
      object: choice(...CAUSE_OBJECTS),
      name: text,
      differs: list(choice(...CAUSE_ASPECTS)),
      source: nullable(text),
      replica: nullable(text),
    }),
  ),
  inconclusiveVisits: natural,
  isSuspect: flag,
})

const keyedRanges = shape<KeyedRanges>({ key: text, ranges })

const table = shape<TableMemory>({
  id: shape<TableId>({
    schema: text,
    table: text,
    server: text,
    source: nullable(text),
    channel: text,
  }),
  firstSeen: time,
  standings: partial<Record<TableCheck, Standing>>({ row_count: standing, checksum: standing }),
  drifted: partial<Record<TableCheck, KeyedRanges>>({
    row_count: keyedRanges,
    checksum: keyedRanges,
  }),
  passedAt: nullable(time),
  position: nullable(
    shape<WalkPosition>({
      signature: text,
      done: shape<Done>({ chunks: natural, rows, startedAt: time }),
      open: ranges,
    }),
  ),
})

const thread = choice(...THREAD_STATES)
const server = shape<ServerMemory>({
  name: text,
  address: text,
  identity: nullable(
    shape<Identity>({
      serverId: text,
      uuid: nullable(text),
      hostname: text,
      port: natural,
      readOnly: flag,
      binaryLog: flag,
      gtidEnabled: flag,
    }),
  ),
  membership: nullable(
    shape<Membership>({
      kind: choice(...CLUSTER_KINDS),
      group: nullable(text),
      node: nullable(text),
      state: choice(...MEMBER_STATES),
      refusesWrites: flag,
    }),
  ),
  channels: nullable(
    list(
      shape<ChannelStatus>({
        name: text,
        sourceHost: text,
        sourcePort: natural,
        sourceUuid: nullable(text),
        sourceServerId: nullable(text),
        io: thread,
        sql: thread,
        ioErrorNumber: natural,
        sqlErrorNumber: natural,
        lagSeconds: nullable(natural),
        workersFailed: nullable(natural),
        delaySeconds: natural,
        account: text,
        rules: shape<ChannelRules>({
          doDb: list(text),
          ignoreDb: list(text),
          doTable: list(text),
          ignoreTable: list(text),
          wildDoTable: list(text),
          wildIgnoreTable: list(text),
          rewrite: list(shape<Rewrite>({ from: text, to: text })),
          isOpaque: flag,
        }),
      }),
    ),
  ),
  wasReplica: flag,
  schemaRead: flag,
  variables: nullable(
    shape<VariableReading>({
      vendor: choice('mysql', 'mariadb'),
      settings: partial(
        Object.fromEntries(SETTING_NAMES.map((name) => [name, text])) as Record<
          SettingName,
          Codec<string>
        >,
      ),
    }),
  ),
})

const differences = shape<LinkDifferences>({
  replica: text,
  channel: text,
  source: text,
  differences: list(
    shape<SchemaDifference>({
      server: text,
      schema: text,
      object: choice(...SCHEMA_OBJECTS),
      name: text,
      table: nullable(text),
      kind: choice(...DIFFERENCE_KINDS),
      severity: choice(...SEVERITIES),
      source: nullable(text),
      replica: nullable(text),
    }),
  ),
  unknown: list(
    shape<SchemaUnknown>({
      server: text,
      schema: nullable(text),
      objects: list(choice(...SCHEMA_OBJECTS)),
      name: nullable(text),
      reason: choice(...UNKNOWN_REASONS),
    }),
  ),
})

type SetHead = Pick<SetMemory, 'name' | 'passStartedAt' | 'comparedAs'>
const set = shape<SetHead>({ name: text, passStartedAt: nullable(time), comparedAs: text })

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
      { set: set.encode(memory) },
      ...memory.servers.map((each) => ({ server: server.encode(each) })),
    ])
    for (const each of memory.schemaDifferences) {
      yield slice([{ schema_differences: differences.encode(each) }])
    }
    for (let from = 0; from < memory.tables.length; from += TABLES_A_SLICE) {
      const some = memory.tables.slice(from, from + TABLES_A_SLICE)
      yield slice(some.map((each) => ({ table: table.encode(storable(each)) })))
    }
  }
  yield `${JSON.stringify({ sha256: hash.digest('hex') })}\n`
}

/** Only bounds that are sure to be read again: without them the whole table is looked at. */
function storable(memory: TableMemory): TableMemory {
  const { position, drifted } = memory
  const isFine = (some: readonly Range[]) =>
    some.every(
      ({ lower, upper, nulls }) =>
        !nulls && [...(lower?.key ?? []), ...(upper?.key ?? [])].every(isLiteral),
    )
  const all = Object.entries(drifted)
  const kept = all.filter(([, keyed]) => isFine(keyed.ranges))
  const isResumable = position === null || isFine(position.open)
  if (kept.length === all.length && isResumable) return memory
  return {
    ...memory,
    drifted: Object.fromEntries(kept),
    position: isResumable ? position : null,
  }
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
    const head = read(set)
    if (sets.some(({ name }) => name === head.name)) throw new Damage(`${at}: it is there twice`)
    sets.push({ ...head, servers: [], schemaDifferences: [], tables: [] })
    return
  }
  const last = sets.at(-1)
  if (last !== undefined && more.length === 0) {
    if (kind === 'server') return void last.servers.push(read(server))
    if (kind === 'schema_differences') return void last.schemaDifferences.push(read(differences))
    if (kind === 'table') return void last.tables.push(read(table))
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
