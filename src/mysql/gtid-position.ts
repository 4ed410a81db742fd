/**
 * MariaDB GTID positions: one number per domain up to which everything was executed. They are high
 * water marks, without MySQL's holes; which server wrote a transaction does not order it.
 */

/** Domain and server are 32 bits, the sequence number 0 to 2^64 - 1. */
export interface GtidEntry {
  readonly domain: number
  readonly server: number
  readonly sequence: bigint
}

/** By domain, then server; no (domain, server) twice. */
export type GtidPosition = readonly GtidEntry[]

const ENTRY = /^(\d{1,10})-(\d{1,10})-(\d{1,20})$/
/** Of what is malformed, in a message. */
const LONGEST_SHOWN = 80
const LAST_ID = 2 ** 32 - 1
const LAST_SEQUENCE = 2n ** 64n - 1n

/**
 * Read `domain-server-sequence,...`: gtid_slave_pos and gtid_binlog_pos (one per domain) as well as
 * gtid_binlog_state (several servers per domain). '' is the empty position. White space is ignored.
 *
 * @throws {TypeError} naming the entry that is malformed, out of range, or there twice.
 * @see https://mariadb.com/docs/server/ha-and-performance/standard-replication/gtid
 */
export function parseGtidPosition(text: string): GtidPosition {
  const found = new Map<string, GtidEntry>()
  for (const part of text.split(',')) {
    const piece = part.trim()
    if (piece === '') continue
    const entry = entryOf(piece)
    const key = keyOf(entry)
    if (found.has(key)) {
      throw new TypeError(`GTID position has ${key} twice: "${text.slice(0, LONGEST_SHOWN)}"`)
    }
    found.set(key, entry)
  }
  return [...found.values()].sort(byDomainAndServer)
}

/** `0-1-100,1-2-5`, by domain and server; '' when empty. */
export function formatGtidPosition(position: GtidPosition): string {
  return position
    .toSorted(byDomainAndServer)
    .map(({ domain, server, sequence }) => `${domain}-${server}-${sequence}`)
    .join(',')
}

/** `0-2-7..9,0-2-12`: one by one, those that follow one another put together. */
export function formatGtidRuns(entries: GtidPosition): string {
  const runs: { first: GtidEntry; last: bigint }[] = []
  for (const entry of entries.toSorted(byPlace)) {
    const run = runs.at(-1)
    const isNext =
      run !== undefined && keyOf(run.first) === keyOf(entry) && entry.sequence === run.last + 1n
    if (isNext) run.last = entry.sequence
    else runs.push({ first: entry, last: entry.sequence })
  }
  return runs
    .map(({ first, last }) => {
      const begin = `${keyOf(first)}-${first.sequence}`
      return last === first.sequence ? begin : `${begin}..${last}`
    })
    .join(',')
}

/**
 * Whether everything up to `wanted` was reached: in each of its domains the sequence number is at
 * least as high. The server id is ignored: after a failover another server continues the domain.
 * Where a domain has several servers (gtid_binlog_state), the highest number counts.
 */
export function coversPosition(reached: GtidPosition, wanted: GtidPosition): boolean {
  return missingCount(wanted, reached) === 0n
}

/**
 * How many transactions the replica's position lacks: per domain of the source the difference of the
 * sequence numbers, 0 where the replica is ahead. A domain that the replica has not is missing whole.
 */
export function missingCount(source: GtidPosition, replica: GtidPosition): bigint {
  const reached = highestBy(({ domain }) => domain, replica)
  let missing = 0n
  for (const [domain, sequence] of highestBy(({ domain }) => domain, source)) {
    const lacking = sequence - (reached.get(domain) ?? 0n)
    if (lacking > 0n) missing += lacking
  }
  return missing
}

/** What one server wrote in one domain beyond `after`, up to `last`. Others write the domain too: there may be gaps. */
export interface GtidRun extends Omit<GtidEntry, 'sequence'> {
  readonly after: bigint
  readonly last: bigint
}

/** What a source has. */
export interface SourceGtids {
  /** gtid_binlog_state: of each domain and server the highest that is in its binary log. */
  readonly logged: GtidPosition
  /** gtid_slave_pos: it need not have logged what it applied before its first binary log. */
  readonly applied: GtidPosition
  /** Of a domain: from this one on it has logged all that it has. None of a domain = nothing is known. */
  readonly loggedSince: GtidPosition
}

/**
 * Of each domain and server in the replica's gtid_binlog_state what none of its sources has: the replica
 * logged what they never did. Each run holds one errant transaction or more. Empty = none seen.
 *
 * Read the replica first: what a source logs meanwhile must not look errant.
 */
export function errantRuns(replica: GtidPosition, sources: readonly SourceGtids[]): GtidRun[] {
  return replica
    .map(({ domain, server, sequence }) => {
      const floors = sources.map((source) => floorOf(source, domain, server))
      return { domain, server, after: greatest(floors), last: sequence }
    })
    .filter(({ after, last }) => after < last)
    .sort(byDomainAndServer)
}

/**
 * A source that was restored from a backup has applied what its binary log has not; one that has logged its
 * domain from before that transaction on would have this one too.
 */
function floorOf({ logged, applied, loggedSince }: SourceGtids, domain: number, server: number) {
  const inDomain = (entry: GtidEntry) => entry.domain === domain
  const known = logged.find((entry) => inDomain(entry) && entry.server === server)?.sequence ?? 0n
  const reached = applied.find(inDomain)?.sequence ?? 0n
  const since = loggedSince.find(inDomain)?.sequence
  return greatest([known, since === undefined || reached < since ? reached : since - 1n])
}

/** In each domain the lowest number: one of them at least was there before all others. */
export function lowestByDomain(entries: GtidPosition): GtidPosition {
  return [...Map.groupBy(entries, ({ domain }) => domain).values()].flatMap((inDomain) =>
    inDomain.toSorted((a, b) => (a.sequence < b.sequence ? -1 : 1)).slice(0, 1),
  )
}

function entryOf(piece: string): GtidEntry {
  const [, domain, server, sequence] = ENTRY.exec(piece) ?? []
  if (domain === undefined || server === undefined || sequence === undefined) {
    throw new TypeError(`malformed GTID: "${piece.slice(0, LONGEST_SHOWN)}"`)
  }
  const entry = { domain: Number(domain), server: Number(server), sequence: BigInt(sequence) }
  if (entry.domain > LAST_ID || entry.server > LAST_ID || entry.sequence > LAST_SEQUENCE) {
    throw new TypeError(`GTID out of range: "${piece}"`)
  }
  return entry
}

function keyOf({ domain, server }: Writer): string {
  return `${domain}-${server}`
}

type Writer = Pick<GtidEntry, 'domain' | 'server'>

function byDomainAndServer(left: Writer, right: Writer): number {
  return left.domain - right.domain || left.server - right.server
}

function byPlace(left: GtidEntry, right: GtidEntry): number {
  return byDomainAndServer(left, right) || (left.sequence < right.sequence ? -1 : 1)
}

function greatest(numbers: readonly bigint[]): bigint {
  return numbers.reduce((a, b) => (a > b ? a : b), 0n)
}

function highestBy<Key>(
  key: (entry: GtidEntry) => Key,
  position: GtidPosition,
): ReadonlyMap<Key, bigint> {
  const highest = new Map<Key, bigint>()
  for (const entry of position) {
    const known = highest.get(key(entry))
    if (known === undefined || known < entry.sequence) highest.set(key(entry), entry.sequence)
  }
  return highest
}
