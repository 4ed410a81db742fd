/** Which fault runs when and where: several clusters at once, the longest waits first. */
import type { Vendor } from '../src/mysql/flavor.ts'
import { keyOf } from './look.ts'
import type { MatrixRow } from './matrix.ts'

/** Rows that can run on one and the same cluster, those that take longest first. */
export interface Queue {
  readonly flavor: Vendor
  readonly happensTo: MatrixRow['happensTo']
  readonly speed: number
  readonly rows: MatrixRow[]
  /** Clusters that take from it at the moment. */
  clusters: number
}

/** Replicas of a cluster on which each suffers from a fault of its own. */
export const LANES = 4
/** Of one in which the whole set suffers from one fault. */
export const REPLICAS_OF_SET = 2

export function lanesOf({ happensTo }: Pick<Queue, 'happensTo'>): number {
  return happensTo === 'the set' ? 1 : LANES
}

/** Seconds of rule time that a row takes, roughly. */
export type Cost = (row: MatrixRow) => number

/** What everything takes besides waiting for its alert. */
const OVERHEAD_S = 300
const SILENCE_S = 900

/** @param waits of the rules, in seconds, by `critical TablesDrifted`. */
export function costBy(waits: ReadonlyMap<string, number>): Cost {
  return ({ fires }) => {
    const longest = fires.map((one) => waits.get(keyOf({ ...one, server: null })) ?? 0)
    return OVERHEAD_S + Math.max(fires.length === 0 ? SILENCE_S : 0, ...longest)
  }
}

export function queuesOf(
  todo: readonly { readonly flavor: Vendor; readonly row: MatrixRow }[],
  speed: number,
  cost: Cost,
): Queue[] {
  const queues: Queue[] = []
  const byCost = todo.toSorted((a, b) => cost(b.row) - cost(a.row))
  for (const { flavor, row } of byCost) {
    const wanted = {
      flavor,
      happensTo: row.happensTo,
      speed: Math.min(speed, row.atMost ?? Number.POSITIVE_INFINITY),
    }
    const known = queues.find(
      (queue) =>
        queue.flavor === wanted.flavor &&
        queue.happensTo === wanted.happensTo &&
        queue.speed === wanted.speed,
    )
    if (known === undefined) queues.push({ ...wanted, rows: [row], clusters: 0 })
    else known.rows.push(row)
  }
  return queues
}

/** The queue that would take longest; null when nothing is left to begin. */
export function nextQueue(queues: readonly Queue[], cost: Cost): Queue | null {
  const seconds = ({ rows, speed, clusters, ...queue }: Queue) =>
    rows.reduce((sum, row) => sum + cost(row), 0) / speed / lanesOf(queue) / (clusters + 1)
  const [longest] = queues
    .filter(({ rows, clusters, ...queue }) => rows.length > clusters * lanesOf(queue))
    .toSorted((a, b) => seconds(b) - seconds(a))
  return longest ?? null
}
