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
  lastSuccesses(server: string): LastSuccesses
  /** The last run of some check failed there because our account lacks a right. */
  isDenied(server: string): boolean
}

/** Start of the last run that could look; a check that never could is left out. */
export type LastSuccesses = Readonly<Partial<Record<CheckName, Date>>>

/** All but what the configuration says. */
export type RunStatus = Omit<CheckStatus, 'intervalSeconds'>

type Run = { -readonly [K in keyof RunStatus]: RunStatus[K] } & {
  failures: Record<FailureReason, number>
  /** Of the last run. */
  failure: FailureReason | null
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
  readonly known: ReadonlyMap<string, LastSuccesses>
}): CheckRuns {
  const runs = new Map<string, Run>()

  function runOf(check: CheckName, server: string): Run {
    const key = `${check}/${server}`
    const before = runs.get(key)
    if (before !== undefined) return before
    const run: Run = {
      success: false,
      lastRun: null,
      lastSuccess: known.get(server)?.[check] ?? null,
      lastDurationSeconds: null,
      runs: 0,
      failures: Object.fromEntries(FAILURE_REASONS.map((reason) => [reason, 0])) as Record<
        FailureReason,
        number
      >,
      failure: null,
    }
    runs.set(key, run)
    return run
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
    status(check, server) {
      const { failure: _, ...run } = runOf(check, server)
      return { ...run, failures: { ...run.failures } }
    },
    lastSuccesses: (server) =>
      successesOf(CHECK_NAMES, (check) => runOf(check, server).lastSuccess),
    isDenied: (server) => CHECK_NAMES.some((check) => runOf(check, server).failure === 'privilege'),
  }
}

export function successesOf(
  checks: readonly CheckName[],
  lastOf: (check: CheckName) => Date | null,
): LastSuccesses {
  return Object.fromEntries(
    checks.flatMap((check): [CheckName, Date][] => {
      const last = lastOf(check)
      return last === null ? [] : [[check, last]]
    }),
  )
}
