/** `demo`: the story of a drift, from cause to alert to repair, on real servers. */
import { oneOf, parseArguments } from '../commands/arguments.ts'
import type { Edge } from '../commands/edge.ts'
import { ServerError } from '../errors.ts'
import { VENDORS } from '../lab/engines.ts'
import { startFeed } from '../lab/feed.ts'
import { cacheFolder } from '../lab/folder.ts'
import { startLab } from '../lab/start.ts'
import { reapFolders } from '../monitoring/daemon.ts'
import { startMonitoring } from '../monitoring/monitoring.ts'
import { locatePrograms } from '../monitoring/programs.ts'
import type { Vendor } from '../mysql/flavor.ts'
import type { Stage } from './act.ts'
import { DIVISOR, exporterConfig } from './configs.ts'
import { tablesOf } from './counts.ts'
import { closing, introduction, opening, urls } from './frame.ts'
import { watchCounts } from './look.ts'
import { play } from './play.ts'
import { createScreen, type Screen } from './screen.ts'
import { STORY } from './story.ts'
import { NotSeen } from './waiting.ts'

const USAGE = `usage: mysql-drift-exporter demo [--once] [--flavor=mariadb|mysql]

Starts a source, two replicas, a feed, the exporter, Prometheus and
Alertmanager on loopback, and lets three things go wrong. Every number is read
at that moment. Takes a minute or two.

  --once           end after the story: exit code 0, or 1 when something in
                   it did not come
  --flavor=FLAVOR  ${VENDORS.join(' or ')}; default ${VENDORS[0]}

Without --once all of it stays up afterwards, until Ctrl+C. Its files go with
it.
`

/** Transactions a second: a small shop on a good day. */
const PER_SECOND = 20

/** As a shell reports a program that Ctrl+C ended. */
const INTERRUPTED = 130

export async function demoCommand(argv: readonly string[], edge: Edge): Promise<number> {
  const { values } = parseArguments('demo', {
    args: [...argv],
    options: {
      help: { type: 'boolean', short: 'h' },
      once: { type: 'boolean', default: false },
      flavor: { type: 'string', default: VENDORS[0] ?? '' },
    },
  })
  if (values.help) {
    edge.out(USAGE)
    return 0
  }
  const flavor = oneOf('--flavor', values.flavor, VENDORS)
  const interrupt = interruptOf(edge)
  const screen = screenOf(edge)
  try {
    await perform({ flavor, once: values.once, edge, screen, signal: interrupt })
    farewell(screen, 'All of it has ended, and its files are gone.')
    return 0
  } catch (error) {
    if (interrupt.aborted) {
      farewell(screen, 'Interrupted: all of it has ended, and its files are gone.')
      return INTERRUPTED
    }
    if (!(error instanceof NotSeen || error instanceof ServerError)) throw error
    edge.err(`\ndemo failed: ${error.message}\n`)
    return 1
  }
}

interface Performance {
  readonly flavor: Vendor
  readonly once: boolean
  readonly edge: Edge
  readonly screen: Screen
  readonly signal: AbortSignal
}

async function perform({ flavor, once, edge, screen, signal }: Performance): Promise<void> {
  const cache = cacheFolder(edge.env)
  const programs = await locatePrograms(flavor, { cache, path: edge.env['PATH'] ?? '' })
  await reapFolders(cache)
  introduction(screen)
  await using lab = await startLab({
    cache,
    flavor,
    servers: [{ name: 'db1' }, { name: 'db2', source: 'db1' }, { name: 'db3', source: 'db1' }],
    signal,
  })
  await using feed = await startFeed(lab, { perSecond: PER_SECOND })
  await lab.caughtUp()
  await using monitoring = await startMonitoring({
    cache,
    programs,
    exporterConfig: exporterConfig(lab),
    divisor: DIVISOR,
    intervalSeconds: 1,
  })
  const tables = await tablesOf(lab.server('db1'))
  const stage: Stage = { lab, feed, monitoring, screen, tables, signal }
  try {
    await opening(stage, PER_SECOND)
    const timings = []
    for (const [index, act] of STORY.entries()) {
      screen.title(`${index + 1}. ${act.title}`)
      timings.push(await play(act, stage))
    }
    await closing(stage, timings)
  } catch (error) {
    if (error instanceof NotSeen) showLog(edge, monitoring.exporter.log(5))
    throw error
  }
  if (once) return
  urls(stage)
  await watchCounts(stage, () => 'Ctrl+C ends all of it.', signal)
}

function screenOf(edge: Edge): Screen {
  const isLive = edge.isTerminal && process.stdout.isTTY === true
  return createScreen({
    out: edge.out,
    isLive,
    hasColors: isLive && !edge.env['NO_COLOR'],
    columns: () => process.stdout.columns ?? 80,
  })
}

/** A first Ctrl+C ends everything in order, a second one at once: the next start then tidies up. */
function interruptOf(edge: Edge): AbortSignal {
  const interrupt = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    edge.onSignal(name, () => {
      if (interrupt.signal.aborted) edge.exitNow(INTERRUPTED)
      interrupt.abort(new Error(`interrupted by ${name}`))
    })
  }
  return interrupt.signal
}

function farewell(screen: Screen, text: string): void {
  screen.gap()
  screen.line(text)
}

function showLog(edge: Edge, lines: readonly string[]): void {
  edge.err(`\nThe exporter's last lines:\n${lines.map((line) => `  ${line}\n`).join('')}`)
}
