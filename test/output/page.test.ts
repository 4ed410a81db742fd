import { expect, test } from 'vitest'
import { renderPage } from '../../src/output/page.ts'
import {
  ago,
  makeCause,
  makeCheck,
  makeDifference,
  makeErrant,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
  makeThrottle,
  makeVariableFinding,
} from '../support/make-report.ts'

const OPTIONS = { version: '0.1.0', telemetryPath: '/metrics' }
const EVIL = '"><script>alert(1)</script>\n'

test('nothing that a server says becomes markup', () => {
  const set = makeSet({
    name: EVIL,
    servers: [
      makeSource({ name: EVIL, version: EVIL, address: EVIL, flavor: EVIL }),
      makeServer({ name: EVIL, up: false, outReason: EVIL }),
      makeServer({
        gtid: makeErrant({
          errantSet: EVIL,
          errantTransactions:
            makeErrant().errantTransactions?.map((one) => ({
              ...one,
              gtid: EVIL,
              tables: [EVIL],
              statements: [EVIL],
              place: { file: EVIL, offset: 4n },
            })) ?? null,
        }),
      }),
    ],
    tables: [
      makeTable({
        schema: EVIL,
        table: EVIL,
        server: EVIL,
        channel: EVIL,
        checksum: { verdict: 'drifted', causes: [makeCause({ name: EVIL, source: EVIL })] },
      }),
    ],
    schemaDifferences: [makeDifference({ server: EVIL, name: EVIL, source: EVIL, replica: EVIL })],
    variableFindings: [
      makeVariableFinding({ server: EVIL, value: EVIL, source: { server: EVIL, value: EVIL } }),
    ],
  })
  const page = renderPage(makeReport(set), OPTIONS)
  expect(page).not.toContain('<script')
  expect(page).toContain('&lt;script&gt;')
})

test('the page needs nothing from elsewhere and no script', () => {
  const page = renderPage(makeReport(), OPTIONS)
  expect(page).not.toMatch(/src=|@import|url\(|https?:/)
  expect(page).toContain('http-equiv="refresh"')
  expect(page).toContain('href="/metrics"')
  expect(page).toContain('href="/api/v1/sets/shop"')
})

test('a drifted table shows where, how much and since when', () => {
  const checksum = {
    verdict: 'drifted',
    since: ago(7200),
    rowsDrifted: { missing: 1n, extra: 0n, changed: 3n },
  } as const
  const page = renderPage(makeReport(makeSet({ tables: [makeTable({ checksum })] })), OPTIONS)
  expect(page).toContain('<h3>Tables drifted</h3>')
  expect(page).toContain('1000 → 1000: 1 missing, 3 changed')
  expect(page).toContain('2h ago')
  expect(page).toContain('<title>shop drifted, mysql-drift-exporter</title>')
})

test('errant transactions show where they are, what they touched and when they came', () => {
  const servers = [makeSource(), makeServer({ gtid: makeErrant() })]
  const page = renderPage(makeReport(makeSet({ servers })), OPTIONS)
  expect(page).toContain('<h3>Errant transactions</h3>')
  expect(page).toContain(
    '<td>db2</td><td>0-2-7</td><td>shop.orders</td>' +
      '<td>between 2026-11-20T11:59:45Z and 2026-11-20T12:00:00Z</td><td>binlog.000003:1602</td>',
  )
})

test('what is the same shows how recently that was verified', () => {
  const tables = [60, 5400, 300].map((age, index) =>
    makeTable({ table: `t${index}`, checksum: { verifiedAt: ago(age) } }),
  )
  const never = makeTable({ table: 'new', checksum: { verdict: 'unknown', verifiedAt: null } })
  const text = textOf(renderPage(makeReport(makeSet({ tables: [...tables, never] })), OPTIONS))
  expect(text).toContain(
    'checksum pass 100% done, oldest verification 90m ago, 1 table never verified',
  )
})

test('what of its definition keeps a table from being compared stands beside the reason', () => {
  const causes = [makeCause(), makeCause({ name: 'orders.gone', replica: null })]
  const differs = { verdict: 'unknown', reason: 'definition_differs', causes } as const
  const text = textOf(
    renderPage(makeReport(makeSet({ tables: [makeTable({ checksum: differs })] })), OPTIONS),
  )
  expect(text).toContain(
    'definition differs column orders.note: varchar(20) -&gt; varchar(10), column orders.gone: varchar(20) -&gt; not there',
  )
})

test('a server on which no table is read shows why', () => {
  const held = { held: true, seconds: 60 }
  const throttle = makeThrottle({ history_list: held, duty: held })
  const set = makeSet({ servers: [makeSource(), makeServer({ throttle })] })
  expect(textOf(renderPage(makeReport(set), OPTIONS))).toContain('no table is read: history list')
})

test('every check shows how it fares on every server', () => {
  const failing = makeCheck({
    success: false,
    lastSuccess: ago(7200),
    runs: 9,
    failures: { ...makeCheck().failures, connect: 2, timeout: 1 },
  })
  const replica = makeServer({ checks: { threads: makeCheck(), schema: failing } })
  const source = makeSource({ checks: { threads: makeCheck({ lastRun: null }) } })
  const text = textOf(renderPage(makeReport(makeSet({ servers: [source, replica] })), OPTIONS))
  expect(text).toContain('Server threads schema db1 not yet - db2 ok 10s ago failed 10s ago')
  expect(text).toContain('worked 2h ago 3 of 9 failed: connect, timeout')
})

test('a list that is too long says how much is left out', () => {
  const tables = Array.from({ length: 250 }, (_, index) =>
    makeTable({ table: `t${index}`, checksum: { verdict: 'drifted' } }),
  )
  expect(renderPage(makeReport(makeSet({ tables })), OPTIONS)).toContain('and 50 more')
})

/** What somebody reads. */
function textOf(page: string): string {
  return page
    .replace(/<style>.*<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ')
    .replace(/ ,/g, ',')
}
