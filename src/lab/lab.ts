/** Servers of one lab that are up, in this process or in another. start.ts makes them. */
import { ServerError, UserError } from '../errors.ts'
import type { Vendor } from '../mysql/flavor.ts'
import type { Installation } from './engine.ts'
import { engineOf } from './engines.ts'
import { eventually } from './process.ts'
import { hasApplied, positionOf } from './progress.ts'
import { takeDown } from './reap.ts'
import {
  type LabRecord,
  labPaths,
  readRecord,
  replaceRecord,
  type ServerRecord,
  serverPaths,
} from './record.ts'
import { LabServer, type Links } from './server.ts'
import { writeSettings } from './settings.ts'

export class Lab {
  readonly id: string
  readonly flavor: Vendor
  readonly servers: readonly LabServer[]
  readonly folder: string
  readonly byGtid: boolean
  readonly semiSync: boolean
  readonly #cache: string
  readonly #asOpened: LabRecord
  #installation: Promise<Installation> | undefined

  constructor(cache: string, record: LabRecord) {
    const engine = engineOf(record.flavor)
    this.#cache = cache
    this.#asOpened = record
    this.id = record.id
    this.folder = labPaths(cache, record.id).folder
    this.flavor = record.flavor
    this.byGtid = record.byGtid
    this.semiSync = record.semiSync
    this.servers = record.servers.map(
      (server) =>
        new LabServer({
          record: server,
          byGtid: record.byGtid,
          links: () => linksOf(server.name, this.#record()),
          engine,
          paths: serverPaths(this.folder, server.name),
          installation: () => this.#located(),
          diesWithUs: record.ephemeral,
        }),
    )
  }

  /** @throws {UserError} when there is none of that name. */
  server(name: string): LabServer {
    const found = this.servers.find((server) => server.name === name)
    if (found !== undefined) return found
    const names = this.servers.map((server) => server.name).join(', ')
    throw new UserError(`no server "${name}" in the lab "${this.id}": there are ${names}`)
  }

  /** Whichever is written to: the first that replicates from nobody; in a ring the first. */
  source(): LabServer {
    const writable = ({ sources, isRetired }: LabServer) => sources.length === 0 && !isRetired
    const source = this.servers.find(writable) ?? this.servers[0]
    if (source === undefined) throw new Error('a lab without servers')
    return source
  }

  /**
   * Waits until every replica, or those named, have applied all that their sources have now, and before that every
   * member that is up all that the others have.
   * @throws {ServerError}
   */
  async caughtUp(
    options: { readonly servers?: readonly string[]; readonly timeoutMs?: number } = {},
  ): Promise<void> {
    const { timeoutMs = 30_000 } = options
    await this.#agreed(timeoutMs)
    // Sources before their replicas: what a server still has to receive, the next one has to receive after it.
    const replicas = this.servers.toSorted((a, b) => depthOf(this, a) - depthOf(this, b))
    for (const replica of replicas) {
      if (options.servers !== undefined && !options.servers.includes(replica.name)) continue
      for (const { name, channel } of replica.sources) {
        await this.#applied(this.server(name), replica, channel, timeoutMs)
      }
    }
  }

  /**
   * Writes down who replicates from whom from now on, also for the next start of that server.
   * The server itself is told by whoever calls this.
   */
  async relink(name: string, change: Pick<ServerRecord, 'sources' | 'retired'>): Promise<void> {
    const record = this.#record()
    const servers = record.servers.map((server) =>
      server.name === name ? { ...server, ...change } : server,
    )
    const lab = { ...record, servers }
    const engine = engineOf(this.flavor)
    const installation = await this.#located()
    for (const server of servers.filter((one) => one.name === name)) {
      writeSettings(server, { lab, labFolder: this.folder, engine, installation })
    }
    replaceRecord(this.#cache, lab)
  }

  /** Ends every server and removes every file. */
  async down(): Promise<void> {
    await takeDown(this.#cache, this.id)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down()
  }

  async #agreed(timeoutMs: number): Promise<void> {
    const members = this.servers.filter(({ isMember, state }) => isMember && state === 'up')
    const { position, hasApplied: reached } = engineOf(this.flavor).cluster
    for (const from of members) {
      const there = (await from.value(position)) ?? ''
      for (const member of members) {
        const has = async () => (await member.value(reached(there))) === '1'
        if (await eventually(has, timeoutMs)) continue
        throw notApplied(member, from, there, timeoutMs)
      }
    }
  }

  async #applied(source: LabServer, replica: LabServer, channel: string, timeoutMs: number) {
    const position = await positionOf(source)
    const done = await replica.session(
      (session) => eventually(() => hasApplied(session, replica, channel, position), timeoutMs),
      timeoutMs,
    )
    if (!done) throw notApplied(replica, source, position, timeoutMs)
  }

  /** From disk each time: another process may have promoted a server. */
  #record(): LabRecord {
    return readRecord(this.#cache, this.id) ?? this.#asOpened
  }

  #located(): Promise<Installation> {
    this.#installation ??= engineOf(this.flavor).locate(this.#cache)
    return this.#installation
  }
}

function notApplied(on: LabServer, from: LabServer, position: string, timeoutMs: number) {
  const waited = `waited ${timeoutMs / 1000} s for ${from.name}'s ${position}`
  return new ServerError('timeout', `${on.name}: ${waited}`)
}

/** A lab that another process started. @throws {UserError} when there is none of that name. */
export function openLab(cache: string, id: string): Lab {
  const record = readRecord(cache, id)
  if (record === null) throw new UserError(`no lab "${id}" is up: "lab up" starts one`)
  return new Lab(cache, record)
}

function linksOf(name: string, { servers }: LabRecord): Links {
  const self = servers.find((server) => server.name === name)
  const names = self?.sources ?? []
  const sources = names.flatMap((source) =>
    servers
      .filter((server) => server.name === source)
      .map(({ port }) => ({
        name: source,
        channel: names.length > 1 ? source : '',
        host: '127.0.0.1',
        port,
      })),
  )
  return { sources, isRetired: self?.retired === true }
}

/** Number of links above a server, as far as they go without meeting a server twice. */
function depthOf(lab: Lab, server: LabServer, below: readonly LabServer[] = []): number {
  if (below.includes(server)) return 0
  const above = server.sources.map(({ name }) => depthOf(lab, lab.server(name), [...below, server]))
  return above.length === 0 ? 0 : 1 + Math.max(...above)
}
