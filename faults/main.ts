/** `npm run faults`: exit code 0 if every fault fired exactly the alerts that it should. */
import { ServerError, UserError } from '../src/errors.ts'
import { VENDORS } from '../src/lab/engines.ts'
import { cacheFolder } from '../src/lab/folder.ts'
import { reapFolders } from '../src/monitoring/daemon.ts'
import { locatePrograms } from '../src/monitoring/programs.ts'
import { keyOf } from './look.ts'
import { type Options, optionsOf, USAGE } from './options.ts'
import type { Outcome } from './outcome.ts'
import { matrixLines, outcomeLine } from './report.ts'
import { addOutcome, readOutcomes } from './results.ts'
import { runMatrix } from './runner.ts'
import { isGood } from './verdict.ts'

const print = (line: string) => process.stdout.write(`${line}\n`)

async function main(argv: readonly string[]): Promise<number> {
  try {
    const options = optionsOf(argv)
    if (options === null) print(USAGE)
    else if (options.list) for (const line of listOf(options)) print(line)
    else return await run(options)
    return 0
  } catch (error) {
    if (error instanceof UserError || error instanceof ServerError)
      print(`faults: ${error.message}`)
    else if (error instanceof TypeError) print(`faults: ${error.message}\n${USAGE}`)
    else throw error
    return 1
  }
}

async function run({ flavors, rows, speed, clusters, results }: Options): Promise<number> {
  const cache = cacheFolder(process.env)
  const [flavor = VENDORS[0] ?? 'mariadb'] = flavors
  const programs = await locatePrograms(flavor, { cache, path: process.env['PATH'] ?? '' })
  await reapFolders(cache)
  const wanted = flavors.flatMap((one) =>
    rows
      .filter((row) => (row.flavors ?? VENDORS).includes(one))
      .map((row) => ({ flavor: one, row })),
  )
  const isOf = (outcome: Outcome, { flavor: name, row }: (typeof wanted)[number]) =>
    outcome.flavor === name &&
    outcome.fault === row.fault &&
    outcome.speed === Math.min(speed, row.atMost ?? speed)
  const known = results === null ? [] : readOutcomes(results).filter(isGood)
  const kept = known.filter((outcome) => wanted.some((one) => isOf(outcome, one)))
  const todo = wanted.filter((one) => !kept.some((outcome) => isOf(outcome, one)))
  const outcomes = [...kept]
  await runMatrix({
    cache,
    programs,
    todo,
    speed,
    clusters,
    done(outcome) {
      outcomes.push(outcome)
      if (results !== null) addOutcome(results, outcome)
      print(outcomeLine(outcome))
    },
    say: print,
  })
  print('')
  for (const line of matrixLines(outcomes)) print(line)
  return outcomes.every(isGood) && outcomes.length >= wanted.length ? 0 : 1
}

function listOf({ rows }: Options): string[] {
  return rows.map(({ fault, flavors = VENDORS, fires }) => {
    const alerts = fires.map(keyOf).join(', ')
    return `${fault} (${flavors.join(', ')}): ${alerts || 'nothing'}`
  })
}

process.exitCode = await main(process.argv.slice(2))
