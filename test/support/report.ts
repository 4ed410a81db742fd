/** The `check` object as design section 6 writes it, and how tests find things in it. */

export interface CheckReport {
  readonly format: number
  readonly generated_at: string
  readonly replication_sets: readonly SetObject[]
}

export interface SetObject {
  readonly name: string
  readonly verdict: string
  readonly servers: readonly ServerObject[]
  readonly tables: readonly TableObject[]
  readonly schema_differences: readonly DifferenceObject[]
  readonly variables: readonly {
    readonly server: string
    readonly variable: string
    readonly name: string
    readonly kind: 'dangerous' | 'difference'
    readonly value: string
    readonly source: string | null
    readonly source_server: string | null
    readonly why: string
  }[]
  readonly schema_unknown: readonly {
    readonly server: string
    readonly schema: string | null
    readonly objects: readonly string[]
    readonly name: string | null
    readonly reason: string
  }[]
  readonly privileges: readonly {
    readonly server: string
    readonly excess: readonly string[]
    readonly missing: readonly string[]
  }[]
}

export interface ServerObject {
  readonly name: string
  readonly up: boolean
  readonly role: string
  readonly flavor: string | null
  readonly version: string | null
  readonly read_only: boolean | null
  readonly gtid: {
    readonly missing: string | null
    readonly errant: string | null
    readonly errant_set: string | null
    readonly errant_exact: boolean | null
    readonly errant_transactions:
      | readonly {
          readonly gtid: string
          readonly tables: readonly string[]
          readonly statements: readonly string[]
          readonly at: { readonly after: string | null; readonly before: string | null }
          readonly binlog: { readonly file: string; readonly position: string }
        }[]
      | null
    readonly unrecoverable: string | null
  }
  readonly heartbeat: string | null
  readonly channels: readonly {
    readonly name: string
    readonly source: string | null
    readonly io: string
    readonly sql: string
    readonly error: number
    readonly workers_failed: number | null
    readonly lag_seconds: number | null
    readonly delay_seconds: number
    readonly missing: string | null
    readonly receive_gap: string | null
  }[]
}

export interface TableObject {
  readonly schema: string
  readonly table: string
  readonly server: string
  readonly source: string | null
  readonly channel: string
  readonly verdict: string
  readonly reason: string | null
  readonly rows: { readonly source: string | null; readonly replica: string | null }
  readonly chunks: number
  readonly chunks_drifted: number
  readonly rows_drifted: {
    readonly missing: string | null
    readonly extra: string | null
    readonly changed: string | null
  }
  readonly counted: boolean
  readonly causes: readonly {
    readonly object: string
    readonly name: string
    readonly differs: readonly string[]
    readonly source: string | null
    readonly replica: string | null
  }[]
  readonly since: string
  readonly verified_at: string | null
}

export interface DifferenceObject {
  readonly server: string
  readonly schema: string
  readonly object: string
  readonly name: string
  readonly kind: string
  readonly severity: string
  readonly source: string | null
  readonly replica: string | null
}

/** The set of that name, or the only one. */
export function setIn(report: CheckReport, name?: string): SetObject {
  const found = report.replication_sets.find((set) => name === undefined || set.name === name)
  if (found === undefined) throw new Error(`no set ${name} in ${JSON.stringify(report)}`)
  return found
}

/** `db2 shop orders.v: column missing`, sorted. */
export function differencesIn(report: CheckReport): string[] {
  return setIn(report)
    .schema_differences.map(
      ({ server, schema, name, object, kind }) => `${server} ${schema} ${name}: ${object} ${kind}`,
    )
    .sort()
}

export function serverIn(report: CheckReport, name: string): ServerObject {
  const found = setIn(report).servers.find((server) => server.name === name)
  if (found === undefined) throw new Error(`no server ${name} in ${JSON.stringify(report)}`)
  return found
}

/** `schema.table` as examined on `server`. */
export function tableIn(report: CheckReport, server: string, name: string): TableObject {
  const { tables } = setIn(report)
  const found = tables.find(
    (table) => table.server === server && `${table.schema}.${table.table}` === name,
  )
  if (found !== undefined) return found
  const names = tables.map((table) => `${table.schema}.${table.table} on ${table.server}`)
  throw new Error(`no ${name} on ${server}: there are ${names.join(', ')}`)
}

/** `db2 shop.orders: drifted` of every table that is not the same, sorted: easy to read in a diff. */
export function notTheSame(report: CheckReport): string[] {
  return setIn(report)
    .tables.filter(({ verdict }) => verdict !== 'same')
    .map(({ server, schema, table, verdict, reason }) =>
      [`${server} ${schema}.${table}: ${verdict}`, ...(reason === null ? [] : [reason])].join(' '),
    )
    .sort()
}
