/** Initialised data directories, one per server version: made once, then copied for each server. */
import { createHash } from 'node:crypto'
import { constants, existsSync, mkdirSync } from 'node:fs'
import { cp, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ServerError, UserError } from '../errors.ts'
import type { Engine, Installation } from './engine.ts'
import { outputOf } from './program.ts'
import { hasCode } from './record.ts'

/** @throws {UserError} when the disk is full. */
export async function copyTemplate(template: string, dataFolder: string): Promise<void> {
  try {
    await cp(template, dataFolder, { recursive: true, mode: constants.COPYFILE_FICLONE })
    // Two servers with one auto.cnf would have one server_uuid.
    await rm(join(dataFolder, 'auto.cnf'), { force: true })
  } catch (error) {
    if (!hasCode(error, 'ENOSPC')) throw error
    throw new UserError(`the disk that holds ${dataFolder} is full`)
  }
}

/** @returns the folder of the template, made now if this version was never used before. */
export async function templateOf(
  cache: string,
  engine: Engine,
  installation: Installation,
): Promise<string> {
  // Other options make another template, so that a newer lab does not copy an older one's.
  const recipe = engine.initialise(installation, '').join('\0')
  const digest = createHash('sha256').update(recipe).digest('hex').slice(0, 8)
  const folder = join(cache, 'templates', `${engine.vendor}-${installation.version}-${digest}`)
  if (!existsSync(folder)) await makeTemplate(engine, installation, folder)
  return folder
}

async function makeTemplate(
  engine: Engine,
  installation: Installation,
  folder: string,
): Promise<void> {
  // Aside, then renamed: a killed or concurrent maker leaves no half template under the real name.
  const aside = `${folder}.${process.pid}.partial`
  mkdirSync(aside, { recursive: true, mode: 0o700 })
  try {
    await outputOf(engine.initialise(installation, join(aside, 'data')))
    await rename(join(aside, 'data'), folder)
  } catch (error) {
    if (hasCode(error, 'ENOTEMPTY') || hasCode(error, 'EEXIST')) return
    throw startFailure(`${engine.vendor}: cannot make a data directory`, String(errorText(error)))
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

/** One clear line out of a server's log. */
export function startFailure(what: string, log: string): UserError | ServerError {
  if (/No space left on device|Disk is full|error(?: number|:)? 28\b/i.test(log)) {
    return new UserError(`${what}: the disk is full`)
  }
  const lines = log.split('\n').filter((line) => line.trim() !== '')
  const telling = lines.find((line) => /\[ERROR\]/.test(line)) ?? lines.at(-1) ?? 'it said nothing'
  return new ServerError('internal', `${what}: ${telling.trim()}`)
}

function errorText(error: unknown): string {
  const { message, stdout, stderr } = error as Error & { stdout?: string; stderr?: string }
  return `${stderr ?? ''}${stdout ?? ''}` || message
}
