/** The soak's own tables: of one shape, with content that follows from the key, so that any row can be made again. */
import type { LabServer } from '../src/lab/server.ts'

/** How the names of tables begin that are created and dropped all the time. */
export const PASSING = 'passing_'

/** Rows that each table has from the start, under even keys: drift is added between them as well. */
export const ROWS = 3_000

/** Nobody writes them. */
export const QUIET = Array.from({ length: 12 }, (_, index) => `quiet_${index + 1}`)

/** The load writes them all the time. */
export const BUSY = ['busy_1', 'busy_2', 'busy_3']

/**
 * Of the old rows of a busy table the load writes every other one of the newest eighth: most rows are left alone, and
 * some of those lie between two that change several times a second.
 */
export function isCold(id: number): boolean {
  return id <= ROWS * 2 * (7 / 8) || id % 4 !== 0
}

/** Where rows begin that the load inserts and deletes again. */
export const FIRST_NEW_ID = 1_000_000

export const COLUMNS = 'id, label, amount, flag, note'

export function made(id: number): string {
  return `(${id}, '${madeLabel(id)}', ${(id * 1.25).toFixed(2)}, ${(id / 2) % 2 === 0 ? 0 : 1}, '${MADE_NOTE}')`
}

/** Of one length for all old rows: the same change to two of them is the same change of their bytes. */
export function madeLabel(id: number): string {
  return `label ${String(id).padStart(8, '0')}`
}

export const MADE_NOTE = 'as made'
export const NOTE_COLUMN = `note VARCHAR(20) NOT NULL DEFAULT '${MADE_NOTE}'`

/** The table with all its rows. */
export function creation(table: string, rows = ROWS): string[] {
  const ids = Array.from({ length: rows }, (_, index) => (index + 1) * 2)
  const values = ids.map(made).join(', ')
  return [
    `CREATE TABLE soak.${table} (
      id INT NOT NULL PRIMARY KEY,
      label VARCHAR(40) NOT NULL,
      amount DECIMAL(12,2) NOT NULL,
      flag TINYINT NOT NULL,
      ${NOTE_COLUMN}
    ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4`,
    `INSERT INTO soak.${table} (${COLUMNS}) VALUES ${values}`,
  ]
}

export async function createTables(source: LabServer): Promise<void> {
  await source.exec('CREATE DATABASE soak CHARACTER SET utf8mb4')
  for (const table of [...QUIET, ...BUSY]) await source.exec(...creation(table))
}
