/** The records of a state file, field by field: what is written of a set, a server, differences and a table. */
import type { Done } from '../compare/trail.ts'
import {
  CAUSE_ASPECTS,
  CAUSE_OBJECTS,
  CHECK_NAMES,
  type CheckName,
  DIFFERENCE_KINDS,
  type DifferenceKind,
  MISSING_REASONS,
  SCHEMA_OBJECTS,
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
import type { Cause, SchemaDifference, SchemaUnknown } from '../report.ts'
import type { CheckMemory } from '../scan/check-runs.ts'
import type { LinkDifferences, ServerMemory, SetMemory } from '../scan/memory.ts'
import type { KeyedRanges, TableId, TableMemory, WalkPosition } from '../scan/table-store.ts'
import type { Standing } from '../state.ts'
import {
  type Codec,
  choice,
  count,
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

export const tableRecord = shape<TableMemory>({
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
const checkMemory = shape<CheckMemory>({ dueSince: time, lastSuccess: nullable(time) })

export const serverRecord = shape<ServerMemory>({
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
  checks: partial(
    Object.fromEntries(CHECK_NAMES.map((name) => [name, checkMemory])) as Record<
      CheckName,
      Codec<CheckMemory>
    >,
  ),
})

export const differencesRecord = shape<LinkDifferences>({
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

export type SetHead = Pick<SetMemory, 'name' | 'passStartedAt' | 'comparedAs'>
export const setRecord = shape<SetHead>({
  name: text,
  passStartedAt: nullable(time),
  comparedAs: text,
})

/** Only bounds that are sure to be read again: without them the whole table is looked at. */
export function storable(memory: TableMemory): TableMemory {
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
