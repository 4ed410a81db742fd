/** Writes down what changed: a verdict within a second, all else every few seconds. */
import type { Logger } from '../log.ts'
import type { SetMemory } from '../scan/memory.ts'
import type { World } from '../world.ts'
import type { StateFile } from './file.ts'

export interface Kept {
  memories(): readonly SetMemory[]
  changes(): { readonly verdicts: number; readonly items: readonly unknown[] }
}

const LOOK_MS = 500
const CALM_MS = 5_000
/** Of a large file: news may take a fifth of the time for writing it, all else a twentieth. */
const NEWS_PAUSE = 4
const CALM_PAUSE = 19

export interface Keeper {
  /** Writes it a last time. */
  end(): Promise<void>
}

export function keepState(
  file: Pick<StateFile, 'path' | 'write'>,
  kept: Kept,
  { world, log }: { readonly world: World; readonly log: Logger },
): Keeper {
  const ending = new AbortController()
  let saved = kept.changes()
  let savedAt = world.steady().getTime()
  let tookMs = 0
  let problem: string | null = null

  async function save(): Promise<void> {
    // What changes while it is written is new again.
    const changes = kept.changes()
    const startedAt = world.steady().getTime()
    try {
      await file.write(kept.memories())
      saved = changes
      if (problem !== null) log.info('state_saved_again', { file: file.path })
      problem = null
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException
      const now = code ?? message
      if (now !== problem) log.error('state_not_saved', { file: file.path, error: now })
      problem = now
    }
    savedAt = world.steady().getTime()
    tookMs = savedAt - startedAt
  }

  function isDue(): boolean {
    const sinceMs = world.steady().getTime() - savedAt
    const isCalm = sinceMs >= Math.max(CALM_MS, CALM_PAUSE * tookMs)
    const changes = kept.changes()
    if (changes.verdicts !== saved.verdicts && problem === null) {
      return isCalm || sinceMs >= NEWS_PAUSE * tookMs
    }
    return isCalm && (problem !== null || isOther(changes.items, saved.items))
  }

  async function run(): Promise<void> {
    while (!ending.signal.aborted) {
      // Woken by the end, which the loop sees for itself.
      await world.sleep(LOOK_MS, ending.signal).catch(() => undefined)
      if (!ending.signal.aborted && isDue()) await save()
    }
  }

  const running = run()
  return {
    async end() {
      ending.abort()
      await running
      await save()
    },
  }
}

function isOther(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length !== b.length || a.some((item, index) => item !== b[index])
}
