import { resolve } from 'node:path'
import type { Config, Credentials } from './config.ts'
import { AT, type Decode, quoted } from './decode.ts'
import { type Account, type FileFields, includedFile, mainFile, type SetFields } from './grammar.ts'
import { keyPath, Problems, SourceFile } from './problems.ts'
import { type Layer, rejectRepeated, resolveSet } from './resolve.ts'
import { readCredentials } from './secrets.ts'
import { didYouMean } from './spelling.ts'
import { type FileReader, reasonOf, resolveBeside } from './world.ts'
import { readYaml } from './yaml.ts'

/** The main file, and what it may ask of the world. */
export interface ConfigSource extends FileReader {
  /** As the user wrote it: it begins every message. */
  readonly path: string
  readonly text: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Absolute paths that match, in any order; `[]` when none does. */
  readonly listFiles: (glob: string) => readonly string[]
}

interface DecodedFile {
  readonly file: SourceFile
  /** Undefined: it is no configuration at all, and that has been said. */
  readonly fields: Pick<FileFields, 'auth' | 'replication_sets'> | undefined
}

/** Where the configuration is when nobody says. */
export const DEFAULT_CONFIG_FILE = 'mysql-drift-exporter.yml'

/**
 * The resolved configuration.
 *
 * @throws {UserError} with one line for every mistake in any of the files: `FILE:LINE: KEY: expected WHAT, got WHAT`.
 */
export function loadConfig(source: ConfigSource): Config {
  const problems = new Problems()
  const open = (path: string) => new SourceFile(path, source.env, problems)

  const file = open(source.path)
  const main = decodeFile(file, source.text, mainFile)
  const includes = includedPaths(main?.include ?? [], file, source).map((path) =>
    readIncluded(open(path), source),
  )
  // A file that could not be read may hold just the names that the others use.
  if (main === undefined || includes.some(({ fields }) => fields === undefined)) {
    problems.throwIfAny()
  }

  const files: readonly DecodedFile[] = [{ file, fields: main }, ...includes]
  const defaults: Layer = { file, settings: main?.defaults }
  const accounts = files.flatMap(({ file, fields }) =>
    [...(fields?.auth ?? [])].map(([name, account]) => ({ name, account, file })),
  )
  const sets = files.flatMap(({ file, fields }) =>
    (fields?.replication_sets ?? []).map((set) => ({ set, file })),
  )
  rejectRepeated(accounts, ({ name, account, file }) => ({
    identity: name,
    file,
    key: account[AT],
    what: `auth ${quoted(name)}`,
  }))
  rejectRepeated(sets, ({ set, file }) => ({
    identity: set.name,
    file,
    key: keyPath(set[AT], 'name'),
    what: `replication set ${quoted(set.name ?? '')}`,
  }))
  if (files.every(hasNoSets)) {
    file.reject('replication_sets', 'expected at least one replication set, got none')
  }

  const shared = new Map(
    accounts.map(({ name, account, file }) => [name, readCredentials(account, file, source)]),
  )
  const resolved = sets.flatMap(({ set, file }) => {
    const credentials = credentialsOf(set, file, { shared, files, world: source })
    return resolveSet(set, file, credentials, defaults, source) ?? []
  })
  problems.throwIfAny()

  const written = [
    ...accounts.map(({ account, file }) => ({ account, file })),
    ...sets.map(({ set, file }) => ({ account: set, file })),
  ]
  return { sets: resolved, warnings: warningsOf(written, source) }
}

function hasNoSets({ file, fields }: DecodedFile): boolean {
  if (!file.has('replication_sets')) return true
  return fields?.replication_sets !== undefined && !file.has('replication_sets[0]')
}

function decodeFile<T>(file: SourceFile, text: string, decode: Decode<T>): T | undefined {
  const node = readYaml(text, file)
  return node && decode({ key: '', node }, file)
}

function readIncluded(file: SourceFile, world: FileReader): DecodedFile {
  let text: string
  try {
    text = world.readFile(file.path).text
  } catch (error) {
    return { file, fields: file.rejectLine(1, `expected a readable file, got ${reasonOf(error)}`) }
  }
  return { file, fields: decodeFile(file, text, includedFile) }
}

/** Every file once, in alphabetical order within its pattern, and never the main file again. */
function includedPaths(
  patterns: readonly string[],
  main: SourceFile,
  { listFiles }: ConfigSource,
): readonly string[] {
  const paths = patterns.flatMap((pattern, i) => {
    const found = listFiles(resolveBeside(main.path, pattern))
    // An empty directory is fine; a file that is named and missing is not.
    if (found.length === 0 && !/[*?[{]/.test(pattern)) {
      main.reject(`include[${i}]`, `expected a file, got none at ${pattern}`)
    }
    return found.toSorted()
  })
  const self = resolve(main.path)
  return [...new Set(paths)].filter((path) => path !== self)
}

function credentialsOf(
  set: SetFields,
  file: SourceFile,
  {
    shared,
    files,
    world,
  }: {
    readonly shared: ReadonlyMap<string, Credentials | undefined>
    readonly files: readonly DecodedFile[]
    readonly world: FileReader
  },
): Credentials | undefined {
  const at = (key: string) => keyPath(set[AT], key)
  const own = (['username', 'password', 'password_file'] as const).filter((key) =>
    file.has(at(key)),
  )
  if (file.has(at('auth'))) {
    if (own.length > 0) {
      return file.reject(at('auth'), `expected either auth or ${own.join(', ')}, got both`)
    }
    const { auth } = set
    if (auth === undefined) return
    if (shared.has(auth)) return shared.get(auth)
    // It is there, and no map.
    if (files.some((one) => one.file.has(keyPath('auth', auth)))) return
    return file.reject(
      at('auth'),
      `expected the name of an entry under auth, got ${quoted(auth)}${didYouMean(auth, shared.keys())}`,
    )
  }
  if (own.length === 0) {
    return file.reject(at('auth'), 'expected auth, or username and password_file, got neither')
  }
  if (!file.has(at('username'))) {
    file.reject(at('username'), 'expected text, got nothing')
  }
  return readCredentials(set, file, world)
}

/** Whether everyone may read a file is asked only if it matters. */
function warningsOf(
  written: readonly { readonly account: Account; readonly file: SourceFile }[],
  world: FileReader,
): readonly string[] {
  const readable = new Map<SourceFile, boolean>()
  const isReadableByAll = (file: SourceFile) => {
    const known = readable.get(file) ?? isWorldReadable(file.path, world)
    readable.set(file, known)
    return known
  }
  return written
    .filter(({ account, file }) => account.password?.literal && isReadableByAll(file))
    .map(({ account, file }) => {
      const key = keyPath(account[AT], 'password')
      return `${file.placeOf(key)}: ${key}: a literal password in a file that every user of this machine can read; use password_file or \${ENV}, or chmod o-r`
    })
}

/** A text that came from no file (a pipe, a test) is nobody else's. */
function isWorldReadable(path: string, { readFile }: FileReader): boolean {
  try {
    return readFile(path).worldReadable
  } catch {
    return false
  }
}
