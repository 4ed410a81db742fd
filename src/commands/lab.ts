/** `lab`: real servers on loopback, for trying things out. One subcommand is one entry in `SUBCOMMANDS`. */
import { parseArgs } from 'node:util'
import { ServerError, UserError } from '../errors.ts'
import { FAULTS } from '../lab/faults.ts'
import { cacheFolder, type LabEnvironment } from '../lab/folder.ts'
import { breakOne, fix } from './lab/break.ts'
import { down } from './lab/down.ts'
import { promote, redirect } from './lab/failover.ts'
import { feed } from './lab/feed.ts'
import { status } from './lab/status.ts'
import {
  aligned,
  type Call,
  type LineOutput,
  type Subcommand,
  text,
  UsageError,
} from './lab/subcommand.ts'
import { up } from './lab/up.ts'

const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  up,
  status,
  feed,
  break: breakOne,
  fix,
  redirect,
  promote,
  down,
}

/**
 * @param argv what follows `lab` on the command line.
 * @returns the exit code: 1 after a mistake or a failure, which was printed as one line.
 */
export async function labCommand(
  argv: readonly string[],
  out: LineOutput,
  environment: LabEnvironment = {},
): Promise<number> {
  const interrupt = new AbortController()
  const onSignal = () => interrupt.abort(new UserError('interrupted'))
  process.on('SIGINT', onSignal).on('SIGTERM', onSignal)
  try {
    if (argv.includes('--help')) {
      out.write(usage())
      return 0
    }
    const { subcommand, values, words } = parse(argv)
    const cache = cacheFolder(environment)
    await subcommand.run({ cache, out, signal: interrupt.signal, values, words })
    return 0
  } catch (error) {
    if (error instanceof UsageError) out.write(`${error.message}\n${usage()}`)
    else if (error instanceof UserError || error instanceof ServerError) out.write(error.message)
    else throw error
    return 1
  } finally {
    process.off('SIGINT', onSignal).off('SIGTERM', onSignal)
  }
}

function parse(argv: readonly string[]) {
  const [name = '', ...args] = argv
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined
  if (subcommand === undefined)
    throw new UsageError(name === '' ? 'lab: which command?' : `lab: no command "${name}"`)
  const { values, positionals } = parseStrictly(args, { ...subcommand.options, name: text })
  const [least, most] = subcommand.words
  if (positionals.length < least || positionals.length > most)
    throw new UsageError(`lab ${name}: see its line`)
  // Nothing above is declared `multiple`.
  return { subcommand, values: values as Call['values'], words: positionals }
}

function parseStrictly(args: readonly string[], options: Subcommand['options']) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(`lab: ${error.message}`)
    throw error
  }
}

function usage(): string {
  const lines = Object.values(SUBCOMMANDS).map((one) => [`  lab ${one.usage}`, one.help])
  const faults = FAULTS.map((fault) => [
    `  ${fault.name}`,
    `${fault.help}; ${fault.flavors.join(', ')}`,
  ])
  return [
    'usage (each with --name LAB, default "lab"):',
    ...aligned(lines),
    'faults:',
    ...aligned(faults),
  ].join('\n')
}
