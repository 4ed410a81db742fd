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
    if (found.has(key)) throw new TypeError(`GTID position has ${key} twice: "${text}"`)
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

/**
 * The entries of the replica's gtid_binlog_state whose (domain, server) the source's state lacks or
 * has lower: the replica logged what its source never did. Each stands for one errant transaction or
 * more, so that their number is a lower bound. Empty = none seen. The states of several sources may be
 * put behind one another.
 *
 * Read the replica first: what the source logs meanwhile must not look errant.
 */
export function errantEntries(replicaState: GtidPosition, sourceState: GtidPosition): GtidPosition {
  const known = highestBy(keyOf, sourceState)
  return replicaState
    .filter((entry) => {
      const sequence = known.get(keyOf(entry))
      return sequence === undefined || sequence < entry.sequence
    })
    .sort(byDomainAndServer)
}

function entryOf(piece: string): GtidEntry {
  const [, domain, server, sequence] = ENTRY.exec(piece) ?? []
  if (domain === undefined || server === undefined || sequence === undefined) {
    throw new TypeError(`malformed GTID: "${piece}"`)
  }
  const entry = { domain: Number(domain), server: Number(server), sequence: BigInt(sequence) }
  if (entry.domain > LAST_ID || entry.server > LAST_ID || entry.sequence > LAST_SEQUENCE) {
    throw new TypeError(`GTID out of range: "${piece}"`)
  }
  return entry
}

function keyOf({ domain, server }: GtidEntry): string {
  return `${domain}-${server}`
}

function byDomainAndServer(left: GtidEntry, right: GtidEntry): number {
  return left.domain - right.domain || left.server - right.server
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
