/** What of a schema, a table and a column is compared, how bad a difference in it is, and how it prints. Pure. */
import type { Severity } from '../domain.ts'
import { normalCharset, normalType } from './normal.ts'
import { quoteText } from './sql.ts'
import type { ColumnStructure, SchemaStructure, TableStructure } from './structure.ts'

/** One property of an object, printed so that equal text means equal. */
interface Property {
  readonly severity: Severity
  readonly text: string
}

export type Properties = Readonly<Record<string, Property>>

export function schemaProperties(schema: SchemaStructure): Properties {
  return { collation: warning(`collate ${normalCharset(schema.collation)}`) }
}

export function tableProperties(
  table: TableStructure,
  order: readonly string[],
  otherOrder: readonly string[],
): Properties {
  const moved = order.filter((name, i) => name !== otherOrder[i])
  return {
    order: warning(moved.length === 0 ? '' : `columns in the order ${moved.join(', ')}`),
    engine: warning(`engine ${table.engine}`),
    versioned: warning(table.versioned ? 'with system versioning' : 'without system versioning'),
    collation: warning(`collate ${normalCharset(table.collation)}`),
    rowFormat: info(`row format ${table.rowFormat}`),
    comment: info(`comment ${quoteText(table.comment)}`),
  }
}

export function columnProperties(column: ColumnStructure, isSameVendor: boolean): Properties {
  // MySQL's JSON is MariaDB's LONGTEXT with a check.
  const isJson = !isSameVendor && column.type === 'json'
  const type = isJson ? 'longtext' : column.type
  const charset = isJson ? 'utf8mb4' : column.charset
  const collation = isJson ? 'utf8mb4_bin' : column.collation
  // Expressions are printed by each vendor in its own way: only that there is one can be compared.
  const expression = (text: string | null, isExpression: boolean) =>
    text !== null && isExpression && !isSameVendor ? '(expression)' : text
  const generation = expression(column.generation, true)
  const value = expression(column.default, !/^['0-9-]/.test(column.default ?? ''))
  return {
    type: critical(normalType(type)),
    charset: critical(charset === null ? '' : `character set ${normalCharset(charset)}`),
    collation: critical(collation === null ? '' : `collate ${normalCharset(collation)}`),
    primary: critical(column.primary ? 'primary key' : 'no primary key'),
    nullable: warning(column.nullable ? 'null' : 'not null'),
    default: warning(value === null ? 'no default' : `default ${value}`),
    extra: warning(column.extra),
    generation: warning(generation === null ? '' : `as (${generation})`),
    comment: info(`comment ${quoteText(column.comment)}`),
  }
}

function critical(text: string): Property {
  return { severity: 'critical', text }
}

function warning(text: string): Property {
  return { severity: 'warning', text }
}

function info(text: string): Property {
  return { severity: 'info', text }
}
