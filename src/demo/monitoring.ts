/** The exporter, Prometheus and Alertmanager, each as a real process. */
import { writeFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { UserError } from '../errors.ts'
import type { Lab } from '../lab/lab.ts'
import { freePort } from '../lab/ports.ts'
import { eventually } from '../lab/process.ts'
import { Alertmanager, Prometheus } from './api.ts'
import {
  type Addresses,
  alertmanagerConfig,
  exporterConfig,
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
  readonly exporterUrl: string
  /** Of the exporter, for the `check` command. */
  readonly configFile: string
  readonly prometheus: Prometheus
  readonly alertmanager: Alertmanager
  /** The last lines that the exporter logged. */
  exporterLog(lines: number): string[]
}

/** The program that is running now: from source or built. */
export const CLI = fileURLToPath(new URL(`../cli${extname(import.meta.filename)}`, import.meta.url))

export interface MonitoringOptions {
  readonly cache: string
  readonly lab: Lab
  readonly programs: Programs
}

/** @throws {UserError} when one of them does not start; then none is left. */
export async function startMonitoring({
  cache,
  lab,
  programs,
}: MonitoringOptions): Promise<Monitoring> {
  const folder = makeFolder(cache)
  try {
    const at = await freeAddresses()
    const exporter = exporterIn(folder, lab, at)
    const alertmanager = alertmanagerIn(folder, programs.alertmanager, at)
    await Promise.all([startAndWait(exporter), startAndWait(alertmanager)])
    const running = await startAndWait(prometheusIn(folder, programs.prometheus, at))
    const prometheus = new Prometheus(`http://${at.prometheus}`)
    await loadRules(prometheus, () => {
      writeFileSync(join(folder, RULES_FILE), rules())
      running.reload()
    })
    return {
      exporterUrl: `http://${at.exporter}`,
      configFile: exporterFile(folder),
      prometheus,
      alertmanager: new Alertmanager(`http://${at.alertmanager}`),
      exporterLog: (lines) => linesOf(exporter.logFile).slice(-lines),
      [Symbol.asyncDispose]: () => endAll(folder),
    }
  } catch (error) {
    await endAll(folder)
    throw error
  }
}

const exporterFile = (folder: string) => join(folder, 'exporter.yml')

function exporterIn(folder: string, lab: Lab, { exporter }: Addresses): Daemon {
  // Only for us: it holds a password.
  writeFileSync(exporterFile(folder), exporterConfig(lab), { mode: 0o600 })
  return {
    name: 'the exporter',
    argv: [
      process.execPath,
      CLI,
      'serve',
      `--config.file=${exporterFile(folder)}`,
      `--web.listen-address=${exporter}`,
    ],
    readyUrl: `http://${exporter}/-/ready`,
    logFile: join(folder, 'exporter.log'),
  }
}

function alertmanagerIn(folder: string, program: string, { alertmanager }: Addresses): Daemon {
  const file = join(folder, 'alertmanager.yml')
  writeFileSync(file, alertmanagerConfig())
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

function prometheusIn(folder: string, program: string, at: Addresses): Daemon {
  const file = join(folder, 'prometheus.yml')
  writeFileSync(file, prometheusConfig(at))
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
  if (!isTrue) throw new UserError(`demo: ${problem}`)
}

async function freeAddresses(): Promise<Addresses> {
  const ports = new Set<number>()
  while (ports.size < 3) ports.add(await freePort(ports))
  const [exporter = '', prometheus = '', alertmanager = ''] = [...ports].map(
    (port) => `127.0.0.1:${port}`,
  )
  return { exporter, prometheus, alertmanager }
}
