/** Series of single tables, as many as `table_detail` and `max_tables_per_set` allow. */
import { DIFFERENCE_KINDS, VERDICTS } from '../../domain.ts'
import type { SetReport, TableReport, TableStanding } from '../../report.ts'
import { countedBy, tableVerdict } from '../judge.ts'
import { type Labels, labels, type Samples, withLabels } from './encode.ts'
import { SLICE } from './slice.ts'

/** One table on one examined server, however many channels carry it: it has one set of series. */
interface Entry {
  readonly server: string
  readonly schema: string
  readonly table: string
  /** The worst of its channels; null when only its definition is known to differ. */
  readonly report: TableReport | null
  readonly schemaDifferences: number
}

type At = Labels<'replication_set' | 'server' | 'schema' | 'table'>

/** Yields between slices, so that a set with very many tables holds nobody up. */
export function* addTables(samples: Samples, set: SetReport): Generator<void> {
  const entries = [...entriesOf(set).values()]
  yield
  const omissionOf = omissions(set, entries)
  yield
  const omitted = new Map(examinedServers(set).map((server) => [server, { detail: 0, limit: 0 }]))
  const counts: Counts = new Map()
  for (const [index, entry] of entries.entries()) {
    if (index % SLICE === SLICE - 1) yield
    const omission = omissionOf(entry)
    if (omission === null) {
      addEntry(samples, atOf(set, entry), entry)
      collectCounts(counts, entry)
      continue
    }
    const tally = omitted.get(entry.server)
    if (tally) tally[omission]++
  }
  yield* addCounts(samples, set, counts)
  for (const [server, { detail, limit }] of omitted) {
    const at = labels({ replication_set: set.name, server })
    samples.add('tables_omitted', withLabels(at, { reason: 'detail' }), detail)
    samples.add('tables_omitted', withLabels(at, { reason: 'limit' }), limit)
  }
}

function atOf(
  set: SetReport,
  { server, schema, table }: Omit<Entry, 'report' | 'schemaDifferences'>,
): At {
  return labels({ replication_set: set.name, server, schema, table })
}

/** The ends of links whose tables are compared, before the first table of them is known too. */
export function examinedServers(set: SetReport): string[] {
  const withChecks = set.servers.filter(({ checks }) => checks.row_count || checks.checksum)
  const withDifferences = set.schemaDifferences.map((difference) => difference.server)
  const withTables = set.tables.map((table) => table.server)
  return [...new Set([...withChecks.map(({ name }) => name), ...withTables, ...withDifferences])]
}

function keyOf(...names: readonly string[]): string {
  return names.join('\0')
}

/** Skipped tables have no series and are not omitted either: `tables_skipped` counts them. */
function entriesOf(set: SetReport): Map<string, Entry> {
  const entries = new Map<string, Entry>()
  for (const report of set.tables) {
    if (rank(report) === rank(null)) continue
    const { server, schema, table } = report
    const key = keyOf(server, schema, table)
    const known = entries.get(key)
    if (known === undefined || rank(report) < rank(known.report)) {
      entries.set(key, { server, schema, table, report, schemaDifferences: 0 })
    }
  }
  for (const { server, schema, table } of set.schemaDifferences) {
    if (table === null) continue
    const key = keyOf(server, schema, table)
    const entry = entries.get(key) ?? { server, schema, table, report: null, schemaDifferences: 0 }
    entries.set(key, { ...entry, schemaDifferences: entry.schemaDifferences + 1 })
  }
  return entries
}

/** Place among the verdicts, worst first; a table without a report counts as skipped. */
function rank(report: TableReport | null): number {
  return VERDICTS.indexOf(report === null ? 'skipped' : tableVerdict(report).verdict)
}

const DRIFTED = VERDICTS.indexOf('drifted')
const MISSING = VERDICTS.indexOf('missing')

/** Drifted first, then what else has a finding, then the rest; within each by name, which is stable. */
function priority({ report, schemaDifferences }: Entry): number {
  const place = rank(report)
  if (place === DRIFTED) return 0
  return place === MISSING || schemaDifferences > 0 ? 1 : 2
}

const QUIET = 2

/** Which entries have no series, and why. The limit counts tables, not tables times servers. */
function omissions(
  set: SetReport,
  entries: readonly Entry[],
): (entry: Entry) => 'detail' | 'limit' | null {
  const isDetailed = (entry: Entry) =>
    set.tableDetail === 'all' || (set.tableDetail === 'drifted' && priority(entry) < QUIET)
  const priorities = new Map<string, number>()
  for (const entry of entries.filter(isDetailed)) {
    const name = keyOf(entry.schema, entry.table)
    priorities.set(name, Math.min(priority(entry), priorities.get(name) ?? QUIET))
  }
  const isLimited = priorities.size > set.maxTablesPerSet
  const shown = isLimited ? new Set(firstOf(priorities, set.maxTablesPerSet)) : priorities
  return (entry) => {
    if (!isDetailed(entry)) return 'detail'
    return shown.has(keyOf(entry.schema, entry.table)) ? null : 'limit'
  }
}

function firstOf(priorities: ReadonlyMap<string, number>, limit: number): string[] {
  return [...priorities]
    .sort(([a, first], [b, second]) => first - second || (a < b ? -1 : 1))
    .slice(0, limit)
    .map(([name]) => name)
}

function addEntry(samples: Samples, at: At, { report, schemaDifferences }: Entry): void {
  if (schemaDifferences > 0) samples.add('table_schema_differences', at, schemaDifferences)
  if (report === null) return
  const rows = countedBy(report)?.rows ?? null
  samples.addKnown('table_rows_difference', at, rows && rows.replica - rows.source)
  const { checksum } = report.standings
  if (checksum === undefined) return
  const wasCompared = checksum.verifiedAt !== null || COMPARED.includes(checksum.verdict)
  if (wasCompared) samples.add('table_drifted', at, checksum.verdict === 'drifted')
  if (checksum.verdict === 'drifted') {
    samples.addTime('table_drifted_since_timestamp_seconds', at, checksum.since)
  }
  if (checksum.verifiedAt !== null) {
    samples.addTime('table_last_verified_timestamp_seconds', at, checksum.verifiedAt)
  }
  if (checksum.verdict !== 'same') addChunks(samples, at, checksum)
}

const COMPARED: readonly string[] = ['drifted', 'suspect', 'same']

function addChunks(samples: Samples, at: At, checksum: TableStanding): void {
  if (checksum.chunks > 0) {
    samples.add('table_chunks', at, checksum.chunks)
    samples.add('table_chunks_drifted', at, checksum.chunksDrifted)
  }
  if (checksum.rowsDrifted === null) return
  for (const kind of DIFFERENCE_KINDS) {
    samples.add('table_rows_drifted', withLabels(at, { kind }), checksum.rowsDrifted[kind])
  }
}

/** The last count of each table on each server: a source has one series however many replicas count it. */
type Counts = Map<
  string,
  { server: string; schema: string; table: string; rows: bigint; at: number }
>

function collectCounts(counts: Counts, { report }: Entry): void {
  const standing = report && countedBy(report)
  if (!report || !standing?.rows) return
  const { schema, table, server, source } = report
  const at = standing.verifiedAt?.getTime() ?? 0
  const offer = (end: string, rows: bigint) => {
    const key = keyOf(end, schema, table)
    const known = counts.get(key)
    if (known && known.at >= at) return
    counts.set(key, { server: end, schema, table, rows, at })
  }
  offer(server, standing.rows.replica)
  if (source !== null) offer(source, standing.rows.source)
}

function* addCounts(samples: Samples, set: SetReport, counts: Counts): Generator<void> {
  let index = 0
  for (const count of counts.values()) {
    if (++index % SLICE === 0) yield
    samples.add('table_rows', atOf(set, count), count.rows)
  }
}
