import { expect, test } from 'vitest'
import { renderPage } from '../../src/output/page.ts'
import {
  ago,
  makeDifference,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
} from '../support/make-report.ts'

const OPTIONS = { version: '0.1.0', telemetryPath: '/metrics' }
const EVIL = '"><script>alert(1)</script>\n'

test('nothing that a server says becomes markup', () => {
  const set = makeSet({
    name: EVIL,
    servers: [
      makeSource({ name: EVIL, version: EVIL, address: EVIL, flavor: EVIL }),
      makeServer({ name: EVIL, up: false, outReason: EVIL }),
    ],
    tables: [
      makeTable({
        schema: EVIL,
        table: EVIL,
        server: EVIL,
        channel: EVIL,
        checksum: { verdict: 'drifted' },
      }),
    ],
    schemaDifferences: [makeDifference({ server: EVIL, name: EVIL, source: EVIL, replica: EVIL })],
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
  expect(page).toContain('1 missing, 0 extra, 3 changed')
  expect(page).toContain('2h ago')
  expect(page).toContain('<title>shop drifted, mysql-drift-exporter</title>')
})

test('a list that is too long says how much is left out', () => {
  const tables = Array.from({ length: 250 }, (_, index) =>
    makeTable({ table: `t${index}`, checksum: { verdict: 'drifted' } }),
  )
  expect(renderPage(makeReport(makeSet({ tables })), OPTIONS)).toContain('and 50 more')
})
