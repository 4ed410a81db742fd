/** Which tables a pattern of the configuration means: `shop.*`, `shop.tmp_?`, `*.log`. */
import { wildcardExpression } from './wildcards.ts'

/** Never compared and never listed. Lower case: ask `isSystemSchema`. */
export const SYSTEM_SCHEMAS: ReadonlySet<string> = new Set([
  'mysql',
  'ndbinfo',
  'information_schema',
  'performance_schema',
  'sys',
])

/** Whatever the case: INFORMATION_SCHEMA is one schema in any spelling. */
export function isSystemSchema(schema: string): boolean {
  return SYSTEM_SCHEMAS.has(schema.toLowerCase())
}

/**
 * Whether any pattern matches; false when there are none.
 *
 * A pattern is `schema.table`, split at its first dot that has no backslash before it. `*` stands for
 * any characters or none, dots too, `?` for exactly one; a backslash takes the next character
 * literally, and so is everything else, brackets and case included.
 *
 * @throws {TypeError} naming a pattern without a dot, with an empty half, or with a lone backslash at its end.
 */
export function matchesTable(patterns: readonly string[], schema: string, table: string): boolean {
  return patterns.some((pattern) => {
    const halves = compiled(pattern)
    return halves.schema.test(schema) && halves.table.test(table)
  })
}

/** Whether the configuration means this table: `include` names it, or nothing at all, and `exclude` does not. */
export function isIncluded(
  {
    include,
    exclude,
  }: { readonly include: readonly string[]; readonly exclude: readonly string[] },
  schema: string,
  table: string,
): boolean {
  if (matchesTable(exclude, schema, table)) return false
  return include.length === 0 || matchesTable(include, schema, table)
}

const GLOB = { any: '*', one: '?' } as const

interface Halves {
  readonly schema: RegExp
  readonly table: RegExp
}

/** Patterns come from the configuration: there are few, and they are asked once per table. */
const memory = new Map<string, Halves>()

function compiled(pattern: string): Halves {
  const known = memory.get(pattern)
  if (known !== undefined) return known
  const [, schema, table] = /^((?:[^\\.]|\\.)+)\.((?:[^\\]|\\.)+)$/su.exec(pattern) ?? []
  if (schema === undefined || table === undefined) {
    throw new TypeError(`table pattern: expected "schema.table", got "${pattern}"`)
  }
  const expression = (glob: string) => wildcardExpression(glob, GLOB, 'su')
  const halves = { schema: expression(schema), table: expression(table) }
  memory.set(pattern, halves)
  return halves
}
