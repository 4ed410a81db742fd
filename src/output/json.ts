/** The `check` object: what `check --output=json` prints and `/api/v1` serves. Format 1 is a contract. */
import type {
  Cause,
  ErrantTransaction,
  Report,
  ServerReport,
  SetReport,
  TableReport,
  VariableFinding,
} from '../report.ts'
import { isoSeconds } from './format.ts'
import {
  countedBy,
  excessPrivileges,
  type RequestedChecks,
  setVerdict,
  stateOf,
  tableVerdict,
} from './judge.ts'

/** Every count of rows or transactions is a decimal string: it may exceed what a JSON number holds. */
export function checkObject(report: Report, requested: RequestedChecks = null) {
  return {
    format: 1,
    generated_at: isoSeconds(report.generatedAt),
    replication_sets: report.sets.map((set) => setObject(set, requested)),
  }
}

/** `/api/v1/sets/NAME/tables` */
export function tablesObject(report: Report, set: SetReport, requested: RequestedChecks = null) {
  return {
    format: 1,
    generated_at: isoSeconds(report.generatedAt),
    tables: set.tables.map((table) => tableObject(table, requested)),
  }
}

/** For people who read it too: indented, with a newline at the end. */
export function renderJson(report: Report, requested: RequestedChecks = null): string {
  return `${JSON.stringify(checkObject(report, requested), null, 2)}\n`
}

function setObject(set: SetReport, requested: RequestedChecks) {
  return {
    name: set.name,
    verdict: setVerdict(set, requested),
    servers: set.servers.map(serverObject),
    tables: set.tables.map((table) => tableObject(table, requested)),
    schema_differences: set.schemaDifferences.map((difference) => ({
      server: difference.server,
      schema: difference.schema,
      object: difference.object,
      name: difference.name,
      kind: difference.kind,
      severity: difference.severity,
      source: difference.source,
      replica: difference.replica,
    })),
    schema_unknown: set.schemaUnknown.map(({ server, schema, objects, name, reason }) => ({
      server,
      schema,
      objects,
      name,
      reason,
    })),
    variables: set.variableFindings.map(variableObject),
    privileges: set.servers.map(privilegesObject).filter(isRemarkable),
    conflicts: [],
    consumers: [],
  }
}

/** `source`: of a difference, what the source has. */
function variableObject({ server, variable, name, kind, value, source, why }: VariableFinding) {
  return {
    server,
    variable,
    name,
    kind,
    value,
    source: source?.value ?? null,
    source_server: source?.server ?? null,
    why,
  }
}

function privilegesObject(server: ServerReport) {
  const excess = excessPrivileges(server)
  return { server: server.name, excess, missing: server.privileges?.missing ?? [] }
}

function isRemarkable({ excess, missing }: ReturnType<typeof privilegesObject>): boolean {
  return excess.length > 0 || missing.length > 0
}

function serverObject(server: ServerReport) {
  const { readOnly, gtid, heartbeat, channels } = stateOf(server)
  return {
    name: server.name,
    up: server.up,
    role: server.role,
    flavor: server.flavor,
    version: server.version,
    read_only: readOnly,
    gtid: {
      missing: sum(channels?.map((channel) => channel.missing) ?? []),
      errant: decimal(gtid?.errant),
      errant_set: gtid?.errantSet ?? null,
      errant_exact: gtid?.errantExact ?? null,
      errant_transactions: gtid?.errantTransactions?.map(errantObject) ?? null,
      unrecoverable: sum(channels?.map((channel) => channel.unrecoverable) ?? []),
    },
    heartbeat: moment(heartbeat),
    channels: (channels ?? []).map((channel) => ({
      name: channel.name,
      source: channel.source,
      io: channel.io,
      sql: channel.sql,
      error: channel.sqlErrorNumber === 0 ? channel.ioErrorNumber : channel.sqlErrorNumber,
      workers_failed: channel.workersFailed,
      lag_seconds: channel.lagSeconds,
      delay_seconds: channel.delaySeconds,
      missing: decimal(channel.missing),
      receive_gap: decimal(channel.receiveGap),
    })),
  }
}

function errantObject({ gtid, tables, statements, place, ...written }: ErrantTransaction) {
  return {
    gtid,
    tables,
    statements,
    at: { after: moment(written.writtenAfter), before: moment(written.writtenBefore) },
    binlog: { file: place.file, position: place.offset.toString() },
  }
}

function tableObject(table: TableReport, requested: RequestedChecks) {
  const { verdict, reason, since, verifiedAt, causes } = tableVerdict(table, requested)
  const standing = table.standings.checksum ?? table.standings.row_count
  const rows = countedBy(table)?.rows
  const rowsDrifted =
    verdict === 'same' ? { missing: 0n, extra: 0n, changed: 0n } : standing?.rowsDrifted
  return {
    schema: table.schema,
    table: table.table,
    server: table.server,
    source: table.source,
    channel: table.channel,
    verdict,
    reason,
    rows: { source: decimal(rows?.source), replica: decimal(rows?.replica) },
    chunks: standing?.chunks ?? 0,
    chunks_drifted: standing?.chunksDrifted ?? 0,
    rows_drifted: {
      missing: decimal(rowsDrifted?.missing),
      extra: decimal(rowsDrifted?.extra),
      changed: decimal(rowsDrifted?.changed),
    },
    counted: standing?.counted ?? false,
    causes: causes.map(causeObject),
    since: isoSeconds(since),
    verified_at: moment(verifiedAt),
  }
}

/** The same for `diff`. */
export function causeObject({ object, name, differs, source, replica }: Cause) {
  return { object, name, differs, source, replica }
}

function moment(time: Date | null): string | null {
  return time === null ? null : isoSeconds(time)
}

function decimal(count: bigint | null | undefined): string | null {
  return count?.toString() ?? null
}

/** Unknown as soon as one of them is, or when there are none. */
function sum(counts: readonly (bigint | null)[]): string | null {
  const [first = null, ...rest] = counts
  return decimal(rest.reduce((a, b) => (a === null || b === null ? null : a + b), first))
}
