/** One minute of the soak: load, lag, restarts, DDL, a failover, and every kind of drift once. */
import { expect, test } from 'vitest'
import { DRIFTS } from '../../soak/drifts.ts'
import { resultLines } from '../../soak/result.ts'
import { runSoak } from '../../soak/soak.ts'
import { cacheFolder } from '../../src/lab/folder.ts'
import { describeFlavors } from '../support/cluster.ts'

describeFlavors((flavor) => {
  test('under load, lag, restarts, DDL and a failover no alarm is false and no drift is missed', async () => {
    const lines: string[] = []
    const result = await runSoak({
      cache: cacheFolder(process.env),
      flavor,
      minutes: 1,
      perSecond: 200,
      seed: 1,
      // Against a hang, not against slowness: a pass takes as long as the machine needs for it.
      limitSeconds: 600,
      say: (line) => lines.push(line),
    })
    const story = [...lines, ...resultLines(result)].join('\n')
    expect(result.differsAtTheEnd, story).toEqual([])
    expect(result.falseAlarms, story).toEqual([])
    for (const drift of DRIFTS) {
      const { ledger } = result
      expect(ledger.count(drift), story).toBeGreaterThan(0)
      expect(ledger.count(drift, 'missed'), story).toBe(0)
      expect(ledger.notCleared(drift), story).toBe(0)
    }
    expect(result.isProvenSame, story).toBe(true)
    expect(result.disturbances.size, story).toBeGreaterThan(2)
  }, 2_400_000)
})
