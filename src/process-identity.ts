/** Processes of this machine, told apart from strangers that got the same pid later. Linux. */
import { readFileSync } from 'node:fs'

/** A pid alone is reused; a pid, its start (clock ticks since boot) and the boot are not. */
export interface ProcessIdentity {
  readonly pid: number
  readonly startTicks: string
  readonly bootId: string
}

/** null when there is no such process, or only its zombie. */
export function identityOf(pid: number): ProcessIdentity | null {
  const stat = statOf(pid)
  if (stat === null || stat.state === 'Z' || stat.state === 'X') return null
  return { pid, startTicks: stat.startTicks, bootId: bootId() }
}

export function isRunning(identity: ProcessIdentity): boolean {
  const now = identityOf(identity.pid)
  return now !== null && now.startTicks === identity.startTicks && now.bootId === identity.bootId
}

interface Stat {
  readonly state: string
  readonly startTicks: string
}

/** null when there is no such process. */
export function statOf(pid: number): Stat | null {
  const text = procFile(`/proc/${pid}/stat`)
  if (text === null) return null
  // The second field is the program's name in brackets and may itself hold spaces and brackets (proc_pid_stat(5)).
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startTicks: fields[19] ?? '' }
}

function bootId(): string {
  return procFile('/proc/sys/kernel/random/boot_id')?.trim() ?? ''
}

/** null when the process is gone. */
export function procFile(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    // Any other failure to look says nothing: a living server is not to be taken for a dead one.
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  }
}
