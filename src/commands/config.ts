import { estimateOnce } from '../app.ts'
import type { Config } from '../config/config.ts'
import { type ConfigSource, DEFAULT_CONFIG_FILE, loadConfig } from '../config/load.ts'
import { printConfig } from '../config/print.ts'
import { reasonOf } from '../config/world.ts'
import { ServerError, UserError } from '../errors.ts'
import { renderEstimate } from '../output/estimate.ts'
import { plural } from '../output/format.ts'
import { parseArguments } from './arguments.ts'
import { stderrLog } from './one-look.ts'
import { realWorld } from './world.ts'

const USAGE = `usage: mysql-drift-exporter config validate|print [--estimate] [FILE]

  validate  check FILE and say how many sets and servers it has; with --estimate ask the servers, too, how
            much there is to compare, and how long a pass would take
  print     show FILE with every default filled in and passwords left out

FILE is ${DEFAULT_CONFIG_FILE} when not given.
`

export interface ConfigCommandDeps extends Pick<ConfigSource, 'readFile' | 'listFiles' | 'env'> {
  /** Both take whole lines with their newlines. */
  readonly out: (text: string) => void
  readonly err: (text: string) => void
}

/** @returns the exit code: 0, or 1 for a mistake in the configuration or on the command line. */
export async function configCommand(
  argv: readonly string[],
  deps: ConfigCommandDeps,
): Promise<number> {
  try {
    return await run(argv, deps)
  } catch (error) {
    if (!(error instanceof UserError)) throw error
    deps.err(`${error.message}\n`)
    return 1
  }
}

async function run(argv: readonly string[], deps: ConfigCommandDeps): Promise<number> {
  const { values, positionals } = parseArguments('config', {
    args: [...argv],
    allowPositionals: true,
    options: {
      help: { type: 'boolean', short: 'h' },
      estimate: { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    deps.out(USAGE)
    return 0
  }
  const [action, path = DEFAULT_CONFIG_FILE, ...rest] = positionals
  if ((action !== 'validate' && action !== 'print') || rest.length > 0) {
    throw new UserError(USAGE.trimEnd())
  }
  const config = loadConfig({ ...deps, path, text: readText(path, deps) })
  for (const warning of config.warnings) deps.err(`warning: ${warning}\n`)
  deps.out(action === 'print' ? printConfig(config) : `${path}: ${summary(config)}\n`)
  return values.estimate ? await estimate(config, deps) : 0
}

/** Sets one after the other: nothing is in a hurry. */
async function estimate(config: Config, { out, err }: ConfigCommandDeps): Promise<number> {
  const log = stderrLog({ err }, 'error')
  const { signal } = new AbortController()
  let code = 0
  for (const set of config.sets) {
    try {
      for (const each of await estimateOnce(set, { world: realWorld, log, signal })) {
        out(`${renderEstimate(set.name, each)}\n`)
      }
    } catch (error) {
      if (!(error instanceof ServerError)) throw error
      err(`${error.message}\n`)
      code = 1
    }
  }
  return code
}

function readText(path: string, { readFile }: ConfigCommandDeps): string {
  try {
    return readFile(path).text
  } catch (error) {
    throw new UserError(`${path}: expected a readable file, got ${reasonOf(error)}`)
  }
}

function summary({ sets }: Config): string {
  const servers = sets.reduce((sum, set) => sum + set.servers.length, 0)
  return `valid, ${plural(sets.length, 'replication set')}, ${plural(servers, 'server')}`
}
