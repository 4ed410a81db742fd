/** The tables of a pass, side by side: as many as take turns on the servers, no two looks at one of them at a time. */
import { unknownOutcome } from '../compare/decision.ts'
import type { SetContext } from './context.ts'
import { type Job, type LeftOutJobs, type Pass, startVisit, type Target } from './job.ts'

/** Tables whose re-checks are still under way while the walk goes on. */
const MOST_UNDER_WAY = 32
/**
 * Tables that are walked side by side, so that a giant does not hold up the others: their readings take turns on
 * each server, and no more run at once than `max_queries` allows.
 */
const TABLES_AT_A_TIME = 8
/**
 * @returns what is to be looked at again, because a server was held back.
 * @throws our own bug in one table: when all the others were looked at.
 */
export async function runJobs(
  context: SetContext,
  jobs: readonly Job[],
  pass: Pass,
): Promise<Job[]> {
  const { startedAt } = pass
  const leftOut: LeftOutJobs = new Map()
  const bugs = new Set<unknown>()
  const failed = (job: Job, bug: unknown) => {
    if (context.signal.aborted) throw bug
    bugs.add(bug)
    markFailed(context, job, pass)
  }
  const progress = startedAt === null ? null : context.pass
  let next = 0
  const underWay = new Set<Promise<void>>()
  /** Resolves when the table is walked; what differed may still be under way. */
  async function look(job: Job): Promise<void> {
    while (underWay.size >= MOST_UNDER_WAY) await Promise.race(underWay)
    const end = await begin(job, pass)
    // Whoever waits for the table is not left waiting when it cannot even begin.
    const visit = await startVisit(context, job, pass, leftOut).catch((error: unknown) => {
      end()
      failed(job, error)
    })
    if (visit === undefined) return
    const passed = visit.settled.then(
      () => {
        if (startedAt === null) return
        for (const { state } of job.on) if (!leftOut.has(state)) state.passedAt = startedAt
      },
      (error: unknown) => failed(job, error),
    )
    const tracked = passed.finally(() => {
      underWay.delete(tracked)
      const isFirst = job.before === null
      if (progress !== null && isFirst && !context.signal.aborted) progress.done += 1
      end()
    })
    // Whoever waits for `underWay` is told.
    tracked.catch(() => undefined)
    underWay.add(tracked)
    await visit.walked.catch((error: unknown) => failed(job, error))
  }
  async function work(): Promise<void> {
    for (let job = jobs[next++]; job !== undefined; job = jobs[next++]) await look(job)
  }
  await Promise.all(Array.from({ length: TABLES_AT_A_TIME }, work))
  await Promise.all(underWay)
  for (const bug of bugs) throw bug
  return [...leftOut.values()]
}

/** Nobody knows what is in these tables, and the next pass tries them again. */
function markFailed(context: SetContext, { on }: Job, { check }: Pass): void {
  const outcome = unknownOutcome('not_compared', context.world.now())
  for (const { state } of on) {
    state.walk = null
    context.tables.visited(state, check, outcome)
  }
}

/**
 * When no other visit of the table is under way any more; a long walk does not hold up a look at what it found.
 * @returns to be called when this one is over.
 */
async function begin({ on }: Job, { scope }: Pass): Promise<() => void> {
  const slot = scope === 'findings' ? 'relook' : 'visit'
  const others = ({ state }: Target) => {
    const isBesideWalk = slot === 'relook' && state.walk !== null
    return [state.relook, isBesideWalk ? null : state.visit].filter((each) => each !== null)
  }
  for (let busy = on.flatMap(others); busy.length > 0; busy = on.flatMap(others)) {
    await Promise.all(busy)
  }
  const ended = Promise.withResolvers<void>()
  for (const { state } of on) state[slot] = ended.promise
  return () => {
    for (const { state } of on) state[slot] = null
    ended.resolve()
  }
}
