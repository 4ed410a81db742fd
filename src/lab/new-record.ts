/** What a lab will be, before anything of it is started: names, ports, ids. */
import { randomBytes } from 'node:crypto'
import { UserError } from '../errors.ts'
import { identityOf } from '../process-identity.ts'
import type { Settings } from './engine.ts'
import { engineOf } from './engines.ts'
import { freePort } from './ports.ts'
import { type LabRecord, labPaths, type ServerRecord, serverPaths } from './record.ts'
import type { LabOptions } from './start.ts'

export async function newRecord(options: LabOptions, special: Settings): Promise<LabRecord> {
  const owner = identityOf(process.pid)
  if (owner === null) throw new Error('this process is not in /proc')
  const taken = new Set<number>()
  const servers: ServerRecord[] = []
  const { ports } = engineOf(options.flavor).cluster
  for (const [index, spec] of options.servers.entries()) {
    const isMember = options.cluster === true && spec.source === undefined
    servers.push({
      name: spec.name,
      serverId: index + 1,
      port: await takePort(taken),
      ...(isMember ? { clusterPorts: await takePorts(taken, ports) } : {}),
      sources: spec.source === undefined ? [] : [spec.source].flat(),
      settings: { ...special, ...spec.settings },
    })
  }
  const ephemeral = options.ephemeral ?? true
  const id = options.id ?? `${options.flavor}-${randomBytes(4).toString('hex')}`
  return {
    id,
    flavor: options.flavor,
    ephemeral,
    owner,
    ready: false,
    byGtid: options.gtid ?? true,
    semiSync: options.semiSync ?? false,
    servers,
  }
}

/** The kernel's limit for the path of a UNIX socket (unix(7)). */
const SOCKET_PATH_MAX = 107

/** @throws {UserError} */
export function checkRecord(cache: string, record: LabRecord): void {
  if (
    record.servers.some(({ clusterPorts }) => clusterPorts) &&
    (!record.byGtid || record.semiSync)
  ) {
    throw new UserError('a cluster needs GTIDs, and knows no semi-sync')
  }
  const names = record.servers.map((server) => server.name)
  for (const name of [record.id, ...names]) {
    if (!/^[a-z0-9][a-z0-9_-]{0,31}$/.test(name)) {
      throw new UserError(`"${name}" is no name: use up to 32 of a-z, 0-9, "-" and "_"`)
    }
  }
  for (const server of record.servers) {
    if (names.filter((name) => name === server.name).length > 1) {
      throw new UserError(`two servers are called "${server.name}"`)
    }
    for (const source of server.sources) {
      if (names.includes(source) && source !== server.name) continue
      throw new UserError(`${server.name}: no other server is called "${source}"`)
    }
    const { socket } = serverPaths(labPaths(cache, record.id).folder, server.name)
    if (socket.length > SOCKET_PATH_MAX) {
      throw new UserError(
        `${socket} is too long for a socket: set MYSQL_DRIFT_CACHE to a shorter folder`,
      )
    }
  }
}

/** For those of `names`, one of whose ports was taken. */
export async function withNewPorts(
  record: LabRecord,
  names: readonly string[],
): Promise<LabRecord> {
  const taken = new Set(
    record.servers.flatMap(({ port, clusterPorts = [] }) => [port, ...clusterPorts]),
  )
  const servers: ServerRecord[] = []
  for (const server of record.servers) {
    const { name, clusterPorts } = server
    servers.push(
      names.includes(name)
        ? {
            ...server,
            port: await takePort(taken),
            ...(clusterPorts && { clusterPorts: await takePorts(taken, clusterPorts.length) }),
          }
        : server,
    )
  }
  return { ...record, servers }
}

async function takePort(taken: Set<number>): Promise<number> {
  const port = await freePort(taken)
  taken.add(port)
  return port
}

async function takePorts(taken: Set<number>, count: number): Promise<number[]> {
  const ports: number[] = []
  while (ports.length < count) ports.push(await takePort(taken))
  return ports
}
