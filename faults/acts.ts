/** Faults that need more than a server: the network, the exporter itself, sessions that stay, several servers. */
import { eventually } from '../src/lab/process.ts'
import { promote } from '../src/lab/promote.ts'
import { redirect } from '../src/lab/redirect.ts'
import { labStatus } from '../src/lab/status.ts'
import { type Act, labFault, type Stage } from './act.ts'
import { LIGHT_LOAD, QUIET_TABLE } from './cluster.ts'
import { wireTo } from './wire.ts'

const PATIENCE_MS = 60_000
/** The longest that a timer can wait, 24 days. */
const FOR_GOOD_MS = 2 ** 31 - 1

/** The replica's way to its source leads over a wire, which is cut once it is in use. */
export const cutFromSource: Act = async ({ cluster, server }) => {
  const replica = cluster.lab.server(server)
  const { sql } = replica.engine
  const [source] = replica.sources
  if (source === undefined) throw new Error(`${server} is no replica`)
  const wire = await wireTo(source.port)
  const connectTo = (port: number) =>
    replica.exec(
      sql.stop(source.channel),
      sql.replicateFrom({ ...source, port }, 'gtid'),
      sql.start(source.channel),
    )
  await connectTo(wire.port)
  await seen(async () => {
    const status = await labStatus(cluster.lab)
    return status.find(({ name }) => name === server)?.channels?.[0]?.io === 'Yes'
  }, `${server} receives over the wire`)
  wire.cut()
  return async () => {
    await connectTo(source.port)
    await wire[Symbol.asyncDispose]()
  }
}

export const cutFromExporter: Act = async ({ cluster, server }) => {
  const wire = cluster.wires.get(server)
  if (wire === undefined) throw new Error(`no wire to ${server}`)
  wire.cut()
  return async () => wire.mend()
}

export const delayOnPurpose: Act = async ({ cluster, server }) => {
  const replica = cluster.lab.server(server)
  const { sql } = replica.engine
  const delay = (seconds: number) =>
    replica.exec(sql.stop(''), sql.delay('', seconds), sql.start(''))
  await delay(cluster.durations.replicaDelay)
  return () => delay(0)
}

/** Above the threshold of the critical alert. */
const LONG_LAG_S = 660

/** Ten minutes are ten minutes at any speed, and have gone by: so says who writes what the replica cannot apply. */
export const lagForLong: Act = async (stage) => {
  const undo = await labFault('lag', { table: QUIET_TABLE })(stage)
  await stage.cluster.lab
    .source()
    .exec(
      `SET timestamp = UNIX_TIMESTAMP() - ${LONG_LAG_S}`,
      'UPDATE shop.archive SET pieces = pieces + 1 WHERE id = 1',
    )
  return undo
}

export const restartReplica: Act = async ({ cluster, server }) => {
  const replica = cluster.lab.server(server)
  await replica.stop()
  await replica.start()
  return () => Promise.resolve()
}

export const forgetHeartbeat: Act = async ({ cluster: { heartbeat } }) => {
  // Two minutes are two minutes at any speed, and most of them have gone by.
  await heartbeat.stop(110)
  return async () => heartbeat.start()
}

export const killExporter: Act = async ({ cluster }) => {
  const { exporter } = cluster.monitoring
  await exporter.kill()
  return () => exporter.start()
}

/** In the middle of something else. */
export async function restartExporter({ cluster }: Stage): Promise<void> {
  const { exporter } = cluster.monitoring
  await exporter.kill()
  await exporter.start()
}

export const reloadBrokenConfig: Act = async ({ cluster }) => {
  const { exporter } = cluster.monitoring
  exporter.configure('replication_sets: nothing that anybody could watch')
  return async () => exporter.configure(cluster.config())
}

export const limitTableSeries: Act = async ({ cluster }) => {
  const { exporter } = cluster.monitoring
  exporter.configure(cluster.config({ metrics: { max_tables_per_set: 2 } }))
  return async () => exporter.configure(cluster.config())
}

/** A DDL that waits for a transaction that somebody forgot: nothing is read on the source meanwhile. */
export const forgottenTransaction: Act = async ({ cluster }) => {
  const source = cluster.lab.source()
  const forgotten = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const holding = source.session(async (session) => {
    await session.query('START TRANSACTION')
    await session.query('SELECT COUNT(*) FROM shop.archive')
    begun.resolve()
    await forgotten.promise
  })
  holding.catch(begun.reject)
  await begun.promise
  const waiting = source.session(
    (session) => session.query("ALTER TABLE shop.archive COMMENT = ''"),
    FOR_GOOD_MS,
  )
  waiting.catch(() => undefined)
  return async () => {
    forgotten.resolve()
    await Promise.all([holding, waiting])
  }
}

const HEAVY_LOAD = 150

export const writeHeavily: Act = async ({ cluster }) => {
  cluster.feed.setRate(HEAVY_LOAD)
  return async () => cluster.feed.setRate(LIGHT_LOAD)
}

export const changeSchemaEverywhere: Act = async ({ cluster }) => {
  const source = cluster.lab.source()
  await source.exec(
    'ALTER TABLE shop.orders ADD COLUMN extra INT NOT NULL DEFAULT 7',
    'CREATE INDEX by_state ON shop.orders (state)',
    'CREATE TABLE shop.passing (id INT PRIMARY KEY)',
  )
  return () =>
    source.exec(
      'ALTER TABLE shop.orders DROP COLUMN extra',
      'DROP INDEX by_state ON shop.orders',
      'DROP TABLE shop.passing',
    )
}

/** The load goes on with the new source. */
export const failOver: Act = async ({ cluster: { lab }, server }) => {
  const former = lab.source().name
  await promote(lab, server)
  return () => promote(lab, former)
}

export const failOverFromDead: Act = async ({ cluster: { lab }, server }) => {
  const former = lab.source()
  // What only a dead server has would be errant when it comes back: another fault.
  await former.exec(former.engine.sql.readOnly(true))
  await lab.caughtUp()
  await former.kill()
  await promote(lab, server)
  return async () => {
    await former.start()
    await redirect(lab, { replica: former.name, to: server })
    await lab.caughtUp()
    await promote(lab, former.name)
  }
}

async function seen(look: () => Promise<boolean>, what: string): Promise<void> {
  if (!(await eventually(look, PATIENCE_MS))) throw new Error(`not seen: ${what}`)
}
