/** Memories of sets for tests: what a state file may hold, plain or at random. */
import fc from 'fast-check'
import {
  CAUSE_ASPECTS,
  CAUSE_OBJECTS,
  DIFFERENCE_KINDS,
  MISSING_REASONS,
  SCHEMA_OBJECTS,
  SEVERITIES,
  SKIPPED_REASONS,
  THREAD_STATES,
  UNKNOWN_REASONS,
  VERDICTS,
} from '../../src/domain.ts'
import type { ChannelRules } from '../../src/mysql/filters.ts'
import { CLUSTER_KINDS, MEMBER_STATES } from '../../src/mysql/membership.ts'
import type { Bound, Range } from '../../src/mysql/range.ts'
import type { LinkDifferences, ServerMemory, SetMemory } from '../../src/scan/memory.ts'
import type { TableMemory, WalkPosition } from '../../src/scan/table-store.ts'
import type { Standing } from '../../src/state.ts'

export const BEGINNING = new Date('2026-11-20T12:00:00Z')

export function makeTableMemory(overrides: Partial<TableMemory> = {}): TableMemory {
  return {
    id: { schema: 'shop', table: 'orders', server: 'db2', source: 'db1', channel: '' },
    firstSeen: BEGINNING,
    standings: {},
    drifted: {},
    passedAt: null,
    position: null,
    ...overrides,
  }
}

export function makeMemory(overrides: Partial<SetMemory> = {}): SetMemory {
  return {
    name: 'shop',
    passStartedAt: BEGINNING,
    comparedAs: '',
    servers: [],
    schemaDifferences: [],
    tables: [makeTableMemory()],
    ...overrides,
  }
}

/** Names as a server, or somebody who means no good, may hand them out. */
const name = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('', '__proto__', 'constructor', '{"table":', '\n', '\u2028', '\ud800', '\0', '"'),
)
const time = fc.date({ noInvalidDate: true })
const natural = fc.nat()
const count = fc.bigInt(0n, 2n ** 63n)
const rows = fc.record({ source: count, replica: count })
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null })

const literal = fc.oneof(
  fc.bigInt(-(2n ** 63n), 2n ** 64n).map(String),
  fc.constantFrom("'2026-11-20 12:00:00.000001'", "x''", '-0.5', '10.250'),
  fc
    .uint8Array({ maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString('hex').toUpperCase())
    .chain((hex) =>
      fc.constantFrom(`x'${hex}'`, `_utf8mb4 x'${hex}' COLLATE utf8mb4_uca1400_ai_ci`),
    ),
)
const bound: fc.Arbitrary<Bound> = fc.record({
  key: fc.array(literal, { minLength: 1, maxLength: 3 }),
  side: fc.constantFrom('before', 'after'),
})
const range: fc.Arbitrary<Range> = fc.record({ lower: maybe(bound), upper: maybe(bound) })
const ranges = fc.array(range, { maxLength: 4 })

const standing: fc.Arbitrary<Standing> = fc.record({
  verdict: fc.constantFrom(...VERDICTS),
  reason: maybe(fc.constantFrom(...UNKNOWN_REASONS, ...SKIPPED_REASONS, ...MISSING_REASONS)),
  since: time,
  verifiedAt: maybe(time),
  rows: maybe(rows),
  chunks: natural,
  chunksDrifted: natural,
  rowsDrifted: maybe(fc.record({ missing: count, extra: count, changed: count })),
  counted: fc.boolean(),
  causes: fc.array(
    fc.record({
      object: fc.constantFrom(...CAUSE_OBJECTS),
      name,
      differs: fc.array(fc.constantFrom(...CAUSE_ASPECTS), { maxLength: 2 }),
      source: maybe(name),
      replica: maybe(name),
    }),
    { maxLength: 2 },
  ),
  inconclusiveVisits: natural,
  isSuspect: fc.boolean(),
})

const keyedRanges = fc.record({ key: name, ranges })
const position: fc.Arbitrary<WalkPosition> = fc.record({
  signature: name,
  done: fc.record({ chunks: natural, rows, startedAt: time }),
  open: ranges,
})

const table: fc.Arbitrary<TableMemory> = fc.record({
  id: fc.record({ schema: name, table: name, server: name, source: maybe(name), channel: name }),
  firstSeen: time,
  standings: fc.record({ row_count: standing, checksum: standing }, { requiredKeys: [] }),
  drifted: fc.record({ row_count: keyedRanges, checksum: keyedRanges }, { requiredKeys: [] }),
  passedAt: maybe(time),
  position: maybe(position),
})

const names = fc.array(name, { maxLength: 2 })
const rules: fc.Arbitrary<ChannelRules> = fc.record({
  doDb: names,
  ignoreDb: names,
  doTable: names,
  ignoreTable: names,
  wildDoTable: names,
  wildIgnoreTable: names,
  rewrite: fc.array(fc.record({ from: name, to: name }), { maxLength: 2 }),
  isOpaque: fc.boolean(),
})

const check = fc.record({ dueSince: time, lastSuccess: maybe(time) })

const server: fc.Arbitrary<ServerMemory> = fc.record({
  name,
  address: name,
  identity: maybe(
    fc.record({
      serverId: name,
      uuid: maybe(name),
      hostname: name,
      port: natural,
      readOnly: fc.boolean(),
      binaryLog: fc.boolean(),
      gtidEnabled: fc.boolean(),
    }),
  ),
  membership: maybe(
    fc.record({
      kind: fc.constantFrom(...CLUSTER_KINDS),
      group: maybe(name),
      node: maybe(name),
      state: fc.constantFrom(...MEMBER_STATES),
      refusesWrites: fc.boolean(),
    }),
  ),
  channels: maybe(
    fc.array(
      fc.record({
        name,
        sourceHost: name,
        sourcePort: natural,
        sourceUuid: maybe(name),
        sourceServerId: maybe(name),
        io: fc.constantFrom(...THREAD_STATES),
        sql: fc.constantFrom(...THREAD_STATES),
        ioErrorNumber: natural,
        sqlErrorNumber: natural,
        lagSeconds: maybe(natural),
        workersFailed: maybe(natural),
        delaySeconds: natural,
        account: name,
        rules,
      }),
      { maxLength: 2 },
    ),
  ),
  wasReplica: fc.boolean(),
  schemaRead: fc.boolean(),
  variables: maybe(
    fc.record({
      vendor: fc.constantFrom('mysql', 'mariadb'),
      settings: fc.record({ sql_mode: name, log_bin: name }, { requiredKeys: [] }),
    }),
  ),
  checks: fc.record({ threads: check, checksum: check }, { requiredKeys: [] }),
})

const differences: fc.Arbitrary<LinkDifferences> = fc.record({
  replica: name,
  channel: name,
  source: name,
  differences: fc.array(
    fc.record({
      server: name,
      schema: name,
      object: fc.constantFrom(...SCHEMA_OBJECTS),
      name,
      table: maybe(name),
      kind: fc.constantFrom(...DIFFERENCE_KINDS),
      severity: fc.constantFrom(...SEVERITIES),
      source: maybe(name),
      replica: maybe(name),
    }),
    { maxLength: 3 },
  ),
  unknown: fc.array(
    fc.record({
      server: name,
      schema: maybe(name),
      objects: fc.array(fc.constantFrom(...SCHEMA_OBJECTS), { maxLength: 3 }),
      name: maybe(name),
      reason: fc.constantFrom(...UNKNOWN_REASONS),
    }),
    { maxLength: 2 },
  ),
})

const set: fc.Arbitrary<SetMemory> = fc.record({
  name,
  passStartedAt: maybe(time),
  comparedAs: name,
  servers: fc.array(server, { maxLength: 3 }),
  schemaDifferences: fc.array(differences, { maxLength: 2 }),
  tables: fc.array(table, { maxLength: 5 }),
})

/** Sets with names of their own. */
export const anyMemories: fc.Arbitrary<SetMemory[]> = fc.uniqueArray(set, {
  maxLength: 3,
  selector: (each) => each.name,
})
