/** The exporter itself, as it is published: built by scripts/run.sh. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '../src/lab/ports.ts'
import { eventually, signal, startDaemon } from '../src/lab/process.ts'
import { outputOf } from '../src/lab/program.ts'
import { EXPORTER_ACCOUNT } from '../src/lab/start.ts'
import { isRunning } from '../src/process-identity.ts'
import { cpuSecondsOf } from './machine.ts'
import type { Rig } from './rig.ts'
import { SCHEMA } from './table.ts'

const CLI = join(import.meta.dirname, '../dist/cli.js')
const START_TIMEOUT_MS = 30_000
const SAMPLE_MS = 200
const LOOK_TIMEOUT_MS = 1_200_000

/** One full look at the servers. @throws unless it found that everything is the same. */
export async function runCheck(
  rig: Rig,
  options: readonly string[] = [],
  tables = `${SCHEMA}.*`,
): Promise<void> {
  const file = writeConfig(rig, tables)
  await outputOf([
    process.execPath,
    CLI,
    'check',
    `--config.file=${file}`,
    `--tables=${tables}`,
    ...options,
  ])
}

export interface PassReport {
  /** Share of the samples in which a pass was under way. */
  readonly inProgress: number
  /** Rows that were read from the source meanwhile. */
  readonly rows: number
}

/** Runs `serve` with pass after pass, from the first row on, while `work` runs. */
export async function whileServing<T>(
  rig: Rig,
  work: () => Promise<T>,
): Promise<{ readonly result: T; readonly pass: PassReport }> {
  return await serving(writeConfig(rig), rig, async ({ address }) => {
    const isReading = async () => ((await sample(address))?.rows ?? 0) > 0
    if (!(await eventually(isReading, START_TIMEOUT_MS))) throw new Error('serve reads nothing')
    const ending = new AbortController()
    const watched = watchPass(address, ending.signal)
    const result = await work().finally(() => ending.abort())
    return { result, pass: await watched }
  })
}

interface Serving {
  readonly address: string
  readonly pid: number
}

async function serving<T>(
  configFile: string,
  rig: Rig,
  work: (running: Serving) => Promise<T>,
): Promise<T> {
  const address = `127.0.0.1:${await freePort(new Set())}`
  const argv = [
    process.execPath,
    CLI,
    'serve',
    `--config.file=${configFile}`,
    `--web.listen-address=${address}`,
  ]
  const logFile = join(rig.lab.folder, 'serve.log')
  const identity = await startDaemon(argv, { logFile, diesWithUs: true })
  if (identity === null) throw new Error(`serve ended at once: see ${logFile}`)
  try {
    return await work({ address, pid: identity.pid })
  } finally {
    signal(identity, 'SIGTERM')
    if (!(await eventually(() => !isRunning(identity), START_TIMEOUT_MS)))
      signal(identity, 'SIGKILL')
  }
}

/** What one look at all definitions took. */
export interface SchemaLook {
  /** Of the slowest replica. */
  readonly seconds: number
  /** Of all servers and of `serve`, until it was over. */
  readonly cpuSeconds: number
}

/** The first look of `serve` at all definitions, and the next one, before which nothing was defined. */
export async function schemaLooks(
  rig: Rig,
  tables: string,
  cpuSecondsOfServers: () => number,
): Promise<{ readonly first: SchemaLook; readonly again: SchemaLook }> {
  const checks = {
    ...Object.fromEntries(
      ['row_count', 'checksum', 'gtid', 'variables'].map((name) => [name, { enabled: false }]),
    ),
    // From the end of one look to the next: so long that each is seen while it is the last.
    schema: { interval: '10s' },
  }
  return await serving(writeConfig(rig, tables, checks), rig, async ({ address, pid }) => {
    const used = () => cpuSecondsOfServers() + cpuSecondsOf(pid)
    const look = async (number: number): Promise<SchemaLook> => {
      const before = used()
      const seconds = await secondsOfLook(address, number)
      return { seconds, cpuSeconds: used() - before }
    }
    return { first: await look(1), again: await look(2) }
  })
}

/** @returns once every replica has looked so often. */
async function secondsOfLook(address: string, number: number): Promise<number> {
  let seconds: readonly number[] = []
  const isOver = async () => {
    const text = await metricsOf(address)
    const values = (name: string) =>
      [
        ...text.matchAll(new RegExp(`^mysql_drift_${name}\\{.*check="schema".*\\} (\\S+)$`, 'gm')),
      ].map(([, value]) => Number(value))
    const runs = values('check_runs_total')
    seconds = values('check_last_duration_seconds')
    if (runs.some((count) => count > number)) throw new Error(`look ${number} was missed`)
    return runs.length > 0 && runs.every((count) => count === number)
  }
  if (await eventually(isOver, LOOK_TIMEOUT_MS)) return Math.max(...seconds)
  throw new Error('serve does not come to the end of the definitions')
}

async function metricsOf(address: string): Promise<string> {
  try {
    return await (await fetch(`http://${address}/metrics`)).text()
  } catch {
    return ''
  }
}

async function watchPass(address: string, end: AbortSignal): Promise<PassReport> {
  const seen: Sample[] = []
  while (!end.aborted) {
    const now = await sample(address)
    if (now !== null) seen.push(now)
    await delay(SAMPLE_MS, undefined, { signal: end }).catch(() => undefined)
  }
  const [first] = seen
  const last = seen.at(-1)
  if (first === undefined || last === undefined) throw new Error('serve answers no scrape')
  return {
    inProgress: seen.filter(({ progress }) => progress < 1).length / seen.length,
    rows: last.rows - first.rows,
  }
}

interface Sample {
  readonly progress: number
  readonly rows: number
}

/** null while it does not answer, or has no pass yet. */
async function sample(address: string): Promise<Sample | null> {
  const text = await metricsOf(address)
  const [, progress] = /^mysql_drift_checksum_pass_progress_ratio\{.*\} (\S+)$/m.exec(text) ?? []
  const [, rows] = /^mysql_drift_rows_checked_total\{.*server="db1".*\} (\S+)$/m.exec(text) ?? []
  if (progress === undefined || rows === undefined) return null
  return { progress: Number(progress), rows: Number(rows) }
}

/** Everything is the default, but that one pass follows the other. */
function writeConfig(
  rig: Rig,
  tables = `${SCHEMA}.*`,
  checks: Readonly<Record<string, unknown>> = { checksum: { interval: '1s' } },
): string {
  const file = join(rig.lab.folder, 'exporter.yml')
  const servers = rig.lab.servers.map(({ name, host, port }) => ({
    name,
    address: `${host}:${port}`,
  }))
  const config = {
    defaults: { checks },
    replication_sets: [
      { name: 'bench', ...EXPORTER_ACCOUNT, servers, tables: { include: [tables] } },
    ],
  }
  // JSON is YAML.
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}
