/** What a soak came to, and how it is printed. */
import { DRIFTS } from './drifts.ts'
import type { Ledger } from './ledger.ts'
import type { Alarm } from './watcher.ts'

export interface FalseAlarm extends Alarm {
  /** What a direct comparison said right after it. */
  readonly truth: string
}

export interface SoakResult {
  readonly ledger: Ledger
  readonly falseAlarms: readonly FalseAlarm[]
  /** `db3 soak.busy_1`: tables that differ at the end, compared directly: the soak itself has failed. */
  readonly differsAtTheEnd: readonly string[]
  /** Whether every link was proven the same after the failover, and again after the load. */
  readonly isProvenSame: boolean
  readonly seconds: number
  readonly transactions: number
  readonly wantedPerSecond: number
  readonly disturbances: ReadonlyMap<string, number>
  readonly turned: ReadonlyMap<string, number>
}

/** No false alarm, nothing missed, nothing that stayed. */
export function isGood(result: SoakResult): boolean {
  const { ledger } = result
  return (
    result.falseAlarms.length === 0 &&
    result.differsAtTheEnd.length === 0 &&
    result.isProvenSame &&
    ledger.crowdedOut === 0 &&
    DRIFTS.every(
      (drift) =>
        ledger.count(drift) > 0 &&
        ledger.count(drift, 'missed') === 0 &&
        ledger.notCleared(drift) === 0,
    )
  )
}

export function resultLines(result: SoakResult): string[] {
  const { ledger } = result
  const rate = result.transactions / result.seconds
  const slow = rate < result.wantedPerSecond * 0.9 ? `: this machine did not reach the` : ', of'
  return [
    ...table([
      ['drift', 'planted', 'found', 'missed', 'overwritten', 'stayed', 'median', 'p95', 'longest'],
      ...DRIFTS.map((drift) => [
        drift.name,
        ledger.count(drift),
        ledger.count(drift, 'found'),
        ledger.count(drift, 'missed'),
        ledger.count(drift, 'overwritten'),
        ledger.notCleared(drift),
        ...times(ledger.detections(drift)),
      ]),
      [
        'all',
        ledger.plantings.length,
        ...(['found', 'missed', 'overwritten'] as const).map((outcome) =>
          sum(DRIFTS.map((drift) => ledger.count(drift, outcome))),
        ),
        sum(DRIFTS.map((drift) => ledger.notCleared(drift))),
        ...times(ledger.detections()),
      ],
    ]),
    `overwritten: undone by the load before it was seen, as a direct look at the row proved`,
    ...(ledger.crowdedOut === 0
      ? []
      : [`NOT planted, because every table had a drift: ${ledger.crowdedOut}`]),
    `false alarms: ${result.falseAlarms.length}`,
    ...result.falseAlarms.map(alarmLine),
    `write transactions: ${result.transactions} in ${result.seconds.toFixed(0)} s, ${rate.toFixed(0)} a second${slow} ${result.wantedPerSecond} that were asked for`,
    `disturbances: ${list(result.disturbances)}`,
    `verdicts turned to: ${list(result.turned)}`,
    ...result.differsAtTheEnd.map((one) => `THE SOAK LEFT A DIFFERENCE: ${one}`),
    ...(result.isProvenSame
      ? []
      : ['NOT every table was proven the same after the failover and after the load']),
    isGood(result) ? 'good' : 'NOT good',
  ]
}

export function alarmLine({ at, server, schema, table: name, what, truth }: FalseAlarm): string {
  return `FALSE ALARM ${new Date(at).toISOString()} ${server} ${schema}.${name} ${what}; compared directly: ${truth}`
}

function times(sorted: readonly number[]): string[] {
  return [0.5, 0.95, 1].map((share) => {
    const ms = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)]
    return ms === undefined ? '-' : `${(ms / 1000).toFixed(1)} s`
  })
}

function list(counts: ReadonlyMap<string, number>): string {
  return [...counts].map(([name, count]) => `${count} ${name}`).join(', ') || 'none'
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

function table(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length)),
  )
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0
          ? String(cell).padEnd(widths[column] ?? 0)
          : String(cell).padStart(widths[column] ?? 0),
      )
      .join('  '),
  )
}
