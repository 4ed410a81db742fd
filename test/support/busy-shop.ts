/** The shop on servers whose load a test decides. */
import { reportOf } from '../../src/scan/report.ts'
import { type FakeDatabase, makeTableData } from './fake-database.ts'
import type { FakeScan } from './fake-scan.ts'
import { fakeShop } from './fake-shop.ts'

const DATA = /SQL_NO_CACHE/
/** Of rows, so far. */
export const readings = ({ asked }: FakeDatabase) => asked.filter((sql) => DATA.test(sql)).length
export const LONG = 20_000

/** The shop with one table that takes many chunks, a second each. */
export function largeShop(replicas = 1) {
  const shop = fakeShop(replicas)
  for (const database of shop.databases) {
    database.tables.set('shop.log', makeTableData(LONG))
    database.readMs = 1_000
  }
  return shop
}

export function throttleOf(scan: FakeScan, name: string) {
  const server = reportOf(scan.context).servers.find((each) => each.name === name)
  if (server === undefined) throw new Error(`no ${name}`)
  return server.throttle
}

/** Does it as soon as so many readings of rows were made there. */
export function onReading(database: FakeDatabase, count: number, act: () => void) {
  const answer = database.answer.bind(database)
  let seen = 0
  database.answer = (sql) => {
    if (DATA.test(sql)) seen += 1
    if (DATA.test(sql) && seen === count) act()
    return answer(sql)
  }
}
