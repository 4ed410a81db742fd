/**
 * MySQL GTID sets, exact. Computed here and not by GTID_SUBTRACT(): a server older than 8.3 cannot
 * read the tags of a newer one, and the two sets come from two servers.
 */

/** Both ends belong to it: 1 <= first <= last <= 2^63 - 2. */
export type GtidInterval = readonly [first: bigint, last: bigint]

/**
 * Intervals by `uuid` or `uuid:tag`, lower case. No list is empty; intervals are ascending, disjoint
 * and do not touch. Only the functions of this module make one.
 */
export type GtidSet = ReadonlyMap<string, readonly GtidInterval[]>

/** GNO_END - 1 in MySQL's sql/rpl_gtid.h; 9.7.4 refuses one more ("Interval end out of range"). */
const LAST_NUMBER = 2n ** 63n - 2n

/** Of what is malformed, in a message. */
const LONGEST_SHOWN = 80

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const WHOLE_UUID = new RegExp(`^${UUID}$`)
const TAG = /^[a-z_][a-z0-9_]{0,31}$/
const INTERVAL = /^(\d+)(?:\s*-\s*(\d+))?$/

/**
 * Read a set as MySQL prints or accepts it: `uuid:1-5:7,uuid:1:tag:2-3:other:4`. White space, upper
 * case, repeated UUIDs and overlapping intervals are fine; '' is the empty set. A tag holds for the
 * intervals behind it, up to the next tag or UUID.
 *
 * @throws {TypeError} naming the piece that is malformed. Stricter than the server, which takes
 *   `uuid`, `uuid:tag` and `uuid:5-3` for empty sets: nothing that it prints looks so.
 * @see https://dev.mysql.com/doc/refman/9.7/en/replication-gtids-concepts.html
 */
export function parseGtidSet(text: string): GtidSet {
  const found = new Map<string, GtidInterval[]>()
  for (const entry of text.toLowerCase().split(',')) {
    const trimmed = entry.trim()
    if (trimmed === '') continue
    const [uuid = '', ...parts] = trimmed.split(':').map((part) => part.trim())
    if (!WHOLE_UUID.test(uuid)) throw malformed(uuid, trimmed)
    if (parts.length === 0) throw malformed(uuid, trimmed)
    let origin = uuid
    let isTagBare = false
    for (const part of parts) {
      if (TAG.test(part)) {
        if (isTagBare) throw malformed(origin, trimmed)
        origin = `${uuid}:${part}`
        isTagBare = true
        continue
      }
      add(found, origin, intervalOf(part, trimmed))
      isTagBare = false
    }
    if (isTagBare) throw malformed(origin, trimmed)
  }
  return normalized(found)
}

/**
 * The set as the server prints it: UUIDs in order and separated by `,\n`, within one the untagged
 * intervals first and then the tags in byte order, `uuid:1-3:9:other:1:tag_a:5:7-9`; '' when empty.
 */
export function formatGtidSet(set: GtidSet): string {
  const byUuid = new Map<string, string>()
  for (const origin of [...set.keys()].sort()) {
    const [uuid = '', tag] = origin.split(':')
    const intervals = (set.get(origin) ?? []).map(formatInterval)
    const tagged = [...(tag === undefined ? [] : [tag]), ...intervals].join(':')
    byUuid.set(uuid, `${byUuid.get(uuid) ?? uuid}:${tagged}`)
  }
  return [...byUuid.values()].join(',\n')
}

/** Whether every transaction of `inner` is in `outer`, like GTID_SUBSET(inner, outer). */
export function containsGtidSet(outer: GtidSet, inner: GtidSet): boolean {
  return subtractGtidSet(inner, outer).size === 0
}

/** What is in `from` and not in `removed`, like GTID_SUBTRACT(). */
export function subtractGtidSet(from: GtidSet, removed: GtidSet): GtidSet {
  const left = new Map<string, readonly GtidInterval[]>()
  for (const [origin, intervals] of from) {
    const rest = subtractIntervals(intervals, removed.get(origin) ?? [])
    if (rest.length > 0) left.set(origin, rest)
  }
  return left
}

/** Every transaction that is in any of them; the empty set for none. */
export function unionGtidSets(...sets: readonly GtidSet[]): GtidSet {
  const all = new Map<string, GtidInterval[]>()
  for (const set of sets) {
    for (const [origin, intervals] of set) add(all, origin, ...intervals)
  }
  return normalized(all)
}

/** How many transactions it holds: exact, can exceed 2^63. */
export function countGtids(set: GtidSet): bigint {
  let count = 0n
  for (const intervals of set.values()) {
    for (const [first, last] of intervals) count += last - first + 1n
  }
  return count
}

/**
 * Read `@@global.gtid_owned`, the transactions that are about to commit: `uuid:n#thread`, further ones
 * of the same UUID and tag as `:n#thread`, a tag as `uuid:tag:n#thread`, '' for none.
 *
 * MySQL 9.7.4 puts nothing at all between the last thread of one UUID and the next UUID (`...:2#183e11fa47-...`,
 * seen in hex); the fixed shape of a UUID tells where the one ends. White space and commas are taken too.
 *
 * @throws {TypeError} naming what is malformed.
 */
export function parseGtidOwned(text: string): GtidSet {
  const found = new Map<string, GtidInterval[]>()
  const entries = text
    .toLowerCase()
    .split(new RegExp(`[\\s,]*(?=${UUID})|[\\s,]+`))
    .filter((entry) => entry !== '')
  for (const entry of entries) {
    const [uuid = '', ...parts] = entry.split(':')
    if (!WHOLE_UUID.test(uuid) || parts.length === 0) throw malformed(uuid, entry)
    let origin = uuid
    for (const part of parts) {
      if (TAG.test(part)) {
        origin = `${uuid}:${part}`
        continue
      }
      const [, number] = /^(\d+)#\d+$/.exec(part) ?? []
      if (number === undefined) throw malformed(part, entry)
      add(found, origin, intervalOf(number, entry))
    }
  }
  return normalized(found)
}

function intervalOf(part: string, entry: string): GtidInterval {
  const [, first, last] = INTERVAL.exec(part) ?? []
  if (first === undefined) throw malformed(part, entry)
  const interval = [BigInt(first), BigInt(last ?? first)] as const
  if (interval[0] < 1n || interval[0] > interval[1] || interval[1] > LAST_NUMBER) {
    throw malformed(part, entry)
  }
  return interval
}

function formatInterval([first, last]: GtidInterval): string {
  return first === last ? `${first}` : `${first}-${last}`
}

function malformed(piece: string, entry: string): TypeError {
  const [what, where] = [piece, entry].map((text) => text.slice(0, LONGEST_SHOWN))
  return new TypeError(`malformed GTID set: "${what}" in "${where}"`)
}

function add(
  into: Map<string, GtidInterval[]>,
  origin: string,
  ...intervals: readonly GtidInterval[]
): void {
  const known = into.get(origin)
  if (known === undefined) into.set(origin, [...intervals])
  else for (const interval of intervals) known.push(interval)
}

function normalized(found: ReadonlyMap<string, readonly GtidInterval[]>): GtidSet {
  return new Map([...found].map(([origin, intervals]) => [origin, mergeIntervals(intervals)]))
}

function mergeIntervals(intervals: readonly GtidInterval[]): readonly GtidInterval[] {
  const merged: GtidInterval[] = []
  let open: GtidInterval | undefined
  for (const next of intervals.toSorted(byFirst)) {
    if (open !== undefined && next[0] <= open[1] + 1n) {
      if (next[1] > open[1]) open = [open[0], next[1]]
      continue
    }
    if (open !== undefined) merged.push(open)
    open = next
  }
  if (open !== undefined) merged.push(open)
  return merged
}

function byFirst(left: GtidInterval, right: GtidInterval): number {
  if (left[0] === right[0]) return 0
  return left[0] < right[0] ? -1 : 1
}

/** One walk along both lists: sets with 100,000 gaps are compared at every poll of a fence. */
function subtractIntervals(
  from: readonly GtidInterval[],
  removed: readonly GtidInterval[],
): GtidInterval[] {
  const left: GtidInterval[] = []
  let at = 0
  for (const [first, last] of from) {
    let start = first
    // What ended before this interval ended before all later ones too.
    while ((removed[at]?.[1] ?? start) < start) at++
    for (let next = at; start <= last; next++) {
      const hole = removed[next]
      if (hole === undefined || hole[0] > last) {
        left.push([start, last])
        break
      }
      if (hole[0] > start) left.push([start, hole[0] - 1n])
      start = hole[1] + 1n
      at = next
    }
  }
  return left
}
