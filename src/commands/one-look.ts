/** What the commands that look once have in common: which servers, and how they are ended. */
import type { Config, SetConfig } from '../config/config.ts'
import { formatDuration, LONGEST_MS, parseDuration } from '../config/durations.ts'
import { disk } from '../config/files.ts'
import { DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts'
import { configFromUrls } from '../config/urls.ts'
import { UserError } from '../errors.ts'
import { createLogger, LOG_LEVELS, type Logger } from '../log.ts'
import { oneOf } from './arguments.ts'
import type { Edge } from './edge.ts'
import { readConfigFile } from './read-config.ts'
import { realWorld } from './world.ts'

export interface Chosen {
  /** Servers named on the command line; without them the configuration file names them. */
  readonly urls: readonly string[]
  readonly file: string | undefined
  /** `--set`: names with commas between them. */
  readonly sets: string | undefined
}

/** @throws {UserError} */
export function chosenConfig(command: string, { urls, file, sets }: Chosen, edge: Edge): Config {
  if (urls.length > 0 && file !== undefined) {
    throw new UserError(`${command}: name servers by URL or by --config.file, not both`)
  }
  const config =
    urls.length > 0
      ? configFromUrls(urls, { password: edge.env['MYSQL_PWD'] ?? null })
      : loadConfig({ ...readConfigFile(file ?? DEFAULT_CONFIG_FILE), ...disk, env: edge.env })
  for (const warning of config.warnings) edge.err(`warning: ${warning}\n`)
  const names = sets?.split(',')
  for (const name of names ?? []) {
    if (!config.sets.some((set) => set.name === name)) {
      const known = config.sets.map((set) => set.name).join(', ')
      throw new UserError(`--set: expected one of ${known}, got "${name}"`)
    }
  }
  return { ...config, sets: config.sets.filter((set) => names?.includes(set.name) ?? true) }
}

/** What a command that prints its result has to say besides. @param level as written after --log.level. */
export function stderrLog({ err }: Pick<Edge, 'err'>, level: string): Logger {
  return createLogger({
    level: oneOf('--log.level', level, LOG_LEVELS),
    format: 'logfmt',
    now: realWorld.now,
    write: (line) => err(`${line}\n`),
  })
}

/** Only these tables, whatever the configuration includes. */
export function onlyTables(config: Config, include: readonly string[]): Config {
  const narrow = (set: SetConfig): SetConfig => ({ ...set, tables: { ...set.tables, include } })
  return { ...config, sets: config.sets.map(narrow) }
}

/** SIGINT and SIGTERM end the run cleanly: queries are killed on the servers, and what is known is told. */
export function stopSignal(edge: Edge, timeoutMs: number | null): AbortSignal {
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    edge.onSignal(name, () => {
      if (stop.signal.aborted) edge.exitNow(3)
      stop.abort(new Error('interrupted'))
    })
  }
  if (timeoutMs === null) return stop.signal
  return AbortSignal.any([stop.signal, AbortSignal.timeout(timeoutMs)])
}

/** What `--timeout` says, in ms; null without it. @throws {UserError} */
export function timeoutOf(text: string | undefined): number | null {
  if (text === undefined) return null
  const ms = parseDuration(text)
  if (ms !== undefined && ms > 0 && ms <= LONGEST_MS) return ms
  throw new UserError(
    `--timeout: expected a duration from 1ms to ${formatDuration(LONGEST_MS)}, got "${text}"`,
  )
}
