/**
 * What a digest promises, on tables made by chance: it changes with every change, and with nothing else.
 *
 * Each table holds many versions of its rows, which differ from the first by one change. All of them are
 * digested by one statement; two digests must be equal if and only if the rows are, to the byte. The same goes
 * for the hash of a row and of a value.
 */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RootSession } from '../../src/lab/sql.ts'
import type { Flavor, Vendor } from '../../src/mysql/flavor.ts'
import type { Session } from '../../src/mysql/query.ts'
import { columnTypes } from '../support/column-types.ts'
import {
  changeSql,
  createSql,
  insertSql,
  type RandomTable,
  randomTable,
} from '../support/random-table.ts'
import { runs, SEED } from '../support/seed.ts'
import {
  contradiction,
  NO_ROWS,
  planFor,
  readDigest,
  readDigests,
  readRows,
  reportOf,
} from '../support/table-reading.ts'
import {
  charsetsOf,
  definitionOn,
  ENDS,
  servers,
  sessionOn,
  withGlobals,
} from '../support/two-ends.ts'

const NAME = `${ENDS.source}.t`
const VENDORS: readonly Vendor[] = ['mysql', 'mariadb']
const ROOT_SETTINGS = "SET NAMES utf8mb4, SESSION sql_mode='', time_zone='+00:00', sql_log_bin=0"
/** Against a hang. */
const LIMIT_MS = 3_600_000

/** Ends with which a table is compared: their choice of hash is put to the test on this server. */
const COMPANIES: Readonly<Record<string, (own: Flavor) => Flavor[]>> = {
  'its own kind': (own) => [own, own],
  'both flavors': () => [
    { vendor: 'mysql', version: [9, 7, 0] },
    { vendor: 'mariadb', version: [10, 11, 0] },
  ],
  'an older server': ({ vendor, version }) => [
    { vendor, version },
    { vendor, version: vendor === 'mysql' ? [5, 7, 44] : [10, 6, 20] },
  ],
}

/** What may be done to a table without changing a value. */
const NOTHINGS: Readonly<Record<string, (table: RandomTable) => string[]>> = {
  'rebuilding it': () => [`ALTER TABLE ${NAME} FORCE`],
  OPTIMIZE: () => [`OPTIMIZE TABLE ${NAME}`],
  'another row format': () => [`ALTER TABLE ${NAME} ROW_FORMAT=REDUNDANT`],
  'a further index': () => [`ALTER TABLE ${NAME} ADD KEY (place, version)`],
  'an AUTO_INCREMENT counter': () => [
    `ALTER TABLE ${NAME} ADD counter INT NOT NULL AUTO_INCREMENT UNIQUE`,
    `ALTER TABLE ${NAME} AUTO_INCREMENT = 5000`,
  ],
  'another engine': () => [`ALTER TABLE ${NAME} ENGINE=MyISAM`],
  // No geometry may be in a partitioned table.
  partitioning: ({ columns }) =>
    columns.some(({ type }) => type.exact('c').includes('ST_SRID'))
      ? []
      : [`ALTER TABLE ${NAME} PARTITION BY HASH (version) PARTITIONS 3`],
  'an UPDATE to the same values': ({ columns }) => {
    const same = columns.flatMap(({ name, isGenerated }) =>
      isGenerated ? [] : `${name} = ${name}`,
    )
    return [`UPDATE ${NAME} SET ${['place = place', ...same].join(', ')}`]
  },
  'deleting all rows and inserting them again, last first': (table) => {
    const versions = table.versions.map(({ change, rows }) => ({ change, rows: rows.toReversed() }))
    return [`DELETE FROM ${NAME}`, insertSql({ ...table, versions }, NAME)]
  },
}

interface Server {
  readonly root: RootSession
  readonly session: Session
  /** The same, but connected when every default was set that could change how values look. */
  readonly odd: Session
}

async function make(table: RandomTable, root: RootSession): Promise<void> {
  await root.query(`DROP TABLE IF EXISTS ${NAME}; ${createSql(table, NAME)}`)
  await root.query(insertSql(table, NAME))
}

const isReal = (name: string) => /^(FLOAT|DOUBLE)$/.test(name)

/** MariaDB has no -0, so that it is 0 where both flavors meet. */
function withoutMinusZero(table: RandomTable): RandomTable {
  const columns = table.columns.map((column) => {
    const { type } = column
    if (!isReal(type.name)) return column
    return { ...column, type: { ...type, exact: (name: string) => type.exact(`(${name} + 0e0)`) } }
  })
  return { ...table, columns }
}

/** @param seen names of types of which two different values were told apart. */
async function check(
  made: RandomTable,
  { root, session, odd }: Server,
  company: string,
  nothing: string,
  seen: Set<string>,
): Promise<void> {
  await make(made, root)
  const table = company === 'both flavors' ? withoutMinusZero(made) : made
  const definition = await definitionOn(session, 'source')
  const flavors = COMPANIES[company]?.(await session.flavor()) ?? []
  const plan = planFor(table, definition, [definition], flavors)
  const fail = (what: string | null) => {
    if (what !== null) throw new Error(`${what}\n${reportOf(table, plan)}`)
  }
  // How JSON is printed may change with the server; nothing else is left out.
  const json = definition.columns.filter(({ dataType }) => dataType === 'json')
  const left = company === 'its own kind' ? [] : json
  expect(plan.notComparable).toEqual(left.map(({ name }) => ({ name, reason: 'cross_version' })))
  const places = table.keyed ? 1 : 0
  expect(plan.columnHashes).toHaveLength(table.columns.length + places - left.length)

  const rows = await readRows(session, definition, table, plan)
  for (const [c, { name }] of plan.columnHashes.entries()) {
    const values = rows.flatMap((row) => row.values[c] ?? [])
    fail(contradiction(values))
    const column = table.columns.find((each) => each.name === name)
    if (new Set(values.map(({ hash }) => hash)).size > 1) seen.add(column?.type.name ?? name)
  }
  fail(contradiction(rows))

  const digests = await readDigests(session, definition, plan)
  const contents = table.versions.map(({ change }, version) => {
    const exact = rows.flatMap((row) => (row.version === version ? row.exact : [])).toSorted()
    const what = `version ${version} (${change})`
    return { version, what, exact: exact.join('\n    '), hash: digests.get(version) ?? NO_ROWS }
  })
  for (const { what, hash } of contents) if (!hash.endsWith(' 0')) fail(`${what}: ${hash}`)
  fail(contradiction(contents))

  const expectSame = (how: string, after: Map<number, string>) => {
    for (const { version, what, hash } of contents) {
      const now = after.get(version) ?? NO_ROWS
      if (now !== hash) fail(`${what} had ${hash}, and ${now} after ${how}`)
    }
  }
  expectSame('connecting with other defaults', await readDigests(odd, definition, plan))
  const statements = NOTHINGS[nothing]?.(table) ?? []
  for (const sql of statements) await root.query(sql)
  if (statements.length > 0) expectSame(nothing, await readDigests(session, definition, plan))

  // Not by how it came about: the first version is changed into the last.
  const last = table.versions.length - 1
  for (const sql of changeSql(table, last, NAME)) await root.query(sql)
  const now = await readDigest(session, definition, plan, 0)
  const then = contents[last]?.hash
  if (now !== then) fail(`version ${last} had ${then}, and ${now} when it was made of the first`)
}

const ODD_MODES: Readonly<Record<Vendor, string>> = {
  mysql: "'ANSI_QUOTES,NO_BACKSLASH_ESCAPES,PAD_CHAR_TO_FULL_LENGTH,REAL_AS_FLOAT'",
  mariadb: "'ORACLE,PAD_CHAR_TO_FULL_LENGTH,TIME_ROUND_FRACTIONAL'",
}

async function oddSessionOn(vendor: Vendor): Promise<Session> {
  const globals = {
    time_zone: "'+05:30'",
    sql_mode: ODD_MODES[vendor],
    character_set_server: 'latin1',
    div_precision_increment: '0',
    autocommit: '0',
  }
  const odd = Promise.withResolvers<Session>()
  await withGlobals({ source: vendor, replica: vendor }, globals, async () => {
    const session = sessionOn(vendor)
    await session.flavor()
    odd.resolve(session)
  })
  return await odd.promise
}

describe(`by chance (PROPERTY_SEED=${SEED})`, () => {
  test.concurrent.for(VENDORS)(
    'every change of a row changes the digest, and nothing else does, on %s',
    { timeout: LIMIT_MS },
    async (vendor) => {
      const odd = await oddSessionOn(vendor)
      const session = sessionOn(vendor)
      const types = columnTypes(vendor, await charsetsOf(session))
      const seen = new Set<string>()
      await servers[vendor]().session(async (root) => {
        await root.query(ROOT_SETTINGS)
        const property = fc.asyncProperty(
          randomTable(types),
          fc.constantFrom(...Object.keys(COMPANIES)),
          fc.constantFrom(...Object.keys(NOTHINGS)),
          (table, company, nothing) => check(table, { root, session, odd }, company, nothing, seen),
        )
        await fc.assert(property, { seed: SEED, numRuns: runs(500) })
      })
      expect(types.map(({ name }) => name).filter((name) => !seen.has(name))).toEqual([])
    },
  )

  test('the same rows have the same digest on both flavors, and others do not', {
    timeout: LIMIT_MS,
  }, async () => {
    const [here, there] = [sessionOn('mysql'), sessionOn('mariadb')]
    const flavors = [await here.flavor(), await there.flavor()]
    const theirs = await charsetsOf(there)
    const charsets = (await charsetsOf(here)).flatMap(({ name, collations }) => {
      const other = theirs.find((each) => each.name === name)?.collations ?? []
      const both = collations.filter((each) => other.includes(each))
      return both.length === 0 ? [] : [{ name, collations: both }]
    })
    // MySQL swaps the coordinates of some geometries when it reads them, and JSON is not compared.
    const isCompared = (name: string) => name !== 'JSON' && !/POINT|LINE|POLYGON|GEOM/.test(name)
    const names = new Set(columnTypes('mariadb', charsets).map(({ name }) => name))
    const types = columnTypes('mysql', charsets)
      .filter(({ name }) => names.has(name) && isCompared(name))
      .map((type) => (isReal(type.name) ? { ...type, exact: bitsOf } : type))

    await servers.mysql().session(async (mysql) => {
      await servers.mariadb().session(async (mariadb) => {
        await Promise.all([mysql.query(ROOT_SETTINGS), mariadb.query(ROOT_SETTINGS)])
        const property = fc.asyncProperty(randomTable(types), async (table) => {
          await Promise.all([make(table, mysql), make(table, mariadb)])
          const [mine, other] = [
            await definitionOn(here, 'source'),
            await definitionOn(there, 'source'),
          ]
          const plan = planFor(table, mine, [other], flavors)
          expect(plan.notComparable).toEqual([])
          const rows = await readRows(here, mine, table, plan)
          for (const [i, row] of (await readRows(there, other, table, plan)).entries()) {
            const same = rows[i]
            const pairs = [
              [row, same] as const,
              ...row.values.map((value, c) => [value, same?.values[c]] as const),
            ]
            for (const [a, b] of pairs) {
              const what = b === undefined ? 'one row less on MySQL' : contradiction([a, b])
              if (what !== null) throw new Error(`${what}\n${reportOf(table, plan)}`)
            }
          }
        })
        await fc.assert(property, { seed: SEED, numRuns: runs(100) })
      })
    })
  })
})

/** Only bits print alike on both. */
function bitsOf(column: string): string {
  return `HEX(POINT(${column} + 0e0, 0))`
}
