/** How values are written as JSON, and read again with no faith in what is there. Pure. */

/** What was read is not what was written. Says where, and never which value: those are rows of tables. */
export class Damage extends Error {
  override readonly name = 'Damage'
}

/** Where it is, is put together only when something is wrong: a file may have millions of fields. */
class Misfit extends Error {
  override readonly name = 'Misfit'
  readonly at: string

  constructor(at: string, expected: string) {
    super(expected)
    this.at = at
  }
}

export interface Codec<T> {
  encode(value: T): unknown
  /** To be called by `decode`, or by other codecs. */
  read(json: unknown): T
}

/**
 * @param at where it stands, for people.
 * @throws {Damage}
 */
export function decode<T>(codec: Codec<T>, json: unknown, at: string): T {
  try {
    return codec.read(json)
  } catch (error) {
    if (!(error instanceof Misfit)) throw error
    throw new Damage(`${at}${error.at}: expected ${error.message}`)
  }
}

export const text: Codec<string> = {
  encode: (value) => value,
  read: (json) => (typeof json === 'string' ? json : fail('a text')),
}

export const flag: Codec<boolean> = {
  encode: (value) => value,
  read: (json) => (typeof json === 'boolean' ? json : fail('true or false')),
}

/**
 * A number of things, of seconds, of a port. What is none, because a server said something odd, is written
 * as 0: a file that cannot be read again would lose all the rest as well.
 */
export const natural: Codec<number> = {
  encode: (value) => (isNatural(value) ? value : 0),
  read: (json) => (isNatural(json) ? json : fail('a whole number')),
}

function isNatural(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

/** A number of rows. */
export const count: Codec<bigint> = {
  encode: String,
  read: (json) =>
    typeof json === 'string' && /^[0-9]{1,40}$/.test(json)
      ? BigInt(json)
      : fail('a whole number as a text'),
}

export const time: Codec<Date> = {
  encode: (value) => value.toISOString(),
  read(json) {
    const value = new Date(typeof json === 'string' ? json : Number.NaN)
    const isExact = !Number.isNaN(value.getTime()) && value.toISOString() === json
    return isExact ? value : fail('a time')
  },
}

export function choice<const T extends string>(...values: readonly T[]): Codec<T> {
  return {
    encode: (value) => value,
    read: (json) => values.find((value) => value === json) ?? fail('a known word'),
  }
}

/** A text that is made in one way only. */
export function matching(isRight: (text: string) => boolean, what: string): Codec<string> {
  return {
    encode: (value) => value,
    read: (json) => (typeof json === 'string' && isRight(json) ? json : fail(what)),
  }
}

export function nullable<T>(codec: Codec<T>): Codec<T | null> {
  return {
    encode: (value) => (value === null ? null : codec.encode(value)),
    read: (json) => (json === null ? null : codec.read(json)),
  }
}

export function list<T>(codec: Codec<T>): Codec<readonly T[]> {
  return {
    encode: (values) => values.map((value) => codec.encode(value)),
    read(json) {
      if (!Array.isArray(json)) return fail('a list')
      return json.map((each, index) => {
        try {
          return codec.read(each)
        } catch (error) {
          throw inside(`[${index}]`, error)
        }
      })
    },
  }
}

type Fields<T> = { readonly [K in keyof T]-?: Codec<T[K]> }

/** All of these fields and no other. A field that the type gets later is asked for by the compiler. */
export function shape<T extends object>(fields: Fields<T>): Codec<T> {
  const codec = partial(fields)
  const names = Object.keys(fields)
  return {
    encode: (value) => codec.encode(value),
    read(json) {
      const value = codec.read(json)
      for (const name of names) {
        if (!(name in value)) throw new Misfit(`.${name}`, 'to be there')
      }
      return value as T
    },
  }
}

/** Any of these fields and no other. */
export function partial<T extends object>(fields: Fields<T>): Codec<Partial<T>> {
  type Name = keyof T & string
  const codecs = new Map(Object.entries(fields)) as ReadonlyMap<string, Codec<T[Name]>>
  return {
    encode(value) {
      const json: Record<string, unknown> = {}
      for (const [name, codec] of codecs) {
        const each = value[name as Name]
        if (each !== undefined) json[name] = codec.encode(each)
      }
      return json
    },
    read(json) {
      if (typeof json !== 'object' || json === null || Array.isArray(json)) return fail('an object')
      const value: Partial<T> = {}
      for (const [name, each] of Object.entries(json)) {
        const codec = codecs.get(name)
        if (codec === undefined) return fail('no other field than those of its kind')
        try {
          value[name as Name] = codec.read(each)
        } catch (error) {
          throw inside(`.${name}`, error)
        }
      }
      return value
    },
  }
}

function inside(step: string, error: unknown): unknown {
  return error instanceof Misfit ? new Misfit(step + error.at, error.message) : error
}

function fail(expected: string): never {
  throw new Misfit('', expected)
}
