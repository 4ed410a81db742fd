/** Series that count tables: by verdict, by reason, and how old the oldest answer is. */
import {
  DIFFERENCE_KINDS,
  type Reason,
  SCHEMA_OBJECTS,
  SEVERITIES,
  SKIPPED_REASONS,
  TABLE_CHECKS,
  type TableCheck,
  UNKNOWN_REASONS,
  VERDICTS,
  type Verdict,
} from '../../domain.ts'
import type { SetReport, TableReport, TableStanding } from '../../report.ts'
import { type Labels, labels, type Samples, withLabels } from './encode.ts'
import { SLICE } from './slice.ts'

/** What one check says of the tables examined on one server. */
interface Tally {
  readonly states: Map<Verdict, number>
  readonly reasons: Map<Reason, number>
  readonly unknownSince: Map<Reason, Date>
}

type TallyOf = (server: string, check: TableCheck) => Tally

/** Yields between slices, so that a set with very many tables holds nobody up. */
export function* addCoverage(samples: Samples, set: SetReport): Generator<void> {
  const tallies = new Map<string, Map<TableCheck, Tally>>()
  for (const server of set.servers) {
    for (const check of TABLE_CHECKS) {
      if (server.checks[check]) tallyOf(tallies)(server.name, check)
    }
  }
  const oldest = new Map<string, Date>()
  for (const [index, table] of set.tables.entries()) {
    if (index % SLICE === SLICE - 1) yield
    count(table, tallyOf(tallies))
    age(table, oldest)
  }
  const ofSet = labels({ replication_set: set.name })
  for (const [server, byCheck] of tallies) {
    for (const [check, tally] of byCheck) {
      addTally(samples, withLabels(ofSet, { server, check }), tally)
    }
  }
  for (const [server, verified] of oldest) {
    samples.addTime('oldest_verified_timestamp_seconds', withLabels(ofSet, { server }), verified)
  }
  addSchemaDifferences(samples, set)
}

function tallyOf(tallies: Map<string, Map<TableCheck, Tally>>): TallyOf {
  return (server, check) => {
    const byCheck = tallies.get(server) ?? new Map<TableCheck, Tally>()
    tallies.set(server, byCheck)
    const tally = byCheck.get(check) ?? {
      states: new Map(),
      reasons: new Map(),
      unknownSince: new Map(),
    }
    byCheck.set(check, tally)
    return tally
  }
}

function count(table: TableReport, tally: TallyOf): void {
  const { checksum, row_count: rowCount } = table.standings
  // A table that is not there is so for every check, whichever came by first.
  const missing = [checksum, rowCount].find((standing) => standing?.verdict === 'missing')
  for (const check of TABLE_CHECKS) {
    const own = table.standings[check]
    if (own !== undefined) countStanding(missing ?? own, tally(table.server, check))
  }
}

function countStanding({ verdict, reason, since }: TableStanding, tally: Tally): void {
  tally.states.set(verdict, (tally.states.get(verdict) ?? 0) + 1)
  if (reason === null) return
  tally.reasons.set(reason, (tally.reasons.get(reason) ?? 0) + 1)
  if (verdict !== 'unknown') return
  const oldest = tally.unknownSince.get(reason)
  if (oldest === undefined || since < oldest) tally.unknownSince.set(reason, since)
}

function age(table: TableReport, oldest: Map<string, Date>): void {
  const { checksum } = table.standings
  if (checksum === undefined || checksum.verdict === 'skipped') return
  // What one end lacks is looked for in each pass, and its own alert says so.
  if (checksum.verdict === 'missing') return
  const verified = checksum.verifiedAt ?? table.firstSeen
  const before = oldest.get(table.server)
  if (before === undefined || verified < before) oldest.set(table.server, verified)
}

function addTally(
  samples: Samples,
  at: Labels<'replication_set' | 'server' | 'check'>,
  tally: Tally,
): void {
  for (const state of VERDICTS) {
    samples.add('tables', withLabels(at, { state }), tally.states.get(state) ?? 0)
  }
  for (const reason of UNKNOWN_REASONS) {
    const ofReason = withLabels(at, { reason })
    samples.add('tables_unknown', ofReason, tally.reasons.get(reason) ?? 0)
    const since = tally.unknownSince.get(reason)
    if (since) samples.addTime('oldest_unknown_since_timestamp_seconds', ofReason, since)
  }
  for (const reason of SKIPPED_REASONS) {
    samples.add('tables_skipped', withLabels(at, { reason }), tally.reasons.get(reason) ?? 0)
  }
}

/**
 * All combinations once a server's definitions were read, so that a first difference is a rise from 0. What cannot be
 * compared there is not said to be 0.
 */
function addSchemaDifferences(samples: Samples, set: SetReport): void {
  const ofSet = labels({ replication_set: set.name })
  const counts = new Map<string, number>()
  for (const difference of set.schemaDifferences) {
    const { server, object, kind, severity } = difference
    const at = withLabels(ofSet, { server, object, kind, severity })
    counts.set(at, (counts.get(at) ?? 0) + 1)
  }
  const unseen = new Set(
    set.schemaUnknown
      .filter(({ name }) => name === null)
      .flatMap(({ server, objects }) => objects.map((object) => `${server} ${object}`)),
  )
  const servers = new Set([
    ...set.schemaRead,
    ...set.schemaDifferences.map((difference) => difference.server),
  ])
  for (const server of servers) {
    for (const object of SCHEMA_OBJECTS) {
      for (const kind of DIFFERENCE_KINDS) {
        for (const severity of SEVERITIES) {
          const at = withLabels(ofSet, { server, object, kind, severity })
          const count = counts.get(at) ?? 0
          if (count > 0 || !unseen.has(`${server} ${object}`)) {
            samples.add('schema_differences', at, count)
          }
        }
      }
    }
  }
}
