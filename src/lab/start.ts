/** Makes a lab: data directories, settings, processes, replication and accounts. */
import { ServerError } from '../errors.ts'
import type { Vendor } from '../mysql/flavor.ts'
import type { Engine, Installation, Settings } from './engine.ts'
import { engineOf } from './engines.ts'
import { Lab } from './lab.ts'
import { checkRecord, newRecord, withNewPorts } from './new-record.ts'
import { reapOrphans, takeDown } from './reap.ts'
import { createRecord, type LabRecord, labPaths, replaceRecord, serverPaths } from './record.ts'
import { startSemiSync } from './semi-sync.ts'
import type { LabServer } from './server.ts'
import { writePrograms, writeSettings } from './settings.ts'
import { APP_ACCOUNT } from './sql.ts'
import { copyTemplate, templateOf } from './template.ts'

export const EXPORTER_ACCOUNT = { username: 'drift', password: 'drift' } as const

export interface ServerSpec {
  /** Lower-case letters, digits, `-` and `_`. */
  readonly name: string
  /** The server or servers it replicates from. Of several, each is a channel with the source's name. */
  readonly source?: string | readonly string[]
  /** Lines for its my.cnf, e.g. `{ 'gtid-domain-id': '2' }`. */
  readonly settings?: Readonly<Record<string, string>>
}

export interface LabOptions {
  /** Where labs, templates and the MySQL tree live: `cacheFolder(environment)`. */
  readonly cache: string
  readonly flavor: Vendor
  readonly servers: readonly ServerSpec[]
  /** The lab's name; by default one that is not in use. */
  readonly id?: string
  /** Default true: the lab ends when this process does, however that ends. */
  readonly ephemeral?: boolean
  /** Threads that apply in parallel on each replica. Default: one, on MySQL as many as it starts by itself. */
  readonly appliers?: number
  /** A commit on a source waits until a replica has received it (AFTER_SYNC). Default false. */
  readonly semiSync?: boolean
  /** false: replicas find their place by file and position; MySQL writes no GTIDs at all. Default true. */
  readonly gtid?: boolean
  /** The servers without a source are members of one cluster, and all take writes. Default false. */
  readonly cluster?: boolean
  /** Gives up, and takes down what there is. */
  readonly signal?: AbortSignal
}

/**
 * Start servers, let them replicate, and create the exporter's account on the source.
 *
 * All of it is taken down again when any of it fails. Labs whose owner was killed are taken down first.
 * @throws {UserError} when something must be installed, a name is wrong, or the disk is full.
 * @throws {ServerError} when a server does not start.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { cache, signal } = options
  await reapOrphans(cache)
  const engine = engineOf(options.flavor)
  const installation = await engine.locate(cache)
  const template = await templateOf(cache, engine, installation)
  const record = await newRecord(options, specialSettings(options, engine, installation))
  checkRecord(cache, record)
  signal?.throwIfAborted()
  createRecord(cache, record)
  try {
    const started = await startServers(cache, record, { engine, installation, template })
    const lab = new Lab(cache, started)
    signal?.throwIfAborted()
    await prepare(lab)
    signal?.throwIfAborted()
    const complete = { ...started, ready: true }
    replaceRecord(cache, complete)
    // From now on a member that starts looks for the others.
    writeAllSettings(cache, complete, { engine, installation })
    return lab
  } catch (error) {
    await takeDown(cache, record.id)
    throw error
  }
}

function specialSettings(
  options: LabOptions,
  engine: Engine,
  installation: Installation,
): Settings {
  const { special } = engine
  return {
    ...(options.appliers === undefined ? {} : special.appliers(options.appliers)),
    ...(options.semiSync ? special.semiSync(installation) : {}),
    ...(options.gtid === false ? special.withoutGtid : {}),
  }
}

/** Between choosing a port and binding it, another program may come first. */
const PORT_ATTEMPTS = 3

interface Made {
  readonly engine: Engine
  readonly installation: Installation
  readonly template: string
}

async function startServers(cache: string, first: LabRecord, made: Made): Promise<LabRecord> {
  const { folder } = labPaths(cache, first.id)
  await Promise.all(
    first.servers.map((server) =>
      copyTemplate(made.template, serverPaths(folder, server.name).data),
    ),
  )
  writePrograms(folder, made.engine)
  let record = first
  for (let attempt = 1; attempt <= PORT_ATTEMPTS; attempt += 1) {
    writeAllSettings(cache, record, made)
    const losers = await startAll(new Lab(cache, record))
    if (losers.length === 0) return record
    record = await withNewPorts(record, losers)
    replaceRecord(cache, record)
  }
  throw new ServerError('internal', `other programs took ${PORT_ATTEMPTS} ports in a row`)
}

function writeAllSettings(
  cache: string,
  lab: LabRecord,
  made: Pick<Made, 'engine' | 'installation'>,
): void {
  const { folder: labFolder } = labPaths(cache, lab.id)
  for (const server of lab.servers) writeSettings(server, { lab, labFolder, ...made })
}

/** @returns names of the servers one of whose ports somebody took since it was chosen. */
async function startAll(lab: Lab): Promise<string[]> {
  const starting: Promise<'ready' | 'port taken'>[] = []
  let before: Promise<unknown> = Promise.resolve()
  for (const server of lab.servers) {
    const isInTurn = server.isMember && server.engine.cluster.join(false) === null
    const started = isInTurn ? before.then(() => startMember(server)) : server.tryStart()
    if (isInTurn) before = started
    starting.push(started)
  }
  // All settle before the first failure is thrown: nothing may be started after the lab was taken down.
  const outcomes = await Promise.allSettled(starting)
  const failure = outcomes.find((outcome) => outcome.status === 'rejected')
  if (failure !== undefined) throw failure.reason
  return lab.servers
    .filter(
      (_, index) =>
        outcomes[index]?.status === 'fulfilled' && outcomes[index].value === 'port taken',
    )
    .map((server) => server.name)
}

/** The next one gets its data from this one. */
async function startMember(server: LabServer): Promise<'ready' | 'port taken'> {
  const outcome = await server.tryStart()
  if (outcome === 'ready') await server.joined()
  return outcome
}

async function prepare(lab: Lab): Promise<void> {
  // On each server apart, not replicated: a replica needs its source's account before it can receive anything.
  await Promise.all(
    lab.servers.map((server) =>
      server.unlogged(
        ...server.engine.tidy,
        "CREATE USER repl@'%' IDENTIFIED BY 'repl'",
        "GRANT REPLICATION SLAVE ON *.* TO repl@'%'",
      ),
    ),
  )
  await formCluster(lab)
  await Promise.all(lab.servers.map(startReplication))
  if (lab.semiSync) await Promise.all(writers(lab).map((source) => prepareSemiSync(lab, source)))
  await Promise.all(writers(lab).map(createAccounts))
  await lab.caughtUp()
}

/** One after the other: a member takes from the others what it lacks. */
async function formCluster(lab: Lab): Promise<void> {
  for (const [index, member] of lab.servers.filter(({ isMember }) => isMember).entries()) {
    await member.exec(...(member.engine.cluster.join(index === 0) ?? []))
    await member.joined()
  }
}

async function startReplication(server: LabServer): Promise<void> {
  const { sql } = server.engine
  await server.exec(
    ...server.sources.flatMap((source) => [
      sql.replicateFrom(source, server.byGtid ? 'gtid' : 'first'),
      sql.start(source.channel),
    ]),
  )
}

async function prepareSemiSync(lab: Lab, source: LabServer): Promise<void> {
  const isReplica = ({ sources }: LabServer) => sources.some(({ name }) => name === source.name)
  await startSemiSync(source, lab.servers.filter(isReplica).length)
}

/** Those that replicate from nobody; in a ring, and of a cluster, the first. */
function writers(lab: Lab): readonly LabServer[] {
  const [member] = lab.servers.filter(({ isMember }) => isMember)
  if (member !== undefined) return [member]
  const sources = lab.servers.filter((server) => server.sources.length === 0)
  return sources.length > 0 ? sources : lab.servers.slice(0, 1)
}

async function createAccounts(server: LabServer): Promise<void> {
  const { username, password } = EXPORTER_ACCOUNT
  await server.exec(
    // A replica of two sources receives it twice.
    `CREATE USER IF NOT EXISTS ${username}@'%' IDENTIFIED BY '${password}'`,
    `GRANT ${server.engine.exporterGrants} ON *.* TO ${username}@'%'`,
    `CREATE USER IF NOT EXISTS ${APP_ACCOUNT.username}@localhost IDENTIFIED BY '${APP_ACCOUNT.password}'`,
    `GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, DROP, ALTER, INDEX ON *.* TO ${APP_ACCOUNT.username}@localhost`,
  )
}
