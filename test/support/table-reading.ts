/** What the product reads of a random table, beside what the table holds to the byte. */

import type { TableDefinition } from '../../src/mysql/definition.ts'
import { type DigestPlan, digestPlan } from '../../src/mysql/digest.ts'
import type { Flavor } from '../../src/mysql/flavor.ts'
import type { Row, Session } from '../../src/mysql/query.ts'
import { EVERYTHING, selectSql } from '../../src/mysql/range.ts'
import { createSql, type RandomTable } from './random-table.ts'

export interface Reading {
  readonly what: string
  /** By the types' own exact forms. */
  readonly exact: string
  /** What the product makes of it. */
  readonly hash: string
}

export interface RowReading extends Reading {
  readonly version: number
  /** Per compared column. */
  readonly values: readonly Reading[]
}

/** Two readings that are equal by one measure and not by the other. */
export function contradiction(readings: readonly Reading[]): string | null {
  const byExact = new Map<string, Reading>()
  const byHash = new Map<string, Reading>()
  for (const reading of readings) {
    const equal = byExact.get(reading.exact)
    if (equal !== undefined && equal.hash !== reading.hash)
      return told('equal, but hashed differently', equal, reading)
    const alike = byHash.get(reading.hash)
    if (alike !== undefined && alike.exact !== reading.exact)
      return told('different, but hashed alike', alike, reading)
    byExact.set(reading.exact, reading)
    byHash.set(reading.hash, reading)
  }
  return null
}

function told(how: string, ...two: readonly Reading[]): string {
  const lines = two.map(
    ({ what, exact, hash }) => `  ${what}: ${exact.slice(0, 2_000)}\n    hash ${hash}`,
  )
  return [`${how}:`, ...lines].join('\n')
}

/** For the columns that the table compares, as if the ends had these flavors. */
export function planFor(
  { keyed }: RandomTable,
  definition: TableDefinition,
  others: readonly TableDefinition[],
  flavors: readonly Flavor[],
): DigestPlan {
  const compared = ({ columns }: TableDefinition) =>
    columns.filter(({ name }) => name !== 'version' && (keyed || name !== 'place'))
  return digestPlan({ flavors, columns: compared(definition), others: others.map(compared), keyed })
}

const asText = (value: Row[string] | undefined) =>
  value === null || value === undefined ? 'NULL' : Buffer.from(value).toString('latin1')

/** Every row of every version. */
export async function readRows(
  session: Session,
  definition: TableDefinition,
  table: RandomTable,
  plan: DigestPlan,
): Promise<RowReading[]> {
  const names = plan.columnHashes.map(({ name }) => name)
  const exact = names.map((name, c) => {
    const column = table.columns.find((each) => each.name === name)
    return `${column === undefined ? name : column.type.exact(name)} AS x${c}`
  })
  const hashes = plan.columnHashes.map(({ sql }, c) => `${sql} AS h${c}`)
  const list = ['version', 'place', ...exact, `${plan.rowHash} AS hash`, ...hashes].join(', ')
  const rows = await session.query(`${selectSql(definition, EVERYTHING, list)} ORDER BY 1, 2`)
  return rows.map((row) => {
    const what = `version ${asText(row['version'])}, row ${asText(row['place'])}`
    const values = names.map((name, c) => ({
      what: `${name} in ${what}`,
      exact: asText(row[`x${c}`]),
      hash: asText(row[`h${c}`]),
    }))
    const all = `(${values.map((value) => value.exact).join(', ')})`
    return { version: Number(row['version']), what, exact: all, hash: asText(row['hash']), values }
  })
}

/** A version without rows is no group of its own. */
export const NO_ROWS = '0 none 0'

/** Rows, digest and unhashed rows of each version. */
export async function readDigests(
  session: Session,
  definition: TableDefinition,
  plan: DigestPlan,
): Promise<Map<number, string>> {
  const sql = selectSql(definition, EVERYTHING, `version, ${plan.select}`)
  const rows = await session.query(`${sql} GROUP BY version`)
  return new Map(rows.map((row) => [Number(row['version']), digestIn(row)]))
}

/** The same of one version, by the statement that a pass sends. */
export async function readDigest(
  session: Session,
  definition: TableDefinition,
  plan: DigestPlan,
  version: number,
): Promise<string> {
  const where = `version = ${version}`
  const [row] = await session.query(selectSql(definition, EVERYTHING, plan.select, where))
  return row === undefined || asText(row['n']) === '0' ? NO_ROWS : digestIn(row)
}

function digestIn({ n, digest, nulls }: Row): string {
  return [n, digest, nulls].map(asText).join(' ')
}

/** All that is needed to see it again. */
export function reportOf(table: RandomTable, plan: DigestPlan): string {
  const versions = table.versions.map(({ change, rows }, version) => {
    const lines = rows.map(({ place, cells }) => `    ${place}: ${cells.join(', ')}`)
    return [`  version ${version} (${change})`, ...lines].join('\n')
  })
  const columns = plan.columnHashes.map(({ sql }) => sql).join(', ')
  return [createSql(table, 't'), ...versions, plan.select, `${plan.rowHash} AS hash`, columns].join(
    '\n',
  )
}
