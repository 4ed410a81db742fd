import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join, resolve } from 'node:path'
import { ServerError } from '../errors.ts'

/** What may change where things are kept. */
export interface LabEnvironment {
  readonly MYSQL_DRIFT_CACHE?: string | undefined
}

/** Where labs, templates and the MySQL tree live. The same rule is in `scripts/setup.sh`. */
export function cacheFolder(environment: LabEnvironment): string {
  const chosen = environment.MYSQL_DRIFT_CACHE ?? ''
  return chosen === '' ? join(homedir(), '.cache/mysql-drift-exporter') : resolve(chosen)
}

/**
 * Remove a folder and all in it, if it exists.
 *
 * @throws {ServerError} when something is mounted there: what would be deleted then is not ours. The lab mounts
 * nothing, but somebody may have, into a tree that was a chroot before.
 */
export async function removeFolder(folder: string): Promise<void> {
  const mounted = mountPoints().find((path) => path === folder || path.startsWith(`${folder}/`))
  if (mounted !== undefined) {
    throw new ServerError('internal', `${folder} was left alone: ${mounted} is mounted there`)
  }
  await rm(folder, { recursive: true, force: true })
}

function mountPoints(): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((path) => path.replaceAll('\\040', ' '))
}
