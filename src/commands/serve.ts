import { type Watching, watch } from '../app.ts'
import type { Config } from '../config/config.ts'
import { disk } from '../config/files.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts'
import { printConfig } from '../config/print.ts'
import { UserError } from '../errors.ts'
import { createLogger, LOG_LEVELS, type Logger } from '../log.ts'
import { createExposition } from '../output/metrics.ts'
import { createServer } from '../server.ts'
import { openStateFile, type StateFile } from '../state-file/file.ts'
import { keepState } from '../state-file/keeper.ts'
import { VERSION } from '../version.ts'
import { oneOf, parseArguments } from './arguments.ts'
import type { Edge } from './edge.ts'
import { readConfigFile } from './read-config.ts'
import { realWorld } from './world.ts'

const USAGE = `usage: mysql-drift-exporter serve [OPTIONS]

Watch the configured replication sets and export what is found. SIGHUP reads the configuration again,
SIGTERM ends cleanly, a second one at once.

  --config.file=FILE            default ${DEFAULT_CONFIG_FILE}
  --config.check                only say whether the configuration is right
  --web.listen-address=ADDRESS  default :19104
  --web.telemetry-path=PATH     default /metrics
  --web.enable-lifecycle        allow POST /-/reload, /-/pause and /-/resume
  --state.file=FILE             remember findings over a restart; default: forget them
  --log.level=LEVEL             debug, info, warn, error; default info
  --log.format=FORMAT           logfmt, json; default logfmt
`

/** How often what is known is rendered for scrapes: a scrape itself renders nothing. */
const PUBLISH_MS = { least: 500, most: 5_000 } as const

export async function serveCommand(argv: readonly string[], edge: Edge): Promise<number> {
  const { values } = parseArguments('serve', {
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h' },
      'config.file': { type: 'string', default: DEFAULT_CONFIG_FILE },
      'config.check': { type: 'boolean', default: false },
      'web.listen-address': { type: 'string', default: ':19104' },
      'web.telemetry-path': { type: 'string', default: '/metrics' },
      'web.enable-lifecycle': { type: 'boolean', default: false },
      'state.file': { type: 'string' },
      'log.level': { type: 'string', default: 'info' },
      'log.format': { type: 'string', default: 'logfmt' },
    },
  })
  if (values.help) {
    edge.out(USAGE)
    return 0
  }
  const load = () =>
    loadConfig({ ...readConfigFile(values['config.file']), ...disk, env: edge.env })
  const config = load()
  if (values['config.check']) {
    edge.out(`${values['config.file']}: right\n`)
    return 0
  }
  const log = createLogger({
    level: oneOf('--log.level', values['log.level'], LOG_LEVELS),
    format: oneOf('--log.format', values['log.format'], ['logfmt', 'json']),
    now: realWorld.now,
    write: (line) => edge.err(`${line}\n`),
  })
  const path = values['state.file']
  const state = path === undefined ? null : await openStateFile(path, { now: realWorld.now, log })
  try {
    return await run(config, load, log, edge, {
      listenAddress: values['web.listen-address'],
      telemetryPath: values['web.telemetry-path'],
      enableLifecycle: values['web.enable-lifecycle'],
      state,
    })
  } finally {
    state?.close()
  }
}

interface RunOptions {
  readonly listenAddress: string
  readonly telemetryPath: string
  readonly enableLifecycle: boolean
  readonly state: StateFile | null
}

async function run(
  first: Config,
  load: () => Config,
  log: Logger,
  edge: Edge,
  { state, ...web }: RunOptions,
): Promise<number> {
  let config = first
  let lastReloadSuccessful = true
  const ended = new AbortController()
  const metrics = createExposition(() => ({
    version: VERSION,
    nodeVersion: process.version,
    lastReloadSuccessful,
    setsConfigured: config.sets.length,
  }))
  // The address is taken before any database is spoken to: a second exporter must not double the load.
  let watching: Watching | null = null
  const http = createServer({
    report: () => watching?.report() ?? { generatedAt: realWorld.now(), sets: [] },
    metrics,
    ready: () => watching?.ready ?? false,
    reload,
    pause: (set, forMs) => {
      const until = forMs === null ? null : new Date(realWorld.now().getTime() + forMs)
      return watching?.pause(set, until) ?? false
    },
    configText: () => printConfig(config),
    enableLifecycle: web.enableLifecycle,
    telemetryPath: web.telemetryPath,
    version: VERSION,
    onError: (error) => log.error('http_error', { stack: String((error as Error).stack) }),
  })
  const listener = await http.listen(web.listenAddress)
  warn(log, config)
  const options = { world: realWorld, log }
  watching = watch(config, options, state?.memories)
  const keeper = state && keepState(state, watching, options)

  async function reload(): Promise<void> {
    try {
      const next = load()
      warn(log, next)
      config = next
      lastReloadSuccessful = true
      await watching?.apply(next)
      log.info('config_reloaded', { sets: next.sets.length })
    } catch (error) {
      lastReloadSuccessful = false
      log.error('config_refused', { error: (error as Error).message })
      throw error
    }
  }

  try {
    // What is remembered is there at the first scrape.
    await metrics.publish(watching.report())
    log.info('listening', { address: web.listenAddress, port: listener.port, version: VERSION })
    edge.onSignal('SIGHUP', () => {
      reload().catch((error: unknown) => {
        if (!(error instanceof UserError)) throw error
      })
    })
    for (const name of ['SIGINT', 'SIGTERM'] as const) {
      edge.onSignal(name, () => {
        if (ended.signal.aborted) edge.exitNow(1)
        log.info('stopping', { signal: name })
        ended.abort()
      })
    }
    while (!ended.signal.aborted) {
      await metrics.publish(watching.report())
      // Woken by the end, which the loop sees for itself.
      await realWorld.sleep(publishInterval(config), ended.signal).catch(() => undefined)
    }
  } finally {
    // Also after a bug of ours: what only still listens would show old figures for ever.
    await listener.close()
    await watching.close()
    await keeper?.end()
  }
  log.info('stopped')
  return 0
}

function publishInterval(config: Config): number {
  const shortest = Math.min(...config.sets.map((set) => set.intervals.threads ?? PUBLISH_MS.most))
  return Math.min(PUBLISH_MS.most, Math.max(PUBLISH_MS.least, shortest / 3))
}

function warn(log: Logger, config: Config): void {
  for (const warning of config.warnings) log.warn('config', { warning })
}
