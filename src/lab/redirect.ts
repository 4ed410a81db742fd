/** Points a replica at another server of its lab, with nothing lost and nothing applied twice. */
import { ServerError, UserError } from '../errors.ts'
import type { Place } from './engine.ts'
import type { Lab } from './lab.ts'
import { eventually } from './process.ts'
import { logEnd, positionOf } from './progress.ts'
import type { LabServer } from './server.ts'

/** How long a new source may take to have what the replica has. */
const TIMEOUT_MS = 30_000

/**
 * A retired source comes back as a replica in the same way.
 *
 * Without GTIDs nothing may be written for a moment: where the replica goes on in the other's binary log is known
 * only while both have applied the same.
 * @throws {UserError} when that cannot be.
 * @throws {ServerError} when the new source does not get what the replica has: the replica goes on as before.
 */
export async function redirect(
  lab: Lab,
  wanted: { readonly replica: string; readonly to: string },
): Promise<void> {
  const [replica, target] = [lab.server(wanted.replica), lab.server(wanted.to)]
  checkRedirect(lab, replica, target)
  if (lab.byGtid) await byGtid(replica, target)
  else await byPlace(lab, replica, target)
  await lab.relink(replica.name, { sources: [target.name], retired: false })
}

/** The server itself, which applies nothing at this moment, is told; the record of the lab is not. */
export async function follow(
  replica: LabServer,
  target: LabServer,
  from: 'gtid' | Place,
): Promise<void> {
  const { sql } = replica.engine
  const { name, host, port } = target
  const wasReplica = replica.sources.length > 0
  await replica.exec(
    ...(wasReplica ? [sql.stop('')] : []),
    ...(wasReplica || from !== 'gtid' ? [] : sql.ownAsReceived),
    sql.replicateFrom({ name, host, port, channel: '' }, from),
    sql.start(''),
  )
}

function checkRedirect(lab: Lab, replica: LabServer, target: LabServer): void {
  const { name } = replica
  if (replica.sources.length === 0 && !replica.isRetired) {
    throw new UserError(`${name} is no replica: "lab promote" lets another take its place`)
  }
  if (replica.sources.length > 1) {
    throw new UserError(`${name} replicates from several servers: which one to leave?`)
  }
  if (isAtOrAbove(lab, replica, target)) {
    throw new UserError(`${target.name} cannot be the source of ${name}: it would follow itself`)
  }
  if (target.isRetired) throw new UserError(`${target.name} is retired: nothing is written there`)
  if (replica.isRetired && !lab.byGtid) {
    throw new UserError(`without GTIDs nobody can tell what ${name} lacks`)
  }
}

/** Whether `one` is the other, or above it by any number of links. */
function isAtOrAbove(lab: Lab, one: LabServer, other: LabServer): boolean {
  if (one.name === other.name) return true
  return other.sources.some(({ name }) => isAtOrAbove(lab, one, lab.server(name)))
}

async function byGtid(replica: LabServer, target: LabServer): Promise<void> {
  const { engine } = replica
  if (!replica.isRetired) await replica.exec(engine.sql.stop(''))
  try {
    const gtids = replica.isRetired
      ? await positionOf(replica)
      : await replica.session((session) => engine.received(session))
    await waitForLogged(target, gtids, replica)
  } catch (error) {
    if (!replica.isRetired) await replica.exec(engine.sql.start(''))
    throw error
  }
  await follow(replica, target, 'gtid')
}

async function waitForLogged(target: LabServer, gtids: string, replica: LabServer) {
  // A source gets nothing from anybody: what it lacks it will always lack.
  const patience = target.sources.length === 0 ? 0 : TIMEOUT_MS
  const has = await target.session((session) =>
    eventually(() => target.engine.hasLogged(session, gtids), patience),
  )
  if (has) return
  throw new ServerError('timeout', `${target.name} has not all that ${replica.name} has: ${gtids}`)
}

async function byPlace(lab: Lab, replica: LabServer, target: LabServer): Promise<void> {
  const [above, aboveTarget] = [chainOf(lab, replica), chainOf(lab, target)]
  const top = above.at(-1)
  if (top === undefined || top !== aboveTarget.at(-1)) {
    throw new UserError('without GTIDs both must get their data from one source')
  }
  const servers = [...above, ...aboveTarget].map(({ name }) => name)
  await top.session(async (session) => {
    await session.query('FLUSH TABLES WITH READ LOCK')
    await lab.caughtUp({ servers })
    await follow(replica, target, await logEnd(target))
  })
}

/** The server, its source, and so on to the one that replicates from nobody. */
function chainOf(lab: Lab, server: LabServer): LabServer[] {
  const [source] = server.sources
  return source === undefined ? [server] : [server, ...chainOf(lab, lab.server(source.name))]
}
