import { expect, test } from 'vitest'
import type { Site } from '../../soak/drift.ts'
import { DRIFTS } from '../../soak/drifts.ts'
import { Ledger, type Outcome } from '../../soak/ledger.ts'
import { isGood, resultLines, type SoakResult } from '../../soak/result.ts'

/** Every kind planted, found after 1, 2, 3 ... seconds, and cleared. */
function ledgerWith(change: { outcome?: Outcome; clearedAt?: number | null } = {}): Ledger {
  const ledger = new Ledger()
  for (const [index, drift] of DRIFTS.entries()) {
    const site = {
      replica: { name: 'db2' },
      table: `quiet_${index}`,
      ids: [8, 16],
    } as unknown as Site
    const planting = ledger.open(drift, site, 0)
    Object.assign(planting, {
      outcome: 'found',
      detectedAfterMs: (index + 1) * 1_000,
      clearedAt: 9,
    })
    if (index === 0) Object.assign(planting, change)
  }
  return ledger
}

function result(change: Partial<SoakResult> = {}): SoakResult {
  return {
    ledger: ledgerWith(),
    falseAlarms: [],
    differsAtTheEnd: [],
    isProvenSame: true,
    seconds: 60,
    transactions: 54_000,
    wantedPerSecond: 900,
    disturbances: new Map([['lag', 3]]),
    turned: new Map([['drifted', 5]]),
    ...change,
  }
}

const alarm = {
  server: 'db2',
  schema: 'shop',
  table: 'orders',
  what: 'drifted',
  at: 0,
  truth: 'equal',
}

test('a soak without false alarms that found everything is good', () => {
  expect(isGood(result())).toBe(true)
  const lines = resultLines(result())
  expect(lines.at(-1)).toBe('good')
  expect(lines).toContain(
    'write transactions: 54000 in 60 s, 900 a second, of 900 that were asked for',
  )
  expect(lines.find((line) => line.startsWith('all '))).toMatch(
    / 8 +8 +0 +0 +0 +4\.0 s +8\.0 s +8\.0 s$/,
  )
})

test('what the load undid by chance is no fault of the exporter', () => {
  expect(isGood(result({ ledger: ledgerWith({ outcome: 'overwritten' }) }))).toBe(true)
})

test.for<[string, Partial<SoakResult>]>([
  ['a false alarm', { falseAlarms: [alarm] }],
  ['a drift that was missed', { ledger: ledgerWith({ outcome: 'missed' }) }],
  ['a repaired drift that stayed', { ledger: ledgerWith({ clearedAt: null }) }],
  ['a kind that was never planted', { ledger: new Ledger() }],
  [
    'a drift that found no table without one',
    { ledger: Object.assign(ledgerWith(), { crowdedOut: 1 }) },
  ],
  ['a difference that the soak left', { differsAtTheEnd: ['db2 shop.orders'] }],
  ['a table that was never proven the same again', { isProvenSame: false }],
])('%s makes it not good', ([, change]) => {
  expect(isGood(result(change))).toBe(false)
  expect(resultLines(result(change)).at(-1)).toBe('NOT good')
})

test('a machine that is too slow for the rate is told as such', () => {
  expect(resultLines(result({ transactions: 6_000 })).join('\n')).toContain(
    '100 a second: this machine did not reach the 900 that were asked for',
  )
})
