/** Our arithmetic on GTID sets against the server's own, over pairs made by chance. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  containsGtidSet,
  formatGtidSet,
  parseGtidOwned,
  parseGtidSet,
  subtractGtidSet,
  unionGtidSets,
} from '../../src/mysql/gtid-set.ts'
import { quoteText } from '../../src/mysql/sql.ts'
import { until, useCluster } from '../support/cluster.ts'

const A = '3e11fa47-71ca-11e1-9e33-c80aa9429562'
const UUIDS = [A, A.toUpperCase(), '12345678-0000-0000-0000-000000000001']

/** Numbers next to each other most of the time, so that the sets meet; and those at the far end. */
const first = fc.oneof(
  { weight: 9, arbitrary: fc.bigInt(1n, 30n) },
  { weight: 1, arbitrary: fc.bigInt(2n ** 63n - 20n, 2n ** 63n - 8n) },
)
const interval = fc
  .tuple(first, fc.bigInt(0n, 6n))
  .map(([from, more]) => (more === 0n ? `${from}` : `${from}-${from + more}`))
const intervals = fc.array(interval, { minLength: 1, maxLength: 4 }).map((list) => list.join(':'))
const tagged = fc
  .tuple(fc.constantFrom('a', 'A', '_x', 'tag_1', 'a1'), intervals)
  .map((parts) => parts.join(':'))
const entry = fc
  .tuple(
    fc.constantFrom(...UUIDS),
    fc.oneof(
      fc.tuple(intervals, fc.array(tagged, { maxLength: 3 })).map(([own, tags]) => [own, ...tags]),
      fc.array(tagged, { minLength: 1, maxLength: 3 }),
    ),
  )
  .map(([uuid, parts]) => [uuid, ...parts].join(':'))
const gtidSet = fc.array(entry, { maxLength: 4 }).map((entries) => entries.join(',\n'))

describe('the arithmetic of MySQL', () => {
  const lab = useCluster('mysql', [{ name: 'db1' }])

  test('is ours, to the letter, on 300 pairs of sets', async () => {
    const ask = fc.asyncProperty(gtidSet, gtidSet, async (left, right) => {
      const [a, b] = [parseGtidSet(left), parseGtidSet(right)]
      const [l, r] = [quoteText(left), quoteText(right)]
      const [row] = await lab()
        .server('db1')
        .query(
          `SELECT GTID_SUBTRACT(${l}, '') AS printed, GTID_SUBTRACT(${l}, ${r}) AS difference,
          GTID_SUBSET(${l}, ${r}) AS contained, GTID_SUBTRACT(CONCAT(${l}, ',', ${r}), '') AS both_sets`,
        )
      expect(row).toEqual({
        printed: formatGtidSet(a),
        difference: formatGtidSet(subtractGtidSet(a, b)),
        contained: containsGtidSet(b, a) ? '1' : '0',
        both_sets: formatGtidSet(unionGtidSets(a, b)),
      })
    })
    await fc.assert(ask, { numRuns: 300 })
  })

  test('its list of owned transactions is read, whatever is between two UUIDs', async () => {
    const server = lab().server('db1')
    const wanted = UUIDS.flatMap((uuid, index) => [
      `${uuid}:${index + 1}`,
      `${uuid}:tag:${index + 7}`,
    ])
    let release = () => {}
    const released = new Promise<void>((resolve) => {
      release = resolve
    })
    const sessions = wanted.map((gtid) =>
      server.session(async (session) => {
        await session.query(`SET gtid_next = '${gtid}'`)
        await released
        await session.query('ROLLBACK')
      }),
    )
    const expected = parseGtidSet(wanted.join(','))
    const owned = await until(async () => {
      const set = parseGtidOwned((await server.value('SELECT @@global.gtid_owned')) ?? '')
      return containsGtidSet(set, expected) ? set : null
    }, 'all six sessions own their transaction').finally(release)
    await Promise.all(sessions)
    expect(formatGtidSet(owned)).toBe(formatGtidSet(expected))
  })
})
