/** How each check fared on each server: counted, timed, and never swallowed. */
import { CHECK_NAMES, type CheckName, FAILURE_REASONS, type FailureReason } from '../domain.ts'
import { ServerError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { CheckStatus } from '../report.ts'
import type { World } from '../world.ts'

export interface CheckRuns {
  /**
   * Run one check on one server. A failure of the world is recorded and becomes null; our own bug is
   * recorded as `internal` and thrown on.
   */
  attempt<T>(check: CheckName, server: string, look: () => Promise<T>): Promise<T | null>
  status(check: CheckName, server: string): RunStatus
  /** How those that are due there fare; one that was not due at the last call is so since now. */
  statuses(server: string, due: readonly CheckName[]): [CheckName, RunStatus][]
  /** Of those that are due there. */
  memories(server: string): CheckMemories
  /** The last run of some check failed there because our account lacks a right. */
  isDenied(server: string): boolean
}

/** What of a check on one server outlives a restart: how it fares is seen anew, how long it has not succeeded is not. */
export type CheckMemory = Pick<CheckStatus, 'dueSince' | 'lastSuccess'>
export type CheckMemories = Readonly<Partial<Record<CheckName, CheckMemory>>>

/** All but what the configuration says. */
export type RunStatus = Omit<CheckStatus, 'intervalSeconds'>

type Run = { -readonly [K in keyof RunStatus]: RunStatus[K] } & {
  failures: Record<FailureReason, number>
  /** Of the last run. */
  failure: FailureReason | null
  isDue: boolean
}

export function checkRuns({
  set,
  world,
  log,
  signal,
  known,
}: {
  readonly set: string
  readonly world: World
  readonly log: Logger
  readonly signal: AbortSignal
  /** By server: from before a restart. */
  readonly known: ReadonlyMap<string, CheckMemories>
}): CheckRuns {
  const runs = new Map<string, Run>()
  for (const [server, checks] of known) {
    for (const check of Object.keys(checks) as CheckName[]) runOf(check, server)
  }

  function runOf(check: CheckName, server: string): Run {
    const key = keyOf(check, server)
    const before = runs.get(key)
    if (before !== undefined) return before
    const run: Run = {
      success: false,
      lastRun: null,
      ...(known.get(server)?.[check] ?? { dueSince: world.now(), lastSuccess: null }),
      lastDurationSeconds: null,
      runs: 0,
      failures: Object.fromEntries(FAILURE_REASONS.map((reason) => [reason, 0])) as Record<
        FailureReason,
        number
      >,
      failure: null,
      isDue: true,
    }
    runs.set(key, run)
    return run
  }

  function statusOf(check: CheckName, server: string): RunStatus {
    const { failure: _failure, isDue: _isDue, ...run } = runOf(check, server)
    return { ...run, failures: { ...run.failures } }
  }

  return {
    async attempt(check, server, look) {
      const run = runOf(check, server)
      const started = world.now()
      const startedMs = world.steady().getTime()
      const end = () => {
        run.runs += 1
        run.lastRun = started
        run.lastDurationSeconds = (world.steady().getTime() - startedMs) / 1000
      }
      try {
        const result = await look()
        end()
        run.success = true
        run.failure = null
        run.lastSuccess = started
        return result
      } catch (error) {
        // Broken off by us: it neither worked nor failed.
        if (signal.aborted) return null
        end()
        run.success = false
        const reason = error instanceof ServerError ? error.reason : 'internal'
        run.failures[reason] += 1
        run.failure = reason
        log.warn('check_failed', { set, server, check, reason, error: (error as Error).message })
        if (reason === 'internal') throw error
        return null
      }
    },
    status: statusOf,
    statuses(server, due) {
      for (const check of CHECK_NAMES) {
        const run = runOf(check, server)
        const isDue = due.includes(check)
        if (isDue && !run.isDue) run.dueSince = world.now()
        run.isDue = isDue
      }
      return due.map((check) => [check, statusOf(check, server)])
    },
    memories: (server) =>
      Object.fromEntries(
        CHECK_NAMES.flatMap((check): [CheckName, CheckMemory][] => {
          const run = runs.get(keyOf(check, server))
          if (run === undefined || !run.isDue) return []
          return [[check, { dueSince: run.dueSince, lastSuccess: run.lastSuccess }]]
        }),
      ),
    isDenied: (server) => CHECK_NAMES.some((check) => runOf(check, server).failure === 'privilege'),
  }
}

function keyOf(check: CheckName, server: string): string {
  return `${check}/${server}`
}
