/**
 * Confirms differences between structures (tables that are there or not, definitions) as differences of
 * data are confirmed: behind fences, several times, with unchanged readings.
 */
import type { UnknownReason } from '../domain.ts'
import type { Session } from '../mysql/query.ts'
import { type ConfirmOptions, fencedLook, type Probe, pauseMs } from './fenced-look.ts'
import type { Link } from './link.ts'
import { pendingLooks } from './pending-looks.ts'
import { judgeLook, type Look, NEW_SERIES, type Reading, type Series } from './series.ts'
import { undecidedReason } from './undecided.ts'

export type Confirmed =
  | { readonly verdict: 'same' }
  | { readonly verdict: 'differs'; readonly source: string | null; readonly replica: string | null }
  | { readonly verdict: 'unknown'; readonly reason: UnknownReason }

/** One thing as one server has it. */
export interface Thing {
  /** Equal exactly when the two ends have it alike. */
  readonly text: string
  /** Differs once it was made anew: what comes and goes all the time is there or not by chance. */
  readonly stamp?: string
}

const MOVING_LOOKS = 8
/** What was made a moment ago looks as if it moved: see `madeAt` of catalog.ts. */
const MOVING_MS = 6_000
const ABSENT: Thing = { text: '' }
/** Against structures that are changed and changed back. */
const EXTRA_READINGS = 3

/** What names are on one server; a name that is not there has no entry. */
type ReadThings = (session: Session) => Promise<ReadonlyMap<string, Thing>>

/**
 * @param names what differed in an optimistic reading.
 * @param parts where they are: of each name at most one reading knows.
 */
export async function confirm(
  link: Link,
  names: readonly string[],
  parts: readonly ReadThings[],
  options: ConfirmOptions & {
    readonly onDisagreement?: (name: string) => void
    /** Of the source at each look. */
    readonly extraReadings?: number
  },
): Promise<ReadonlyMap<string, Confirmed>> {
  const found = new Map<string, Confirmed>()
  const startedMs = options.world.steady().getTime()
  const elapsedMs = () => options.world.steady().getTime() - startedMs
  const series = new Map<string, Series>(names.map((name) => [name, NEW_SERIES]))
  const isDelayed = link.delayMs > 0
  let pending: readonly Structures[] | null = null
  const giveUp = (reason: UnknownReason) => {
    for (const name of series.keys()) found.set(name, { verdict: 'unknown', reason })
    return found
  }
  for (let looks = 0; series.size > 0; looks += 1) {
    if (looks > 0 && !isDelayed) await options.world.sleep(pauseMs(options), options.signal)
    let look: Structures | undefined
    try {
      if (isDelayed) pending ??= await lookAhead()
      look = pending === null ? await lookAt([...series.keys()]) : pending[looks]
    } catch (error) {
      if (options.signal.aborted) throw error
      return giveUp(undecidedReason(error))
    }
    // What moved meanwhile would move within another delay, too.
    if (look === undefined) return giveUp('delayed')
    for (const [name, before] of series) {
      const ofName = lookOf(look, name)
      const { result, series: after } = judgeLook(before, ofName)
      series.set(name, after)
      if (after.disagreements === 1) options.onDisagreement?.(name)
      if (result === 'same') found.set(name, { verdict: 'same' })
      else if (after.disagreements >= options.confirmations) found.set(name, differing(after))
      else if (looks >= MOVING_LOOKS + options.confirmations && elapsedMs() > MOVING_MS) {
        found.set(name, { verdict: 'unknown', reason: 'definition_changed' })
      }
      if (found.has(name)) series.delete(name)
    }
  }
  return found

  function probesOf(wanted: readonly string[]): Probe[] {
    return parts.map((read) => ({
      extraReadings: options.extraReadings ?? EXTRA_READINGS,
      async read(session: Session) {
        const things = await read(session)
        const entries = wanted.flatMap((name) => {
          const thing = things.get(name)
          return thing === undefined ? [] : [[name, thing]]
        })
        return { token: JSON.stringify(Object.fromEntries(entries)), rows: 0n }
      },
    }))
  }

  async function lookAt(wanted: readonly string[]): Promise<Structures> {
    return structuresOf(await fencedLook(link, probesOf(wanted), options))
  }

  async function lookAhead(): Promise<Structures[]> {
    return (await pendingLooks(link, probesOf(names), options)).map(structuresOf)
  }
}

/** @param looks one for each part, with as many readings each. */
function structuresOf(looks: readonly Look[]): Structures {
  const together = (readings: readonly Reading[]): Things =>
    Object.assign({}, ...readings.map(({ token }) => JSON.parse(token) as Things))
  const [first] = looks
  if (first === undefined) throw new Error('there is at least one part')
  return {
    source: first.source.map((_, at) => together(looks.flatMap(({ source }) => source[at] ?? []))),
    replica: together(looks.map(({ replica }) => replica)),
  }
}

type Things = Readonly<Record<string, Thing>>

/** One look at many names at once. */
interface Structures {
  readonly source: readonly Things[]
  readonly replica: Things
}

function lookOf({ source, replica }: Structures, name: string): Look {
  const one = (things: Things) => {
    const { text, stamp = '' } = things[name] ?? ABSENT
    return { token: text, rows: 0n, stamp }
  }
  return { source: source.map(one), replica: one(replica) }
}

function differing({ sourceToken, replicaToken }: Series): Confirmed {
  const there = (token: string | null) => (token === ABSENT.text ? null : token)
  return { verdict: 'differs', source: there(sourceToken), replica: there(replicaToken) }
}
