import { channelFrom, type FakeDatabase, fakeDatabase, makeTableData } from './fake-database.ts'

/** A source and so many replicas with the tables of a shop, all equal. */
export function fakeShop(replicas = 1): {
  readonly databases: readonly FakeDatabase[]
  readonly source: FakeDatabase
  readonly replica: FakeDatabase
} {
  const source = fakeDatabase('db1')
  const copies = Array.from({ length: replicas }, (_, i) =>
    fakeDatabase(`db${i + 2}`, [channelFrom('db1')]),
  )
  for (const database of [source, ...copies]) {
    database.tables.set('shop.orders', makeTableData(20))
    database.tables.set('shop.payments', makeTableData(5))
  }
  const [replica = source] = copies
  return { databases: [source, ...copies], source, replica }
}
