/** Accounts that may too little or too much: what can be checked is, and the rest says which GRANT is wanting. */
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { breakServer } from '../../src/lab/breakage.ts'
import type { Lab } from '../../src/lab/lab.ts'
import { createShop } from '../../src/lab/shop.ts'
import { describeFlavors, useCluster } from '../support/cluster.ts'
import { configOf, runCheck, startExporter } from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { notTheSame, serverIn, setIn } from '../support/report.ts'

const PASSWORD = 's3cret-of-ours'
const as = (lab: Lab, username: string) => configOf(lab, { username, password: PASSWORD })
const drift = { fault: 'change-row', server: 'db2', table: { schema: 'shop', name: 'orders' } }

describeFlavors((flavor) => {
  const cluster = useCluster(flavor)

  beforeAll(async () => {
    const db1 = cluster().server('db1')
    await createShop(db1)
    await db1.exec(
      `CREATE USER nothing@'%' IDENTIFIED BY '${PASSWORD}'`,
      `CREATE USER reader@'%' IDENTIFIED BY '${PASSWORD}'`,
      "GRANT SELECT, SHOW DATABASES ON *.* TO reader@'%'",
    )
  })

  beforeEach(() => cluster().caughtUp())

  test('a wrong password is an error of each server, with its reason and without the password', async () => {
    const lab = cluster()
    const config = configOf(lab, { password: 'wr0ng-s3cret' })
    const run = await runCheck(lab, [], { config })
    expect(run.code, run.explain).toBe(3)
    expect(setIn(run.json).servers.map(({ up }) => up)).toEqual([false, false, false])
    await using exporter = await startExporter(lab, config)
    const samples = await untilMetrics(exporter, [
      ['up', { server: 'db1' }, 0],
      ['up', { server: 'db2' }, 0],
      ['check_success', { server: 'db1', check: 'grants' }, 0],
    ])
    expect(
      samples.value('check_failures_total', { server: 'db1', check: 'grants', reason: 'auth' }),
    ).toBeGreaterThan(0)
    const said = [run.explain, exporter.stderr(), samples.text, await exporter.text('/')]
    for (const text of said) expect(text).not.toContain('wr0ng-s3cret')
    expect(await (await exporter.fetch('/config')).text()).not.toContain('wr0ng-s3cret')
  })

  test('an account without any grant can tell nothing, and learns what it lacks', async () => {
    const lab = cluster()
    const run = await runCheck(lab, [], { config: as(lab, 'nothing') })
    expect(run.code, run.explain).toBe(3)
    const missing = setIn(run.json).privileges.flatMap((one) => one.missing)
    expect(missing.join('\n'), run.explain).toMatch(/GRANT SELECT\b.* ON \*\.\* TO/)
    expect(setIn(run.json).tables.filter(({ verdict }) => verdict === 'same')).toEqual([])
    const text = await runCheck(lab, ['--output=text'], { config: as(lab, 'nothing') })
    expect(text.code, text.explain).toBe(3)
    expect(text.text, text.explain).toMatch(/the account lacks: .*GRANT/)
  })

  if (flavor === 'mysql') {
    test('SELECT alone still gives row counts and checksums', async () => {
      const lab = cluster()
      const config = as(lab, 'reader')
      const broken = await breakServer(lab, drift)
      const drifted = await runCheck(lab, [], { config })
      await broken.undo()
      expect(notTheSame(drifted.json), drifted.explain).toEqual(['db2 shop.orders: drifted'])
      expect(drifted.code, drifted.explain).toBe(2)
      const run = await runCheck(lab, [], { config })
      expect(notTheSame(run.json), run.explain).toEqual([])
      expect(setIn(run.json).tables).toHaveLength(10)
      expect(run.code, run.explain).toBe(1)
      const missing = setIn(run.json).privileges.flatMap((one) => one.missing)
      expect(missing.join('\n')).toMatch(/GRANT .*REPLICATION CLIENT.* TO/)
    })
  } else {
    test('SELECT alone compares nothing, and the missing GRANT is named', async () => {
      const lab = cluster()
      const run = await runCheck(lab, [], { config: as(lab, 'reader') })
      expect(run.code, run.explain).toBe(3)
      expect(setIn(run.json).tables.filter(({ verdict }) => verdict === 'same')).toEqual([])
      const reasons = new Set(setIn(run.json).tables.map(({ reason }) => reason))
      expect([...reasons], run.explain).toEqual(['no_privilege'])
      const missing = setIn(run.json).privileges.flatMap((one) => one.missing)
      expect(missing.join('\n'), run.explain).toMatch(/GRANT .*SLAVE MONITOR.* TO/)
    })

    test('without BINLOG MONITOR on the source what differs is unknown, and the GRANT is named', async () => {
      const lab = cluster()
      await lab
        .server('db1')
        .exec(
          `CREATE USER blind@'%' IDENTIFIED BY '${PASSWORD}'`,
          "GRANT SELECT, SHOW DATABASES, SLAVE MONITOR ON *.* TO blind@'%'",
        )
      await lab.caughtUp()
      const broken = await breakServer(lab, drift)
      const run = await runCheck(lab, [], { config: as(lab, 'blind') })
      await broken.undo()
      expect(notTheSame(run.json), run.explain).toContain('db2 shop.orders: unknown no_privilege')
      expect(run.code, run.explain).toBe(3)
      const missing = setIn(run.json).privileges.flatMap((one) => one.missing)
      expect(missing.join('\n'), run.explain).toMatch(/GRANT .*BINLOG MONITOR.* TO/)
    })
  }

  describe('an account that may write on one server', () => {
    const onDb2 = (verb: 'GRANT' | 'REVOKE') =>
      cluster()
        .server('db2')
        .unlogged(`${verb} INSERT ON shop.* ${verb === 'GRANT' ? 'TO' : 'FROM'} drift@'%'`)

    test('is not used there, and the others go on', async () => {
      const lab = cluster()
      await onDb2('GRANT')
      try {
        const [run, text, allowed] = await Promise.all([
          runCheck(lab),
          runCheck(lab, ['--output=text']),
          runCheck(lab, [], { config: configOf(lab, { allow_write_privileges: true }) }),
        ])
        expect(run.code, run.explain).toBe(3)
        const { tables } = setIn(run.json)
        const onServer = (name: string) =>
          new Set(
            tables
              .filter(({ server }) => server === name)
              .map(({ verdict, reason }) => `${verdict} ${reason}`),
          )
        expect([...onServer('db2')], run.explain).toEqual(['unknown write_privileges'])
        expect([...onServer('db3')], run.explain).toEqual(['same null'])
        expect(serverIn(run.json, 'db2').channels).toMatchObject([{ io: 'running' }])
        expect(text.text, text.explain).toMatch(/db2 is not compared.*INSERT/)
        expect(notTheSame(allowed.json), allowed.explain).toEqual([])
        expect(allowed.code, allowed.explain).toBe(1)
      } finally {
        await onDb2('REVOKE')
      }
      const after = await runCheck(lab)
      expect(after.code, after.explain).toBe(0)
    })

    test('fails the grants check, and is used again when the right is taken back', async () => {
      const lab = cluster()
      await onDb2('GRANT')
      await using exporter = await startExporter(lab)
      try {
        await untilMetrics(exporter, [
          ['check_success', { server: 'db2', check: 'grants' }, 0],
          ['check_success', { server: 'db3', check: 'grants' }, 1],
          ['excess_privileges', { server: 'db2' }, 1],
          ['up', { server: 'db2' }, 1],
          ['tables_unknown', { server: 'db2', check: 'checksum', reason: 'write_privileges' }, 5],
          ['tables', { server: 'db3', check: 'checksum', state: 'same' }, 5],
        ])
      } finally {
        await onDb2('REVOKE')
      }
      await untilMetrics(exporter, [
        ['check_success', { server: 'db2', check: 'grants' }, 1],
        ['excess_privileges', { server: 'db2' }, 0],
        ['tables', { server: 'db2', check: 'checksum', state: 'same' }, 5],
      ])
    })
  })
})
