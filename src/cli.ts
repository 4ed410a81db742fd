#!/usr/bin/env node
/** The outermost edge: arguments, environment, signals and the exit code. Commands get them as an `Edge`. */
import type { Edge } from './commands/edge.ts'
import { UserError } from './errors.ts'
import { VERSION } from './version.ts'

const USAGE = `mysql-drift-exporter ${VERSION}: is my replica really the same as my source?

usage: mysql-drift-exporter [COMMAND] [OPTIONS]

  serve             watch the configured replication sets and export metrics (default)
  check [URL...]    one full look, then exit: 0 same, 1 warning, 2 drift or broken, 3 could not tell
  diff TABLE        the rows of one table that differ, and in which columns
  config            validate or print the configuration
  healthcheck       ask a running exporter whether it is alive
  lab               real servers on loopback for trying, demonstrating and testing
  demo              the story of a drift, from cause to alert to repair, on real servers

Each command explains itself with --help.
`

type Command = (argv: readonly string[], edge: Edge) => Promise<number> | number

/** Loaded when asked for: `check` from cron need not wait for the web server and the lab. */
const COMMANDS: Readonly<Record<string, () => Promise<Command>>> = {
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  diff: async () => (await import('./commands/diff.ts')).diffCommand,
  config: async () => {
    const { configCommand } = await import('./commands/config.ts')
    const { disk } = await import('./config/files.ts')
    return (argv, { env, out, err }) => configCommand(argv, { ...disk, env, out, err })
  },
  healthcheck: async () => (await import('./commands/healthcheck.ts')).healthcheckCommand,
  lab: async () => {
    const { labCommand } = await import('./commands/lab.ts')
    return (argv, { env, out }) => labCommand(argv, { write: (line) => out(`${line}\n`) }, env)
  },
  demo: async () => (await import('./demo/demo.ts')).demoCommand,
}

async function main(argv: readonly string[]): Promise<number> {
  const [first = 'serve', ...rest] = argv
  if (first === '--help' || first === '-h' || first === 'help') return print(USAGE)
  if (first === '--version' || first === '-V') return print(`mysql-drift-exporter ${VERSION}\n`)
  // Options without a command are those of `serve`, as exporters take them.
  const [name, args] = first.startsWith('-') ? ['serve', argv] : [first, rest]
  const load = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined
  if (load === undefined) throw new UserError(`no command "${name}"\n\n${USAGE}`)
  const command = await load()
  return await command(args, {
    env: process.env,
    isTerminal: process.stderr.isTTY === true,
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    onSignal: (signal, handler) => process.on(signal, handler),
    exitNow: (code) => process.exit(code),
  })
}

function print(text: string): number {
  process.stdout.write(text)
  return 0
}

/** For these, 1 would say that something is wrong with the databases. */
const PROBES = ['check', 'diff', 'healthcheck']

/** A mistake of the user is one line; anything else is our own bug, and loud. */
function exitCodeFor(error: unknown): number {
  const isMistake = error instanceof UserError
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${isMistake ? error.message.trimEnd() : `internal error: ${text}`}\n`)
  return PROBES.includes(process.argv[2] ?? '') ? 3 : 1
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const isProbe = PROBES.includes(process.argv[2] ?? '')
  if (error.code === 'EPIPE') {
    // A reader that went away (`| head`) is no error of ours, and must not turn what was found into a 0.
    if (!isProbe) process.exit(0)
    return
  }
  process.exit(
    exitCodeFor(new UserError(`cannot write the output: ${error.code ?? error.message}`)),
  )
})
process.on('uncaughtException', (error) => process.exit(exitCodeFor(error)))

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  process.exitCode = exitCodeFor(error)
}
