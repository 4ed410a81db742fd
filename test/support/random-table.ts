/** Tables made by chance, each holding many versions of its rows that differ by one change. */
import fc from 'fast-check'
import { at, type ColumnType } from './column-types.ts'
import { range } from './two-ends.ts'

export interface RandomColumn {
  readonly name: string
  readonly type: ColumnType
  readonly sql: string
  readonly nullable: boolean
  readonly isInvisible: boolean
  /** Computed by the server. */
  readonly isGenerated: boolean
  /** Of the very same type as the column before. */
  readonly isTwin: boolean
}

export interface RandomRow {
  readonly place: number
  /** SQL per column; of generated ones nothing. */
  readonly cells: readonly string[]
}

export interface Version {
  readonly change: string
  readonly rows: readonly RandomRow[]
}

export interface RandomTable {
  readonly columns: readonly RandomColumn[]
  /** With `version` and `place` as PRIMARY key; else rows may occur twice. */
  readonly keyed: boolean
  /** The first is the base of all others. */
  readonly versions: readonly Version[]
}

const MOST_COLUMNS = 12
const CHANGES = [
  ...[
    'set',
    'next',
    'next',
    'next',
    'next',
    'null',
    'null',
    'delete',
    'insert',
    'twice',
    'swap',
    'swap rows',
  ],
  ...['set two', 'set all', 'shift', 'shift', 'rejoin', 'rejoin', 'nothing'],
] as const
type Kind = (typeof CHANGES)[number]

/** Half of them of a few values, so that rows are often equal. */
const cell = fc.oneof(fc.nat({ max: 3 }), fc.noBias(fc.nat({ max: 5_000 })))
/** `isNull` counts where a value may be NULL. */
const cellOrNull: fc.Arbitrary<CellPick> = fc.record({
  value: cell,
  isNull: fc.constantFrom(false, false, false, false, true),
})

interface CellPick {
  readonly value: number
  readonly isNull: boolean
}

interface Change {
  readonly kind: Kind
  readonly row: number
  readonly other: number
  readonly column: number
  readonly value: number
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom(...CHANGES),
  row: fc.nat({ max: 9 }),
  other: fc.nat({ max: 9 }),
  column: fc.nat({ max: 999 }),
  value: cell,
})

interface ColumnPick {
  readonly type: number
  readonly size: number
  readonly nullable: boolean
  readonly twin: number
  readonly extra: '' | 'INVISIBLE' | 'VIRTUAL' | 'STORED'
}

export function randomTable(types: readonly ColumnType[]): fc.Arbitrary<RandomTable> {
  const column: fc.Arbitrary<ColumnPick> = fc.record({
    type: fc.noBias(fc.nat({ max: types.length - 1 })),
    size: fc.noBias(fc.nat({ max: 5_000 })),
    nullable: fc.boolean(),
    twin: fc.nat({ max: 3 }),
    extra: fc.constantFrom('', '', '', '', 'INVISIBLE', 'VIRTUAL', 'STORED'),
  })
  const cells = fc.array(cellOrNull, { minLength: MOST_COLUMNS, maxLength: MOST_COLUMNS })
  const parts = fc.record({
    picks: fc.array(column, { minLength: 1, maxLength: MOST_COLUMNS, size: 'max' }),
    keyed: fc.boolean(),
    rows: fc.array(cells, { minLength: 1, maxLength: 4 }),
    changes: fc.array(change, { minLength: 1, maxLength: 16, size: 'max' }),
  })
  return parts.map(({ picks, keyed, rows, changes }) => {
    const columns = columnsOf(types, picks)
    const base = rows.map((picked, i) => ({
      // 0 would be another number to an AUTO_INCREMENT column.
      place: i + 1,
      cells: columns.map((column, c) => {
        const { value, isNull } = picked[c] as CellPick
        return column.nullable && isNull ? 'NULL' : column.type.value(value)
      }),
    }))
    const versions = changes.map((each) => versionOf(columns, base, rows, each))
    const table = { columns, keyed, versions: [{ change: 'base', rows: base }, ...versions] }
    return { ...table, [fc.toStringMethod]: () => createSql(table, 't') }
  })
}

function columnsOf(types: readonly ColumnType[], picks: readonly ColumnPick[]): RandomColumn[] {
  const columns: RandomColumn[] = []
  for (const [i, { type: index, size, nullable, twin, extra }] of picks.entries()) {
    const name = `c${i}`
    const before = columns.at(-1)
    const type = types[index] as ColumnType
    const isInvisible = extra === 'INVISIBLE'
    if (twin === 0 && before !== undefined && !before.isGenerated)
      columns.push({ ...before, name, nullable, isTwin: true })
    else if (extra === 'VIRTUAL' || extra === 'STORED')
      columns.push(generated(name, size, extra, before))
    else columns.push({ name, type, sql: type.sql(size), nullable, isInvisible, ...PLAIN })
  }
  return columns
}

const PLAIN = { isGenerated: false, isTwin: false }

const GENERATED = [
  (base: string) => `INT GENERATED ALWAYS AS (LENGTH(${base}))`,
  (base: string) => `VARCHAR(40) CHARSET latin1 GENERATED ALWAYS AS (LEFT(HEX(${base}), 40))`,
  (base: string) => `DOUBLE GENERATED ALWAYS AS (LENGTH(${base}) * 0.1e0)`,
]

function generated(
  name: string,
  pick: number,
  kind: 'VIRTUAL' | 'STORED',
  before: RandomColumn | undefined,
): RandomColumn {
  // MariaDB: not of a CHAR, whose length is a matter of the sql_mode.
  const isUsable = before?.type.isString && before.type.name !== 'CHAR' && !before.isGenerated
  const base = isUsable ? before.name : 'place'
  const type: ColumnType = {
    name: `generated ${kind}`,
    sql: () => '',
    value: () => 'DEFAULT',
    exact: (column) => `HEX(${column} * 1000)`,
  }
  const isText = pick % GENERATED.length === 1
  return {
    name,
    type: isText ? { ...type, exact: (column) => `HEX(${column})` } : type,
    sql: `${at(GENERATED, pick)(base)} ${kind}`,
    nullable: true,
    isInvisible: false,
    isGenerated: true,
    isTwin: false,
  }
}

function versionOf(
  columns: readonly RandomColumn[],
  base: readonly RandomRow[],
  picks: readonly (readonly CellPick[])[],
  { kind, row: pick, other: otherPick, column, value }: Change,
): Version {
  const row = pick % base.length
  const other = (row + 1 + (otherPick % Math.max(1, base.length - 1))) % base.length
  const plain = range(0, columns.length - 1).filter((c) => !columns[c]?.isGenerated)
  const rows = base.map(({ place, cells }) => ({ place, cells: [...cells] }))
  const [here, there] = [rows[row] as (typeof rows)[0], rows[other] as (typeof rows)[0]]
  if (plain.length === 0) return { change: 'nothing', rows: rows.toReversed() }
  const pairs = plain.filter((c) => columns[c + 1]?.isTwin)
  const isPair = (kind === 'shift' || kind === 'rejoin') && pairs.length > 0
  const c = at(isPair ? pairs : plain, column)
  const target = columns[c] as RandomColumn
  const next = columns[c + 1]
  const literal = target.type.value(value)
  const [a, b] = [here.cells[c] ?? '', here.cells[c + 1] ?? '']
  switch (kind) {
    case 'set':
      here.cells[c] = literal
      break
    case 'next':
      // Lists have next to each other what could be confused.
      here.cells[c] = target.type.value((picks[row]?.[c]?.value ?? 0) + 1)
      break
    case 'null':
      here.cells[c] = a !== 'NULL' && target.nullable ? 'NULL' : literal
      break
    case 'delete':
      rows.splice(row, 1)
      break
    case 'insert':
      rows.push({ place: base.length + 1, cells: here.cells.with(c, literal) })
      break
    case 'twice':
      rows.push({ place: base.length + 1, cells: here.cells })
      break
    case 'swap':
      here.cells[c] = there.cells[c] ?? ''
      there.cells[c] = a
      break
    case 'swap rows':
      ;[here.cells, there.cells] = [there.cells, here.cells]
      break
    case 'set two':
      here.cells[c] = literal
      there.cells[c] = literal
      break
    case 'set all':
      for (const { cells } of rows) cells[c] = literal
      break
    case 'shift':
      if (!isPair || next === undefined) here.cells[c] = literal
      else if ((a !== 'NULL' || next.nullable) && (b !== 'NULL' || target.nullable)) {
        here.cells[c] = b
        here.cells[c + 1] = a
      }
      break
    case 'rejoin':
      if (!isPair || !target.type.isString || a === 'NULL' || b === 'NULL') here.cells[c] = literal
      else {
        here.cells[c] = `LEFT(${a}, CHAR_LENGTH(${a}) - 1)`
        here.cells[c + 1] = `CONCAT(RIGHT(${a}, 1), ${b})`
      }
      break
    case 'nothing':
      rows.reverse()
      break
  }
  return { change: `${kind} ${target.name} of row ${row}`, rows }
}

export function createSql(table: RandomTable, name: string): string {
  const columns = table.columns.map(({ name: column, sql, nullable, isInvisible, isGenerated }) => {
    if (isGenerated) return `${column} ${sql}`
    // MariaDB asks for a default where an invisible column is NOT NULL.
    return `${column} ${sql} ${nullable ? `NULL${isInvisible ? ' INVISIBLE' : ''}` : 'NOT NULL'}`
  })
  const key = table.keyed ? ['PRIMARY KEY (version, place)'] : []
  const parts = ['version INT NOT NULL', 'place INT NOT NULL', ...columns, ...key]
  return `CREATE TABLE ${name} (${parts.join(', ')})`
}

/** All versions, of each its rows in the order given. */
export function insertSql(table: RandomTable, name: string): string {
  const plain = table.columns.flatMap((column, c) => (column.isGenerated ? [] : [{ column, c }]))
  const names = ['version', 'place', ...plain.map(({ column }) => column.name)]
  const tuples = table.versions.flatMap(({ rows }, version) =>
    rows.map(
      ({ place, cells }) => `(${[version, place, ...plain.map(({ c }) => cells[c])].join(', ')})`,
    ),
  )
  return `INSERT INTO ${name} (${names.join(', ')}) VALUES ${tuples.join(', ')}`
}

/** The statements that make the first version into another one. */
export function changeSql(table: RandomTable, version: number, name: string): string[] {
  const before = table.versions[0]?.rows ?? []
  const after = table.versions[version]?.rows ?? []
  const gone = before.filter(({ place }) => !after.some((row) => row.place === place))
  const statements = gone.map(
    ({ place }) => `DELETE FROM ${name} WHERE version = 0 AND place = ${place}`,
  )
  for (const { place, cells } of after) {
    const old = before.find((row) => row.place === place)
    if (old === undefined) {
      const rows = [{ place, cells }]
      statements.push(insertSql({ ...table, versions: [{ change: '', rows }] }, name))
      continue
    }
    const changes = table.columns.flatMap(({ name: column, isGenerated }, c) =>
      isGenerated || cells[c] === old.cells[c] ? [] : `${column} = ${cells[c]}`,
    )
    if (changes.length > 0)
      statements.push(
        `UPDATE ${name} SET ${changes.join(', ')} WHERE version = 0 AND place = ${place}`,
      )
  }
  return statements
}
