/** Runs contenders in turn, so that whatever else the machine does hits all of them. */
import {
  cpuSecondsOf,
  cpuSecondsOfChildren,
  type OthersLoad,
  othersLoad,
  quietMoment,
} from './machine.ts'
import type { Rig } from './rig.ts'
import type { Bench, Result } from './row.ts'

export interface Contender {
  readonly name: string
  /** @returns what is measured. */
  run(): Promise<number>
}

export interface Rounds<T extends readonly Contender[]> {
  readonly results: { readonly [K in keyof T]: Result }
  readonly others: OthersLoad
}

/** First a round that is not counted, to warm up; then every other round in the opposite order. */
export async function runRounds<const T extends readonly Contender[]>(
  rig: Rig,
  contenders: T,
  bench: Bench,
): Promise<Rounds<T>> {
  const results = contenders.map(({ name, run }) => ({
    name,
    run,
    samples: [] as number[],
    cpuSeconds: [] as number[],
  }))
  const busy: number[] = []
  for (const { run } of results) await run()
  for (let round = 0; round < bench.repeat; round += 1) {
    busy.push(await quietMoment(bench.patienceSeconds))
    for (const { run, samples, cpuSeconds } of round % 2 === 0 ? results : results.toReversed()) {
      bench.signal.throwIfAborted()
      const before = cpuSecondsAt(rig)
      samples.push(await run())
      cpuSeconds.push(cpuSecondsAt(rig) - before)
    }
    const now = results.map(
      ({ name, samples, cpuSeconds }) =>
        `${name} ${samples.at(-1)?.toFixed(2)} (CPU ${cpuSeconds.at(-1)?.toFixed(2)})`,
    )
    bench.say(`  ${round + 1}: ${now.join(', ')}; others ${busy.at(-1)?.toFixed(2)} cores`)
  }
  return {
    results: results.map(({ run: _, ...result }) => result) as Rounds<T>['results'] & Result[],
    others: othersLoad(busy),
  }
}

/** That was used so far: all servers, and the programs that have ended. */
export function cpuSecondsAt({ lab }: Rig): number {
  const servers = lab.servers.map(({ pid }) => (pid === null ? 0 : cpuSecondsOf(pid)))
  return servers.reduce((sum, each) => sum + each, cpuSecondsOfChildren())
}

/** Wall time in seconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = performance.now()
  await work()
  return (performance.now() - started) / 1000
}
