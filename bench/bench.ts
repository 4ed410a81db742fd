/** `npm run bench`: measures the first rows of the targets, each side by side with what it is compared with. */
import { UserError } from '../src/errors.ts'
import { cacheFolder } from '../src/lab/folder.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { isQuiet, machineNow, quietMoment } from './machine.ts'
import { renderLine, renderMarkdown } from './markdown.ts'
import { isKept, type Options, parseOptions, USAGE } from './options.ts'
import { keep } from './results.ts'
import { startRig } from './rig.ts'
import type { Bench, Measurement } from './row.ts'
import { ROWS } from './rows.ts'

const say = (line: string) => console.error(line)

async function main(options: Options, signal: AbortSignal): Promise<void> {
  const busy = await quietMoment(options.patienceSeconds)
  if (!isQuiet(busy)) {
    say(`warning: this machine is not quiet, other programs use ${busy.toFixed(1)} cores`)
  }
  const all: Measurement[] = []
  for (const flavor of options.flavors) {
    all.push(...(await measureFlavor(flavor, options, signal)))
  }
  console.log(renderMarkdown(all))
}

async function measureFlavor(
  flavor: Vendor,
  options: Options,
  signal: AbortSignal,
): Promise<Measurement[]> {
  const { size, repeat, seconds, patienceSeconds } = options
  const bench: Bench = { repeat, seconds, patienceSeconds, signal, say }
  say(`${flavor}: a source and two replicas, ${size} rows`)
  await using rig = await startRig({ cache: cacheFolder(process.env), flavor, size, signal })
  const measurements: Measurement[] = []
  for (const row of ROWS.filter(({ name }) => options.rows.includes(name))) {
    signal.throwIfAborted()
    say(`${rig.version}: ${row.name}`)
    const machine = machineNow()
    const found = (await row.measure(rig, bench)).map((finding) => ({
      ...finding,
      row: row.name,
      flavor,
      server: rig.version,
      size,
      machine,
    }))
    for (const measurement of found) say(renderLine(measurement))
    if (isKept(options)) keep(found)
    measurements.push(...found)
  }
  return measurements
}

/** The servers end with this process, their folders with the lab. */
function endOnSignal(): AbortSignal {
  const end = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.once(name, () => end.abort(new UserError('interrupted')))
  }
  return end.signal
}

try {
  const options = parseOptions(process.argv.slice(2))
  if (options === null) console.log(USAGE)
  else await main(options, endOnSignal())
} catch (error) {
  if (!(error instanceof UserError)) throw error
  say(error.message)
  process.exitCode = 1
}
