/** How large tables are, as the server estimates it: asked without opening one of them twice. */
import { overSchemas, tableKindOf, tableRows, textOf, userSchemas } from './catalog.ts'
import type { QueryOptions, Session } from './query.ts'

export interface TableSize {
  readonly schema: string
  readonly table: string
  /** Estimates of the engine; 0 where it has none. */
  readonly rows: number
  readonly bytes: number
  /** It has a unique key: whether it can be walked by it is told by its definition alone. */
  readonly hasKey: boolean
}

/** @throws {ServerError} */
export async function tableSizes(session: Session, options?: QueryOptions): Promise<TableSize[]> {
  const schemas = (await userSchemas(session, options)).map(({ name }) => name)
  const keys = await overSchemas(
    session,
    schemas,
    (condition) =>
      `SELECT DISTINCT TABLE_SCHEMA AS table_schema, TABLE_NAME AS table_name
       FROM information_schema.STATISTICS WHERE ${condition} AND NON_UNIQUE = 0`,
    options,
  )
  const nameOf = (row: (typeof keys)[number]) =>
    JSON.stringify([textOf(row.table_schema), textOf(row.table_name)])
  const keyed = new Set(keys.map(nameOf))
  const rows = await tableRows(session, schemas, 'DATA_LENGTH AS data_length', options)
  return rows
    .filter((row) => tableKindOf(textOf(row.table_type)) === 'table')
    .map((row) => ({
      schema: textOf(row.table_schema),
      table: textOf(row.table_name),
      rows: Number(textOf(row.table_rows)),
      bytes: Number(textOf(row.data_length)),
      hasKey: keyed.has(nameOf(row)),
    }))
}
