/** One real server of a lab: its process, and root's view of it. */
import { existsSync, readFileSync } from 'node:fs'
import { ServerError } from '../errors.ts'
import type { Vendor } from '../mysql/flavor.ts'
import { isRunning, type ProcessIdentity } from '../process-identity.ts'
import type { Engine, Installation, Source } from './engine.ts'
import { eventually, isFrozen, signal, startDaemon } from './process.ts'
import { readProcess, type ServerPaths, type ServerRecord, writeProcess } from './record.ts'
import { APP_ACCOUNT, onSocket, ROOT, type RootSession, type Row } from './sql.ts'
import { startFailure } from './template.ts'

const START_TIMEOUT_MS = 60_000

/** Whom a server replicates from. */
export interface Links {
  readonly sources: readonly Source[]
  readonly isRetired: boolean
}

export type ServerState = 'up' | 'frozen' | 'down'

export class LabServer {
  readonly name: string
  readonly flavor: Vendor
  readonly host = '127.0.0.1'
  readonly port: number
  readonly serverId: number
  readonly engine: Engine
  readonly paths: ServerPaths
  /** How its replicas, and it itself, find their place: by GTID, or by file and position. */
  readonly byGtid: boolean
  /** Of the lab's cluster. */
  readonly isMember: boolean
  readonly #links: () => Links
  readonly #program: () => Promise<Installation>
  readonly #diesWithUs: boolean

  constructor(options: {
    readonly record: ServerRecord
    readonly byGtid: boolean
    readonly links: () => Links
    readonly engine: Engine
    readonly paths: ServerPaths
    readonly installation: () => Promise<Installation>
    readonly diesWithUs: boolean
  }) {
    this.name = options.record.name
    this.port = options.record.port
    this.serverId = options.record.serverId
    this.engine = options.engine
    this.flavor = options.engine.vendor
    this.byGtid = options.byGtid
    this.isMember = options.record.clusterPorts !== undefined
    this.#links = options.links
    this.paths = options.paths
    this.#program = options.installation
    this.#diesWithUs = options.diesWithUs
  }

  /** Empty for a server that replicates from nobody. From disk: another process may have redirected it. */
  get sources(): readonly Source[] {
    return this.#links().sources
  }

  /** It was a source, and another was promoted while it was down. */
  get isRetired(): boolean {
    return this.#links().isRetired
  }

  get socketPath(): string {
    return this.paths.socket
  }

  /** null while it is down. */
  get pid(): number | null {
    return this.#running()?.pid ?? null
  }

  get state(): ServerState {
    const identity = this.#running()
    if (identity === null) return 'down'
    return isFrozen(identity) ? 'frozen' : 'up'
  }

  /** Rows of one statement, of the last one when there are several. @throws {ServerError} */
  query(sql: string): Promise<Row[]> {
    return this.session((session) => session.query(sql))
  }

  /** Statements one after another on one connection. @throws {ServerError} */
  exec(...statements: readonly string[]): Promise<void> {
    return this.session(async (session) => {
      for (const statement of statements) await session.query(statement)
    })
  }

  /** The same behind the binary log's back: no replica, no member and no GTID set will know. @throws {ServerError} */
  unlogged(...statements: readonly string[]): Promise<void> {
    const { unreplicated } = this.engine.cluster
    const alone = this.isMember ? unreplicated : []
    return this.exec('SET SESSION sql_log_bin = 0', ...alone, ...statements)
  }

  /** The first column of the first row, null when there is none. @throws {ServerError} */
  async value(sql: string): Promise<string | null> {
    const [row] = await this.query(sql)
    return row === undefined ? null : (Object.values(row)[0] ?? null)
  }

  /** Several statements on one connection, which is closed at the end. @throws {ServerError} */
  session<T>(work: (session: RootSession) => Promise<T>, timeoutMs?: number): Promise<T> {
    return onSocket({ name: this.name, socketPath: this.socketPath, ...ROOT }, work, timeoutMs)
  }

  /** The same as an application, which read_only keeps out. @throws {ServerError} */
  appSession<T>(work: (session: RootSession) => Promise<T>, timeoutMs?: number): Promise<T> {
    const target = { name: this.name, socketPath: this.socketPath, ...APP_ACCOUNT }
    return onSocket(target, work, timeoutMs)
  }

  /** Starts it on its old port and data; a member is back when it has what it missed. @throws {ServerError} */
  async start(): Promise<void> {
    if ((await this.tryStart()) === 'port taken') {
      throw new ServerError(
        'internal',
        `${this.name}: port ${this.port} is taken by another program`,
      )
    }
    if (this.isMember) await this.joined()
  }

  /** Waits until it takes part in its cluster. @throws {ServerError} */
  async joined(): Promise<void> {
    const { isJoined } = this.engine.cluster
    const takesPart = async () => (await this.value(isJoined).catch(() => null)) === '1'
    if (await eventually(takesPart, START_TIMEOUT_MS)) return
    throw new ServerError('timeout', `${this.name} did not join its cluster`)
  }

  /** @throws {ServerError | UserError} when it cannot start for another reason than its port. */
  async tryStart(): Promise<'ready' | 'port taken'> {
    if (this.#running() !== null) return 'ready'
    const { program } = await this.#program()
    const logLength = existsSync(this.paths.log) ? readFileSync(this.paths.log).length : 0
    const identity = await startDaemon([...program, `--defaults-file=${this.paths.settings}`], {
      logFile: this.paths.log,
      programs: this.paths.programs,
      diesWithUs: this.#diesWithUs,
    })
    if (identity !== null) writeProcess(this.paths, identity)
    let answers = false
    const settled = await eventually(async () => {
      answers = await this.#answers()
      return answers || this.#running() === null
    }, START_TIMEOUT_MS)
    if (answers) return 'ready'
    if (settled === false) await this.kill()
    const log = readFileSync(this.paths.log).subarray(logLength).toString()
    if (/Address already in use|another (mysqld )?server running on port/i.test(log))
      return 'port taken'
    throw startFailure(`${this.name} did not start`, log)
  }

  /** Clean shutdown. @throws {ServerError} when it takes longer than a minute. */
  async stop(): Promise<void> {
    this.thaw()
    await this.#end('SIGTERM')
  }

  /** As a crash or a power cut of the process: nothing is flushed, nobody is told. Works on a frozen server too. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL')
  }

  /** It hangs: connections stay open, new ones are accepted by the kernel, nothing answers. */
  async freeze(): Promise<void> {
    const identity = this.#running()
    if (identity === null) throw new ServerError('internal', `${this.name} is not running`)
    signal(identity, 'SIGSTOP')
    await eventually(() => isFrozen(identity), START_TIMEOUT_MS)
  }

  thaw(): void {
    const identity = this.#running()
    if (identity !== null) signal(identity, 'SIGCONT')
  }

  async #end(name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    const identity = this.#running()
    if (identity === null) return
    signal(identity, name)
    if (await eventually(() => !isRunning(identity), 60_000)) return
    throw new ServerError('timeout', `${this.name}: still runs a minute after ${name}`)
  }

  async #answers(): Promise<boolean> {
    if (!existsSync(this.socketPath)) return false
    return this.session((session) => session.query('SELECT 1')).then(
      () => true,
      () => false,
    )
  }

  /** From disk each time: another process may have restarted it. */
  #running(): ProcessIdentity | null {
    const identity = readProcess(this.paths)
    return identity !== null && isRunning(identity) ? identity : null
  }
}
