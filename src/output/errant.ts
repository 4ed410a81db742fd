/** Errant transactions one by one, as text and page list them. Pure. */
import type { ErrantTransaction, SetReport } from '../report.ts'
import { isoSeconds } from './format.ts'
import { stateOf } from './judge.ts'

export const ERRANT_HEADINGS = ['server', 'GTID', 'what it touched', 'written', 'binary log']

/** Names are as the servers gave them: escape before printing. */
export function errantRows(set: SetReport): string[][] {
  return set.servers.flatMap((server) =>
    (stateOf(server).gtid?.errantTransactions ?? []).map((transaction) => [
      server.name,
      transaction.gtid,
      [...transaction.tables, ...transaction.statements].join(', ') || '-',
      writtenOf(transaction),
      `${transaction.place.file}:${transaction.place.offset}`,
    ]),
  )
}

function writtenOf({ writtenAfter, writtenBefore }: ErrantTransaction): string {
  if (writtenBefore === null) return '-'
  const before = isoSeconds(writtenBefore)
  return writtenAfter === null
    ? `before ${before}`
    : `between ${isoSeconds(writtenAfter)} and ${before}`
}
