/** One pass of a check of data: every table of every group of a set, or only what was found before. */
import type { Scope } from '../checks/check.ts'
import { HELD, HELD_OR_BEHIND } from '../compare/left-out.ts'
import type { Group, Link } from '../compare/link.ts'
import type { TableCheck } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { Server } from '../server-pool.ts'
import { matchesTable } from '../table-pattern.ts'
import { approximateRowsOn } from './approximate-rows.ts'
import type { SetContext } from './context.ts'
import { isWorthCounting } from './countable.ts'
import { linksOf } from './groups.ts'
import { isStale, type Job, knownDrift, type Pass, type Target } from './job.ts'
import {
  checksOf,
  forgetOldLinks,
  type LinkTables,
  linkTables,
  markBlocked,
} from './link-tables.ts'
import { type Listings, listAll } from './listing.ts'
import { confirmMissing } from './missing.ts'
import { record } from './record.ts'
import { abreast, beginPass, isPassed } from './resume.ts'
import { runJobs } from './run-jobs.ts'
import type { TableState } from './table-store.ts'

/** How often a pass comes back to what was held back: each time it gets further. */
const MOST_RETURNS = 50
/** To what differed while its replica was behind, fewer: each of them waits for a fence. */
const RETURNS_WHERE_BEHIND = 2

export async function runPass(context: SetContext, check: TableCheck, what: Scope): Promise<void> {
  const scope = what === 'rest' ? 'all' : what
  const { groups, blocked } = linksOf(context)
  if (scope === 'all') forgetOldLinks(context, groups, blocked)
  const wanted = scope === 'findings' ? groupsWithFindings(context, groups, check) : groups
  if (wanted.length === 0 && scope === 'findings') return
  const listings = await listAll(groups, context.signal)
  const startedAt = beginPass(context, check, what)
  const isLater = isComingBack(context, check, scope) ? HELD_OR_BEHIND : HELD
  await Promise.all([
    ...wanted.map((group) =>
      passOver(context, group, listings, { check, scope, startedAt, isLater }),
    ),
    ...(scope === 'all' ? blocked.map((link) => markBlocked(context, link, listings, check)) : []),
  ])
}

/** Later to what differed while its replica was behind. One full look waits for a fence at once, and tries again. */
function isComingBack(
  { config, mode }: SetContext,
  check: TableCheck,
  scope: Pass['scope'],
): boolean {
  // Where the next pass comes as soon as that, it tells, and need not be held up.
  const lastsMs = 2 * RETURNS_WHERE_BEHIND * config.checksum.fenceTimeoutMs
  return scope !== 'findings' && !mode.once && (config.intervals[check] ?? 0) > lastsMs
}

function groupsWithFindings(context: SetContext, groups: readonly Group[], check: TableCheck) {
  return groups.flatMap(({ source, links }) => {
    const found = links.filter((link) =>
      context.tables
        .of(link.replica.config.name, link.channel)
        .some((state) => isFinding(context, state, check)),
    )
    return found.length === 0 ? [] : [{ source, links: found }]
  })
}

function isFinding(context: SetContext, state: TableState, check: TableCheck): boolean {
  const standing = state.standings[check]
  // One full look comes back to what was on one end when it was listed; to `serve` the next pass does.
  if (context.mode.once) return standing?.reason === 'not_yet'
  return standing?.verdict === 'drifted' || standing?.verdict === 'missing'
}

async function passOver(
  context: SetContext,
  group: Group,
  listings: Listings,
  pass: Pass,
): Promise<void> {
  const { check } = pass
  const work = new Map<Link, LinkTables | ServerError>(
    group.links.map((link) => [link, linkTables(context, link, listings, check)]),
  )
  const readable = [...work.values()].flatMap((each) => (each instanceof ServerError ? [] : [each]))
  const done = Promise.all([
    ...readable.map((each) => confirmMissing(context, each, checksOf(context, check))),
    walkTables(context, readable, pass),
  ])
  await Promise.all(
    [...work].map(([link, each]) =>
      context.runs.attempt(check, link.replica.config.name, async () => {
        if (each instanceof ServerError) throw each
        await done
      }),
    ),
  )
}

/** What can be compared on at least one link, priority first. */
async function walkTables(
  context: SetContext,
  works: readonly LinkTables[],
  pass: Pass,
): Promise<void> {
  const { check, scope, startedAt } = pass
  if (check === 'row_count') await estimateAnew(context, works)
  const targets = works.flatMap(({ link, tables }) =>
    [...tables.values()]
      .filter((table) => isCompared(context, table, pass))
      .map((table): Target => ({ link, ...table })),
  )
  // What goes by another name on its replica is looked at on its own.
  const byName = Map.groupBy(targets, ({ listed: { source, replica } }) =>
    JSON.stringify([source.schema, source.table, replica.schema]),
  )
  const tables = [...byName.values()]
    .map((on) => ({ on }))
    // Each link has ranges of its own that drifted.
    .flatMap(({ on }) => (scope === 'findings' ? on.map((target) => ({ on: [target] })) : [{ on }]))
  const jobs = tables
    .map(({ on }) => ({ on: on.filter(({ state }) => !isPassed(state, startedAt)) }))
    .flatMap((job) => (startedAt === null ? [job] : abreast(job.on).map((on) => ({ on }))))
    .map(({ on }): Job => ({ on, before: null }))
    .sort((a, b) => priorityOf(context, a.on) - priorityOf(context, b.on))
  const progress = startedAt === null ? null : context.pass
  if (progress !== null) {
    const passed = tables.filter(({ on }) => on.every(({ state }) => isPassed(state, startedAt)))
    progress.done += passed.length
    progress.tables += jobs.length + passed.length
  }
  let leftOut = await runJobs(context, jobs, pass)
  for (let returns = 0; returns < MOST_RETURNS && leftOut.length > 0; returns += 1) {
    // At the end of the pass a replica that was behind is not, more often than not.
    const isLast = returns + 1 === RETURNS_WHERE_BEHIND
    if (isLast && pass.isLater === HELD_OR_BEHIND) {
      await context.world.sleep(context.config.checksum.fenceTimeoutMs, context.signal)
    }
    const isOver = returns + 1 >= RETURNS_WHERE_BEHIND
    const free = await freeJobs(context, leftOut)
    leftOut = [
      ...leftOut.filter((job) => !free.includes(job)),
      ...(await runJobs(context, free, isOver ? { ...pass, isLater: HELD } : pass)),
    ]
  }
  for (const job of leftOut) {
    const { on, before } = job
    if (before !== null && !isStale(job)) {
      for (const target of on) record(context, target, check, before)
    }
    passOff(on, pass)
  }
}

/** Of what could not be counted in time: it may have become less. */
async function estimateAnew(context: SetContext, works: readonly LinkTables[]): Promise<void> {
  for (const { link, tables } of works) {
    for (const { listed, state } of tables.values()) {
      if (state.countTried === null || listed.on !== 'both') continue
      state.approximateRows = await approximateRowsOn(context, link, listed.source)
    }
  }
}

/** Those whose replica is not held back any more; waits a while for it. */
async function freeJobs(context: SetContext, jobs: readonly Job[]): Promise<readonly Job[]> {
  const replicas = new Set(jobs.flatMap(({ on }) => on.map(({ link }) => link.replica)))
  const free = new Set<Server>()
  await Promise.all(
    [...replicas].map(async (replica) => {
      if (await context.gate.untilFree(replica, 'replica')) free.add(replica)
    }),
  )
  return jobs.filter(({ on }) => on.every(({ link }) => free.has(link.replica)))
}

/** Nothing of it is open any more in this pass. */
function passOff(on: readonly Target[], { check, startedAt }: Pass): void {
  for (const { state } of on) {
    if (startedAt !== null) state.passedAt = startedAt
    state.walk = null
    if (check === 'checksum') state.position = null
  }
}

function isCompared(
  context: SetContext,
  { listed, state }: Omit<Target, 'link'>,
  { check, scope }: Pass,
): boolean {
  if (listed.on !== 'both' || listed.skipped !== null || listed.barred !== null) return false
  // The walk counts the rows as well, and may take hours.
  if (check === 'row_count' && state.walk !== null) return false
  if (check === 'row_count') {
    const { countTried, approximateRows } = state
    if (!isWorthCounting(countTried, approximateRows, context.world.now())) return false
  }
  if (scope === 'all') return true
  if (scope === 'priority') return state.visit === null && isPriority(context, state)
  if (state.relook !== null || !isFinding(context, state, check)) return false
  return state.visit === null || (state.walk !== null && knownDrift(state, check) !== null)
}

function priorityOf(context: SetContext, [first]: readonly Target[]): number {
  return first !== undefined && isPriority(context, first.state) ? -1 : 0
}

function isPriority({ config }: SetContext, { id }: TableState): boolean {
  return matchesTable(config.tables.priority, id.schema, id.table)
}
