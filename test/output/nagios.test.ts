import { expect, test } from 'vitest'
import { renderNagios } from '../../src/output/nagios.ts'
import {
  makeChannel,
  makeReport,
  makeServer,
  makeSet,
  makeSource,
  makeTable,
} from '../support/make-report.ts'

test('all is well', () => {
  expect(renderNagios(makeReport())).toBe(
    "DRIFT OK - 1 table the same | 'tables'=1;;;0 'drifted'=0;;0;0 'missing'=0;;0;0 " +
      "'unknown'=0;;;0 'suspect'=0;0;;0 'servers_out'=0;;;0 'lag'=0s;30;;0 'errant'=0;;0;0\n",
  )
})

test('the worst comes first and says which tables on which server', () => {
  const set = makeSet({
    servers: [makeSource(), makeServer(), makeServer({ name: 'db3', up: false })],
    tables: [
      makeTable({ checksum: { verdict: 'drifted' } }),
      makeTable({ table: 'items', checksum: { verdict: 'drifted' } }),
    ],
  })
  expect(renderNagios(makeReport(set))).toMatch(
    /^DRIFT CRITICAL - 2 tables drifted on db2 \(shop\.orders, shop\.items\), db3 is OUT \| 'tables'=2;/,
  )
})

test('no name can begin performance data or a second line', () => {
  const table = makeTable({ table: 'a|b\nc\\d', checksum: { verdict: 'drifted' } })
  const line = renderNagios(makeReport(makeSet({ tables: [table] })))
  expect(line).toContain('(shop.a_b_c_d)')
  expect(line.split('|')).toHaveLength(2)
  expect(line.trimEnd()).not.toContain('\n')
})

test('lag is told as it is judged: beyond the configured delay', () => {
  const delayed = makeServer({ channels: [makeChannel({ lagSeconds: 3605, delaySeconds: 3600 })] })
  expect(renderNagios(makeReport(makeSet({ servers: [makeSource(), delayed] })))).toContain(
    "'lag'=5s;30;;0",
  )
})

test('performance data of several sets have labels of their own', () => {
  const line = renderNagios(makeReport(makeSet(), makeSet({ name: "c'r=m" })))
  expect(line).toContain("'shop drifted'=0")
  expect(line).toContain("'c_r_m drifted'=0")
})

test('unknown tables that are accepted are not called the same', () => {
  const tables = [
    makeTable(),
    makeTable({ table: 'log', checksum: { verdict: 'unknown', reason: 'no_key' } }),
  ]
  const options = { acceptUnknown: ['no_key'], requestedChecks: null }
  expect(renderNagios(makeReport(makeSet({ tables })), options)).toContain(
    'DRIFT OK - 1 table the same, 1 unknown |',
  )
})
