/** Differences that are new, or not those that are known, are confirmed behind fences before they are told of. */
import { createHash } from 'node:crypto'
import { type Confirmed, confirm, type Thing } from '../../compare/confirm.ts'
import type { Link } from '../../compare/link.ts'
import type { UnknownReason } from '../../domain.ts'
import { ServerError } from '../../errors.ts'
import type { Session } from '../../mysql/query.ts'
import type { Ends } from '../../mysql/structure/compare.ts'
import { type Facts, textOfFacts } from '../../mysql/structure/facts.ts'
import { readFacts } from '../../mysql/structure/read.ts'
import { subjectKey } from '../../mysql/structure/subject.ts'
import type { SetContext } from '../context.ts'
import { confirmOptions } from '../identity.ts'
import type { Pair } from './pairs.ts'

/** Subjects under one fence: what both ends have of them is held meanwhile. */
const MOST_AT_ONCE = 500

/** What a fence proved: both ends as they were, or why it proved nothing. */
export type Proof = Ends | UnknownReason

/** @param pairs those whose ends differed when they were read without a fence. */
export async function prove(
  context: SetContext,
  link: Link,
  pairs: readonly Pair[],
): Promise<ReadonlyMap<Pair, Proof>> {
  const proofs = new Map<Pair, Proof>()
  for (let at = 0; at < pairs.length; at += MOST_AT_ONCE) {
    const some = pairs.slice(at, at + MOST_AT_ONCE)
    for (const [pair, proof] of await proveSome(context, link, some)) proofs.set(pair, proof)
  }
  return proofs
}

async function proveSome(
  context: SetContext,
  link: Link,
  pairs: readonly Pair[],
): Promise<readonly [Pair, Proof][]> {
  const keyed = new Map(pairs.map((pair) => [subjectKey(pair.replica), pair]))
  // By digest: of those that are decided already the later looks may see something else.
  const seen = new Map<string, Facts>()
  const read = async (session: Session): Promise<ReadonlyMap<string, Thing>> => {
    const end = session.server === link.source.config.name ? 'source' : 'replica'
    const subjects = pairs.map((pair) => pair[end])
    const readings = await readFacts(session, subjects, { signal: context.signal })
    const things = new Map<string, Thing>()
    for (const [key, pair] of keyed) {
      const facts = readings.get(subjectKey(pair[end]))
      if (facts instanceof ServerError) throw facts
      if (facts === undefined) continue
      const digest = digestOf(facts)
      seen.set(digest, facts)
      things.set(key, { text: digest })
    }
    return things
  }
  const found = await confirm(link, [...keyed.keys()], [read], confirmOptions(context))
  return [...keyed].map(([key, pair]): [Pair, Proof] => {
    const result = found.get(key)
    if (result === undefined) throw new Error('a result for each name was promised')
    return [pair, proofOf(result, seen)]
  })
}

/** Texts of very many tables, each several times over, would be much to hold. */
function digestOf(facts: Facts): string {
  return createHash('sha256').update(textOfFacts(facts)).digest('base64')
}

function proofOf(result: Confirmed, seen: ReadonlyMap<string, Facts>): Proof {
  if (result.verdict === 'unknown') return result.reason
  if (result.verdict === 'same') return { source: null, replica: null }
  const facts = (digest: string | null) => (digest === null ? null : (seen.get(digest) ?? null))
  return { source: facts(result.source), replica: facts(result.replica) }
}
