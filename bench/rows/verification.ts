/** A full look at all rows on one source and two replicas, against pt-table-checksum. */
import { checksumToolVersion, runChecksumTool } from '../checksum-tool.ts'
import { runCheck } from '../exporter.ts'
import { runRounds, timed } from '../rounds.ts'
import type { Row } from '../row.ts'

export const verification: Row = {
  name: 'verification',
  async measure(rig, bench) {
    const check = { name: 'check', run: () => timed(() => runCheck(rig)) }
    const tool = {
      name: `pt-table-checksum ${await checksumToolVersion(rig)}`,
      run: () => timed(() => runChecksumTool(rig)),
    }
    const { results, others } = await runRounds(rig, [check, tool], bench)
    const [ours, theirs] = results
    return [
      {
        what: 'full verification, `check` against pt-table-checksum, wall time',
        measure: 'wall',
        ours,
        theirs,
        target: 0.35,
        others,
        notes: [],
      },
    ]
  },
}
