/** Where nothing was defined since definitions were compared nothing is read, and whatever is defined is noticed. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { OwnedSession } from '../../src/mysql/session.ts'
import { definitionStamp } from '../../src/mysql/structure/stamp.ts'
import { openAsExporter } from '../support/as-exporter.ts'
import { describeFlavors, until, useCluster } from '../support/cluster.ts'
import { configOf, startExporter } from '../support/exporter.ts'
import { untilMetrics } from '../support/exporter-waits.ts'
import { GROUNDS } from '../support/schema-objects.ts'

describeFlavors((flavor) => {
  const cluster = useCluster(flavor, [{ name: 'db1' }, { name: 'db2', source: 'db1' }])
  const on = (name: string) => cluster().server(name)
  const sessions = new Map<string, OwnedSession>()

  beforeAll(async () => {
    await on('db1').exec(
      ...GROUNDS,
      'CREATE TABLE shop.t (id INT PRIMARY KEY, a INT)',
      'CREATE PROCEDURE shop.p () ALTER TABLE shop.t COMMENT "by a procedure"',
    )
    await cluster().caughtUp()
    for (const server of cluster().servers) sessions.set(server.name, openAsExporter(server))
  })
  afterAll(() => Promise.all([...sessions.values()].map((session) => session.close())))

  async function stampOn(name: string): Promise<string | null> {
    const session = sessions.get(name)
    if (session === undefined) throw new Error('no session')
    return await definitionStamp(session)
  }
  const settledStamp = (name: string) => until(() => stampOn(name), 'nothing is being defined')

  test('rows, statistics, locks and status change nothing', async () => {
    const before = await settledStamp('db1')
    await on('db1').exec(
      'INSERT INTO shop.t VALUES (1, 1)',
      'UPDATE shop.t SET a = 2',
      'ANALYZE TABLE shop.t',
      'LOCK TABLES shop.t WRITE',
      'UNLOCK TABLES',
      'TRUNCATE TABLE shop.t',
      'SHOW CREATE TABLE shop.t',
      'DO SLEEP(1.1)',
    )
    expect(await settledStamp('db1')).toBe(before)
  })

  test.for<[string, string[]]>([
    ['a statement', ['ALTER TABLE shop.t ADD x INT']],
    [
      'one that makes and one that takes back',
      ['CREATE INDEX i ON shop.t (a)', 'DROP INDEX i ON shop.t'],
    ],
    ['a procedure', ['CALL shop.p ()']],
    ['a prepared statement', ["PREPARE s FROM 'ALTER TABLE shop.t ADD y INT'", 'EXECUTE s']],
    ['a view', ['CREATE OR REPLACE VIEW shop.v AS SELECT 1 AS a']],
    ['a trigger', ['CREATE TRIGGER shop.tr BEFORE INSERT ON shop.t FOR EACH ROW SET NEW.a = 1']],
    ['an event', ['CREATE EVENT shop.e ON SCHEDULE EVERY 1 DAY DO SELECT 1']],
    ['a schema', ['ALTER DATABASE shop CHARACTER SET ascii']],
    ['a schema that is gone', ['CREATE DATABASE gone', 'DROP DATABASE gone']],
    ['another name', ['RENAME TABLE shop.t TO shop.u', 'RENAME TABLE shop.u TO shop.t']],
    ['FLUSH STATUS', [flavor === 'mysql' ? 'FLUSH STATUS' : 'ALTER TABLE shop.t COMMENT ""']],
  ])('%s changes the stamp, also behind the binary log’s back', async ([, statements]) => {
    const before = await settledStamp('db2')
    await on('db2').unlogged(...statements)
    expect(await settledStamp('db2')).not.toBe(before)
  })

  test('a temporary table changes it on MySQL, which counts it among the others', async () => {
    const before = await settledStamp('db2')
    await on('db2').unlogged('CREATE TEMPORARY TABLE shop.own (id INT)')
    const isSame = (await settledStamp('db2')) === before
    expect(isSame).toBe(flavor === 'mariadb')
  })

  test('what replication brings changes it on the replica', async () => {
    const before = await settledStamp('db2')
    await on('db1').exec('CREATE TABLE shop.brought (id INT PRIMARY KEY)')
    await cluster().caughtUp()
    expect(await settledStamp('db2')).not.toBe(before)
  })

  test('an event that is over and drops itself changes it', async () => {
    await on('db1').exec(
      'SET GLOBAL event_scheduler = ON',
      'CREATE EVENT shop.once ON SCHEDULE AT NOW() + INTERVAL 3 SECOND DO SET @x = 1',
    )
    const before = await settledStamp('db1')
    const events = "SELECT COUNT(*) FROM information_schema.EVENTS WHERE EVENT_NAME = 'once'"
    await until(async () => (await on('db1').value(events)) === '0', 'the event is over')
    expect(await settledStamp('db1')).not.toBe(before)
  })

  test('nothing can be told while something is being defined', async () => {
    const making = on('db2').unlogged('CREATE TABLE shop.slow AS SELECT SLEEP(600) AS s')
    making.catch(() => undefined)
    const running =
      "SELECT id FROM information_schema.PROCESSLIST WHERE info LIKE 'CREATE TABLE shop.slow%'"
    const id = await until(() => on('db2').value(running), 'the table is being made')
    expect(await stampOn('db2')).toBeNull()
    await on('db2').exec(`KILL ${id}`)
    await settledStamp('db2')
  })

  test('serve reads definitions again once one was changed, and not before', async () => {
    const off = { enabled: false }
    // The others were made different above.
    const tables = { include: ['shop.parent'] }
    const checks = {
      schema: { interval: '1s' },
      checksum: { ...off, confirm_delay: '100ms' },
      ...{ row_count: off, variables: off, gtid: off },
    }
    const asked = (what: string) => async () =>
      Number(
        await on('db2').value(
          `SELECT COUNT(*) FROM mysql.general_log WHERE argument LIKE '/* mysql-drift-exporter */%${what}%'`,
        ),
      )
    const [looks, readings] = [
      asked('SHOW GLOBAL STATUS WHERE'),
      asked('information_schema.COLUMNS'),
    ]
    await on('db2').exec("SET GLOBAL log_output = 'TABLE', general_log = ON")
    await using exporter = await startExporter(
      cluster(),
      configOf(cluster(), { tables }, { checks }),
    )
    await until(async () => (await readings()) > 0, 'definitions are read for the first time')
    const before = { looks: await looks(), readings: await readings() }
    await until(async () => (await looks()) > before.looks + 3, 'it has looked again')
    expect(await readings()).toBe(before.readings)
    const comment = { server: 'db2', object: 'table', kind: 'changed', severity: 'info' }
    await untilMetrics(exporter, [['schema_differences', comment, 0]])
    await on('db2').unlogged("ALTER TABLE shop.parent COMMENT 'another'")
    await untilMetrics(exporter, [['schema_differences', comment, 1]])
    await on('db2').unlogged("ALTER TABLE shop.parent COMMENT ''")
    await untilMetrics(exporter, [['schema_differences', comment, 0]])
  })
})
