/** What a server says of many subjects, in statements that each take well below a second. */
import type { SchemaObject } from '../../domain.ts'
import { ServerError } from '../../errors.ts'
import type { Flavor } from '../flavor.ts'
import { compareText } from '../normal.ts'
import type { QueryOptions, Session } from '../query.ts'
import { type Ask, asking, type Found } from './ask.ts'
import { type Fact, type Facts, said } from './facts.ts'
import { inHalves } from './halves.ts'
import type { ObjectKind } from './kind.ts'
import { type Subject, subjectKey } from './subject.ts'
import { partsIn, wholesOf } from './wholes.ts'

/**
 * By `subjectKey`. What is not there has no entry; what the server would not tell of has its error: an empty
 * answer would look like one that lacks everything.
 */
export type Readings = ReadonlyMap<string, Facts | ServerError>

/**
 * Subjects at once. Of so many tables MariaDB keeps the definitions open (`table_definition_cache`, 400 at least),
 * so that it opens each once for all the views that are asked; larger batches are no cheaper (tried on 20,000 tables).
 */
export const BATCH = 250

/** @throws {ServerError} when nothing can be read any more. */
export async function readFacts(
  session: Session,
  subjects: readonly Subject[],
  options: QueryOptions = {},
): Promise<Readings> {
  const readings = new Map<string, Facts | ServerError>()
  for (const batch of batchesOf(subjects)) {
    await inHalves(
      batch,
      async (some) => {
        for (const [key, facts] of await readSome(session, some, options)) readings.set(key, facts)
      },
      (subject, error) => void readings.set(subjectKey(subject), error),
    )
  }
  return readings
}

/** Of one kind each, in the order of the subjects. */
export function batchesOf(subjects: readonly Subject[]): Subject[][] {
  return [...Map.groupBy(subjects, ({ kind }) => kind).values()].flatMap((ofKind) =>
    Array.from({ length: Math.ceil(ofKind.length / BATCH) }, (_, index) =>
      ofKind.slice(index * BATCH, (index + 1) * BATCH),
    ),
  )
}

/** @param subjects of one kind. */
async function readSome(
  session: Session,
  subjects: readonly Subject[],
  options: QueryOptions,
): Promise<Readings> {
  const flavor = await session.flavor()
  const wholes = await wholesOf(session, subjects, options)
  const parts = new Map<Subject, Partial<Record<SchemaObject, Fact[]>>>()
  for (const { kind, subjects: mine } of partsIn(wholes, flavor)) {
    for (const { subject, fact } of await tell(kind, asking(session, mine, options), flavor)) {
      const own = parts.get(subject) ?? {}
      parts.set(subject, own)
      const facts = own[kind.object] ?? []
      own[kind.object] = facts
      facts.push(fact)
    }
  }
  const readings = new Map<string, Facts | ServerError>()
  for (const [subject, whole] of wholes) {
    const own = parts.get(subject) ?? {}
    // Dropped meanwhile.
    if (own[whole] === undefined) continue
    const facts: Facts = { flavor, whole, of: sorted(own) }
    readings.set(subjectKey(subject), unreadable(session, subject, facts) ?? facts)
  }
  return readings
}

function tell(kind: ObjectKind, ask: Ask, flavor: Flavor): Promise<readonly Found[]> {
  const told = kind.told(flavor)
  return typeof told === 'function' ? told(ask) : ask.view(told)
}

/** The order in which a server gives its rows means nothing. */
function sorted(own: Partial<Record<SchemaObject, Fact[]>>): Facts['of'] {
  return Object.fromEntries(
    Object.entries(own).map(([object, facts]) => [
      object,
      facts
        .map((fact) => ({ fact, text: JSON.stringify(fact) }))
        .sort((a, b) => compareText(a.text, b.text))
        .map(({ fact }) => fact),
    ]),
  )
}

/** Of a table that cannot be opened the comment is what is wrong. */
function unreadable({ server }: Session, { schema, name }: Subject, { whole, of }: Facts) {
  const [fact = {}] = of.table ?? []
  if (whole !== 'table' || fact['engine'] !== null) return null
  return new ServerError('query', `${server}: ${schema}.${name}: ${said(fact, 'comment')}`)
}
