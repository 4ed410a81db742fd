/** What the rules say of the settings that were read last. */

import type { VariableFinding, VariableName } from '../domain.ts'
import { hasRules, NO_RULES } from '../mysql/filters.ts'
import { dangersOf, differencesOf } from '../mysql/judge-variables.ts'
import type { Situation } from '../mysql/variable-rules.ts'
import type { VariableReading } from '../mysql/variables.ts'
import { factsOf, type SetContext } from './context.ts'

/** By server. */
export type Readings = ReadonlyMap<string, VariableReading>

export interface JudgedSettings {
  readonly findings: readonly VariableFinding[]
  /** By server: what could be judged there, and compared with its source. */
  readonly judged: ReadonlyMap<string, readonly VariableName[]>
  readonly compared: ReadonlyMap<string, readonly VariableName[]>
}

export function knownReadings({ facts }: SetContext): Readings {
  return new Map(
    [...facts].flatMap(([name, { variables }]) => (variables === null ? [] : [[name, variables]])),
  )
}

export function judgeSettings(context: SetContext, readings: Readings): JudgedSettings {
  const isWanted = (variable: VariableName) => !context.config.variablesIgnore.includes(variable)
  const findings: VariableFinding[] = []
  const judged = new Map<string, readonly VariableName[]>()
  for (const [server, reading] of readings) {
    const { looked, found } = dangersOf(reading, situationOf(context, server))
    judged.set(server, looked.filter(isWanted))
    findings.push(...found.map((each) => ({ ...each, server, kind: 'dangerous' as const })))
  }
  const compared = new Map<string, readonly VariableName[]>()
  for (const { source, replica } of pairsOf(context)) {
    const [here, there] = [readings.get(source), readings.get(replica)]
    if (here === undefined || there === undefined) continue
    const { looked, found } = differencesOf(here, there)
    const before = compared.get(replica) ?? []
    compared.set(replica, [...new Set([...before, ...looked.filter(isWanted)])])
    findings.push(
      ...found.map((each) => ({
        ...each,
        server: replica,
        kind: 'difference' as const,
        source: { server: source, value: each.source },
      })),
    )
  }
  return { findings: findings.filter(({ variable }) => isWanted(variable)), judged, compared }
}

function situationOf(context: SetContext, server: string): Situation {
  const { channels } = context.topology()
  const mine = factsOf(context, server).sight.channels
  return {
    isSource: channels.some(({ source }) => source === server),
    channels:
      mine?.map(({ name, rules }) => ({
        name,
        filtered: hasRules({ ...NO_RULES, channel: rules }),
      })) ?? null,
  }
}

/** Both ends of each link once, also while one of them is out of sight. */
function pairsOf(context: SetContext): { readonly source: string; readonly replica: string }[] {
  const { channels, members, declared } = context.topology()
  const pairs = new Map<string, { source: string; replica: string }>()
  for (const { source, replica } of [...channels, ...members, ...declared]) {
    const isKnown = pairs.has(JSON.stringify([replica, source]))
    if (source !== null && !isKnown)
      pairs.set(JSON.stringify([source, replica]), { source, replica })
  }
  return [...pairs.values()]
}
