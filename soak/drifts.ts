/** Every kind of drift that the soak plants. A new one is a new entry here. */
import type { Drift, View } from './drift.ts'
import { COLUMNS, creation, MADE_NOTE, made, madeLabel, NOTE_COLUMN } from './tables.ts'

const isDrifted = ({ table }: View) => table?.verdict === 'drifted'
const isSame = ({ table, differences }: View) =>
  table?.verdict === 'same' && differences.length === 0

const rows = { target: 'rows', isSeen: isDrifted, isBack: isSame } as const

/** A key that no server has, below, between or above the others. */
const unusedKey = (id: number) => [-id, id + 1, 500_000_000 + id][(id / 2) % 3] ?? -id

const insert = (table: string, id: number) =>
  `INSERT INTO soak.${table} (${COLUMNS}) VALUES ${made(id)}`
const remove = (table: string, id: number) => `DELETE FROM soak.${table} WHERE id = ${id}`

export const DRIFTS: readonly Drift[] = [
  {
    ...rows,
    name: 'row-deleted',
    anyRow: false,
    plant: ({ table, ids: [id] }) => [remove(table, id)],
    repair: ({ table, ids: [id] }) => [insert(table, id)],
  },
  {
    ...rows,
    name: 'row-changed',
    anyRow: true,
    plant: ({ table, ids: [id] }) => [
      `UPDATE soak.${table} SET label = CONCAT(label, ' planted') WHERE id = ${id}`,
    ],
    repair: ({ table, ids: [id] }) => [
      `UPDATE soak.${table} SET label = '${madeLabel(id)}' WHERE id = ${id}`,
    ],
    isThere: ({ ids: [id] }) => `id = ${id} AND label <> '${madeLabel(id)}'`,
  },
  {
    ...rows,
    name: 'row-added',
    anyRow: false,
    plant: ({ table, ids: [id] }) => [insert(table, unusedKey(id))],
    repair: ({ table, ids: [id] }) => [remove(table, unusedKey(id))],
  },
  {
    ...rows,
    // An exclusive or of linear hashes does not see it.
    name: 'two-changed-alike',
    anyRow: true,
    plant: ({ table, ids }) => [
      `UPDATE soak.${table} SET note = 'changed' WHERE id IN (${ids.join(', ')})`,
    ],
    repair: ({ table, ids }) => [
      `UPDATE soak.${table} SET note = '${MADE_NOTE}' WHERE id IN (${ids.join(', ')})`,
    ],
    isThere: ({ ids }) => `id IN (${ids.join(', ')}) AND note <> '${MADE_NOTE}'`,
  },
  {
    ...rows,
    // A count does not see it.
    name: 'deleted-and-added',
    anyRow: false,
    plant: ({ table, ids: [id, other] }) => [remove(table, id), insert(table, unusedKey(other))],
    repair: ({ table, ids: [id, other] }) => [remove(table, unusedKey(other)), insert(table, id)],
  },
  {
    name: 'missing-table',
    target: 'table',
    anyRow: false,
    plant: ({ table }) => [`DROP TABLE soak.${table}`],
    repair: ({ table }) => creation(table),
    isSeen: ({ table }) => table?.verdict === 'missing' && table.reason === 'missing_on_replica',
    isBack: isSame,
  },
  {
    name: 'extra-table',
    target: 'new',
    anyRow: false,
    plant: ({ table }) => creation(table, 10),
    repair: ({ table }) => [`DROP TABLE soak.${table}`],
    isSeen: ({ table }) => table?.verdict === 'missing' && table.reason === 'extra_on_replica',
    isBack: ({ table, differences }) => table === undefined && differences.length === 0,
  },
  {
    name: 'missing-column',
    target: 'table',
    anyRow: false,
    plant: ({ table }) => [`ALTER TABLE soak.${table} DROP COLUMN note`],
    repair: ({ table }) => [`ALTER TABLE soak.${table} ADD COLUMN ${NOTE_COLUMN}`],
    // The rows that both have are equal: the table is not `drifted`, its definition is critically different.
    isSeen: ({ differences }) =>
      differences.some(
        ({ object, kind, severity }) =>
          object === 'column' && kind === 'missing' && severity === 'critical',
      ),
    isBack: isSame,
  },
]
