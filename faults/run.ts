/** One fault, from a healthy cluster to a healthy cluster. */
import { Chronicle, type Expectation } from './chronicle.ts'
import type { Cluster } from './cluster.ts'
import { type ExpectedAlert, HERE } from './expected.ts'
import { isHealthy, wasLookedAtSince } from './health.ts'
import type { MatrixRow } from './matrix.ts'
import type { Outcome } from './outcome.ts'
import { isGood } from './verdict.ts'

export interface RunOptions {
  readonly cluster: Cluster
  readonly row: MatrixRow
  /** The replica that suffers, or the first one. */
  readonly server: string
  readonly isOthers: Expectation['isOthers']
}

/** Whatever it was, it was there before the fault. */
export class NotHealthy extends Error {
  override readonly name = 'NotHealthy'
}

const LOG_LINES = 40

/** Rounds of evaluation that nothing may change in before it counts as settled. */
const CALM_ROUNDS = 3

/**
 * A limit against a hang, not against slowness: what the longest alert waits for, at its speed, and what a busy
 * machine may need on top of that.
 */
const LONGEST_WAIT_S = 3 * 3600
const PATIENCE_S = 240

/** @throws {NotHealthy} @throws when the cluster cannot be used any more. */
export async function runFault({ cluster, row, server, isOthers }: RunOptions): Promise<Outcome> {
  const { watcher, speed, durations } = cluster
  const limitMs = (LONGEST_WAIT_S / speed + PATIENCE_S) * 1000
  const here = (one: ExpectedAlert) => (one.server === HERE ? { ...one, server } : one)
  const expectation = { fires: row.fires.map(here), later: (row.later ?? []).map(here), isOthers }
  const isOfSet = row.happensTo === 'the set'
  const servers = isOfSet ? [...cluster.wires.keys()] : ['db1', server]
  const startedAt = Date.now()
  const problems: string[] = []

  /** @returns whether it came to that; otherwise why not is a problem. */
  async function until(
    what: string,
    chronicle: Chronicle,
    isDone: () => boolean | Promise<boolean>,
  ): Promise<boolean> {
    const deadline = performance.now() + limitMs
    for (;;) {
      await watcher.next()
      if (await isDone()) return true
      if (performance.now() < deadline) continue
      problems.push(`${what}: ${chronicle.open.join(', ') || 'never for long enough'}`)
      return false
    }
  }

  const before = new Chronicle({ fires: [], later: [], isOthers })
  // As after a repair: nothing may be there.
  before.repaired()
  const untellBefore = watcher.tell((look) => before.see(look))
  const wasHealthy = await until('not healthy before', before, async () => {
    if (before.calmRounds < 1) return false
    return await isHealthy(cluster.monitoring.prometheus, servers)
  })
  untellBefore()
  if (!wasHealthy) throw new NotHealthy(problems.join('; '))

  const chronicle = new Chronicle(expectation)
  const isCalm = () => chronicle.calmRounds >= CALM_ROUNDS
  const untell = watcher.tell((look) => chronicle.see(look))
  try {
    const stage = { cluster, server }
    const brokenAt = Date.now()
    const undo = await row.does(stage)
    const silentUntil = performance.now() + durations.silence * 1000
    await until('while it was there', chronicle, async () => {
      if (!isCalm()) return false
      if (row.fires.length > 0) return true
      if (performance.now() < silentUntil) return false
      return await wasLookedAtSince(cluster.monitoring.prometheus, servers, brokenAt)
    })
    if (row.midway !== undefined) {
      await row.midway(stage)
      chronicle.disturbed()
      await until('after what came on top', chronicle, isCalm)
    }
    await undo()
    const repairedAt = Date.now()
    chronicle.repaired()
    await until('after the repair', chronicle, isCalm)
    return outcomeOf(chronicle, { brokenAt, repairedAt })
  } finally {
    untell()
  }

  function outcomeOf(
    { records, errors, waits }: Chronicle,
    { brokenAt, repairedAt }: { readonly brokenAt: number; readonly repairedAt: number },
  ): Outcome {
    const since = (from: number, at: number | null) => (at === null ? null : (at - from) / 1000)
    const blinked = records.filter(({ hasBlinked }) => hasBlinked)
    const outcome = {
      flavor: cluster.lab.flavor,
      fault: row.fault,
      speed,
      server,
      alerts: records.map(({ key, as, firedAt, toldAt, endedAt }) => ({
        key,
        as,
        fired: since(brokenAt, firedAt),
        told: since(brokenAt, toldAt),
        resolved: since(repairedAt, endedAt),
      })),
      problems: [
        ...problems,
        ...blinked.map(({ key }) => `${key} went away while the fault was there`),
        ...[...errors].map((error) => `not evaluated: ${error}`),
      ],
      log: [],
      seconds: since(startedAt, Date.now()) ?? 0,
    }
    if (isGood(outcome)) return outcome
    const from = new Date(brokenAt).toISOString()
    const log = cluster.monitoring.exporter.log(LOG_LINES)
    return {
      ...outcome,
      log: [...waits, ...log.filter((line) => line.slice('ts='.length) >= from)],
    }
  }
}
