/**
 * A small vocabulary to say what a configuration may hold. A decoder turns one value into its resolved form,
 * or complains to the file and returns undefined, as if the key had not been written: all mistakes are found
 * in one go.
 */
import { ADDRESS_FORMS, type Endpoint, parseAddress } from './addresses.ts'
import { formatDuration, LONGEST_MS, parseDuration } from './durations.ts'
import { substitute } from './environment.ts'
import { keyPath, type SourceFile } from './problems.ts'
import { didYouMean } from './spelling.ts'
import type { YamlMap, YamlNode } from './yaml.ts'

/** A value with the path of its key. */
interface Field {
  readonly key: string
  readonly node: YamlNode
}

export type Decode<T> = (field: Field, file: SourceFile) => T | undefined

/** Of a feature that the grammar knows and this version has not: accepting it silently would be a lie. */
export const notYet: Decode<never> = ({ key }, file) => file.reject(key, NOT_YET)
const NOT_YET = 'not supported by this version yet'

export const flag: Decode<boolean> = (field, file) => {
  const scalar = readScalar(field, file, 'true or false')
  if (scalar === undefined) return
  const { value, filled } = scalar
  if (typeof value === 'boolean') return value
  if (filled && (value === 'true' || value === 'false')) return value === 'true'
  return file.reject(field.key, `expected true or false, got ${scalar.shown}`)
}

/** Milliseconds. */
export function duration(minMs: number, maxMs = LONGEST_MS): Decode<number> {
  const range = `from ${formatDuration(minMs)} to ${formatDuration(maxMs)}`
  const expected = `a duration ${range} (such as 250ms, 15s or 1h30m)`
  return (field, file) => {
    const scalar = readScalar(field, file, expected)
    if (scalar === undefined) return
    const { value, shown } = scalar
    if (typeof value === 'number') {
      return file.reject(field.key, `expected ${expected}, got ${shown} without a unit`)
    }
    const ms = typeof value === 'string' ? parseDuration(value) : undefined
    if (ms !== undefined && ms >= minMs && ms <= maxMs) return ms
    return file.reject(field.key, `expected ${expected}, got ${shown}`)
  }
}

export function oneOf<const T extends string>(...values: readonly T[]): Decode<T> {
  const expected = `one of ${values.join(', ')}`
  return (field, file) => {
    const scalar = readScalar(field, file, expected)
    if (scalar === undefined) return
    return (
      values.find((value) => value === scalar.value) ??
      file.reject(field.key, `expected ${expected}, got ${scalar.shown}`)
    )
  }
}

/** Text that is not empty, and `accepts` when given. */
export function text(
  expected = 'text',
  accepts: (value: string) => boolean = () => true,
): Decode<string> {
  return (field, file) => {
    const scalar = readScalar(field, file, expected)
    if (scalar === undefined) return
    const { value, shown } = scalar
    if (typeof value !== 'string') {
      return file.reject(
        field.key,
        `expected ${expected}, got ${shown}; text like this needs quotes`,
      )
    }
    if (value !== '' && accepts(value)) return value
    return file.reject(field.key, `expected ${expected}, got ${shown}`)
  }
}

/** A name that people see and metrics carry as a label. */
export const label = text(
  'a name without space around it',
  (value) => value === value.trim() && !/\p{Cc}/u.test(value),
)

export interface Secret {
  readonly value: string
  /** At least a part of it stands in the file itself. */
  readonly literal: boolean
}

/** Like text, but never shown, and it may be empty: accounts without a password exist. */
export const secret: Decode<Secret> = (field, file) => {
  const scalar = readScalar(field, file, 'text')
  if (scalar === undefined) return
  if (typeof scalar.value === 'string') return { value: scalar.value, literal: scalar.literal }
  return file.reject(
    field.key,
    `expected text, got ${typeof scalar.value === 'number' ? 'a number' : 'true or false'}; text like this needs quotes`,
  )
}

export const address: Decode<{ readonly text: string; readonly endpoint: Endpoint }> = (
  field,
  file,
) => {
  const scalar = readScalar(field, file, ADDRESS_FORMS)
  if (scalar === undefined) return
  const written = String(scalar.value)
  const endpoint = parseAddress(written)
  if (endpoint) return { text: written, endpoint }
  // user:password@host: the password is nobody's business.
  const hidesPassword = written.includes('@') && !scalar.filled
  const got = hidesPassword ? 'text with @ (credentials have keys of their own)' : scalar.shown
  return file.reject(field.key, `expected ${ADDRESS_FORMS}, got ${got}`)
}

/** @param item what one item is, when an empty list makes no sense. */
export function list<T>(decode: Decode<T>, item?: string): Decode<readonly T[]> {
  const expected = item === undefined ? 'a list' : `a list of at least one ${item}`
  return (field, file) => {
    const { key, node } = field
    if (node.kind !== 'list') {
      return file.reject(key, `expected ${expected}, got ${kindOf(node)}`)
    }
    if (item !== undefined && node.items.length === 0) {
      return file.reject(key, `expected ${expected}, got an empty one`)
    }
    return node.items.flatMap(({ line, node }, i) => {
      const itemKey = `${key}[${i}]`
      file.noteLine(itemKey, line)
      const value = decode({ key: itemKey, node }, file)
      return value === undefined ? [] : [value]
    })
  }
}

export type Shape = Readonly<Record<string, Decode<unknown>>>
export type Decoded<S extends Shape> = {
  readonly [K in keyof S]?: S[K] extends Decode<infer T> ? T : never
} & {
  /** The path of the map itself, to complain about it later. */
  readonly [AT]: string
}
/** Not a string, so that no key of a file can be mistaken for it. */
export const AT = Symbol('path')

/** A map with known keys. `required` ones are only reported: a bad or absent value is undefined all the same. */
export function map<S extends Shape>(
  shape: S,
  ...required: readonly (keyof S & string)[]
): Decode<Decoded<S>> {
  const keys = Object.keys(shape)
  return (field, file) => {
    const { node } = field
    if (node.kind !== 'map') {
      const got = kindOf(node)
      return file.reject(field.key, `expected a map with the keys ${keys.join(', ')}, got ${got}`)
    }
    const known = writtenOnce(node, field.key, file, (key) => Object.hasOwn(shape, key))
    const written = new Set(known.map(({ key }) => key))
    for (const unknown of unknownKeys(node, keys)) {
      const at = keyPath(field.key, unknown.key)
      if (unknown.afterSecret) {
        // `{ password: a,b }` is the key `b` for YAML, and half a password for us.
        file.rejectLine(
          unknown.line,
          `${keyPath(field.key, 'password')}: expected quotes around a password with a comma, got more keys after it`,
        )
      } else {
        const candidates = keys.filter((key) => !written.has(key))
        file.rejectLine(
          unknown.line,
          `${at}: expected one of ${keys.join(', ')}, got an unknown key${didYouMean(unknown.key, candidates)}`,
        )
      }
    }
    for (const key of required.filter((key) => !written.has(key))) {
      shape[key]?.({ key: keyPath(field.key, key), node: NOTHING }, file)
    }
    const decoded = known
      .map(({ key, at, node }) => [key, shape[key]?.({ key: at, node }, file)] as const)
      .filter(([, value]) => value !== undefined)
    return { ...Object.fromEntries(decoded), [AT]: field.key } as Decoded<S>
  }
}

/** A map whose keys are names that the user gives. */
export function mapOf<T>(
  decode: Decode<T>,
  expectedKey: string,
  acceptsKey: (key: string) => boolean,
): Decode<ReadonlyMap<string, T>> {
  return (field, file) => {
    const { node } = field
    if (node.kind !== 'map') {
      return file.reject(field.key, `expected a map, got ${kindOf(node)}`)
    }
    const decoded = new Map<string, T>()
    for (const { key, at, node: inner } of writtenOnce(node, field.key, file, () => true)) {
      if (!acceptsKey(key)) {
        file.reject(at, `expected ${expectedKey} as key, got ${quoted(key)}`)
        continue
      }
      const value = decode({ key: at, node: inner }, file)
      if (value !== undefined) decoded.set(key, value)
    }
    return decoded
  }
}

const NOTHING: YamlNode = { kind: 'scalar', value: null, plain: true }

/** The entries that are `wanted`, each under its path; a key that stands there twice is a mistake. */
function writtenOnce(
  map: YamlMap,
  parent: string,
  file: SourceFile,
  wanted: (key: string) => boolean,
) {
  const seen = new Map<string, { key: string; at: string; node: YamlNode }>()
  for (const { key, line, node } of map.entries.filter((entry) => wanted(entry.key))) {
    const at = keyPath(parent, key)
    if (seen.has(key)) {
      const first = file.placeOf(at)
      file.rejectLine(line, `${at}: expected each key once, got it again (first at ${first})`)
      continue
    }
    seen.set(key, { key, at, node })
    file.noteLine(at, line)
  }
  return [...seen.values()]
}

function unknownKeys(node: YamlMap, known: readonly string[]) {
  const password = node.entries.findIndex(
    ({ key, node: value }) => key === 'password' && value.kind === 'scalar' && value.plain,
  )
  return node.entries
    .map(({ key, line }, i) => ({
      key,
      line,
      afterSecret: node.flow && password >= 0 && i > password,
    }))
    .filter(({ key }) => !known.includes(key))
}

interface Scalar {
  readonly value: string | number | boolean
  /** For messages. What came from the environment is not shown: it may be a secret in the wrong place. */
  readonly shown: string
  readonly filled: boolean
  readonly literal: boolean
}

/** For decoders: complains when it is none. @param expected what it should be, in words. */
export function readScalar(
  { key, node }: Field,
  file: SourceFile,
  expected: string,
): Scalar | undefined {
  if (node.kind !== 'scalar' || node.value === null) {
    return file.reject(key, `expected ${expected}, got ${kindOf(node)}`)
  }
  if (typeof node.value !== 'string') {
    return { value: node.value, shown: String(node.value), filled: false, literal: true }
  }
  const outcome = substitute(node.value, file.env)
  if ('mistake' in outcome) return file.reject(key, outcome.mistake)
  const { text: value, filled, literal } = outcome
  const shown = quoted(node.value)
  return { value, shown: filled ? `what ${shown} stands for` : shown, filled, literal }
}

/** Without the value: where a map is expected, text may be a misplaced password. */
function kindOf(node: YamlNode): string {
  if (node.kind !== 'scalar') return `a ${node.kind}`
  if (node.value === null) return 'nothing'
  if (typeof node.value === 'string') return 'text'
  return typeof node.value === 'number' ? 'a number' : 'true or false'
}

export function quoted(value: string): string {
  return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}...` : value)
}
