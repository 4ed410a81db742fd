import { dirname, resolve } from 'node:path'
import type { SourceFile } from './problems.ts'

/** What the configuration may ask of the world. */
export interface FileReader {
  /** Contents, and whether any account of the machine may read them. @throws if it cannot be read. */
  readonly readFile: (path: string) => { readonly text: string; readonly worldReadable: boolean }
}

/** An absolute path: what a file names is relative to that file, wherever the process was started. */
export function resolveBeside(file: string, path: string): string {
  return resolve(dirname(file), path)
}

/** The text of a file that a key names, relative to the file with the key; undefined after complaining. */
export function readNamedFile(
  path: string,
  key: string,
  file: SourceFile,
  world: FileReader,
): string | undefined {
  try {
    return world.readFile(resolveBeside(file.path, path)).text
  } catch (error) {
    return file.reject(key, `expected a readable file, got ${path}: ${reasonOf(error)}`)
  }
}

/** `ENOENT` says more than Node's sentence around it, which repeats the path. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error ? String(error.code) : error.message
}
