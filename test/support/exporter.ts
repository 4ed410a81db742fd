/** The real program as a child process, with a configuration of its own in a folder that goes with it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Lab } from '../../src/lab/lab.ts'
import { EXPORTER_ACCOUNT } from '../../src/lab/start.ts'
import { until } from './cluster.ts'
import { parseSamples, type Samples } from './exporter-samples.ts'
import type { CheckReport } from './report.ts'

const CLI = join(import.meta.dirname, '../../src/cli.ts')

/** Everything as often and as impatient as the configuration allows. */
export const QUICK = {
  checks: {
    threads: { interval: '1s' },
    gtid: { interval: '1s' },
    row_count: { interval: '1s' },
    checksum: {
      interval: '1s',
      chunk_time: '100ms',
      confirmations: 3,
      confirm_delay: '200ms',
      fence_timeout: '3s',
    },
    schema: { interval: '1s' },
    variables: { interval: '1s' },
    grants: { interval: '1s' },
  },
  throttle: { max_duty: 1 },
}

export interface ServerEntry {
  readonly name: string
  readonly address: string
  readonly role?: 'source' | 'replica'
}

export type Settings = Readonly<Record<string, unknown>>

/** One replication set as the configuration writes it; keys of `more` win. */
export function setOf(servers: readonly ServerEntry[], more: Settings = {}): Settings {
  return { name: 'shop', ...EXPORTER_ACCOUNT, servers, ...more }
}

export function serversOf(lab: Lab): ServerEntry[] {
  return lab.servers.map(({ name, host, port }) => ({ name, address: `${host}:${port}` }))
}

/** The configuration of one set `shop` that holds the whole lab. JSON is YAML. */
export function configOf(lab: Lab, more: Settings = {}, defaults: Settings = QUICK): string {
  return configText([setOf(serversOf(lab), more)], defaults)
}

export function configText(sets: readonly Settings[], defaults: Settings = QUICK): string {
  return JSON.stringify({ defaults, replication_sets: sets }, null, 2)
}

export interface Run {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** What it printed on stdout. */
  readonly text: string
  readonly stderr: string
  readonly seconds: number
  /** stdout, parsed. @throws with all that the program said when it is no JSON. */
  readonly json: CheckReport
  /** For the message of an assertion: everything that is known of the run. */
  readonly explain: string
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>
  /** The configuration; by default that of the whole lab. null = none. */
  readonly config?: string | null
  readonly timeoutMs?: number
}

/** `check` over the lab with `--output=json`, unless `args` say otherwise. */
export function runCheck(
  lab: Lab,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Run> {
  return runCli(['check', '--output=json', ...args], { config: configOf(lab), ...options })
}

/** Any command to its end. A run longer than `timeoutMs` is killed and thrown as a hang. */
export async function runCli(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  const { config = null, timeoutMs = 240_000 } = options
  const folder = mkdtempSync(join(tmpdir(), 'drift-run-'))
  try {
    const started = performance.now()
    const child = startChild(withConfig(args, config, folder), options.env)
    const timer = setTimeout(() => child.process.kill('SIGKILL'), timeoutMs)
    const { code, signal } = await child.ended
    clearTimeout(timer)
    const said = { code, signal, text: child.stdout(), stderr: child.stderr() }
    const seconds = (performance.now() - started) / 1000
    const explain = [
      `${args.join(' ')}: exit code ${code ?? signal} after ${seconds.toFixed(1)} s`,
      `stderr: ${said.stderr}`,
      `stdout: ${withoutSame(said.text)}`,
    ].join('\n')
    if (signal === 'SIGKILL') throw new Error(`hangs: ${explain}`)
    return {
      ...said,
      seconds,
      explain,
      get json() {
        return parsed<CheckReport>(said.text, explain)
      },
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** JSON without the tables that are the same: those are never why a test failed. */
function withoutSame(text: string): string {
  if (!text.startsWith('{') || !text.trimEnd().endsWith('}')) return text
  const report = JSON.parse(text) as CheckReport
  // What `diff` prints.
  if (report.replication_sets === undefined) return text
  const sets = report.replication_sets.map((set) => ({
    ...set,
    tables: set.tables.filter(({ verdict }) => verdict !== 'same'),
  }))
  return JSON.stringify(sets)
}

function parsed<T>(text: string, explain: string): T {
  try {
    return JSON.parse(text) as T
  } catch {
    throw new Error(`no JSON: ${explain}`)
  }
}

function withConfig(args: readonly string[], config: string | null, folder: string): string[] {
  if (config === null) return [...args]
  const file = join(folder, 'config.yml')
  writeFileSync(file, config, { mode: 0o600 })
  return [...args, `--config.file=${file}`]
}

function startChild(args: readonly string[], env: RunOptions['env'] = {}) {
  const child = spawn(process.execPath, [CLI, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  // Also when the test run itself is killed: nothing may stay behind.
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = once(child, 'close').then(([code, signal]) => {
    process.off('exit', kill)
    return { code: code as number | null, signal: signal as NodeJS.Signals | null }
  })
  return { process: child, stdout: () => stdout, stderr: () => stderr, ended }
}

export interface Exporter extends AsyncDisposable {
  readonly url: string
  readonly pid: number
  /** All that it logged so far. */
  stderr(): string
  fetch(path: string): Promise<Response>
  /** Body of a page that answered 200. @throws otherwise, with what the exporter logged. */
  text(path: string): Promise<string>
  metrics(): Promise<Samples>
  /** `/api/v1/sets`: the `check` object. */
  api(): Promise<CheckReport>
  /** Other content for its configuration file; it reads it at SIGHUP. */
  rewrite(config: string): void
  signal(name: NodeJS.Signals): void
  /** SIGTERM; resolves with the exit code. Nothing happens twice. */
  stop(): Promise<number | null>
  /** Resolves with the exit code when it ends, however that comes. */
  readonly ended: Promise<number | null>
}

/** Runs `serve` on a free port until it is stopped. */
export async function startExporter(
  lab: Lab,
  config: string = configOf(lab),
  args: readonly string[] = [],
): Promise<Exporter> {
  const folder = mkdtempSync(join(tmpdir(), 'drift-serve-'))
  const child = startChild(
    withConfig(
      ['serve', '--web.listen-address=127.0.0.1:0', '--log.level=debug', ...args],
      config,
      folder,
    ),
  )
  const { process: running, stderr } = child
  let over = false
  const ended = child.ended.then(({ code }) => {
    over = true
    rmSync(folder, { recursive: true, force: true })
    return code
  })
  const port = await until(() => {
    if (over) return 'ended'
    return /event=listening .*port=(\d+)/.exec(stderr())?.[1]
  }, 'the exporter listens')
  if (port === 'ended') throw new Error(`the exporter ended at once: ${stderr()}`)
  const url = `http://127.0.0.1:${port}`
  const fetchPath = (path: string) => fetch(url + path, { signal: AbortSignal.timeout(5_000) })
  const text = async (path: string) => {
    const response = await fetchPath(path).catch((cause: unknown) => {
      throw new Error(`${path}: no answer; stderr: ${stderr()}`, { cause })
    })
    const body = await response.text()
    if (response.ok) return body
    throw new Error(`${path}: ${response.status} ${body}; stderr: ${stderr()}`)
  }
  async function stop() {
    if (!over) running.kill('SIGTERM')
    const timer = setTimeout(() => running.kill('SIGKILL'), 120_000)
    const code = await ended
    clearTimeout(timer)
    return code
  }
  return {
    url,
    pid: running.pid ?? 0,
    stderr,
    fetch: fetchPath,
    text,
    metrics: async () => parseSamples(await text('/metrics')),
    api: async () => parsed<CheckReport>(await text('/api/v1/sets'), stderr()),
    rewrite: (next) => writeFileSync(join(folder, 'config.yml'), next, { mode: 0o600 }),
    signal: (name) => void running.kill(name),
    stop,
    ended,
    [Symbol.asyncDispose]: async () => void (await stop()),
  }
}
