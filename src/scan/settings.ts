/** What the rules say of the settings that were read last. */

import type { VariableName } from '../domain.ts'
import type { LogRules } from '../mysql/filters.ts'
import { dangersOf, differencesOf } from '../mysql/judge-variables.ts'
import type { Situation } from '../mysql/variable-rules.ts'
import type { VariableReading } from '../mysql/variables.ts'
import type { VariableFinding } from '../report.ts'
import { factsOf, type SetContext } from './context.ts'
import { rulesOf } from './groups.ts'

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
  const { twins } = context.topology()
  for (const [server, reading] of readings) {
    if (twins.has(server)) continue
    const { looked, found } = dangersOf(reading, situationOf(context, server, readings))
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

function situationOf(context: SetContext, server: string, readings: Readings): Situation {
  const { sight, log } = factsOf(context, server)
  const { channels } = context.topology()
  // Unlike the filters it may change while the server runs.
  const formatOf = (name: string | null) => readings.get(name ?? '')?.settings.binlog_format
  const current = (rules: LogRules, name: string | null) => ({
    ...rules,
    format: formatOf(name) ?? rules.format,
  })
  const mine = channels.filter(({ replica }) => replica === server)
  return {
    isSource: channels.some(({ source }) => source === server),
    channels:
      sight.channels &&
      mine.map((link) => ({
        name: link.channel.name,
        rules: link.channel.rules,
        log: current(rulesOf(context, link).log, link.source),
      })),
    log: log && current(log.rules, server),
  }
}

/** Both ends of each link once, also while one of them is out of sight; of a circle not the link that closes it. */
function pairsOf(context: SetContext): { readonly source: string; readonly replica: string }[] {
  const { channels, closing, members, declared, twins } = context.topology()
  const links = [...channels.filter((link) => !closing.has(link)), ...members, ...declared]
  const pairs = new Map<string, { source: string; replica: string }>()
  for (const { source, replica } of links) {
    if (source === null || twins.has(source) || twins.has(replica)) continue
    pairs.set(JSON.stringify([source, replica]), { source, replica })
  }
  return [...pairs.values()]
}
