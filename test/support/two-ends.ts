/** Tables on the two ends of a link, for tests of what is read and not of replication. */
import { afterAll, beforeAll } from 'vitest'
import type { LabServer } from '../../src/lab/server.ts'
import { readDefinition, type TableDefinition } from '../../src/mysql/definition.ts'
import type { Vendor } from '../../src/mysql/flavor.ts'
import { type Session, text } from '../../src/mysql/query.ts'
import type { OwnedSession } from '../../src/mysql/session.ts'
import { quoteTable } from '../../src/mysql/sql.ts'
import { openAsExporter } from './as-exporter.ts'
import { useCluster } from './cluster.ts'
import type { Charset } from './column-types.ts'

/** One server per flavor; the two ends of a link are two schemas, so that both flavors can meet as well. */
export const ENDS = { source: 'source_end', replica: 'replica_end' } as const
export type End = keyof typeof ENDS

export const servers: Readonly<Record<Vendor, () => LabServer>> = {
  mysql: useServer('mysql'),
  mariadb: useServer('mariadb'),
}

function useServer(flavor: Vendor): () => LabServer {
  const cluster = useCluster(flavor, [{ name: 'db1' }])
  beforeAll(async () => {
    for (const schema of Object.values(ENDS)) {
      await cluster().server('db1').exec(`CREATE DATABASE ${schema}`)
    }
  })
  return () => cluster().server('db1')
}

const open = new Set<OwnedSession>()
afterAll(() => Promise.all([...open].map((session) => session.close())))

/** As the exporter connects; `fresh` to see server defaults that were changed meanwhile. */
export const sessionOn = (() => {
  const kept = new Map<Vendor, OwnedSession>()
  return (flavor: Vendor, fresh = false): OwnedSession => {
    const known = kept.get(flavor)
    if (known !== undefined && !fresh) return known
    const session = openAsExporter(servers[flavor]())
    open.add(session)
    kept.set(flavor, session)
    return session
  }
})()

export interface Content {
  /** What stands between CREATE TABLE name and the end. */
  readonly create: string
  /** A tuple per row. */
  readonly rows: readonly string[]
}

/** In one transaction with sql_mode='': invalid dates and labels are values, too. */
export async function fill(flavor: Vendor, end: End, { create, rows }: Content, name = 't') {
  const table = quoteTable(ENDS[end], name)
  await servers[flavor]().session(async (root) => {
    await root.query("SET NAMES utf8mb4, SESSION sql_mode='', time_zone='+00:00'")
    await root.query(`DROP TABLE IF EXISTS ${table}`)
    await root.query(`CREATE TABLE ${table} ${create}`)
    for (let i = 0; i < rows.length; i += 500) {
      await root.query(`INSERT INTO ${table} VALUES ${rows.slice(i, i + 500).join(', ')}`)
    }
  })
}

export async function definitionOn(
  session: Session,
  end: End,
  name = 't',
): Promise<TableDefinition> {
  const definition = await readDefinition(session, ENDS[end], name)
  if (definition === null) throw new Error(`no table ${ENDS[end]}.${name}`)
  return definition
}

export interface Pair {
  readonly source: Vendor
  readonly replica: Vendor
}

export async function withGlobals(
  pair: Pair,
  globals: Readonly<Record<string, string>>,
  work: () => Promise<void>,
) {
  const flavors = [...new Set([pair.source, pair.replica])]
  const set = async (flavor: Vendor, values: Readonly<Record<string, string>>) => {
    for (const [name, value] of Object.entries(values)) {
      await servers[flavor]().exec(`SET GLOBAL ${name} = ${value}`)
    }
    sessionOn(flavor, true)
  }
  const before = new Map<Vendor, Record<string, string>>()
  for (const flavor of flavors) {
    const old: Record<string, string> = {}
    for (const name of Object.keys(globals)) {
      const value = await servers[flavor]().value(`SELECT @@global.${name}`)
      old[name] = /^\d+$/.test(value ?? '') ? String(value) : `'${value}'`
    }
    before.set(flavor, old)
    await set(flavor, globals)
  }
  try {
    await work()
  } finally {
    for (const flavor of flavors) await set(flavor, before.get(flavor) ?? {})
  }
}

export function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i)
}

/** All that a server has, and the collations of each. */
export async function charsetsOf(session: Session): Promise<Charset[]> {
  const rows = await session.query(
    `SELECT CHARACTER_SET_NAME AS charset_name, COLLATION_NAME AS collation_name
     FROM information_schema.COLLATION_CHARACTER_SET_APPLICABILITY ORDER BY 1, 2`,
  )
  const charsets = Map.groupBy(rows, (row) => text(row, 'charset_name'))
  return [...charsets].map(([name, own]) => ({
    name,
    collations: own.map((row) => text(row, 'collation_name')),
  }))
}
