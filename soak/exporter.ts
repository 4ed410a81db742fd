/** The real exporter as a child process, with a configuration and a log in a private folder. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createWriteStream, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'
import type { Lab } from '../src/lab/lab.ts'
import { EXPORTER_ACCOUNT } from '../src/lab/start.ts'
import type { SetObject } from '../test/support/report.ts'

const CLI = join(import.meta.dirname, '../src/cli.ts')
const SET = 'soak'

/** Often and impatient, and yet with time for replicas that stand still for seconds. */
const DEFAULTS = {
  checks: {
    threads: { interval: '1s' },
    gtid: { interval: '1s' },
    row_count: { interval: '5s' },
    checksum: {
      interval: '1s',
      chunk_time: '100ms',
      confirmations: 3,
      confirm_delay: '500ms',
      fence_timeout: '10s',
    },
    schema: { interval: '5s' },
  },
}

export interface Exporter extends AsyncDisposable {
  readonly logFile: string
  /** What it says of the set now. @throws when it does not answer. */
  report(): Promise<SetObject>
  /** The exit code once it has ended, by itself or not; null while it runs. */
  exitCode(): number | string | null
}

/** @param onLine gets every line of its log, as it comes. */
export async function startExporter(
  lab: Lab,
  folder: string,
  onLine: (line: string) => void,
): Promise<Exporter> {
  const configFile = join(folder, 'config.yml')
  const logFile = join(folder, 'exporter.log')
  writeFileSync(configFile, configOf(lab), { mode: 0o600 })
  // The kernel kills it when we end, however we end.
  const child = spawn(
    'setpriv',
    [
      '--pdeathsig',
      'KILL',
      '--',
      process.execPath,
      CLI,
      'serve',
      `--config.file=${configFile}`,
      '--web.listen-address=127.0.0.1:0',
      '--log.level=debug',
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  )
  const log = createWriteStream(logFile, { mode: 0o600 })
  let url: string | null = null
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.write(`${line}\n`)
    const port = /event=listening .*port=(\d+)/.exec(line)?.[1]
    if (port !== undefined) url = `http://127.0.0.1:${port}`
    onLine(line)
  })
  const exitCode = () => child.exitCode ?? child.signalCode
  while (url === null) {
    if (exitCode() !== null) throw new Error(`the exporter ended at once: see ${logFile}`)
    await delay(50)
  }
  const address: string = url
  return {
    logFile,
    report: () => reportAt(address),
    exitCode,
    [Symbol.asyncDispose]: async () => {
      await end(child)
      log.end()
    },
  }
}

function configOf(lab: Lab): string {
  const servers = lab.servers.map(({ name, host, port }) => ({ name, address: `${host}:${port}` }))
  const sets = [{ name: SET, ...EXPORTER_ACCOUNT, servers }]
  return JSON.stringify({ defaults: DEFAULTS, replication_sets: sets }, null, 2)
}

async function reportAt(url: string): Promise<SetObject> {
  const response = await fetch(`${url}/api/v1/sets/${SET}`, { signal: AbortSignal.timeout(10_000) })
  const body = (await response.json()) as { replication_sets: SetObject[] }
  const [set] = body.replication_sets
  if (set === undefined) throw new Error('the exporter knows no set')
  return set
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), 30_000)
  await closed
  clearTimeout(timer)
}
