/** Settings of one server, and of two that hold the same data, by the rules. Pure. */
import { VARIABLE_NAMES, type VariableName } from '../domain.ts'
import { type Situation, VARIABLE_RULES } from './variable-rules.ts'
import type { VariableReading } from './variables.ts'

/** What the rules could be asked about, and where the answer was bad. */
export interface Judgement<T> {
  readonly looked: readonly VariableName[]
  readonly found: readonly (T & {
    readonly variable: VariableName
    /** What the server calls it. */
    readonly name: string
    readonly value: string
    readonly why: string
  })[]
}

/** What is dangerous by itself on a server that is this to others. */
export function dangersOf(
  reading: VariableReading,
  situation: Situation,
): Judgement<{ readonly source: null }> {
  const looked: VariableName[] = []
  const found: Judgement<{ readonly source: null }>['found'][number][] = []
  for (const variable of VARIABLE_NAMES) {
    const { dangerous, shown } = VARIABLE_RULES[variable]
    const value = shown(reading, situation)
    const isSo = value === null ? null : (dangerous?.isSo(value, reading, situation) ?? null)
    if (dangerous === undefined || value === null || isSo === null) continue
    looked.push(variable)
    if (!isSo) continue
    found.push({
      variable,
      name: nameOf(variable, reading),
      value,
      source: null,
      why: dangerous.why,
    })
  }
  return { looked, found }
}

/** What the two ends of a link have otherwise, as far as it means the same on both. */
export function differencesOf(
  source: VariableReading,
  replica: VariableReading,
): Judgement<{ readonly source: string }> {
  const looked: VariableName[] = []
  const found: Judgement<{ readonly source: string }>['found'][number][] = []
  for (const variable of VARIABLE_NAMES) {
    const { compared, shown } = VARIABLE_RULES[variable]
    if (compared === undefined) continue
    const meaning = source.vendor === replica.vendor ? compared.meaning : compared.abroad
    const [here, there] = [meaning(source), meaning(replica)]
    if (here === null || there === null) continue
    looked.push(variable)
    if (here === there) continue
    found.push({
      variable,
      name: nameOf(variable, replica),
      value: shown(replica, ALONE) ?? there,
      source: shown(source, ALONE) ?? here,
      why: compared.why,
    })
  }
  return { looked, found }
}

const ALONE: Situation = { isSource: false, channels: null, log: null }

function nameOf(variable: VariableName, { settings }: VariableReading): string {
  return VARIABLE_RULES[variable].names.find((name) => settings[name] !== undefined) ?? variable
}
