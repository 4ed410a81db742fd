/** What a look at the definitions could not tell, as what the check counts. */
import type { FailureReason, UnknownReason } from '../../domain.ts'
import { ServerError } from '../../errors.ts'
import type { SchemaUnknown } from '../../report.ts'
import type { SetContext } from '../context.ts'

/** These hold of two servers as they are: looking again tells no more. */
const STANDING: ReadonlySet<UnknownReason> = new Set([
  'cross_version',
  'multi_source',
  'not_compared',
  'no_fence',
  'no_privilege',
])

/** The next look may tell it. */
export function isOpen({ reason }: SchemaUnknown): boolean {
  return !STANDING.has(reason)
}

/** Why the check could not look at all that it should be able to look at; null = it could. */
export function problemOf(
  { facts }: SetContext,
  replica: string,
  unknown: readonly SchemaUnknown[],
): ServerError | null {
  const hidden = unknown.filter(({ reason }) => reason === 'no_privilege')
  if (hidden.length > 0) {
    const missing = [...facts.values()].flatMap(({ privileges }) => privileges?.missing ?? [])
    return problem('privilege', replica, hidden, [...new Set(missing)])
  }
  const open = unknown.filter(isOpen)
  if (open.length === 0) return null
  return problem('timeout', replica, open, [...new Set(open.map(({ reason }) => reason))])
}

const MOST_NAMED = 5

function problem(
  reason: FailureReason,
  replica: string,
  unknown: readonly SchemaUnknown[],
  why: readonly string[],
): ServerError {
  const named = unknown.map(({ schema, objects, name }) => {
    if (schema === null) return objects.join(', ')
    return name === null || name === schema
      ? `${objects.join(', ')} of ${schema}`
      : `${objects.join(', ')} ${schema}.${name}`
  })
  const more = named.length > MOST_NAMED ? ` and ${named.length - MOST_NAMED} more` : ''
  const what = named.slice(0, MOST_NAMED).join('; ') + more
  const text = `${replica}: not compared: ${what}`
  return new ServerError(reason, why.length === 0 ? text : `${text} (${why.join('; ')})`)
}
