/** How definitions are named for people. Pure. */
import type { Cause, SchemaDifference, SchemaUnknown, SetReport } from '../report.ts'

/** `shop.orders.note`, or the schema alone. */
export function nameOfDifference({ object, schema, name }: SchemaDifference): string {
  return object === 'schema' ? name : `${schema}.${name}`
}

/** `view shop.v`, `trigger, event of shop`, `trigger, event of all schemas`. */
export function whatIsUnknown({ schema, objects, name }: SchemaUnknown): string {
  const what = objects.join(', ').replaceAll('_', ' ')
  if (schema === null) return `${what} of all schemas`
  if (name === null) return `${what} of ${schema}`
  return name === schema ? `${what} ${name}` : `${what} ${schema}.${name}`
}

/** `column orders.note` */
export function nameOfCause({ object, name }: Cause): string {
  return `${object} ${name}`
}

/** `column orders.note: varchar(20) -> varchar(10)`, with words where an end has none. */
export function whatDiffersIn(cause: Cause): string {
  return `${nameOfCause(cause)}: ${bothEnds(cause)}`
}

function bothEnds({ object, differs, source, replica }: Cause): string {
  const none = object === 'index' ? 'no key to walk by' : 'not there'
  if (differs.includes('version')) return `${source}, which each end prints in its own way`
  return `${source ?? none} -> ${replica ?? none}`
}

export const UNKNOWN_DEFINITION_HEADINGS = ['Server', 'What', 'Reason'] as const

/** Names in it still as the servers gave them. */
export function unknownDefinitions({ schemaUnknown }: SetReport): string[][] {
  return schemaUnknown.map((unknown) => [
    unknown.server,
    whatIsUnknown(unknown),
    unknown.reason.replaceAll('_', ' '),
  ])
}
