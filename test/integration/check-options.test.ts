/** The options of `check`, on real servers: what is looked at, for how long, and what counts. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeAll, describe, expect, test } from 'vitest'
import { breakagesOf, breakServer, undo } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import {
  configOf,
  configText,
  QUICK,
  runCheck,
  runCli,
  serversOf,
  setOf,
} from '../support/exporter.ts'
import { notTheSame, setIn, tableIn } from '../support/report.ts'

const inTable = (name: string) => ({ table: { schema: 'shop', name } })

/** As QUICK, with another patience for fences. */
function withFenceTimeout(lab: Lab, fence_timeout: string): string {
  const checksum = { ...QUICK.checks.checksum, fence_timeout }
  return configOf(lab, {}, { checks: { ...QUICK.checks, checksum } })
}

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])

  beforeAll(async () => {
    await createShop(cluster().server('db1'))
    await cluster().caughtUp()
  })

  afterEach(async () => {
    const lab = cluster()
    for (const breakage of breakagesOf(lab)) await undo(lab, breakage)
    await lab.caughtUp()
  })

  test('--checks=row_count finds a missing row, and says that contents were not verified', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'delete-row', server: 'db2', ...inTable('orders') })
    await breakServer(lab, { fault: 'change-row', server: 'db2', ...inTable('customers') })
    const run = await runCheck(lab, ['--checks=row_count'])
    expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: drifted'])
    expect(tableIn(run.json, 'db2', 'shop.orders').rows).toEqual({ source: '200', replica: '199' })
    expect(tableIn(run.json, 'db2', 'shop.customers')).toMatchObject({
      verdict: 'same',
      verified_at: null,
    })
    expect(run.code, run.explain).toBe(2)
  })

  test('--checks=threads does not care that nothing was compared', async () => {
    const lab = cluster()
    const run = await runCheck(lab, ['--checks=threads,gtid'])
    expect(run.code, run.explain).toBe(0)
    await breakServer(lab, { fault: 'stop-sql-thread', server: 'db2' })
    const broken = await runCheck(lab, ['--checks=threads'])
    expect(broken.code, broken.explain).toBe(2)
  })

  test('--tables leaves the others out, drifted or not', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'change-row', server: 'db2', ...inTable('customers') })
    const run = await runCheck(lab, ['--tables=shop.order*'])
    expect(notTheSame(run.json), run.explain).toEqual([
      'db2 shop.customers: skipped excluded',
      'db2 shop.payments: skipped excluded',
      'db2 shop.products: skipped excluded',
    ])
    expect(run.code, run.explain).toBe(0)
    const none = await runCheck(lab, ['--tables=nowhere.*'])
    expect(none.code, none.explain).toBe(3)
  })

  test('--timeout ends the run in time, and what was not reached is unknown', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'lag', server: 'db2', ...inTable('orders') })
    await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 3')
    const config = withFenceTimeout(lab, '1m')
    const run = await runCheck(lab, ['--timeout=8s'], { config })
    expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: unknown not_reached'])
    expect(run.code, run.explain).toBe(3)
    const accepted = ['--timeout=8s', '--accept-unknown=not_reached']
    const run2 = await runCheck(lab, accepted, { config })
    expect(run2.code, run2.explain).toBe(0)
  })

  test('--accept-unknown takes a lagging table for granted, and nothing else', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'lag', server: 'db2', ...inTable('orders') })
    await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 4')
    const config = withFenceTimeout(lab, '500ms')
    const [strict, other, accepted] = await Promise.all([
      runCheck(lab, [], { config }),
      runCheck(lab, ['--accept-unknown=no_key'], { config }),
      runCheck(lab, ['--accept-unknown=no_key,lag'], { config }),
    ])
    expect(notTheSame(strict.json), strict.explain).toEqual(['db2 shop.orders: unknown lag'])
    expect(strict.code, strict.explain).toBe(3)
    expect(other.code, other.explain).toBe(3)
    expect(accepted.code, accepted.explain).toBe(0)
  })

  test('a delayed replica that differs is unknown at once, not after the delay', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'delay-replica', server: 'db2' })
    await lab.server('db1').exec('UPDATE shop.orders SET total = total + 1 WHERE id = 5')
    const run = await runCheck(lab)
    expect(notTheSame(run.json), run.explain).toEqual(['db2 shop.orders: unknown delayed'])
    expect(run.code, run.explain).toBe(3)
  })

  test('config validate --estimate says how much there is, and how long a pass would take', async () => {
    const lab = cluster()
    await lab.server('db1').exec('ANALYZE TABLE shop.orders, shop.customers, shop.products')
    const folder = mkdtempSync(join(tmpdir(), 'drift-estimate-'))
    const file = join(folder, 'config.yml')
    writeFileSync(file, configOf(lab), { mode: 0o600 })
    const run = await runCli(['config', 'validate', '--estimate', file])
    rmSync(folder, { recursive: true })

    expect(run.text, run.explain).toMatch(
      /^shop: db1 and 1 replica \(db2\): 5 tables, about [\d,]+ rows, [\d.]+ kB$/m,
    )
    expect(run.text, run.explain).toMatch(/^ {2}0 tables without a unique key \(0 %\)$/m)
    expect(run.text, run.explain).toMatch(
      /^ {2}a pass takes about \d+ seconds? at max_duty [\d.]+: .*measured on \d+ rows of shop\.\w+ on db1$/m,
    )
    expect(run.code, run.explain).toBe(0)
  })

  describe('URLs instead of a configuration', () => {
    const urlsOf = (lab: Lab, user = 'drift') =>
      serversOf(lab).map(({ address }) => `${flavor}://${user}@${address}`)

    test('make a set "default" whose servers are called by address', async () => {
      const lab = cluster()
      await breakServer(lab, { fault: 'change-row', server: 'db2', ...inTable('payments') })
      const options = { config: null, env: { MYSQL_PWD: 'drift' } }
      const [run, nagios] = await Promise.all([
        runCheck(lab, urlsOf(lab), options),
        runCheck(lab, ['--output=nagios', ...urlsOf(lab)], options),
      ])
      const [db1, db2] = serversOf(lab).map(({ address }) => address)
      expect(setIn(run.json), run.explain).toMatchObject({ name: 'default', verdict: 'drifted' })
      expect(setIn(run.json).servers.map(({ name }) => name)).toEqual([db1, db2])
      expect(notTheSame(run.json)).toEqual([`${db2} shop.payments: drifted`])
      expect(run.code, run.explain).toBe(2)
      expect(nagios.text).toContain(`1 table drifted on ${db2} (shop.payments)`)
    })

    test('with a wrong password say so for each server', async () => {
      const lab = cluster()
      const env = { MYSQL_PWD: 'wr0ng-s3cret' }
      const run = await runCheck(lab, ['--output=text', ...urlsOf(lab)], { config: null, env })
      expect(run.code, run.explain).toBe(3)
      expect(run.text).toMatch(/is OUT: .*Access denied/)
      expect(run.text + run.stderr).not.toContain('wr0ng-s3cret')
    })

    test('together with a configuration are a mistake', async () => {
      const lab = cluster()
      const run = await runCheck(lab, urlsOf(lab))
      expect(run).toMatchObject({ code: 3, text: '' })
      expect(run.stderr).toMatch(/^check: name servers by URL or by --config\.file, not both\n$/)
    })
  })

  test('--set looks at that set alone', async () => {
    const lab = cluster()
    await breakServer(lab, { fault: 'change-row', server: 'db2', ...inTable('payments') })
    const servers = serversOf(lab)
    const config = configText([
      setOf(servers, { name: 'orders', tables: { include: ['shop.order*'] } }),
      setOf(servers, { name: 'payments', tables: { include: ['shop.payments'] } }),
    ])
    const [orders, both, typo] = await Promise.all([
      runCheck(lab, ['--set=orders'], { config }),
      runCheck(lab, ['--output=nagios'], { config }),
      runCheck(lab, ['--set=order'], { config }),
    ])
    expect(orders.json.replication_sets.map(({ name }) => name)).toEqual(['orders'])
    expect(orders.code, orders.explain).toBe(0)
    expect(both.text, both.explain).toMatch(/^DRIFT CRITICAL - payments: 1 table drifted on db2/)
    expect(both.code).toBe(2)
    expect(typo).toMatchObject({ code: 3, text: '' })
    expect(typo.stderr).toMatch(/^--set: expected one of orders, payments, got "order"\n$/)
  })
})

test.for<[string, readonly string[], RegExp]>([
  ['an unknown option', ['--tabels=shop.*'], /tabels/],
  ['an unknown check', ['--checks=checksums'], /--checks: expected .*checksum.*got "checksums"/],
  ['an unknown reason', ['--accept-unknown=lagg'], /--accept-unknown: expected .*got "lagg"/],
  ['an unknown output', ['--output=xml'], /--output: expected text, json.*got "xml"/],
  ['a duration that is none', ['--timeout=5'], /--timeout: expected a duration/],
  ['a table without a schema', ['--tables=orders'], /--tables: expected SCHEMA\.TABLE/],
  ['a configuration that is not there', ['--config.file=/nowhere.yml'], /nowhere\.yml/],
])('%s is one line and exit code 3', async ([, args, message]) => {
  const config = configText([setOf([{ name: 'db1', address: '127.0.0.1:1' }])])
  const isAboutTheFile = args.some((arg) => arg.startsWith('--config.file'))
  const run = await runCli(['check', ...args], { config: isAboutTheFile ? null : config })
  expect(run, run.explain).toMatchObject({ code: 3, text: '' })
  expect(run.stderr, run.explain).toMatch(message)
  expect(run.stderr.trimEnd().split('\n'), run.explain).toHaveLength(1)
})
