/** Sets whose passes take long, and what is looked at of them after a restart. */
import { DEFAULTS } from '../../src/config/defaults.ts'
import { ServerError } from '../../src/errors.ts'
import { reportOf } from '../../src/scan/report.ts'
import { makeTableData } from './fake-database.ts'
import type { FakeScan } from './fake-scan.ts'
import { fakeShop } from './fake-shop.ts'

/** Of the large table. */
export const ROWS = 20_000

/** About a thousand rows a chunk. */
export const SLOW = { checksum: { ...DEFAULTS.checksum, chunkTimeMs: 100, confirmDelayMs: 100 } }

export const REJECTED = new ServerError('connect', 'connection refused')

/** One table of many chunks, `postings`, among small ones; each reading takes a tenth of a second. */
export function largeShop(replicas = 1) {
  const { databases, source, replica } = fakeShop(replicas)
  for (const database of databases) {
    database.tables.set('shop.postings', makeTableData(ROWS))
    database.tables.set('shop.small', makeTableData(10))
    database.readMs = 100
  }
  return { databases, source, replica }
}

export const checksumOf = (scan: FakeScan, table = 'orders') =>
  reportOf(scan.context).tables.find((each) => each.table === table)?.standings.checksum

/** A pass that is killed: what becomes of it afterwards is nobody's business. */
export function begin(scan: FakeScan, scope: 'all' | 'rest' = 'all') {
  scan.pass('checksum', scope).catch(() => undefined)
}
