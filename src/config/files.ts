import { globSync, readFileSync, statSync } from 'node:fs'
import type { ConfigSource } from './load.ts'

/** The disk, for `loadConfig`. */
export const disk: Pick<ConfigSource, 'readFile' | 'listFiles'> = {
  readFile: (path) => ({
    text: readFileSync(path, 'utf8'),
    worldReadable: (statSync(path).mode & 0o004) !== 0,
  }),
  listFiles: (glob) => globSync(glob, { withFileTypes: false }),
}
