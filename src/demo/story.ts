/** What happens in the demo, act by act. play.ts plays and measures each of them. */
import { resyncTable } from '../lab/resync.ts'
import type { Act } from './act.ts'
import { countRows, numeral, SCHEMA, total } from './counts.ts'
import { run, showBoth, showCheck, showCounts, showReplication } from './look.ts'
import { secondsText, stopwatch } from './waiting.ts'

const ORDERS = { schema: SCHEMA, name: 'orders' }

/** An order from before the feed, which writes to this table all the time and never to this row. */
const THE_ROW = 'id = 100'

/** Whatever follows is not in the binary log: no replica and no GTID set will know of it. */
const UNLOGGED = 'SET SESSION sql_log_bin = 0'

const killedReplica: Act = {
  title: 'A replica dies',
  what: 'db3 killed',
  tells: 'db3 is killed, as the kernel does it when memory runs out. The feed goes on.',
  async fault({ lab, screen }) {
    const server = lab.server('db3')
    screen.command('$', `kill -KILL ${server.pid}  # db3`)
    await server.kill()
  },
  series: { name: 'mysql_drift_up', labels: { server: 'db3' } },
  values: [1, 0],
  alert: { name: 'MySQLDriftServerDown', labels: { server: 'db3' } },
  evidence: showCounts,
  async repair(stage) {
    const { lab, screen } = stage
    screen.say('db3 is started again, with the data that it had.')
    await lab.server('db3').start()
    const catchingUp = stopwatch()
    const { servers } = await countRows(lab, stage.tables)
    const rowsOf = (name: string) =>
      numeral(total(servers.find((server) => server.name === name)?.rows ?? []))
    await lab.caughtUp({ servers: ['db3'] })
    const seconds = secondsText(catchingUp.seconds())
    screen.fact(
      `db3 came back with ${rowsOf('db3')} rows while db1 had ${rowsOf('db1')}, and had caught up ${seconds} later:`,
    )
    await showCounts(stage)
  },
}

const lostColumn: Act = {
  title: 'A column is dropped on a replica',
  what: 'column dropped',
  tells:
    'Somebody takes db2 for a test server. Replication does not notice: row events name columns by their position, and nobody misses the last one.',
  fault: (stage) => run(stage, 'db2', UNLOGGED, 'ALTER TABLE shop.orders DROP COLUMN note'),
  series: {
    name: 'mysql_drift_schema_differences',
    labels: { server: 'db2', object: 'column', kind: 'missing', severity: 'critical' },
  },
  values: [0, 1],
  alert: { name: 'MySQLDriftSchemaDiffers', labels: { server: 'db2', severity: 'critical' } },
  async evidence(stage) {
    await showBoth(stage, 'shop.orders.note', {
      sql: "SELECT column_type FROM information_schema.columns WHERE table_schema = 'shop' AND table_name = 'orders' AND column_name = 'note'",
      ifNone: 'no such column',
    })
    await showReplication(stage, 'db2')
    await showCounts(stage)
  },
  async repair({ lab, screen }) {
    screen.say(
      'The column comes back, and so must what was in it: the whole table is copied again from db1, while those who write to it wait.',
    )
    screen.command('db1>', 'LOCK TABLES shop.orders READ; SELECT * FROM shop.orders')
    screen.command('db2>', `${UNLOGGED}; DROP TABLE shop.orders; CREATE ...; INSERT ...`)
    await resyncTable(lab, lab.server('db2'), ORDERS)
  },
}

const changedRow: Act = {
  title: "A row is changed behind replication's back",
  what: 'row changed',
  tells:
    'One value of one row of a table that is being fed, past the binary log: what a forgotten script or a bug leaves behind.',
  fault: (stage) =>
    run(stage, 'db2', UNLOGGED, `UPDATE shop.orders SET total = total + 1 WHERE ${THE_ROW}`),
  series: {
    name: 'mysql_drift_tables',
    labels: { server: 'db2', check: 'checksum', state: 'drifted' },
  },
  values: [0, 1],
  alert: { name: 'MySQLDriftTablesDrifted', labels: { server: 'db2' } },
  async evidence(stage) {
    await showBoth(stage, `shop.orders.total where ${THE_ROW}`, {
      sql: `SELECT total FROM shop.orders WHERE ${THE_ROW}`,
      ifNone: 'no row',
    })
    await showReplication(stage, 'db2')
    await showCounts(stage)
    await showCheck(stage, 2, '--output=nagios')
  },
  async repair(stage) {
    const right = await stage.lab
      .server('db1')
      .value(`SELECT total FROM shop.orders WHERE ${THE_ROW}`)
    await run(stage, 'db2', UNLOGGED, `UPDATE shop.orders SET total = ${right} WHERE ${THE_ROW}`)
  },
}

export const STORY: readonly Act[] = [killedReplica, lostColumn, changedRow]
