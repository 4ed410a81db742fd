/** Failover: a replica takes the place of its source. */
import { ServerError, UserError } from '../errors.ts'
import type { Lab } from './lab.ts'
import { eventually } from './process.ts'
import { logEnd } from './progress.ts'
import { follow } from './redirect.ts'
import { startSemiSync, stopSemiSync } from './semi-sync.ts'
import type { LabServer } from './server.ts'

export interface PromoteOptions {
  /** What was done, line by line. */
  readonly say?: (line: string) => void
  /** How long the replica may take to apply what it lacks. Default a minute. */
  readonly timeoutMs?: number
}

interface Failover {
  readonly lab: Lab
  readonly chosen: LabServer
  readonly old: LabServer
  /** The old source's other replicas that are up. */
  readonly others: readonly LabServer[]
  readonly say: (line: string) => void
  readonly timeoutMs: number
}

/**
 * A source that is alive hands over everything and becomes a replica. Of one that is dead, what was received of it
 * counts, and it is retired: read-only and nobody's replica, should it come back.
 *
 * @throws {UserError} when that replica is not the one to promote, or a server is in the way.
 * @throws {ServerError} when it does not catch up: nothing has changed then.
 */
export async function promote(
  lab: Lab,
  name: string,
  { say = () => {}, timeoutMs = 60_000 }: PromoteOptions = {},
): Promise<void> {
  const chosen = lab.server(name)
  const old = sourceOf(lab, chosen)
  const below = lab.servers.filter((server) => server !== chosen && isReplicaOf(server, old))
  const others = below.filter(({ state }) => state === 'up')
  const away = below.filter(({ state }) => state !== 'up')
  const failover = { lab, chosen, old, others, say, timeoutMs }
  check(failover, away)
  if (old.state === 'up') await handOver(failover)
  else await takeWhatWasReceived(failover)
  await switchOver(failover)
  for (const server of away) {
    say(
      `${server.name}: is ${server.state}; "lab redirect ${server.name} --to ${name}" when it is back`,
    )
  }
}

function sourceOf(lab: Lab, chosen: LabServer): LabServer {
  const [source, second] = chosen.sources
  if (source === undefined) throw new UserError(`${chosen.name} is no replica`)
  if (second !== undefined) throw new UserError(`${chosen.name} replicates from several servers`)
  return lab.server(source.name)
}

function isReplicaOf(server: LabServer, source: LabServer): boolean {
  return server.sources.some(({ name }) => name === source.name)
}

function check({ lab, chosen, old, others }: Failover, away: readonly LabServer[]): void {
  if (chosen.state !== 'up') throw new UserError(`${chosen.name} is ${chosen.state}`)
  if (old.sources.length > 0) {
    throw new UserError(`${old.name}, the source of ${chosen.name}, is a replica: promote that one`)
  }
  if (old.state === 'frozen') {
    throw new UserError(`${old.name} is frozen and would write again: kill it, or make it good`)
  }
  const hub = others.find(({ sources }) => sources.length > 1)
  if (hub !== undefined) throw new UserError(`${hub.name} replicates from several servers`)
  if (lab.byGtid) return
  const [absent] = old.state === 'up' ? away : [old]
  if (absent === undefined) return
  throw new UserError(
    `${absent.name} is ${absent.state}: without GTIDs nobody can tell where to go on from it`,
  )
}

/** Nothing is written any more, and the replica gets all there is. */
async function handOver({ lab, chosen, old, others, say, timeoutMs }: Failover) {
  const { sql } = old.engine
  await old.exec(sql.readOnly(true))
  say(`${old.name}: read-only`)
  try {
    const servers = [chosen, ...(lab.byGtid ? [] : others)].map(({ name }) => name)
    await lab.caughtUp({ servers, timeoutMs })
  } catch (error) {
    await old.exec(sql.readOnly(false))
    throw error
  }
  say(`${chosen.name}: has applied all that ${old.name} has`)
}

async function takeWhatWasReceived({ chosen, old, others, say, timeoutMs }: Failover) {
  const { engine } = chosen
  const received = await chosen.session((session) => engine.received(session))
  const applied = await chosen.session((session) =>
    eventually(() => engine.hasLogged(session, received), timeoutMs),
  )
  if (!applied) throw new ServerError('timeout', `${chosen.name} does not apply ${received}`)
  for (const other of others) {
    const gtids = await other.session((session) => engine.received(session))
    if (await chosen.session((session) => engine.hasLogged(session, gtids))) continue
    throw new UserError(`${other.name} received more of ${old.name}: promote ${other.name}`)
  }
  say(`${chosen.name}: has applied all that was received of ${old.name}, which is down`)
}

/** The record of the lab follows each server, so that it is true even if the next one fails. */
async function switchOver({ lab, chosen, old, others, say }: Failover) {
  const { sql } = chosen.engine
  const isAlive = old.state === 'up'
  await chosen.exec(sql.stop(''), sql.forget(''))
  const from = lab.byGtid ? 'gtid' : await logEnd(chosen)
  await lab.relink(chosen.name, { sources: [] })
  for (const other of isAlive ? [...others, old] : others) {
    await follow(other, chosen, from)
    await lab.relink(other.name, { sources: [chosen.name] })
    say(`${other.name}: replicates from ${chosen.name}`)
  }
  if (!isAlive) {
    await lab.relink(old.name, { sources: [], retired: true })
    say(`${old.name}: retired; "lab redirect ${old.name} --to ${chosen.name}" when it is back`)
  }
  if (lab.semiSync) {
    if (isAlive) await stopSemiSync(old)
    await startSemiSync(chosen, others.length + (isAlive ? 1 : 0))
  }
  await chosen.exec(sql.readOnly(false))
  say(`${chosen.name}: the source now, writable`)
}
