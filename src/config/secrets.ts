import type { Credentials } from './config.ts'
import { AT } from './decode.ts'
import type { Account } from './grammar.ts'
import { keyPath, type SourceFile } from './problems.ts'
import { type FileReader, readNamedFile } from './world.ts'

/** A name and a password, wherever it is kept; undefined after complaining. */
export function readCredentials(
  account: Account,
  file: SourceFile,
  world: FileReader,
): Credentials | undefined {
  const password = readPassword(account, file, world)
  const { username } = account
  return username === undefined || password === undefined ? undefined : { username, password }
}

function readPassword(
  { [AT]: at, password, password_file }: Account,
  file: SourceFile,
  world: FileReader,
): string | undefined {
  const fileKey = keyPath(at, 'password_file')
  if (password !== undefined && password_file !== undefined) {
    return file.reject(fileKey, 'expected only one of password and password_file, got both')
  }
  if (password !== undefined) return password.value
  if (password_file === undefined) {
    // The value itself may have been rejected already; then this would be noise.
    if (file.has(fileKey) || file.has(keyPath(at, 'password'))) return
    return file.reject(
      keyPath(at, 'password'),
      'expected password_file or password ("" for an account without one), got neither',
    )
  }
  const text = readNamedFile(password_file, fileKey, file, world)
  // Editors and `echo` end a file with a newline; no password does.
  const trimmed = text?.replace(/[\r\n]+$/, '')
  if (trimmed === '') {
    return file.reject(fileKey, `expected a password in ${password_file}, got an empty file`)
  }
  return trimmed
}
