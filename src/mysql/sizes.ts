/** How large tables are, as the server estimates it: batch by batch, MariaDB opens each table for it. */
import { listTables } from './catalog.ts'
import type { QueryOptions, Session } from './query.ts'
import { asking, type Select } from './structure/ask.ts'
import { said } from './structure/facts.ts'
import { batchesOf } from './structure/read.ts'

export interface TableSize {
  readonly schema: string
  readonly table: string
  /** Estimates of the engine; 0 where it has none. */
  readonly rows: number
  readonly bytes: number
  /** It has a unique key: whether it can be walked by it is told by its definition alone. */
  readonly hasKey: boolean
}

const OF_TABLES = { schema: 'TABLE_SCHEMA', name: 'TABLE_NAME' } as const
const SIZES: Select = {
  from: 'TABLES',
  ...OF_TABLES,
  fields: { rows: 'TABLE_ROWS', bytes: 'DATA_LENGTH' },
}
const KEYS: Select = {
  from: 'STATISTICS',
  ...OF_TABLES,
  fields: { key: 'INDEX_NAME' },
  where: 'NON_UNIQUE = 0',
}

/** @throws {ServerError} */
export async function tableSizes(session: Session, options?: QueryOptions): Promise<TableSize[]> {
  const tables = (await listTables(session, options)).filter(({ kind }) => kind === 'table')
  const sizes: TableSize[] = []
  for (const batch of batchesOf(
    tables.map(({ schema, table }) => ({ kind: 'relation', schema, name: table })),
  )) {
    const ask = asking(session, batch, options ?? {})
    const keyed = new Set((await ask.view(KEYS)).map(({ subject }) => subject))
    for (const { subject, fact } of await ask.view(SIZES)) {
      const [rows, bytes] = [Number(said(fact, 'rows')), Number(said(fact, 'bytes'))]
      const hasKey = keyed.has(subject)
      sizes.push({ schema: subject.schema, table: subject.name, rows, bytes, hasKey })
    }
  }
  return sizes
}
