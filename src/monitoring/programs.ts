/** The programs that are needed and not brought. */
import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import { engineOf } from '../lab/engines.ts'
import type { Vendor } from '../mysql/flavor.ts'

export interface Programs {
  readonly prometheus: string
  readonly alertmanager: string
}

const NEEDED = [
  { program: 'prometheus', names: ['prometheus'], debian: 'prometheus' },
  {
    program: 'alertmanager',
    names: ['prometheus-alertmanager', 'alertmanager'],
    debian: 'prometheus-alertmanager',
  },
] as const

/** @throws {UserError} that names everything that is missing, and how to install it. */
export async function locatePrograms(
  flavor: Vendor,
  { cache, path }: { readonly cache: string; readonly path: string },
): Promise<Programs> {
  const missing: string[] = []
  try {
    await engineOf(flavor).locate(cache)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    missing.push(error.message)
  }
  const found = new Map<string, string>()
  for (const { program, names, debian } of NEEDED) {
    const file = inPath(names, path)
    if (file !== null) found.set(program, file)
    else {
      missing.push(
        `${names.join(' or ')} is not in PATH: apt-get install --no-install-recommends ${debian}`,
      )
    }
  }
  if (missing.length > 0) {
    throw new UserError(`something must be installed first:\n  ${missing.join('\n  ')}`)
  }
  return {
    prometheus: found.get('prometheus') ?? '',
    alertmanager: found.get('alertmanager') ?? '',
  }
}

function inPath(names: readonly string[], path: string): string | null {
  const folders = path.split(':').filter((folder) => folder.startsWith('/'))
  const files = names.flatMap((name) => folders.map((folder) => join(folder, name)))
  return files.find(isExecutable) ?? null
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}
