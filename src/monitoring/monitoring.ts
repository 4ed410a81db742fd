/** The exporter, Prometheus and Alertmanager, each as a real process. */
import { writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../errors.ts'
import { freePort } from '../lab/ports.ts'
import { eventually } from '../lab/process.ts'
import { Alertmanager, Prometheus } from './api.ts'
import {
  type Addresses,
  alertmanagerConfig,
  prometheusConfig,
  RULES_FILE,
  rules,
} from './configs.ts'
import {
  type Daemon,
  endAll,
  linesOf,
  makeFolder,
  START_TIMEOUT_MS,
  startAndWait,
} from './daemon.ts'
import type { Programs } from './programs.ts'

export interface Monitoring extends AsyncDisposable {
  readonly exporter: Exporter
  readonly prometheus: Prometheus
  readonly alertmanager: Alertmanager
}

export interface Exporter {
  readonly url: string
  /** Of the `check` command, too. */
  readonly configFile: string
  /** Other contents for its file, which it is told to read. */
  configure(config: string): void
  /** As a crash: SIGKILL. */
  kill(): Promise<void>
  /** Again, with what it wrote down before. @throws {UserError} */
  start(): Promise<void>
  /** The last lines that it logged. */
  log(lines: number): string[]
}

/** The program that is running now: from source or built. */
export const CLI = fileURLToPath(new URL(`../cli${extname(import.meta.filename)}`, import.meta.url))

export interface MonitoringOptions {
  readonly cache: string
  readonly programs: Programs
  /** YAML. */
  readonly exporterConfig: string
  /** Every wait of the shipped rules, and of Alertmanager, is divided by it; 1 = as shipped. */
  readonly divisor: number
  /** Between two scrapes, and between two evaluations of the rules. */
  readonly intervalSeconds: number
}

/** @throws {UserError} when one of them does not start; then none is left. */
export async function startMonitoring(options: MonitoringOptions): Promise<Monitoring> {
  const { cache, programs, divisor, intervalSeconds } = options
  const folder = makeFolder(cache)
  try {
    const at = await freeAddresses()
    const daemon = exporterIn(folder, options.exporterConfig, at)
    const alertmanager = alertmanagerIn(folder, programs.alertmanager, at, divisor)
    const [exporter] = await Promise.all([startExporter(daemon, at), startAndWait(alertmanager)])
    const running = await startAndWait(
      prometheusIn(folder, programs.prometheus, at, intervalSeconds),
    )
    const prometheus = new Prometheus(`http://${at.prometheus}`)
    await loadRules(prometheus, () => {
      writeFileSync(join(folder, RULES_FILE), rules(divisor))
      running.reload()
    })
    return {
      exporter,
      prometheus,
      alertmanager: new Alertmanager(`http://${at.alertmanager}`),
      [Symbol.asyncDispose]: () => endAll(folder),
    }
  } catch (error) {
    await endAll(folder)
    throw error
  }
}

interface ExporterDaemon extends Daemon {
  readonly configFile: string
}

function exporterIn(folder: string, config: string, { exporter }: Addresses): ExporterDaemon {
  const configFile = join(folder, 'exporter.yml')
  writeConfig(configFile, config)
  return {
    name: 'the exporter',
    configFile,
    argv: [
      process.execPath,
      CLI,
      'serve',
      `--config.file=${configFile}`,
      `--state.file=${join(folder, 'exporter.state')}`,
      `--web.listen-address=${exporter}`,
    ],
    readyUrl: `http://${exporter}/-/ready`,
    logFile: join(folder, 'exporter.log'),
  }
}

async function startExporter(daemon: ExporterDaemon, at: Addresses): Promise<Exporter> {
  let running = await startAndWait(daemon)
  return {
    url: `http://${at.exporter}`,
    configFile: daemon.configFile,
    configure(config) {
      writeConfig(daemon.configFile, config)
      running.reload()
    },
    kill: () => running.kill(),
    async start() {
      running = await startAndWait(daemon)
    },
    log: (lines) => linesOf(daemon.logFile).slice(-lines),
  }
}

/** Only for us: it holds a password. */
function writeConfig(file: string, config: string): void {
  writeFileSync(file, config, { mode: 0o600 })
}

export function alertmanagerIn(
  folder: string,
  program: string,
  { alertmanager }: Pick<Addresses, 'alertmanager'>,
  divisor: number,
): Daemon {
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, alertmanagerConfig(divisor))
  return {
    name: 'Alertmanager',
    argv: [
      program,
      `--config.file=${file}`,
      `--storage.path=${join(folder, 'alertmanager')}`,
      `--web.listen-address=${alertmanager}`,
      // Alone: otherwise it listens for others of its kind on all addresses.
      '--cluster.listen-address=',
    ],
    readyUrl: `http://${alertmanager}/-/ready`,
    logFile: join(folder, 'alertmanager.log'),
  }
}

function prometheusIn(
  folder: string,
  program: string,
  at: Addresses,
  intervalSeconds: number,
): Daemon {
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, prometheusConfig(at, intervalSeconds))
  return {
    name: 'Prometheus',
    argv: [
      program,
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=${at.prometheus}`,
      '--rules.alert.resend-delay=5s',
    ],
    readyUrl: `http://${at.prometheus}/-/ready`,
    logFile: join(folder, 'prometheus.log'),
  }
}

/**
 * Prometheus lets 5 s pass before it looks at its targets, and again before it looks for Alertmanager. In fast
 * motion the rules would take the first for an exporter that is gone, and an alert would get lost in the second.
 */
async function loadRules(prometheus: Prometheus, load: () => void): Promise<void> {
  await becomesTrue('Prometheus does not scrape the exporter', async () => {
    const scraped = await prometheus.query('up == 1')
    return scraped.length > 0
  })
  load()
  await becomesTrue('Prometheus has no rules', async () => (await prometheus.rules()).length > 0)
  // Forgotten when the rules were loaded.
  await becomesTrue('Prometheus does not find Alertmanager', async () => {
    const found = await prometheus.alertmanagers()
    return found.length > 0
  })
}

async function becomesTrue(problem: string, look: () => Promise<boolean>): Promise<void> {
  const isTrue = await eventually(() => look().catch(() => false), START_TIMEOUT_MS)
  if (!isTrue) throw new UserError(problem)
}

async function freeAddresses(): Promise<Addresses> {
  const ports = new Set<number>()
  while (ports.size < 3) ports.add(await freePort(ports))
  const [exporter = '', prometheus = '', alertmanager = ''] = [...ports].map(
    (port) => `127.0.0.1:${port}`,
  )
  return { exporter, prometheus, alertmanager }
}
