/** What an application loses while `serve` goes through its tables. */
import { type PassReport, whileServing } from '../exporter.ts'
import { type Rig, shrinkBufferPools } from '../rig.ts'
import { runRounds } from '../rounds.ts'
import type { Bench, Finding, Row } from '../row.ts'
import { median } from '../statistics.ts'
import { oltpThroughput } from '../sysbench.ts'

export const oltp: Row = {
  name: 'oltp',
  async measure(rig, bench) {
    const inMemory = await lost(rig, bench, 'in memory')
    await shrinkBufferPools(rig)
    return [inMemory, await lost(rig, bench, 'table 4x the buffer pool')]
  },
}

async function lost(rig: Rig, bench: Bench, where: string): Promise<Finding> {
  const passes: PassReport[] = []
  const load = () => oltpThroughput(rig.source, rig.size, bench.seconds)
  // Otherwise the replicas would still apply one run's writes, and use the machine, in the next.
  const settled = async <T>(run: () => Promise<T>) => {
    await rig.lab.caughtUp({ timeoutMs: 600_000 })
    return run()
  }
  const { results, others } = await runRounds(
    rig,
    [
      {
        name: 'with a pass',
        run: () =>
          settled(async () => {
            const { result, pass } = await whileServing(rig, load)
            passes.push(pass)
            return result
          }),
      },
      { name: 'without', run: () => settled(load) },
    ],
    bench,
  )
  const [ours, theirs] = results
  const counted = passes.slice(-bench.repeat)
  const inProgress = Math.min(...counted.map((pass) => pass.inProgress))
  const rows = median(counted.map((pass) => pass.rows / bench.seconds))
  return {
    what: `OLTP throughput lost while \`serve\` reads, ${where}`,
    measure: 'throughput',
    ours,
    theirs,
    target: 0.05,
    others,
    notes: [
      `a pass was under way at ${Math.floor(inProgress * 100)}% or more of the scrapes of each run, ${Math.round(rows)} rows a second`,
    ],
  }
}
