/** What a lab started, on disk before it is started, so that whoever comes later can find it and end it. */
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { UserError } from '../errors.ts'
import type { Vendor } from '../mysql/flavor.ts'
import type { ProcessIdentity } from '../process-identity.ts'

export interface ServerRecord {
  readonly name: string
  readonly serverId: number
  readonly port: number
  /** Names of the servers that it replicates from. */
  readonly sources: readonly string[]
  /** It was down when another was promoted in its place: nobody's source and nobody's replica. */
  readonly retired?: boolean
  /** It is a member of the lab's cluster, and these are its ports for that. */
  readonly clusterPorts?: readonly number[]
  /** Lines of its my.cnf beyond the lab's own. */
  readonly settings: Readonly<Record<string, string>>
}

export interface LabRecord {
  readonly id: string
  readonly flavor: Vendor
  /** Ends with its owner, and is taken down by whoever finds it without one. */
  readonly ephemeral: boolean
  /** The process that started it. */
  readonly owner: ProcessIdentity
  /** false until it is complete: without its owner, half a lab is of no use to anybody. */
  readonly ready: boolean
  /** How replicas find their place in a source's binary logs: false = by file and position. */
  readonly byGtid: boolean
  readonly semiSync: boolean
  readonly servers: readonly ServerRecord[]
}

/** Paths of one lab. The record stands beside the folder, so that it is the first thing made and the last removed. */
export function labPaths(
  cache: string,
  id: string,
): { readonly record: string; readonly folder: string } {
  return { record: join(labsFolder(cache), `${id}.json`), folder: join(labsFolder(cache), id) }
}

/** Programs that servers of a lab call by name. No server can be called so. */
export function programFolder(labFolder: string): string {
  return join(labFolder, '.bin')
}

export interface ServerPaths {
  readonly folder: string
  readonly data: string
  readonly settings: string
  readonly socket: string
  readonly log: string
  readonly process: string
  /** Looked into for programs before all others. */
  readonly programs: string
}

export function serverPaths(labFolder: string, name: string): ServerPaths {
  const folder = join(labFolder, name)
  return {
    folder,
    data: join(folder, 'data'),
    settings: join(folder, 'my.cnf'),
    socket: join(folder, 'mysqld.sock'),
    log: join(folder, 'server.log'),
    process: join(folder, 'process.json'),
    programs: programFolder(labFolder),
  }
}

/** @throws {UserError} when a lab of that name exists. */
export function createRecord(cache: string, record: LabRecord): void {
  mkdirSync(labsFolder(cache), { recursive: true, mode: 0o700 })
  try {
    writeFileSync(labPaths(cache, record.id).record, JSON.stringify(record), { flag: 'wx' })
  } catch (error) {
    if (hasCode(error, 'EEXIST')) {
      throw new UserError(`the lab "${record.id}" is up already: see "lab status", or "lab down"`)
    }
    throw error
  }
}

export function replaceRecord(cache: string, record: LabRecord): void {
  writeJson(labPaths(cache, record.id).record, record)
}

export function readRecord(cache: string, id: string): LabRecord | null {
  return readJson<LabRecord>(labPaths(cache, id).record)
}

export function removeRecord(cache: string, id: string): void {
  rmSync(labPaths(cache, id).record, { force: true })
}

export function listRecords(cache: string): LabRecord[] {
  try {
    return readdirSync(labsFolder(cache))
      .filter((entry) => entry.endsWith('.json'))
      .map((entry) => readRecord(cache, entry.slice(0, -'.json'.length)))
      .filter((record) => record !== null)
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return []
    throw error
  }
}

/** The process of a server as last started, by whichever process started it. It may be long gone. */
export function readProcess(paths: ServerPaths): ProcessIdentity | null {
  return readJson<ProcessIdentity>(paths.process)
}

export function writeProcess(paths: ServerPaths, identity: ProcessIdentity): void {
  writeJson(paths.process, identity)
}

function labsFolder(cache: string): string {
  return join(cache, 'labs')
}

/** Whole or not at all: a reader never sees half a record. */
export function writeJson(path: string, value: unknown): void {
  const aside = `${path}.${process.pid}`
  writeFileSync(aside, JSON.stringify(value))
  renameSync(aside, path)
}

export function readJson<T>(path: string): T | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    // Empty: its writer was killed, or the disk was full, between creating and filling it.
    if (hasCode(error, 'ENOENT') || error instanceof SyntaxError) return null
    throw error
  }
}

export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
