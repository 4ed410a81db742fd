/** `npm run soak -- --minutes N`: exit code 0 if there was no false alarm and nothing was missed. */
import { parseArgs } from 'node:util'
import { ServerError, UserError } from '../src/errors.ts'
import { VENDORS } from '../src/lab/engines.ts'
import { cacheFolder } from '../src/lab/folder.ts'
import { isGood, resultLines } from './result.ts'
import { runSoak, type SoakOptions } from './soak.ts'

const USAGE = `usage: npm run soak -- [OPTION...]
  --minutes N      in each of them every kind of drift is planted once (default 5)
  --flavor NAME    mariadb or mysql (default mariadb)
  --per-second N   write transactions, as far as the machine can (default 900)
  --limit N        seconds the exporter may take to see a drift or its repair (default 240)
  --seed N         other decisions of load, drift and disturbances (default 1)`

const print = (line: string) => process.stdout.write(`${line}\n`)

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = optionsOf(argv)
    if (options === null) {
      print(USAGE)
      return 0
    }
    const result = await runSoak({ ...options, cache: cacheFolder(process.env), say: print })
    for (const line of resultLines(result)) print(line)
    return isGood(result) ? 0 : 1
  } catch (error) {
    if (error instanceof UserError || error instanceof ServerError) print(`soak: ${error.message}`)
    else if (error instanceof TypeError) print(`soak: ${error.message}\n${USAGE}`)
    else throw error
    return 1
  }
}

function optionsOf(argv: readonly string[]): Omit<SoakOptions, 'cache' | 'say'> | null {
  const text = { type: 'string' } as const
  const { values } = parseArgs({
    args: [...argv],
    options: {
      minutes: text,
      flavor: text,
      'per-second': text,
      limit: text,
      seed: text,
      help: { type: 'boolean' },
    },
  })
  if (values.help) return null
  const flavor = VENDORS.find((vendor) => vendor === (values.flavor ?? 'mariadb'))
  if (flavor === undefined) {
    throw new UserError(`--flavor is one of ${VENDORS.join(', ')}, not "${values.flavor}"`)
  }
  return {
    flavor,
    minutes: wholeNumber('minutes', values.minutes, 5),
    perSecond: wholeNumber('per-second', values['per-second'], 900),
    limitSeconds: wholeNumber('limit', values.limit, 240),
    seed: wholeNumber('seed', values.seed, 1),
  }
}

function wholeNumber(option: string, written: string | undefined, otherwise: number): number {
  if (written === undefined) return otherwise
  if (/^[1-9]\d{0,8}$/.test(written)) return Number(written)
  throw new UserError(`--${option} is a whole number above 0, not "${written}"`)
}

process.exitCode = await main(process.argv.slice(2))
