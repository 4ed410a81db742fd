/** One exporter a state file: two would take each other's memory away. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { UserError } from '../errors.ts'
import { identityOf, isRunning, type ProcessIdentity } from '../process-identity.ts'

/**
 * The lock of an exporter that was killed is taken over. One that runs where its processes cannot be seen from
 * here, such as in another container, is not noticed: then the last one that writes wins.
 *
 * @returns lets go of it.
 * @throws {UserError} when another exporter that runs has it.
 */
export function lockStateFile(path: string): () => void {
  const lock = `${path}.lock`
  const own = JSON.stringify(identityOf(process.pid) ?? { pid: process.pid })
  if (!create(lock, own)) {
    const owner = ownerOf(lock)
    if (owner !== null && owner.pid !== process.pid && isRunning(owner)) {
      throw new UserError(
        `--state.file: expected a file of its own, but ${path} is used by process ${owner.pid}`,
      )
    }
    rmSync(lock, { force: true })
    if (!create(lock, own)) throw new UserError(`--state.file: ${path} was taken a moment ago`)
  }
  return () => {
    if (textOf(lock) === own) rmSync(lock, { force: true })
  }
}

/** false: it is there already. */
function create(lock: string, text: string): boolean {
  try {
    writeFileSync(lock, text, { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** null for what is no lock of ours, or was killed before it was written. */
function ownerOf(lock: string): ProcessIdentity | null {
  try {
    const { pid, startTicks, bootId } = JSON.parse(textOf(lock) ?? '') as Partial<ProcessIdentity>
    return Number.isSafeInteger(pid) && pid !== undefined
      ? { pid, startTicks: String(startTicks), bootId: String(bootId) }
      : null
  } catch {
    return null
  }
}

function textOf(lock: string): string | null {
  try {
    return readFileSync(lock, 'utf8')
  } catch {
    return null
  }
}
