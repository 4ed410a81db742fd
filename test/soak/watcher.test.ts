import { expect, test } from 'vitest'
import type { Drift, Site } from '../../soak/drift.ts'
import { DRIFTS } from '../../soak/drifts.ts'
import { Ledger } from '../../soak/ledger.ts'
import { type Alarm, Watcher } from '../../soak/watcher.ts'
import { createLogger } from '../../src/log.ts'
import type { SetObject } from '../support/report.ts'

const drift = DRIFTS[0] as Drift
const AT = Date.parse('2026-01-02T03:04:05.000Z')

function siteOn(server: string, table: string): Site {
  return { replica: { name: server } as Site['replica'], table, ids: [8, 16] }
}

/** A watcher of a ledger, and the false alarms that it has given. */
function watch(ledger: Ledger, reports: readonly Partial<SetObject>[] = []) {
  const alarms: Alarm[] = []
  const left = [...reports]
  const watcher = new Watcher({
    report: async () => {
      const next = left.shift()
      if (next === undefined) throw new Error('no more reports')
      return { name: 'soak', tables: [], schema_differences: [], ...next } as unknown as SetObject
    },
    isPlanted: ({ server, schema, table, at }) => ledger.isPlanted(server, schema, table, at),
    onFalseAlarm: (alarm) => alarms.push(alarm),
  })
  return { watcher, alarms, left }
}

/** As the exporter writes it. */
function line(server: string, schema: string, table: string, to: string, at = AT): string {
  let written = ''
  const log = createLogger({
    level: 'debug',
    format: 'logfmt',
    now: () => new Date(at),
    write: (one) => (written = one),
  })
  const reason = to === 'unknown' ? 'lag' : null
  log.info('verdict', {
    set: 'soak',
    server,
    schema,
    table,
    check: 'checksum',
    from: null,
    to,
    reason,
  })
  return written
}

test('an alarm where nothing is planted is false, on whichever server and table', () => {
  const ledger = new Ledger()
  ledger.open(drift, siteOn('db2', 'quiet_1'), AT - 1_000)
  const { watcher, alarms } = watch(ledger)
  watcher.hear(line('db2', 'soak', 'quiet_1', 'drifted'))
  expect(alarms).toEqual([])
  watcher.hear(line('db3', 'soak', 'quiet_1', 'drifted'))
  watcher.hear(line('db2', 'soak', 'quiet_2', 'missing'))
  watcher.hear(line('db2', 'shop', 'quiet_1', 'drifted'))
  expect(alarms.map(({ server, schema, table }) => `${server} ${schema}.${table}`)).toEqual([
    'db3 soak.quiet_1',
    'db2 soak.quiet_2',
    'db2 shop.quiet_1',
  ])
})

test('an alarm before planting or after the end of the drift is false', () => {
  const ledger = new Ledger()
  const planting = ledger.open(drift, siteOn('db2', 'quiet_1'), AT)
  const { watcher, alarms } = watch(ledger)
  watcher.hear(line('db2', 'soak', 'quiet_1', 'drifted', AT - 1))
  expect(alarms).toHaveLength(1)
  planting.clearedAt = AT + 1_000
  const later = watch(ledger)
  later.watcher.hear(line('db2', 'soak', 'quiet_1', 'drifted', AT + 1_000))
  expect(later.alarms).toEqual([])
  later.watcher.hear(line('db2', 'soak', 'quiet_1', 'drifted', AT + 1_001))
  expect(later.alarms).toHaveLength(1)
})

test('other verdicts are no alarm, and all are counted', () => {
  const { watcher, alarms } = watch(new Ledger())
  for (const to of ['suspect', 'unknown', 'same', 'same'])
    watcher.hear(line('db2', 'soak', 'a', to))
  watcher.hear('ts=2026-01-02T03:04:05.000Z level=info event=listening port=1')
  expect(alarms).toEqual([])
  expect(Object.fromEntries(watcher.turned)).toEqual({ suspect: 1, unknown: 1, same: 2 })
})

test('an alarm that only the API tells counts once for as long as it lasts', async () => {
  const table = { server: 'db2', schema: 'soak', table: 'busy_1', verdict: 'drifted', reason: null }
  const difference = { server: 'db3', schema: 'soak', object: 'column', name: 'busy_2.note' }
  const report = { tables: [table], schema_differences: [{ ...difference, kind: 'missing' }] }
  const { watcher, alarms, left } = watch(
    new Ledger(),
    [report, report, {}, report].map((one) => one as never),
  )
  watcher.start()
  await expect.poll(() => left.length, { timeout: 60_000 }).toBe(0)
  await watcher.stop()
  expect(alarms.map(({ server, what }) => `${server} ${what}`)).toEqual([
    'db2 drifted',
    'db3 definition: column busy_2.note missing',
    'db2 drifted',
    'db3 definition: column busy_2.note missing',
  ])
})
