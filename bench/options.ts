/** The command line of the benchmark. Pure. */
import { listOf, parseArguments } from '../src/commands/arguments.ts'
import { UserError } from '../src/errors.ts'
import { VENDORS } from '../src/lab/engines.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { ROW_NAMES, type RowName } from './row.ts'

export interface Options {
  readonly rows: readonly RowName[]
  readonly flavors: readonly Vendor[]
  /** Rows of the table. */
  readonly size: number
  readonly repeat: number
  readonly seconds: number
  readonly patienceSeconds: number
}

/** What the targets are stated for, and what is kept. */
export const FULL_SIZE = 2_000_000
export const FULL_REPEAT = 5

/** Of fewer rows nothing is proven, so that it may as well be quick. */
const LEAST_SERIOUS_SIZE = 500_000

export const USAGE = `usage: npm run bench [-- OPTIONS]

Measures what the exporter costs, side by side with others, on real servers that it starts.

  --rows=NAME[,NAME]     ${ROW_NAMES.join(', ')}, or their numbers from 1 (default: all)
  --flavor=NAME[,NAME]   ${VENDORS.join(', ')} (default: both)
  --size=N               rows of the table (default ${FULL_SIZE}); 20000 is done in a minute or two, and proves nothing
  --repeat=N             rounds of each comparison (default ${FULL_REPEAT}; 1 for a small table)
  --seconds=N            of each run of sysbench (default 10; 2 for a small table)
  --patience=N           seconds to wait for a quiet machine before each round (default 20; 0 for a small table)

A run of full size and at least ${FULL_REPEAT} rounds is kept in bench/results.json and bench/results.md; others are only printed.
`

/** null = help is wanted. @throws {UserError} */
export function parseOptions(argv: readonly string[]): Options | null {
  const text = { type: 'string' } as const
  const { values } = parseArguments('bench', {
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h' },
      rows: text,
      flavor: text,
      size: text,
      repeat: text,
      seconds: text,
      patience: text,
    },
  })
  if (values.help) return null
  const size = numberOf('--size', values.size, FULL_SIZE, 1_000)
  const isSmall = size < LEAST_SERIOUS_SIZE
  return {
    rows: listOf('--rows', named(values.rows), ROW_NAMES) ?? ROW_NAMES,
    flavors: listOf('--flavor', values.flavor, VENDORS) ?? VENDORS,
    size,
    repeat: numberOf('--repeat', values.repeat, isSmall ? 1 : FULL_REPEAT, 1),
    seconds: numberOf('--seconds', values.seconds, isSmall ? 2 : 10, 1),
    patienceSeconds: numberOf('--patience', values.patience, isSmall ? 0 : 20, 0),
  }
}

export function isKept({ size, repeat }: Options): boolean {
  return size === FULL_SIZE && repeat >= FULL_REPEAT
}

/** Numbers of rows as their names. */
function named(list: string | undefined): string | undefined {
  return list
    ?.split(',')
    .map((word) => ROW_NAMES[Number(word) - 1] ?? word)
    .join(',')
}

function numberOf(option: string, text: string | undefined, byDefault: number, least: number) {
  if (text === undefined) return byDefault
  if (/^\d+$/.test(text) && Number(text) >= least) return Number(text)
  throw new UserError(`${option}: expected a number from ${least}, got "${text}"`)
}
