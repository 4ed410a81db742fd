import { isDeepStrictEqual } from 'node:util'
import { ServerError } from '../errors.ts'
import { readVariables, type VariableReading } from '../mysql/variables.ts'
import { assertUsable, factsOf, isRefused, type SetContext } from '../scan/context.ts'
import { judgeSettings, knownReadings, type Readings } from '../scan/settings.ts'
import type { Check, Scope } from './check.ts'

/** Settings that the ends of a link have otherwise, or that are dangerous by themselves. */
export const variables: Check = {
  name: 'variables',
  appliesTo: () => true,
  lookAtSet: look,
}

/** Somebody who changes a setting on one server after the other should be done by then. */
const MOST_LOOKS = 4

/**
 * No position in replication proves anything here: settings are changed on each server by itself, at any moment, and
 * are not replicated. So a new difference is believed once a second look, a while later, finds all settings as before.
 * What is dangerous is so from the first: one server says it of itself.
 */
async function look(context: SetContext, scope: Scope): Promise<void> {
  let seen = await readAll(
    context,
    scope === 'all' ? [...context.facts.keys()] : concerned(context),
  )
  for (let looks = 1; isNews(context, seen); looks += 1) {
    // They go on changing: what was known stands until they stop.
    if (looks === MOST_LOOKS) return
    await context.world.sleep(context.config.checksum.confirmDelayMs, context.signal)
    const again = await readAll(context, [...seen.keys()])
    const isConfirmed = [...again].every(([name, now]) => isDeepStrictEqual(now, seen.get(name)))
    seen = again
    if (isConfirmed) break
  }
  for (const [name, reading] of seen) factsOf(context, name).variables = reading
}

/** What each of them says; those that say nothing keep what is known of them. */
async function readAll(context: SetContext, names: readonly string[]): Promise<Readings> {
  const read = await Promise.all(
    names.map(
      async (name): Promise<[string, VariableReading | null]> => [
        name,
        await context.runs.attempt('variables', name, () => readOne(context, name)),
      ],
    ),
  )
  return new Map(read.flatMap(([name, reading]) => (reading === null ? [] : [[name, reading]])))
}

async function readOne(context: SetContext, name: string): Promise<VariableReading> {
  const facts = factsOf(context, name)
  assertUsable(facts)
  if (isRefused(context, name)) {
    throw new ServerError('write_privileges', `${name}: the account may write, so nothing is read`)
  }
  return await readVariables(facts.server.control)
}

function isNews(context: SetContext, seen: Readings): boolean {
  const known = knownReadings(context)
  const before = differencesIn(context, known)
  return differencesIn(context, new Map([...known, ...seen])).some((text) => !before.includes(text))
}

function differencesIn(context: SetContext, readings: Readings): string[] {
  return judgeSettings(context, readings)
    .findings.filter(({ kind }) => kind === 'difference')
    .map((finding) => JSON.stringify(finding))
}

/** Servers of which something was found, with those that have it otherwise. */
function concerned(context: SetContext): string[] {
  const { findings } = judgeSettings(context, knownReadings(context))
  return [
    ...new Set(
      findings.flatMap(({ server, source }) => [server, ...(source ? [source.server] : [])]),
    ),
  ]
}
