/**
 * The SQL that turns rows into a digest on the server. Pure: text in, text out.
 *
 * Every row becomes an unambiguous string of bytes, the bytes become a hash, the hashes one value that
 * does not depend on the order of the rows. All ends of a group get the same expression.
 */
import type { Column } from './definition.ts'
import {
  type Encoding,
  encodingOf,
  LONG,
  type NotComparableReason,
  PRINTED_BYTES,
} from './encoding.ts'
import { atLeast, type Flavor } from './flavor.ts'
import { nameKey } from './normal.ts'
import { concat, headOf, inGroups, partsOf, rowBytes } from './row-bytes.ts'

export interface DigestRequest {
  /** Of all servers that will be compared with each other. */
  readonly flavors: readonly Flavor[]
  /** What to compare, in this order, as one end defines it. */
  readonly columns: readonly Column[]
  /**
   * All columns of each other end. Without them the ends are taken to have the same types, and any
   * column may be NULL somewhere, which costs more.
   */
  readonly others?: readonly (readonly Column[])[]
  /** false: equal rows may occur more than once. */
  readonly keyed: boolean
  /** Every end's engine counts rows, and not a counter of its own. Default false. */
  readonly transactional?: boolean
}

export interface NotComparable {
  readonly name: string
  readonly reason: NotComparableReason
}

export interface DigestPlan {
  /** `n` = rows, `digest` = text, `nulls` = rows that could not be hashed: not '0' means that nothing is known. */
  readonly select: string
  /** The hash of one row as text; NULL when it could not be hashed. */
  readonly rowHash: string
  /** Per column, quoted as `column`, something small that is equal if and only if the values are; NULL for NULL. */
  readonly columnHashes: readonly {
    readonly name: string
    readonly column: string
    readonly sql: string
  }[]
  /** Columns that are left out, because equal values could look different. */
  readonly notComparable: readonly NotComparable[]
}

/**
 * Rows that were read, one by one. COUNT(*) without a condition is the engine's own counter on Aria, MyISAM
 * and MEMORY, which can be stale (seen on MariaDB 10.11: 909 for 1,000 rows until FLUSH TABLES).
 */
const COUNT_ONE_BY_ONE = 'COALESCE(SUM(1), 0) AS n'

/** COUNT(*) is the quickest, where the engine counts rows and not a counter of its own. */
const countOf = (isTransactional: boolean) => (isTransactional ? 'COUNT(*) AS n' : COUNT_ONE_BY_ONE)

/** `n` alone. */
export function countPlan(isTransactional: boolean): DigestPlan {
  return { select: countOf(isTransactional), rowHash: '', columnHashes: [], notComparable: [] }
}

/** Nested calls: a thousand, one for each column that a table may have, overrun the server's stack. */
const CHAIN_LENGTH = 32

/** The smallest max_allowed_packet that can be set. */
const LEAST_PACKET = 1024

interface Hashing {
  /** One row's hash as text. */
  readonly row: string
  /** One digest over all rows, as text. */
  readonly aggregate: string
  /** Rows without a hash. */
  readonly nulls: string
}

export function digestPlan(request: DigestRequest): DigestPlan {
  const { flavors, columns, others = [], keyed } = request
  const encodings: Encoding[] = []
  const notComparable: NotComparable[] = []
  for (const column of columns) {
    const found = others.flatMap((each) => sameName(column, each) ?? [])
    const encoding =
      found.length === others.length
        ? encodingOf([column, ...found], flavors)
        : 'definition_differs'
    if (typeof encoding === 'string') notComparable.push({ name: column.name, reason: encoding })
    else encodings.push(encoding)
  }
  const { aggregate, nulls, row } = hashingOf(encodings, flavors, keyed)
  return {
    select: `${countOf(request.transactional ?? false)}, ${aggregate} AS digest, ${nulls} AS nulls`,
    rowHash: row,
    columnHashes: encodings.map((each) => ({
      name: each.name,
      column: each.column,
      sql: columnHash(each),
    })),
    notComparable,
  }
}

function sameName(column: Column, columns: readonly Column[]): Column | undefined {
  return columns.find((each) => nameKey(each.name) === nameKey(column.name))
}

/**
 * The strongest expression that all flavors have and that each of them computes fast enough.
 *
 * Measured: sysbench's table, 200,000 rows in the buffer pool, 2 cores, whole-table SELECT by the exporter's
 * session, best of 20 taken in turn; time relative to `BIT_XOR(CRC32(CONCAT_WS('#', id, k, c, pad)))`, which
 * misses the same change in two rows. Runs differ by up to 0.4.
 *
 * | expression                                    | MariaDB 10.11 | MySQL 9.7 |
 * |-----------------------------------------------|---------------|-----------|
 * | chained, keyed / unkeyed                      | 2.4-2.8 / 2.6 | -         |
 * | chained, but both CRCs of the plain bytes     | 2.0           | -         |
 * | SHA2 as 256 bits                              | -             | 1.7-1.8   |
 * | 64 bits of SHA2, keyed / unkeyed              | 3.3 / 3.3     | 1.9 / 2.0 |
 * | 64 bits of SHA1, which MySQL 9.7 lacks        | 2.6           | -         |
 * | two CRC32 of two orders, multiplied (32 bits) | 1.8           | 2.8-2.9   |
 *
 * So SHA2 is the best on MySQL at any strength; on MariaDB the chain costs less than either SHA and, unlike
 * them, does not depend on max_allowed_packet. HEX is what keeps its two CRCs apart: see `chained`.
 */
function hashingOf(
  encodings: readonly Encoding[],
  flavors: readonly Flavor[],
  keyed: boolean,
): Hashing {
  // Seeded CRC32() and CRC32C() since MariaDB 10.8; BIT_XOR() of binary strings since MySQL 8.0.
  if (flavors.every((each) => atLeast(each, 'mariadb', 10, 8))) return chained(encodings, keyed)
  const isWide = flavors.every((each) => atLeast(each, 'mysql', 8, 0))
  return sha(encodings, keyed, isWide)
}

/** Below zero, whatever else is added: 64 bits of ten billion rows are less. */
const UNHASHED = `-1${'0'.repeat(30)}`

/**
 * A number as text for many strings of bytes, whatever their order, also where some are alike. Negative: one of them
 * was NULL, as of a row that overran max_allowed_packet.
 */
export function sumOfHashes(bytes: string): string {
  const number = `IFNULL(${numberOf(`SHA2(${bytes}, 256)`)}, ${UNHASHED})`
  return aggregateOf(number, false, number)
}

/** 64 bits as a number: what BIT_XOR takes everywhere, and the only thing that SUM takes. */
const numberOf = (hash: string) => `CAST(CONV(LEFT(${hash}, 16), 16, 10) AS UNSIGNED)`

function sha(encodings: readonly Encoding[], keyed: boolean, isWide: boolean): Hashing {
  const input = rowBytes(encodings)
  const hash = `SHA2(${input}, 256)`
  const number = numberOf(hash)
  const most = encodings.reduce((sum, each) => sum + longest(each), PRINTED_BYTES)
  return {
    row: hash,
    aggregate: aggregateOf(number, keyed, isWide ? `UNHEX(${hash})` : number),
    nulls: countNulls(most, proofOf(input, encodings), encodings),
  }
}

/**
 * MariaDB's fast form: `(CRC32(...) + 1) * CRC32C(...)`, each seeded with the one before, so that
 * nothing long is concatenated and neither charsets nor max_allowed_packet come into play.
 *
 * A CRC is linear: alone, the same change in two rows cancels in XOR; a product of two does not. All
 * CRCs miss multiples of their polynomial: two different ones, of which one reads HEX, which is not
 * linear, have no such change in common. `+ 1` keeps one factor from hiding what the other one sees;
 * the product still fits: 2^32 * (2^32 - 1).
 */
function chained(encodings: readonly Encoding[], keyed: boolean): Hashing {
  const parts = partsOf(encodings)
  const head = headOf(encodings, parts)
  const plain = parts.map((each) => each.raw)
  const asHex = parts.map(({ raw, canBeLong }) =>
    canBeLong ? `IF(LENGTH(${raw}) > ${LONG}, SHA2(${raw}, 256), HEX(${raw}))` : `HEX(${raw})`,
  )
  const second = chain('CRC32C', head.toReversed(), asHex.toReversed())
  const hash = `((${chain('CRC32', head, plain)} + 1) * ${second})`
  const most = Math.max(
    PRINTED_BYTES * (2 * encodings.length + 1),
    ...encodings.map((each) => 2 * longest(each)),
  )
  return {
    row: `HEX(${hash})`,
    aggregate: aggregateOf(hash, keyed, hash),
    nulls: countNulls(most, hash, encodings),
  }
}

/** XOR is cheap, and exact where no row occurs twice: two equal rows would cancel out. */
function aggregateOf(number: string, keyed: boolean, xored: string): string {
  return keyed ? `HEX(BIT_XOR(${xored}))` : `CAST(IFNULL(SUM(${number}), 0) AS CHAR)`
}

/** `CRC(CRC(CRC(head), s1), s2)`, which equals the CRC of everything put together. */
function chain(
  crc: 'CRC32' | 'CRC32C',
  head: readonly string[],
  strings: readonly string[],
): string {
  const link = (seed: string, string: string) => `${crc}(${seed}, ${string})`
  if (strings.length <= CHAIN_LENGTH) return strings.reduce(link, `${crc}(${concat(head)})`)
  // One chain for each group, side by side instead of one within the other.
  const groups = inGroups(strings, CHAIN_LENGTH).map((group) => group.reduce(link, '0'))
  return `${crc}(${concat([...head, ...groups])})`
}

/**
 * Rows that cannot be hashed. A function whose result would exceed max_allowed_packet gives NULL and
 * no error, and CONCAT_WS passes over NULLs. So `proof` is NULL for such rows; it is computed only
 * where `most`, the most bytes that any row can take, does not fit.
 */
function countNulls(most: number, proof: string, encodings: readonly Encoding[]): string {
  const doubts = encodings.flatMap(({ form }) =>
    form.kind === 'printed' && form.doubt !== null ? [form.doubt.isPossible] : [],
  )
  if (most > LEAST_PACKET) doubts.unshift(`${most} > @@max_allowed_packet`)
  if (doubts.length === 0) return '0'
  return `COUNT(*) - COUNT(IF(${doubts.join(' OR ')}, ${proof}, 1))`
}

/** `input`, or NULL if one of its parts became NULL on the way. */
function proofOf(input: string, encodings: readonly Encoding[]): string {
  const wholes = encodings.flatMap(({ column, form }) => {
    const whole = form.kind === 'bytes' ? form.sql : form.kind === 'printed' && form.doubt?.proof
    return whole ? [`IF(ISNULL(${column}), '', LEFT(${whole}, 0))`] : []
  })
  return wholes.length === 0 ? input : `CONCAT(${[input, ...wholes].join(', ')})`
}

/** The most bytes that a value takes, with its length. */
function longest({ form }: Encoding): number {
  return form.kind === 'bytes' ? form.most + PRINTED_BYTES : PRINTED_BYTES
}

function columnHash({ form }: Encoding): string {
  switch (form.kind) {
    case 'printed':
      return form.sql
    case 'real':
      return `HEX(POINT(${form.sql}, 0))`
    case 'bytes':
      return `SHA2(${form.sql}, 256)`
  }
}
