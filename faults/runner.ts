/** Runs the matrix: clusters side by side, and on each of them one fault after the other. */
import { parse } from 'yaml'
import { rules } from '../src/monitoring/configs.ts'
import type { Programs } from '../src/monitoring/programs.ts'
import type { Vendor } from '../src/mysql/flavor.ts'
import { type Cluster, STRANGERS, startCluster } from './cluster.ts'
import type { ExpectedAlert } from './expected.ts'
import { keyOf } from './look.ts'
import type { MatrixRow } from './matrix.ts'
import type { Outcome } from './outcome.ts'
import { NotHealthy, runFault } from './run.ts'
import {
  type Cost,
  costBy,
  LANES,
  lanesOf,
  nextQueue,
  type Queue,
  queuesOf,
  REPLICAS_OF_SET,
} from './schedule.ts'

export interface RunnerOptions {
  readonly cache: string
  readonly programs: Programs
  readonly todo: readonly { readonly flavor: Vendor; readonly row: MatrixRow }[]
  readonly speed: number
  /** Clusters at once. */
  readonly clusters: number
  /** Told of each as soon as it is known. */
  done(outcome: Outcome): void
  say(line: string): void
}

/** A cluster that does not become healthy is replaced so often. */
const MOST_STARTS = 3

export async function runMatrix(options: RunnerOptions): Promise<void> {
  const waits = waitsOf(rules(1))
  const cost = costBy(waits)
  const queues = queuesOf(options.todo, options.speed, cost)
  const failures = new Map<MatrixRow, number>()
  const context = { ...options, queues, cost, failures }
  await Promise.all(Array.from({ length: options.clusters }, () => work(context)))
}

interface Context extends RunnerOptions {
  readonly queues: readonly Queue[]
  readonly cost: Cost
  /** How often a cluster was not healthy before this row. */
  readonly failures: Map<MatrixRow, number>
}

async function work(context: Context): Promise<void> {
  for (;;) {
    const queue = nextQueue(context.queues, context.cost)
    if (queue === null) return
    queue.clusters += 1
    try {
      await drain(queue, context)
    } finally {
      queue.clusters -= 1
    }
  }
}

async function drain(queue: Queue, context: Context): Promise<void> {
  const { cache, programs, say } = context
  const { flavor, speed, happensTo } = queue
  const hasLanes = happensTo === 'a replica'
  const replicas = hasLanes ? LANES : REPLICAS_OF_SET
  const strangers = hasLanes ? Object.values(STRANGERS) : []
  await using cluster = await startCluster({ cache, programs, flavor, replicas, strangers, speed })
  say(`${flavor}: a source and ${replicas} replicas are up, at speed ${speed}`)
  const busy = new Map<string, MatrixRow | null>()
  const lanes = cluster.replicas.slice(0, lanesOf(queue))
  await Promise.all(lanes.map((server) => lane(cluster, { server, queue, busy }, context)))
}

interface Lane {
  readonly server: string
  readonly queue: Queue
  /** Servers with a fault of their own; null = it could not be made good, and is still there. */
  readonly busy: Map<string, MatrixRow | null>
}

async function lane(
  cluster: Cluster,
  { server, queue, busy }: Lane,
  { done, say, failures }: Context,
): Promise<void> {
  const isOthers = (alert: ExpectedAlert) =>
    [...busy].some(([other, row]) => other !== server && isOf(alert, other, row))
  for (let row = queue.rows.shift(); row !== undefined; row = queue.rows.shift()) {
    busy.set(server, row)
    try {
      done(await runFault({ cluster, row, server, isOthers }))
    } catch (error) {
      busy.set(server, null)
      const count = (failures.get(row) ?? 0) + 1
      failures.set(row, count)
      const { flavor, speed } = queue
      say(`${flavor}: ${row.fault} on ${server}: ${String(error)}`)
      // What was left behind by another is not held against this one.
      if (error instanceof NotHealthy && count < MOST_STARTS) queue.rows.unshift(row)
      else done(unjudged(row, { flavor, speed, server }, error))
      return
    }
  }
  busy.delete(server)
}

/** Whatever its server says, and what its fault says of the whole set. */
function isOf(alert: ExpectedAlert, server: string, row: MatrixRow | null): boolean {
  if (alert.server !== null) return alert.server === server
  const told = [...(row?.fires ?? []), ...(row?.later ?? [])]
  return told.some((one) => keyOf(one) === keyOf(alert))
}

/** Nothing was seen of what was expected. */
function unjudged(
  row: MatrixRow,
  where: Pick<Outcome, 'flavor' | 'speed' | 'server'>,
  error: unknown,
): Outcome {
  const nothing = { as: 'expected', fired: null, told: null, resolved: null } as const
  return {
    ...where,
    fault: row.fault,
    alerts: row.fires.map((one) => ({ ...nothing, key: keyOf(one) })),
    problems: [String(error)],
    log: [],
    seconds: 0,
  }
}

/** Of every rule, in seconds, by `critical TablesDrifted`. */
function waitsOf(rulesYaml: string): Map<string, number> {
  const { groups } = parse(rulesYaml) as {
    groups: { rules: { alert: string; for?: string; labels: { severity: string } }[] }[]
  }
  return new Map(
    groups
      .flatMap((group) => group.rules)
      .map((rule) => [
        `${rule.labels.severity} ${rule.alert.replace(/^MySQLDrift/, '')}`,
        Number.parseFloat(rule.for ?? '0'),
      ]),
  )
}
