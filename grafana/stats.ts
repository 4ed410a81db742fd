/** Figures that more than one dashboard shows, each for what was chosen there. */
import { NONE_EXPECTED } from './looks.ts'
import { stat } from './panels.ts'
import { type Of, SERVER, worstBy } from './queries.ts'

export function missingTables(of: Of) {
  return stat({
    title: 'Missing tables',
    description: 'Tables that exist on one end of a replication link only.',
    size: [3, 4],
    unit: 'short',
    queries: [{ expr: `sum(${worstBy(SERVER, of('tables', 'state="missing"'))})` }],
    steps: NONE_EXPECTED,
    noValue: 'no replicas',
  })
}

export function errantTransactions(of: Of) {
  return stat({
    title: 'Errant transactions',
    description: 'Transactions that replicas have and their sources do not: somebody wrote there.',
    size: [3, 4],
    unit: 'short',
    queries: [{ expr: `sum(${worstBy(SERVER, of('gtid_errant_transactions'))})` }],
    steps: NONE_EXPECTED,
    noValue: 'no GTIDs',
  })
}
