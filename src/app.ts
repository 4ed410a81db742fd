/** Wires the parts: one engine for `check` (look once) and `serve` (watch all the time). */
import { isDeepStrictEqual } from 'node:util'
import type { PassEstimate, TableDiff } from './answers.ts'
import { CHECKS } from './checks/index.ts'
import type { Config, SetConfig } from './config/config.ts'
import { CHECK_NAMES, type CheckName } from './domain.ts'
import type { Logger } from './log.ts'
import type { Report } from './report.ts'
import { createContext, type ScanMode, SERVE_DUTY, type SetContext } from './scan/context.ts'
import { type DiffRequest, diffTable } from './scan/diff.ts'
import { estimatePass } from './scan/estimate.ts'
import { changesOf, remember, type SetMemory } from './scan/memory.ts'
import { lookOnce } from './scan/once.ts'
import { reportOf } from './scan/report.ts'
import { watchSet } from './scan/watch.ts'
import type { World } from './world.ts'

export interface AppOptions {
  readonly world: World
  readonly log: Logger
}

export interface OnceOptions extends AppOptions {
  /** Cheapest first; default all that the configuration enables. */
  readonly checks: readonly CheckName[]
  /** Ends the run; what was not reached is reported so. */
  readonly signal: AbortSignal
}

/** One full look at every set, sets in parallel. Never throws for what a server does. */
export async function checkOnce(config: Config, options: OnceOptions): Promise<Report> {
  const sets = await Promise.all(
    config.sets.map((set) =>
      withContext(
        set,
        { once: true, checks: enabledChecks(set, options.checks) },
        options,
        async (context) => {
          await lookOnce(context)
          return reportOf(context)
        },
      ),
    ),
  )
  return { generatedAt: options.world.now(), sets }
}

export interface DiffOptions extends AppOptions {
  readonly request: DiffRequest
  readonly signal: AbortSignal
}

/** @throws {UserError} when the request names nothing in the set. */
export function diffOnce(set: SetConfig, options: DiffOptions): Promise<TableDiff> {
  const checks: readonly CheckName[] = ['threads', 'grants', 'checksum']
  return withContext(set, { once: true, checks }, options, (context) =>
    diffTable(context, options.request),
  )
}

/** What a pass of `serve` would take. @throws {ServerError} when no source can be read. */
export function estimateOnce(
  set: SetConfig,
  options: AppOptions & { readonly signal: AbortSignal },
): Promise<PassEstimate[]> {
  const checks: readonly CheckName[] = ['threads', 'grants', 'checksum']
  const share = set.throttle.maxDuty ?? SERVE_DUTY
  return withContext(set, { once: true, checks }, options, (context) =>
    estimatePass(context, share),
  )
}

/** A set's servers for as long as `task` takes. */
async function withContext<T>(
  set: SetConfig,
  mode: ScanMode,
  { world, log, signal }: AppOptions & { readonly signal: AbortSignal },
  task: (context: SetContext) => Promise<T>,
): Promise<T> {
  const ending = new AbortController()
  const context = createContext(set, mode, world, log, AbortSignal.any([ending.signal, signal]))
  try {
    return await task(context)
  } finally {
    ending.abort()
    await closeServers(context)
  }
}

export interface Watching {
  report(): Report
  /** Every server was tried once. */
  readonly ready: boolean
  /** Watch what `config` says from now on. What is known of a set stays, as far as it still applies. */
  apply(config: Config): Promise<void>
  /** What is known of each set and is worth to be kept. */
  memories(): SetMemory[]
  /** See `changesOf`. */
  changes(): { readonly verdicts: number; readonly items: readonly unknown[] }
  /**
   * Read no table of a set before `until`; null = go on at once. Its servers are still looked at.
   * @param set null = every set.
   * @returns false when no set has this name.
   */
  pause(set: string | null, until: Date | null): boolean
  /** Kill what runs on the servers, then let go of them. */
  close(): Promise<void>
}

interface WatchedSet {
  readonly context: SetContext
  end(): Promise<void>
}

/** @param memories of the sets, from before a restart. */
export function watch(
  config: Config,
  options: AppOptions,
  memories: readonly SetMemory[] = [],
): Watching {
  let watched = config.sets.map((set) => watchedSet(set, options, memories))
  return {
    report: () => ({
      generatedAt: options.world.now(),
      sets: watched.map(({ context }) => reportOf(context)),
    }),
    get ready() {
      return watched.every(({ context }) => wasTried(context))
    },
    memories: () => watched.map(({ context }) => remember(context)),
    changes() {
      const ofSets = watched.map(({ context }) => changesOf(context))
      return {
        verdicts: ofSets.reduce((sum, { verdicts }) => sum + verdicts, 0),
        items: ofSets.flatMap(({ items }) => items),
      }
    },
    async apply(next) {
      const before = watched
      const known = before.map(({ context }) => remember(context))
      watched = next.sets.map(
        (set) =>
          before.find(({ context }) => isDeepStrictEqual(context.config, set)) ??
          pausedLike(watchedSet(set, options, known), before),
      )
      await Promise.all(before.filter((set) => !watched.includes(set)).map((set) => set.end()))
    },
    pause(name, until) {
      const sets = watched.filter(({ context }) => name === null || context.config.name === name)
      for (const { context } of sets) context.pausedUntil = until
      const event = until === null ? 'resumed' : 'paused'
      const fields = { until: until?.toISOString() ?? null }
      for (const { context } of sets)
        options.log.info(event, { set: context.config.name, ...fields })
      return sets.length > 0 || name === null
    },
    async close() {
      await Promise.all(watched.map((set) => set.end()))
    },
  }
}

function watchedSet(
  set: SetConfig,
  { world, log }: AppOptions,
  memories: readonly SetMemory[],
): WatchedSet {
  const ending = new AbortController()
  const mode = { once: false, checks: enabledChecks(set, CHECK_NAMES) }
  const memory = memories.find(({ name }) => name === set.name)
  const context = createContext(set, mode, world, log, ending.signal, memory)
  const loops = watchSet(context)
  return {
    context,
    async end() {
      ending.abort()
      await closeServers(context)
      await loops
      await Promise.all(context.afterDelay.underWay.values())
    },
  }
}

/** Other settings do not end a pause. */
function pausedLike(set: WatchedSet, before: readonly WatchedSet[]): WatchedSet {
  const same = before.find(({ context }) => context.config.name === set.context.config.name)
  set.context.pausedUntil = same?.context.pausedUntil ?? null
  return set
}

function enabledChecks(set: SetConfig, wanted: readonly CheckName[]): CheckName[] {
  return CHECKS.map(({ name }) => name).filter(
    (name) => wanted.includes(name) && set.intervals[name] !== undefined,
  )
}

function wasTried(context: SetContext): boolean {
  return [...context.facts.keys()].every((name) => context.runs.status('threads', name).runs > 0)
}

async function closeServers(context: SetContext): Promise<void> {
  await Promise.all([...context.facts.values()].map(({ server }) => server.close()))
}
