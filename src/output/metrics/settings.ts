/** Series about settings that are dangerous, or not as on the source. */

import type { VariableName } from '../../domain.ts'
import type { SetReport } from '../../report.ts'
import { labels, type Samples, withLabels } from './encode.ts'

const FAMILY = { dangerous: 'dangerous_variables', difference: 'variable_differences' } as const

/**
 * What was looked at and is in order is 0, and only while the server is up: it may change meanwhile. What was found
 * stands until it is seen to be otherwise.
 */
export function addSettings(samples: Samples, set: SetReport): void {
  for (const { name, up, settings } of set.servers) {
    const at = labels({ replication_set: set.name, server: name })
    const looked = {
      dangerous: (up && settings?.judged) || [],
      difference: (up && settings?.compared) || [],
    }
    for (const kind of ['dangerous', 'difference'] as const) {
      const counts = new Map<VariableName, number>(looked[kind].map((variable) => [variable, 0]))
      for (const finding of set.variableFindings) {
        if (finding.server !== name || finding.kind !== kind) continue
        counts.set(finding.variable, (counts.get(finding.variable) ?? 0) + 1)
      }
      for (const [variable, count] of counts) {
        samples.add(FAMILY[kind], withLabels(at, { variable }), count)
      }
    }
  }
}
