/** The state file on disk: read once, written as a whole, and never seen half written. */
import { randomUUID } from 'node:crypto'
import {
  existsSync,
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
} from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { UserError } from '../errors.ts'
import type { Logger } from '../log.ts'
import type { SetMemory } from '../scan/memory.ts'
import { Damage } from './codec.ts'
import { decodeState, encodeState } from './document.ts'
import { lockStateFile } from './lock.ts'

export interface StateFile {
  readonly path: string
  /** What was in it; nothing when there was none or when it was damaged. */
  readonly memories: readonly SetMemory[]
  /** After a kill at any moment either the old or the new contents are there. */
  write(memories: readonly SetMemory[]): Promise<void>
  close(): void
}

/**
 * A file that is not ours or not whole is set aside under another name.
 * @throws {UserError} when it can not be read or not be written.
 */
export async function openStateFile(
  given: string,
  { now, log }: { readonly now: () => Date; readonly log: Logger },
): Promise<StateFile> {
  const path = existsSync(given) ? realpathSync(given) : resolve(given)
  const unlock = asUserError(path, () => {
    if (existsSync(path) && !lstatSync(path).isFile()) {
      throw new UserError(`--state.file: expected a file, but ${path} is none`)
    }
    return lockStateFile(path)
  })
  try {
    const memories = asUserError(path, () => {
      removeLeftovers(path)
      return read(path, now, log)
    })
    // Whether it can be written is to be known now, not when there is something to lose.
    await write(path, memories).catch((error: unknown) => throwAsUserError(path, error))
    const tables = memories.reduce((sum, memory) => sum + memory.tables.length, 0)
    log.info('state_read', { file: path, sets: memories.length, tables })
    return { path, memories, write: (next) => write(path, next), close: unlock }
  } catch (error) {
    unlock()
    throw error
  }
}

function read(path: string, now: () => Date, log: Logger): readonly SetMemory[] {
  if (!existsSync(path)) return []
  try {
    return decodeState(readFileSync(path))
  } catch (error) {
    if (!(error instanceof Damage)) throw error
    const aside = freeName(
      `${path}.damaged-${now()
        .toISOString()
        .replace(/[-:]|\.\d+/g, '')}`,
    )
    renameSync(path, aside)
    log.warn('state_set_aside', { file: path, problem: error.message, renamed_to: aside })
    return []
  }
}

/** Renaming would overwrite a file of that name. */
function freeName(wanted: string): string {
  let name = wanted
  for (let number = 2; existsSync(name); number += 1) name = `${wanted}-${number}`
  return name
}

async function write(path: string, memories: readonly SetMemory[]): Promise<void> {
  const partial = `${path}.partial-${randomUUID()}`
  try {
    // Bounds of ranges are keys of rows: nobody else is to read them.
    const file = await open(partial, 'wx', 0o600)
    try {
      for (const slice of encodeState(memories)) await file.writeFile(slice)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(partial, path)
  } catch (error) {
    await rm(partial, { force: true })
    throw error
  }
  // Only then is the new name sure to be there after the machine lost its power.
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Of writes that were killed. */
function removeLeftovers(path: string): void {
  const [folder, start] = [dirname(path), `${basename(path)}.partial-`]
  for (const name of readdirSync(folder)) {
    if (name.startsWith(start)) rmSync(join(folder, name), { force: true })
  }
}

function asUserError<T>(path: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    return throwAsUserError(path, error)
  }
}

/** What the file system refuses is for the user to change; anything else is our own bug. */
function throwAsUserError(path: string, error: unknown): never {
  const { code } = error as NodeJS.ErrnoException
  if (error instanceof UserError || code === undefined || code.startsWith('ERR_')) throw error
  const why = code === 'ENOENT' ? 'its folder is not there' : code
  throw new UserError(
    `--state.file: expected a file that can be read and written, but ${path}: ${why}`,
  )
}
