/** Processes that outlive the one that started them: found, signalled, started, waited for. */
import { spawn } from 'node:child_process'
import { closeSync, openSync, readdirSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import {
  identityOf,
  isRunning,
  type ProcessIdentity,
  procFile,
  statOf,
} from '../process-identity.ts'

export function isFrozen(identity: ProcessIdentity): boolean {
  return isRunning(identity) && statOf(identity.pid)?.state === 'T'
}

/** Sends a signal, but never to a stranger. False when that process is gone. */
export function signal(identity: ProcessIdentity, name: NodeJS.Signals): boolean {
  if (!isRunning(identity)) return false
  try {
    return process.kill(identity.pid, name)
  } catch {
    return false
  }
}

/** Every process one of whose arguments starts with `prefix`. */
export function processesWithArgument(prefix: string): ProcessIdentity[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((entry) => argumentsOf(Number(entry)).some((argument) => argument.startsWith(prefix)))
    .map((entry) => identityOf(Number(entry)))
    .filter((identity) => identity !== null)
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/**
 * Start a daemon with an empty environment, so that no MYSQL_HOME or LD_PRELOAD of ours changes what it is.
 * @param options.diesWithUs the kernel kills it when we end, however we end.
 * @param options.programs a folder in which it looks for programs first.
 * @returns null when it ended at once.
 */
export function startDaemon(
  argv: readonly string[],
  options: { readonly logFile: string; readonly diesWithUs: boolean; readonly programs?: string },
): Promise<ProcessIdentity | null> {
  // setpriv (util-linux, essential in Debian) sets PR_SET_PDEATHSIG, which Node cannot, and then becomes the daemon.
  const [file = '', ...args] = options.diesWithUs
    ? ['setpriv', '--pdeathsig', 'KILL', '--', ...argv]
    : argv
  const log = openSync(options.logFile, 'a', 0o600)
  const child = spawn(file, args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: { PATH: [options.programs, PATH].filter(Boolean).join(':') },
  })
  closeSync(log)
  child.unref()
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('spawn', () => resolve(child.pid === undefined ? null : identityOf(child.pid)))
  })
}

/** Waits for a condition in the world. False after `timeoutMs`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs
  while (!(await condition())) {
    if (performance.now() > deadline) return false
    await delay(20)
  }
  return true
}

function argumentsOf(pid: number): string[] {
  return procFile(`/proc/${pid}/cmdline`)?.split('\0') ?? []
}
