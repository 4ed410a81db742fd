import { readFileSync } from 'node:fs'
import { UserError } from '../errors.ts'

/** @throws {UserError} when the file cannot be read. */
export function readConfigFile(path: string): { readonly path: string; readonly text: string } {
  try {
    return { path, text: readFileSync(path, 'utf8') }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === undefined) throw error
    const why = code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`
    throw new UserError(`--config.file: expected a configuration, but ${path}: ${why}`)
  }
}
