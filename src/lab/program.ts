import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Argv, Settings } from './engine.ts'

const run = promisify(execFile)

/**
 * What a program prints on both streams.
 * @throws when it cannot be run or does not end with 0; the error carries `stdout` and `stderr`.
 */
export async function outputOf([file = '', ...args]: Argv): Promise<string> {
  const { stdout, stderr } = await run(file, args, { cwd: '/', maxBuffer: 16 * 1024 * 1024 })
  return stdout + stderr
}

/** Both servers refuse to run as root unless told to. */
export function asUser(): Settings {
  return process.getuid?.() === 0 ? { user: 'root' } : {}
}
