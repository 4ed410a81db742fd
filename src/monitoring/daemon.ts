/** Programs that run beside us, out of one private folder, and end with us however we end. */
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { removeFolder } from '../lab/folder.ts'
import { eventually, processesWithArgument, signal, startDaemon } from '../lab/process.ts'
import { identityOf, isRunning, type ProcessIdentity } from '../process-identity.ts'

export interface Daemon {
  readonly name: string
  /** Among its arguments is `--config.file=` with a file of the folder: by that it is found again. */
  readonly argv: readonly string[]
  /** Answers with 200 once it works. */
  readonly readyUrl: string
  readonly logFile: string
}

export interface Running {
  /** Lets it read its files again. */
  reload(): void
  /** At once (SIGKILL); resolves when it is gone. */
  kill(): Promise<void>
}

export const START_TIMEOUT_MS = 30_000

/** @throws {UserError} with the last line of its log, when it does not start. */
export async function startAndWait({ name, argv, readyUrl, logFile }: Daemon): Promise<Running> {
  const identity = await startDaemon(argv, { logFile, diesWithUs: true })
  const hasEnded = () => identity === null || !isRunning(identity)
  let isReady = false
  await eventually(async () => {
    isReady = await answers(readyUrl)
    return isReady || hasEnded()
  }, START_TIMEOUT_MS)
  if (isReady && identity !== null) {
    return {
      reload: () => signal(identity, 'SIGHUP'),
      async kill() {
        signal(identity, 'SIGKILL')
        await eventually(() => !isRunning(identity), START_TIMEOUT_MS)
      },
    }
  }
  const problem = hasEnded() ? 'ended at once' : `is not ready after ${START_TIMEOUT_MS / 1000} s`
  throw new UserError(`${name} ${problem}: ${linesOf(logFile).at(-1) ?? 'no message'}`)
}

let made = 0

/** A new folder of this process. */
export function makeFolder(cache: string): string {
  const owner = identityOf(process.pid)
  if (owner === null) throw new Error('this process is not in /proc')
  // The owner stands in the name, so that there is no moment at which a folder has none.
  made += 1
  const name = `${owner.pid}_${owner.startTicks}_${owner.bootId}_${made}`
  const folder = join(foldersIn(cache), name)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  return folder
}

/** Ends the programs of a folder and removes it. */
export async function endAll(folder: string): Promise<void> {
  const ours = () => processesWithArgument(`--config.file=${folder}/`)
  // First the polite way: the exporter has queries on the servers to end.
  for (const identity of ours()) signal(identity, 'SIGTERM')
  await eventually(() => ours().length === 0, 3_000)
  await eventually(() => {
    const running = ours()
    for (const identity of running) signal(identity, 'SIGKILL')
    return running.length === 0
  }, 10_000)
  await removeFolder(folder)
}

/** Ends what others left that were killed. */
export async function reapFolders(cache: string): Promise<void> {
  const folders = foldersIn(cache)
  mkdirSync(folders, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(folders)) {
    const owner = ownerOf(name)
    if (owner === null || !isRunning(owner)) await endAll(join(folders, name))
  }
}

export function linesOf(file: string): string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '')
}

function foldersIn(cache: string): string {
  return join(cache, 'monitoring')
}

function ownerOf(name: string): ProcessIdentity | null {
  const [pid, startTicks, bootId] = name.split('_')
  if (pid === undefined || startTicks === undefined || bootId === undefined) return null
  return { pid: Number(pid), startTicks, bootId }
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) })
    return response.ok
  } catch {
    return false
  }
}
