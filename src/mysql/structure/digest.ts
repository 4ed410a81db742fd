/** One text for the definitions of many subjects, nearly all of it made on the server: few rows for very many. */
import type { QueryOptions, Session } from '../query.ts'
import { asking, type Found } from './ask.ts'
import { type Subject, subjectKey } from './subject.ts'
import { partsIn, wholesOf } from './wholes.ts'

/**
 * Equal texts of two servers: both have the subjects, or lack them, and say the same of each, word for word. Unequal
 * ones prove nothing. null = the server cannot tell of one of them.
 *
 * @throws {ServerError}
 */
export async function readDigest(
  session: Session,
  subjects: readonly Subject[],
  options: QueryOptions = {},
): Promise<string | null> {
  const flavor = await session.flavor()
  const wholes = await wholesOf(session, subjects, options)
  const texts: string[] = []
  for (const part of partsIn(wholes, flavor)) {
    const ask = asking(session, part.subjects, options)
    const told = part.kind.told(flavor)
    const text = typeof told === 'function' ? textOf(await told(ask)) : await ask.digest(told)
    if (text === null) return null
    texts.push(text)
  }
  const names = [...wholes].map(([subject, whole]) => [subjectKey(subject), whole])
  return JSON.stringify([flavor, names.sort(), texts])
}

function textOf(found: readonly Found[]): string {
  return JSON.stringify(
    found.map(({ subject, fact }) => JSON.stringify([subjectKey(subject), fact])).sort(),
  )
}
