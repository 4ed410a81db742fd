/** Whom a replica replicates from, and whether its source lets it. */
import { UserError } from '../../errors.ts'
import type { Source } from '../engine.ts'
import { VENDORS } from '../engines.ts'
import type { Fault, Site } from '../fault.ts'
import { eventually } from '../process.ts'
import { reseed } from '../reseed.ts'
import type { LabServer } from '../server.ts'

type Place = Omit<Site, 'table'>

const onReplica = { flavors: VENDORS, happensTo: 'a replica' } as const

export const wrongSourcePassword: Fault = {
  ...onReplica,
  name: 'wrong-source-password',
  help: 'the replica cannot log in to its source',
  apply: (site) => loginWith(site, 'another one'),
  undo: (site) => loginWith(site, 'repl'),
}

export const resetReplication: Fault = {
  ...onReplica,
  name: 'reset-replication',
  help: "the replica is nobody's replica any more",
  apply: ({ server }) => server.exec(...forgetSources(server)),
  undo: rejoin,
}

export const secondSource: Fault = {
  ...onReplica,
  name: 'second-source',
  help: 'the replica was promoted, and its source is writable still',
  apply: ({ server }) => server.exec(...forgetSources(server), server.engine.sql.readOnly(false)),
  undo: async (site) => {
    await site.server.exec(site.server.engine.sql.readOnly(true))
    await rejoin(site)
  },
}

export const followStranger: Fault = {
  ...onReplica,
  name: 'follow-stranger',
  help: 'the replica replicates from another server of the lab, which has other data',
  apply: async (site) => {
    const { server } = site
    const stranger = strangerOf(site)
    await server.exec(
      ...forgetSources(server),
      server.engine.sql.replicateFrom(asSource(stranger), 'first'),
      server.engine.sql.start(''),
    )
  },
  undo: seedAgain,
}

export const joinUnasked: Fault = {
  name: 'join-unasked',
  help: 'a server that replicated from nobody replicates from the source',
  flavors: VENDORS,
  happensTo: 'any server',
  apply: async ({ lab, server }) => {
    const source = lab.source()
    if (server.sources.length > 0 || server.name === source.name) {
      throw new UserError(`${server.name} is the source, or a replica already`)
    }
    await reseed(lab, server, asSource(source))
  },
  undo: ({ server }) => server.exec(server.engine.sql.stop(''), server.engine.sql.forget('')),
}

const PURGE_TIMEOUT_MS = 30_000

export const purgeBinlogs: Fault = {
  ...onReplica,
  name: 'purge-binlogs',
  help: 'the source has purged what the replica has not received',
  apply: async ({ lab, server }) => {
    const { sql } = server.engine
    for (const { name, channel } of server.sources) {
      await server.exec(sql.stop(channel, 'io'))
      const source = lab.server(name)
      // Something that the replica will miss.
      await source.exec('FLUSH PRIVILEGES')
      await source.exec('FLUSH BINARY LOGS')
      // A log that another replica still reads is kept.
      await eventually(() => purge(source), PURGE_TIMEOUT_MS)
      await server.exec(sql.start(channel, 'io'))
    }
  },
  undo: seedAgain,
}

/** Whether only the newest log is left. */
async function purge(source: LabServer): Promise<boolean> {
  const last = (await source.query('SHOW BINARY LOGS')).at(-1)
  await source.exec(`PURGE BINARY LOGS TO '${last?.Log_name}'`)
  const left = await source.query('SHOW BINARY LOGS')
  return left.length === 1
}

function loginWith({ server }: Site, password: string): Promise<void> {
  const { sql } = server.engine
  return server.exec(
    ...server.sources.flatMap(({ channel }) => [
      sql.stop(channel),
      sql.password(channel, password),
      sql.start(channel),
    ]),
  )
}

function forgetSources({ engine, sources }: LabServer): string[] {
  return sources.flatMap(({ channel }) => [engine.sql.stop(channel), engine.sql.forget(channel)])
}

/** It has missed nothing that it cannot receive now; without GTIDs nobody knows where it was. */
async function rejoin({ lab, server }: Place): Promise<void> {
  if (!lab.byGtid) return await seedAgain({ lab, server })
  const { sql } = server.engine
  await server.exec(
    ...server.sources.flatMap((source) => [
      sql.replicateFrom(source, 'gtid'),
      sql.start(source.channel),
    ]),
  )
}

async function seedAgain({ lab, server }: Place): Promise<void> {
  const [source, second] = server.sources
  if (source === undefined || second !== undefined) {
    throw new UserError(`${server.name} does not replicate from one server`)
  }
  await reseed(lab, server, source)
}

function strangerOf({ lab, server }: Place): LabServer {
  const known = server.sources.map(({ name }) => name)
  const stranger = lab.servers.find(
    ({ name, sources }) => sources.length === 0 && !known.includes(name),
  )
  if (stranger !== undefined) return stranger
  throw new UserError('every server of this lab is a source or a replica of the others')
}

function asSource({ name, host, port }: LabServer): Source {
  return { name, host, port, channel: '' }
}
