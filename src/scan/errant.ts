/** What the binary log of a replica tells of its errant transactions: read in small portions, look by look. */

import { ServerError } from '../errors.ts'
import type { BinlogPlace } from '../mysql/binlog-place.ts'
import type { Errant, GtidObservation } from '../mysql/dialect.ts'
import { dialectOf } from '../mysql/dialects.ts'
import { type ErrantSearch, errantSearch, type LoggedTransaction } from '../mysql/errant-search.ts'
import type { GtidReport } from '../report.ts'
import { PRIORITY } from '../server-pool.ts'
import type { ServerFacts, SetContext } from './context.ts'

/** Portions of one look: some milliseconds each, and each followed by the rest that `max_duty` wants. */
const STEPS = { watching: 40, once: 400 } as const
/** No more transactions than these are described, so that no more need a time. */
const MOST_SIGHTINGS = 20

/** One look at a replica and at all of its sources. */
export interface ErrantLook {
  readonly here: GtidObservation
  readonly sources: readonly GtidObservation[]
  /** Of the replica's log, read before `here`; null where that is not told. */
  readonly logEnd: BinlogPlace | null
  readonly began: Date
  readonly ended: Date
}

/** What is remembered of one replica from look to look. */
export interface ErrantMemory {
  search: ErrantSearch | null
  /** The search began where the log had ended at the look before, at which there was none. */
  isHinted: boolean
  sightings: Sighting[]
  previous: (Pick<ErrantLook, 'here' | 'logEnd' | 'began'> & { readonly errant: Errant }) | null
}

/** Errant transactions that the look before did not show on the replica. */
interface Sighting {
  readonly fresh: Errant
  /** null: there was no look before. */
  readonly after: Date | null
  readonly before: Date
}

export const NOT_TOLD = {
  errant: null,
  errantSet: null,
  errantExact: false,
  errantTransactions: null,
} as const satisfies Omit<GtidReport, 'enabled'>

export function noErrants(): ErrantMemory {
  return { search: null, isHinted: false, sightings: [], previous: null }
}

/** Never throws for what the server does: what its log does not tell now, it may tell at the next look. */
export async function locateErrant(
  context: SetContext,
  facts: ServerFacts,
  look: ErrantLook,
): Promise<Omit<GtidReport, 'enabled'>> {
  const memory = facts.errants
  const errant = dialectOf(look.here).gtids.errant(look.here, look.sources)
  // Another kind of server answers since its restart.
  if (memory.previous?.here.vendor !== look.here.vendor) Object.assign(memory, noErrants())
  try {
    if (errant.count === 0n) {
      Object.assign(memory, noErrants())
      // What cannot be ruled out is not none.
      if (!errant.exact) return NOT_TOLD
      return { errant: 0n, errantSet: '', errantExact: errant.exact, errantTransactions: [] }
    }
    noteSighting(memory, errant, look)
    return await readLog(context, facts, errant)
  } finally {
    const { here, logEnd, began } = look
    memory.previous = { here, logEnd, began, errant }
  }
}

/** On the replica now and not at the look before, whatever their sources have. */
function noteSighting(
  { sightings, previous }: ErrantMemory,
  errant: Errant,
  { here, sources, ended }: ErrantLook,
): void {
  if (sightings.length === MOST_SIGHTINGS || errant.set === previous?.errant.set) return
  const fresh =
    previous === null ? errant : dialectOf(here).gtids.errant(here, [...sources, previous.here])
  if (fresh.count > 0n) sightings.push({ fresh, after: previous?.began ?? null, before: ended })
}

async function readLog(
  context: SetContext,
  facts: ServerFacts,
  errant: Errant,
): Promise<Omit<GtidReport, 'enabled'>> {
  const memory = facts.errants
  const search = searchFor(memory, errant)
  memory.search = search
  const isNews = errant.set !== memory.previous?.errant.set
  try {
    if (isNews || search.state === 'going on') await readOn(context, facts, search, errant)
    return resultOf(memory, search, errant)
  } catch (error) {
    if (!(error instanceof ServerError)) throw error
    // A log may be gone that was to be read next: anew at the next look, with those that are left.
    memory.search = null
    const fields = { set: context.config.name, server: facts.server.config.name }
    context.log.debug('binlog_not_read', { ...fields, error: error.message })
    const { count, set, exact } = errant
    return { errant: count, errantSet: set, errantExact: exact, errantTransactions: null }
  }
}

/** The search that is under way, or a new one where what it found or where it began does not hold any more. */
function searchFor(memory: ErrantMemory, errant: Errant): ErrantSearch {
  const { search, previous } = memory
  const isNews = errant.set !== previous?.errant.set
  const anew = (from: BinlogPlace | null, isRest = false) => {
    memory.isHinted = from !== null
    return errantSearch(from, isRest)
  }
  if (search === null) return anew(previous?.errant.count === 0n ? previous.logEnd : null)
  if (search.found.some(({ gtid }) => !errant.includes(gtid))) return anew(null)
  if (search.state === 'given up') {
    return isNews && previous?.logEnd ? anew(previous.logEnd, true) : search
  }
  if (search.state === 'going on' || isNews) return search
  // A commit can be in the log and not yet among what is executed.
  if (memory.isHinted && search.count < errant.count) return anew(null)
  if (previous.logEnd !== null) search.skipTo(previous.logEnd)
  return search
}

async function readOn(
  context: SetContext,
  { server }: ServerFacts,
  search: ErrantSearch,
  errant: Errant,
): Promise<void> {
  const options = { priority: PRIORITY.walk, signal: context.signal }
  for (let steps = STEPS[context.mode.once ? 'once' : 'watching']; steps > 0; steps -= 1) {
    if (await context.gate.isHeld(server)) return
    await server.read((session) => search.step(session, errant), options)
    if (search.state !== 'going on') return
  }
}

function resultOf(
  memory: ErrantMemory,
  search: ErrantSearch,
  errant: Errant,
): Omit<GtidReport, 'enabled'> {
  const { found, count, isWhole } = search
  const isAllFound = isWhole && BigInt(found.length) === count
  return {
    errant: errant.exact || count < errant.count ? errant.count : count,
    errantSet:
      errant.exact || !isAllFound ? errant.set : errant.setOf(found.map(({ gtid }) => gtid)),
    errantExact: errant.exact || isWhole,
    errantTransactions: found.map((transaction) => ({
      ...transaction,
      ...writtenAt(memory, transaction),
    })),
  }
}

function writtenAt({ sightings }: ErrantMemory, { gtid }: LoggedTransaction) {
  const sighting = sightings.find(({ fresh }) => fresh.includes(gtid))
  return { writtenAfter: sighting?.after ?? null, writtenBefore: sighting?.before ?? null }
}
