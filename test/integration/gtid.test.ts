/** Errant, missing and lost transactions at any tier of a chain, on real servers. */
import { beforeAll, describe, expect, test } from 'vitest'
import type { Lab } from '../../src/lab/lab.ts'
import { describeFlavors, startCluster, until, useCluster } from '../support/cluster.ts'
import { configOf, type Run, runCheck, startExporter } from '../support/exporter.ts'
import { untilReport } from '../support/exporter-waits.ts'
import { type ServerObject, serverIn } from '../support/report.ts'

const look = (lab: Lab) => runCheck(lab, ['--checks=threads,gtid'])

const gtidsOf = (run: Run, name: string) => {
  const { gtid, channels } = serverIn(run.json, name)
  return {
    ...gtid,
    gaps: channels.map((channel: ServerObject['channels'][0]) => channel.receive_gap),
  }
}

const NOTHING = {
  missing: '0',
  errant: '0',
  errant_set: '',
  errant_exact: true,
  errant_transactions: [],
  unrecoverable: '0',
}

/** New files until only the newest is left: MariaDB keeps one as long as its engine may need it. */
async function purge(lab: Lab, name: string): Promise<void> {
  const server = lab.server(name)
  await until(async () => {
    await server.exec('FLUSH BINARY LOGS')
    const files = await server.query('SHOW BINARY LOGS')
    await server.exec(`PURGE BINARY LOGS TO '${files.at(-1)?.Log_name}'`)
    return (await server.query('SHOW BINARY LOGS')).length === 1
  }, `${name} has one binary log`)
}

describeFlavors((flavor) => {
  describe('a chain of three', () => {
    const cluster = useCluster(flavor, [
      { name: 'db1' },
      { name: 'db2', source: 'db1' },
      {
        name: 'db3',
        source: 'db2',
        settings: flavor === 'mariadb' ? { 'gtid-strict-mode': 'OFF' } : {},
      },
    ])
    const write = async (rows: number) => {
      for (let row = 0; row < rows; row += 1) {
        await cluster().server('db1').exec('INSERT INTO shop.t (v) VALUES (1)')
      }
    }
    const control = (verb: 'start' | 'stop', thread: 'io' | 'sql') => {
      const db3 = cluster().server('db3')
      return db3.exec(db3.engine.sql[verb]('', thread))
    }

    beforeAll(async () => {
      const db1 = cluster().server('db1')
      await db1.exec(
        'CREATE DATABASE shop',
        'CREATE TABLE shop.t (id INT AUTO_INCREMENT PRIMARY KEY, v INT)',
      )
      await write(3)
      await cluster().caughtUp()
    })

    test('that is idle has nothing errant, missing, on its way or lost at any tier', async () => {
      const run = await look(cluster())
      for (const name of ['db2', 'db3']) {
        expect(gtidsOf(run, name), run.explain).toEqual({ ...NOTHING, gaps: ['0'] })
      }
      expect(run.code, run.explain).toBe(0)
    })

    test('tells what was not received from what was not applied', async () => {
      await control('stop', 'io')
      await write(3)
      const lab = cluster()
      await until(async () => {
        const run = await look(lab)
        expect(gtidsOf(run, 'db3'), run.explain).toMatchObject({ missing: '3', gaps: ['3'] })
        return true
      }, 'three transactions are missing and not received')
      await control('stop', 'sql')
      await control('start', 'io')
      await until(async () => {
        const run = await look(lab)
        expect(gtidsOf(run, 'db3'), run.explain).toMatchObject({ missing: '3', gaps: ['0'] })
        return true
      }, 'they are missing and received')
      await control('start', 'sql')
      await lab.caughtUp()
      const run = await look(lab)
      expect(gtidsOf(run, 'db3'), run.explain).toEqual({ ...NOTHING, gaps: ['0'] })
    })

    test('whose middle purges what the leaf has only received does not lose it', async () => {
      const lab = cluster()
      await control('stop', 'sql')
      await write(2)
      await until(async () => gtidsOf(await look(lab), 'db3').missing === '2', 'two are missing')
      await purge(lab, 'db2')
      const run = await look(lab)
      expect(gtidsOf(run, 'db3'), run.explain).toMatchObject({ missing: '2', unrecoverable: '0' })
      await control('start', 'sql')
      await lab.caughtUp()
    })

    test('with errant transactions on its leaf tells what they touched, when the chain has gone on too', async () => {
      const lab = cluster()
      const db3 = lab.server('db3')
      await db3.exec('INSERT INTO shop.t (id, v) VALUES (1000, 1)')
      await write(3)
      await lab.caughtUp()
      await db3.exec('CREATE TABLE shop.secret (id INT PRIMARY KEY)')
      await write(3)
      await lab.caughtUp()
      const run = await look(lab)
      const { errant_transactions: found, ...leaf } = serverIn(run.json, 'db3').gtid
      expect(leaf, run.explain).toMatchObject({ errant: '2', errant_exact: true, missing: '0' })
      expect(found, run.explain).toMatchObject([
        { tables: ['shop.t'], statements: [], at: { after: null } },
        { tables: [], statements: ['CREATE TABLE'], binlog: { file: 'binlog.000001' } },
      ])
      expect(leaf.errant_set).toBe(
        flavor === 'mysql'
          ? `${await db3.value('SELECT @@server_uuid')}:1-2`
          : found?.map(({ gtid }) => gtid).join(','),
      )
      expect(gtidsOf(run, 'db2'), run.explain).toMatchObject({ errant: '0', missing: '0' })
      expect(run.text).not.toContain('secret')
      expect(run.code, run.explain).toBe(2)
      const text = await runCheck(lab, ['--checks=threads,gtid', '--output=text'])
      expect(text.text, text.explain).toMatch(/db3 has 2 errant transactions \(.*\) in shop\.t/)
      expect(text.text, text.explain).toMatch(/errant transactions\n.*\n.*shop\.t +before 20/)
    })

    test('with errant transactions counts them for an account that may not read the log', async () => {
      const lab = cluster()
      const held =
        flavor === 'mysql'
          ? 'SELECT, PROCESS, REPLICATION CLIENT'
          : 'SELECT, PROCESS, SLAVE MONITOR'
      const account = { username: 'watcher', password: 'watcher' }
      await lab
        .server('db1')
        .exec(
          `CREATE USER watcher@'%' IDENTIFIED BY 'watcher'`,
          `GRANT ${held} ON *.* TO watcher@'%'`,
        )
      await lab.caughtUp()
      const run = await runCheck(lab, ['--checks=threads,gtid'], { config: configOf(lab, account) })
      // Where MariaDB shows no log, it cannot be known either from when on the middle logged all: that is not none.
      const seen =
        flavor === 'mysql'
          ? { errant: '2', errant_exact: true }
          : { errant: null, errant_exact: false }
      expect(serverIn(run.json, 'db3').gtid, run.explain).toMatchObject(seen)
      if (flavor === 'mysql') {
        expect(serverIn(run.json, 'db3').gtid.errant_transactions, run.explain).toBeNull()
      }
    })

    test('of which one errs while it is watched has that between two looks', async () => {
      const lab = cluster()
      await using exporter = await startExporter(lab)
      await untilReport(
        exporter,
        (report) => serverIn(report, 'db3').gtid.errant === '2',
        'the two from before are known',
      )
      await lab.server('db3').exec('DELETE FROM shop.t WHERE id = 1000')
      const report = await untilReport(
        exporter,
        (each) => serverIn(each, 'db3').gtid.errant_transactions?.length === 3,
        'the third is found',
      )
      const third = serverIn(report, 'db3').gtid.errant_transactions?.[2]
      expect(third).toMatchObject({ tables: ['shop.t'], statements: [] })
      const [after, before] = [third?.at.after, third?.at.before].map((at) => Date.parse(at ?? ''))
      expect(Number(before) - Number(after)).toBeGreaterThanOrEqual(0)
      expect(await exporter.text('/')).toContain('<h3>Errant transactions</h3>')
    })

    // Last: the leaf cannot replicate any more.
    test('whose middle purged what the leaf has not received cannot be caught up with', async () => {
      const lab = cluster()
      await lab.server('db3').exec('INSERT INTO shop.t (id, v) VALUES (2000, 1)')
      await control('stop', 'io')
      await write(4)
      await until(async () => gtidsOf(await look(lab), 'db3').missing === '4', 'four are missing')
      await purge(lab, 'db2')
      const run = await look(lab)
      expect(gtidsOf(run, 'db3'), run.explain).toMatchObject({ missing: '4', unrecoverable: '4' })
      expect(gtidsOf(run, 'db2'), run.explain).toMatchObject({ missing: '0', unrecoverable: '0' })
      // Somebody wrote to the leaf before all that is left of the middle's log. MariaDB's numbers do not tell any more.
      const { errant, errant_exact: isExact } = serverIn(run.json, 'db3').gtid
      if (flavor === 'mariadb')
        expect({ errant, isExact }).toEqual({ errant: null, isExact: false })
      else expect(Number(errant), run.explain).toBeGreaterThan(0)
      const text = await runCheck(lab, ['--checks=threads,gtid', '--output=text'])
      expect(text.text, text.explain).toMatch(/db3 can not catch up: 4 transactions purged/)
      expect(text.code, text.explain).toBe(2)
    })
  })

  describe('a hub of two sources', () => {
    const domain = (id: string): Record<string, string> =>
      flavor === 'mariadb' ? { 'gtid-domain-id': id } : {}
    const cluster = useCluster(flavor, [
      { name: 'db1', settings: domain('1') },
      { name: 'db2', settings: domain('2') },
      { name: 'db3', source: ['db1', 'db2'], settings: domain('3') },
    ])

    test('errs only in what none of them has, and nobody knows while one is away', async () => {
      const lab = cluster()
      await lab
        .server('db1')
        .exec('CREATE DATABASE east', 'CREATE TABLE east.t (id INT PRIMARY KEY)')
      await lab
        .server('db2')
        .exec('CREATE DATABASE west', 'CREATE TABLE west.t (id INT PRIMARY KEY)')
      await lab.caughtUp()
      const idle = await look(lab)
      expect(gtidsOf(idle, 'db3'), idle.explain).toEqual({ ...NOTHING, gaps: ['0', '0'] })
      await lab.server('db3').exec('INSERT INTO west.t VALUES (7)')
      const run = await look(lab)
      expect(serverIn(run.json, 'db3').gtid, run.explain).toMatchObject({
        errant: '1',
        errant_exact: true,
        errant_transactions: [{ tables: ['west.t'] }],
      })
      await lab.server('db2').stop()
      const without = await look(lab)
      expect(serverIn(without.json, 'db3').gtid.errant, without.explain).toBeNull()
    })
  })
})

describe('on mysql', () => {
  test('what a stalled semi-sync source has sent and not committed is not errant', async () => {
    await using lab = await startCluster(
      'mysql',
      [{ name: 'db1' }, { name: 'db2', source: 'db1' }],
      {
        semiSync: true,
      },
    )
    const [db1, db2] = [lab.server('db1'), lab.server('db2')]
    await db1.exec('CREATE DATABASE shop')
    await lab.caughtUp()
    await db1.exec(
      'SET GLOBAL rpl_semi_sync_source_timeout = 600000',
      'SET GLOBAL rpl_semi_sync_source_wait_for_replica_count = 2',
    )
    const waiting = db1.exec('CREATE TABLE shop.t (id INT PRIMARY KEY)')
    try {
      await until(() => db2.value("SHOW TABLES FROM shop LIKE 't'"), 'the replica has it')
      const run = await look(lab)
      expect(await db1.value('SELECT @@global.gtid_owned'), run.explain).not.toBe('')
      expect(gtidsOf(run, 'db2'), run.explain).toMatchObject({ errant: '0', missing: '0' })
    } finally {
      await db1.exec('SET GLOBAL rpl_semi_sync_source_enabled = 0')
      await waiting
    }
  })
})
